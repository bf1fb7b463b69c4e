// A form is sent once, and leaving one with unsaved changes asks first (<form data-guard>).
const changed = new Set();

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("form[data-guard]");
  if (form) changed.add(form);
});

document.addEventListener("submit", ({ target, defaultPrevented }) => {
  if (defaultPrevented) return;
  changed.delete(target);
  if (target.method !== "post") return;
  // After the browser has collected the form: a disabled button would not be sent.
  setTimeout(() => setButtons(target, true));
});

// Coming back by the browser's history shows the page as it was left.
addEventListener("pageshow", () => {
  for (const form of document.forms) setButtons(form, false);
});

addEventListener("beforeunload", (event) => {
  if (changed.size) event.preventDefault();
});

function setButtons(form, sent) {
  for (const button of form.elements) {
    if (button.type !== "submit") continue;
    if (sent && !button.disabled) {
      button.disabled = true;
      button.dataset.sent = "";
    } else if (!sent && "sent" in button.dataset) {
      button.disabled = false;
      delete button.dataset.sent;
    }
  }
}
