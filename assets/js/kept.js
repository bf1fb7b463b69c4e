// What this device keeps of a draft until the server has it. An owner is `person:team`, so that the
// next person at the same computer is shown nothing of it.
export const here = Math.random().toString(36).slice(2); // this page: two tabs keep two texts
const prefixOf = (owner) => `draft:${owner}:`;
const key = (owner, field, page = here) => `${prefixOf(owner)}${field}:${page}`;
const stored = (prefix) => Object.keys(localStorage).filter((each) => each.startsWith(prefix));

// False where the browser keeps nothing.
export function keep(owner, field, entry) {
  try {
    localStorage.setItem(key(owner, field), JSON.stringify({ ...entry, at: Date.now() }));
    return true;
  } catch {
    return false;
  }
}

// Map of field -> [{ text, base, page }], the last one written first.
export function kept(owner) {
  const found = new Map();
  try {
    for (const name of stored(prefixOf(owner))) {
      const [field, page] = name.slice(prefixOf(owner).length).split(":");
      const entry = { ...JSON.parse(localStorage.getItem(name)), page };
      found.set(field, [...(found.get(field) ?? []), entry]);
    }
  } catch {
    // Nothing can be read, so nothing was kept.
  }
  for (const entries of found.values()) entries.sort((a, b) => b.at - a.at);
  return found;
}

export function drop(owner, field, page = here) {
  try {
    localStorage.removeItem(key(owner, field, page));
  } catch {
    // Nothing was kept.
  }
}

// All that is kept of this person, for whichever team.
export function forget(owner) {
  try {
    for (const name of stored(`draft:${owner.split(":")[0]}:`)) localStorage.removeItem(name);
  } catch {
    // Nothing was kept.
  }
}

// <section data-kept="owner">: each text that was not saved, to be copied from there. Beside the
// form, which holds this page's own, `form` names what it leaves out.
const status = document.getElementById("status");

export async function showKept(section, form = []) {
  const list = section.querySelector("[data-kept-list]");
  const shown = [];
  const texts = kept(section.dataset.kept);
  for (const { dataset, textContent } of section.querySelectorAll("[data-name]")) {
    const seen = new Set();
    for (const { text, page } of texts.get(dataset.name) ?? []) {
      if (!text || seen.has(text) || (page === here && form.includes(dataset.name))) continue;
      if ((await fingerprint(text)) === dataset.print) continue;
      seen.add(text);
      const name = `${dataset.name}${seen.size > 1 ? `-${seen.size}` : ""}`;
      shown.push(drawn(section, name, textContent, inWords(text, dataset.choices)));
    }
  }
  list.replaceChildren(...shown);
  section.hidden = !shown.length;
}

// A choice is kept by its key, several one a line; people read what they are called.
function inWords(text, choices) {
  if (!choices) return text;
  const called = new Map(Object.entries(JSON.parse(choices)));
  return text.split("\n").map((key) => called.get(key) ?? key).join("\n");
}

function drawn(section, name, words, text) {
  const field = section.querySelector("template").content.cloneNode(true);
  const [label, area, button] = ["label", "textarea", "button"].map((e) => field.querySelector(e));
  area.value = text;
  area.id = `kept-${name}`;
  label.htmlFor = area.id;
  area.removeAttribute("aria-label"); // which named it while it had no label
  label.textContent = words;
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(area.value);
    button.querySelector("span").textContent = button.dataset.copied;
    status.textContent = button.dataset.copied;
  });
  return field;
}

// As the server makes it. Only a page that came over TLS, or from this very machine, can.
async function fingerprint(text) {
  if (!crypto.subtle) return null;
  const octets = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text.trim()));
  return [...new Uint8Array(octets)]
    .map((octet) => octet.toString(16).padStart(2, "0"))
    .join("")
    .slice(0, 16);
}

for (const section of document.querySelectorAll("[data-kept]")) {
  // Beside the form of the draft, the form itself shows what was kept.
  if (!document.querySelector("form[data-draft]")) showKept(section);
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-forget]");
  if (!button || !window.confirm(button.dataset.sure)) return;
  const owner = document.querySelector("[data-kept]").dataset.kept;
  forget(owner);
  for (const section of document.querySelectorAll("[data-kept]")) section.hidden = true;
  status.textContent = button.dataset.forgotten;
  button.hidden = true;
});
