// What the draft's form shows beside a field: an error, or the texts of two people and their choice.
const part = (form, name) => form.querySelector(`[data-part="${name}"]`);
const inputs = (form, name) => [form.elements[name]].flatMap((e) => (e.tagName ? e : [...e]));

export function showError(form, name, sentence) {
  clearError(form, name);
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
  const radio = [first, ...more].find((each) => each.type === "radio" && each.value === value);
  return (radio ? radio.labels[0].textContent : value).trim() || "—";
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
  box.querySelector("[data-mine]").textContent = read(form, name, form.elements[name].value);
  box.querySelector("[data-theirs]").textContent = read(form, name, theirs);
}
