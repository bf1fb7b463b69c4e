// The draft of a submission: what it has beside the saving, which is a preview, what is missing, and files,
// which go with the form itself once all that was typed is saved.
import { saves } from "./saving.js";

const form = document.querySelector("form[data-draft]:not([data-review])");
if (form) begin();

function begin() {
  const needs = document.querySelector("[data-needs]");
  const details = form.querySelector("[data-preview]");
  let drawing = null;

  const { names, value, put, token } = saves(form, {
    adds: (body) => body.set("missing", needs.dataset.needs),
    absorbed(answer) {
      if (answer.needs !== undefined) {
        needs.innerHTML = answer.needs;
        needs.dataset.needs = answer.missing;
      }
      preview();
    },
    ours: (event) => event.submitter?.name === "preview",
    finished: () => (filesWait() ? form.submit() : location.assign(form.dataset.after)),
  });

  // Is there a file to send or to take away, or a choice about one?
  function filesWait() {
    const touched = "input[name$='-held'], input[type=checkbox]:checked, .conflict";
    return [...form.querySelectorAll("[data-file]")].some(
      (part) => part.querySelector("input[type=file]").files.length || part.querySelector(touched),
    );
  }

  // -- preview ---------------------------------------------------------------------------------------

  details.hidden = false;
  form.querySelector("button[name=preview]").hidden = true;
  details.addEventListener("toggle", preview);
  form.addEventListener("input", preview);

  function preview() {
    clearTimeout(drawing);
    if (!details.open) return;
    drawing = setTimeout(async () => {
      const body = new FormData();
      body.set("csrf_token", token.value);
      body.set("preview", "1");
      for (const name of names) put(body, name, value(name));
      const response = await fetch(location.pathname, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
      }).catch(() => null);
      if (response?.ok) details.querySelector("[data-preview-of]").innerHTML = (await response.json()).preview;
    }, 500);
  }
}
