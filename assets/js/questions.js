// A question that follows another is shown when its condition holds:
// <div data-asks-if="name of a field" data-asks-for="choices, or nothing for any answer">.
// What is hidden is sent all the same; the server leaves out what does not apply.
const followers = [...document.querySelectorAll("[data-asks-if]")];

// What was chosen, written or sent in the fields of this name.
function answers(name) {
  const fields = [...document.getElementsByName(name)];
  return fields
    .filter((field) => !["radio", "checkbox"].includes(field.type) || field.checked)
    .map((field) => field.value.trim() || kept(field))
    .filter(Boolean);
}

// The file that was sent before, which no file field can show, unless a box takes it away.
function kept(field) {
  const boxes = ["removal", "drop"].map((box) => `${field.name}-${box}`);
  const gone = boxes.some((name) => document.getElementsByName(name)[0]?.checked);
  return gone ? "" : field.dataset.sent;
}

function show() {
  // In the order of the page, so that what follows a hidden question is hidden with it.
  for (const follower of followers) {
    const { asksIf, asksFor } = follower.dataset;
    const wanted = asksFor.split(" ").filter(Boolean);
    const parent = document.getElementsByName(asksIf)[0]?.closest(".question");
    const given = parent?.hidden ? [] : answers(asksIf);
    follower.hidden = wanted.length ? !wanted.some((each) => given.includes(each)) : !given.length;
  }
}

if (followers.length) {
  document.addEventListener("input", show);
  addEventListener("pageshow", show); // the browser may bring back what was chosen
  show();
}
