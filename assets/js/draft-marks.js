// The fields of the draft's form as texts, and what it shows beside them: an error, or the texts of
// two people and their choice. Of several boxes, the text is the keys of those that are ticked.
const part = (form, name) => form.querySelector(`[data-part="${name}"]`);

export const inputs = (form, name) =>
  [form.elements[name]].flatMap((e) => (e.tagName ? e : [...e])).filter((e) => e.type !== "hidden");

export const textIn = (form, name) => text(inputs(form, name), (e) => e.value, (e) => e.checked);

// The same as the page was drawn: what was typed or chosen before this script came is not in it.
export const drawnIn = (form, name) => text(inputs(form, name), drawnValue, (e) => e.defaultChecked);

function text(fields, valueOf, isTicked) {
  if (!["checkbox", "radio"].includes(fields[0].type)) return valueOf(fields[0]);
  return fields
    .filter(isTicked)
    .map((each) => each.value)
    .sort()
    .join("\n");
}

function drawnValue({ options, defaultValue }) {
  if (!options) return defaultValue;
  return ([...options].find((each) => each.defaultSelected) ?? options[0]).value;
}

// What is written, or wrong, is not left in a fold.
function unfold(form, name) {
  for (const fold of part(form, name).querySelectorAll(":scope > details")) fold.open = true;
}

export function setText(form, name, text) {
  if (text) unfold(form, name);
  const keys = text.split("\n");
  for (const each of inputs(form, name)) {
    if (["checkbox", "radio"].includes(each.type)) each.checked = keys.includes(each.value);
    else each.value = text;
  }
}

export function showError(form, name, sentence) {
  clearError(form, name);
  unfold(form, name);
  const error = document.querySelector("[data-error-of]").content.firstElementChild.cloneNode(true);
  error.id = `${name}-error`;
  error.querySelector("span").textContent = sentence;
  const field = part(form, name).querySelector(".field");
  field.classList.add("field-invalid");
  field.append(error);
  for (const input of inputs(form, name)) {
    input.setAttribute("aria-invalid", "true");
    const others = input.getAttribute("aria-describedby");
    input.setAttribute("aria-describedby", [others, error.id].filter(Boolean).join(" "));
  }
}

export function clearError(form, name) {
  const error = document.getElementById(`${name}-error`);
  if (!error) return;
  error.remove();
  part(form, name).querySelector(".field").classList.remove("field-invalid");
  for (const input of inputs(form, name)) {
    input.removeAttribute("aria-invalid");
    const others = input.getAttribute("aria-describedby")?.replace(`${name}-error`, "").trim();
    if (others) input.setAttribute("aria-describedby", others);
    else input.removeAttribute("aria-describedby");
  }
}

export function clearErrors(form) {
  for (const { dataset } of form.querySelectorAll("[data-part]")) clearError(form, dataset.part);
  document.getElementById("errors")?.remove();
}

// A value as people read it: the words of an option, the label of a radio button, else itself.
function read(form, name, value) {
  const [first, ...more] = inputs(form, name);
  if (first.options) return [...first.options].find((each) => each.value === value)?.text ?? value;
  if (!["checkbox", "radio"].includes(first.type)) return value.trim() || "—";
  const chosen = [first, ...more].filter((each) => value.split("\n").includes(each.value));
  const label = (each) => each.labels[0].textContent.replace(/[ \n]+/g, " ").trim();
  return chosen.map(label).join(" · ") || "—";
}

// Draws the box of a field, or tells the one there what is saved by now.
export function tellConflict(form, name, theirs, { last }) {
  const place = part(form, name);
  let box = place.querySelector("[data-conflict]");
  if (!box) {
    box = document.querySelector("[data-conflict-of]").content.firstElementChild.cloneNode(true);
    for (const element of [box, ...box.querySelectorAll("*")]) {
      for (const attribute of element.attributes) {
        attribute.value = attribute.value.replace("{name}", name);
      }
    }
    if (!("joins" in place.dataset)) box.querySelector("[value=together]").parentElement.remove();
    box.querySelector("[data-by]").textContent = last;
    place.append(box);
  }
  box.querySelector("[data-mine]").textContent = read(form, name, textIn(form, name));
  box.querySelector("[data-theirs]").textContent = read(form, name, theirs);
}
