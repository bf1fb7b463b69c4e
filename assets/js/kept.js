// What this device keeps of a draft until the server has it. An owner is `person:team`, so that the
// next person at the same computer is shown nothing of it.
const key = (owner, field) => `draft:${owner}:${field}`;
const stored = (prefix) => Object.keys(localStorage).filter((each) => each.startsWith(prefix));

// False where the browser keeps nothing.
export function keep(owner, field, entry) {
  try {
    localStorage.setItem(key(owner, field), JSON.stringify(entry));
    return true;
  } catch {
    return false;
  }
}

// Map of field -> { text, base }.
export function kept(owner) {
  const found = new Map();
  try {
    const prefix = key(owner, "");
    for (const name of stored(prefix)) {
      found.set(name.slice(prefix.length), JSON.parse(localStorage.getItem(name)));
    }
  } catch {
    // Nothing can be read, so nothing was kept.
  }
  return found;
}

export function drop(owner, field) {
  try {
    localStorage.removeItem(key(owner, field));
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

// <section data-kept="owner">: each text that was not saved, to be copied from there.
const status = document.getElementById("status");

// `names` are those to show; all, where none are given.
export async function showKept(section, names = null) {
  const list = section.querySelector("[data-kept-list]");
  list.replaceChildren();
  const texts = kept(section.dataset.kept);
  for (const { dataset, textContent } of section.querySelectorAll("[data-name]")) {
    const entry = texts.get(dataset.name);
    if (!entry?.text || (names && !names.includes(dataset.name)) || (await fingerprint(entry.text)) === dataset.print) continue;
    const field = section.querySelector("template").content.cloneNode(true);
    const [label, area, button] = ["label", "textarea", "button"].map((e) => field.querySelector(e));
    area.value = entry.text;
    area.id = `kept-${dataset.name}`;
    label.htmlFor = area.id;
    area.removeAttribute("aria-label"); // which named it while it had no label
    label.textContent = textContent;
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(area.value);
      button.querySelector("span").textContent = button.dataset.copied;
      status.textContent = button.dataset.copied;
    });
    list.append(field);
  }
  section.hidden = !list.children.length;
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
  if (!button) return;
  const owner = document.querySelector("[data-kept]").dataset.kept;
  forget(owner);
  for (const section of document.querySelectorAll("[data-kept]")) section.hidden = true;
  status.textContent = button.dataset.forgotten;
  button.hidden = true;
});
