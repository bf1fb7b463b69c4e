// <div id="…" data-refresh="3">: while the server says so, this part of the page is fetched anew every
// so many seconds. Nothing is replaced under somebody's fingers or while the page is not looked at.
// It says which part it asks for: a page that knows the word sends that alone, and only if it changed.
for (const part of document.querySelectorAll("[data-refresh]")) refresh(part);

function refresh(part, known) {
  const seconds = Number(part.dataset.refresh);
  if (!seconds) return;
  setTimeout(async () => {
    if (document.hidden || part.contains(document.activeElement)) return refresh(part, known);
    const headers = { "X-Part": part.id };
    if (known) headers["If-None-Match"] = known;
    const answer = await fetch(location.href, { headers, cache: "no-store" }).catch(() => null);
    if (!answer?.ok) return refresh(part, known);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(part.id);
    if (!fresh) return;
    const [left, top] = scrolled(part);
    part.replaceWith(fresh);
    for (const each of fresh.querySelectorAll("[data-keep-place]")) each.scrollTo(left, top);
    refresh(fresh, answer.headers.get("ETag"));
  }, seconds * 1000);
}

// What scrolls inside the part stays where its reader was.
function scrolled(part) {
  const region = part.querySelector("[data-keep-place]");
  return region ? [region.scrollLeft, region.scrollTop] : [0, 0];
}
