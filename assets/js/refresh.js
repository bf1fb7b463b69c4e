// <div id="…" data-refresh="3">: while the server says so, this part of the page is fetched anew every
// so many seconds. Nothing is replaced under somebody's fingers or while the page is not looked at.
for (const part of document.querySelectorAll("[data-refresh]")) refresh(part);

function refresh(part) {
  const seconds = Number(part.dataset.refresh);
  if (!seconds) return;
  setTimeout(async () => {
    if (document.hidden || part.contains(document.activeElement)) return refresh(part);
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok) return refresh(part);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(part.id);
    if (!fresh) return;
    part.replaceWith(fresh);
    refresh(fresh);
  }, seconds * 1000);
}
