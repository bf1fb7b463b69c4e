// A judge's review, <form data-draft data-review>: it saves with each touch (saving.js). Figures choose the
// level of the criterion that has the focus and go on to the next; in a text they are figures.
import { inputs, showError, textIn } from "./draft-marks.js";
import { saves } from "./saving.js";

const form = document.querySelector("form[data-review]");
if (form) begin();

function begin() {
  const complete = form.elements.complete;
  const groups = [...form.querySelectorAll("[data-levels]")];
  const { set, refused, lacking } = saves(form, { absorbed, ours, finished });

  // What lacked something may be whole with what comes now: a no with its reason.
  form.addEventListener("input", () => refused.clear(), { capture: true });

  // "Complete" is saved like a field, so that it waits with the others where there is no line.
  function ours(event) {
    if (event.submitter?.value !== "complete" || complete.checked) return false;
    const empty = [...form.querySelectorAll("[data-lacks]")].filter(lacks);
    for (const { dataset } of empty) showError(form, dataset.part, dataset.lacks);
    if (empty.length) {
      event.preventDefault();
      lacking();
      inputs(form, empty[0].dataset.part)[0].focus();
      return true;
    }
    tick("yes");
    return false;
  }

  function lacks({ dataset: { part, afterNo } }) {
    return !textIn(form, part).trim() && (!afterNo || textIn(form, afterNo) === "no");
  }

  function tick(text) {
    set("complete", text);
    complete.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function finished(event) {
    const { after, list } = form.dataset;
    location.assign(event.submitter?.value === "complete" ? after : list);
  }

  function absorbed(answer) {
    if (answer.errors?.complete && complete.checked) tick("");
    const done = answer.fields.complete.value === "yes";
    for (const each of document.querySelectorAll("[data-until-complete]")) each.hidden = done;
    for (const each of document.querySelectorAll("[data-when-complete]")) each.hidden = !done;
  }

  form.addEventListener("keydown", (event) => {
    const { target, key } = event;
    const group = target.type === "radio" && target.closest("[data-levels]");
    if (!group || !/^\d$/.test(key) || event.ctrlKey || event.altKey || event.metaKey) return;
    const level = group.querySelector(`input[value="${key}"]`);
    if (!level) return;
    event.preventDefault();
    level.checked = true;
    level.dispatchEvent(new Event("input", { bubbles: true }));
    const next = groups[groups.indexOf(group) + 1] ?? group;
    (next.querySelector("input:checked") ?? next.querySelector("input")).focus();
  });
}
