// <form data-steady="whose" data-again="words">: an answer given on a bad line is kept on this device
// and sent again until the server has it. Its mark makes it one answer, however often it comes.
const PAUSE = 4000;
const DAY = 86400000;

for (const form of document.querySelectorAll("form[data-steady]")) steady(form);

function steady(form) {
  const key = `answer:${form.dataset.steady}`;
  const notice = form.querySelector("[data-kept-answer]");
  let answer = kept(key);
  let sending = false;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (sending || answer) return;
    answer = Object.fromEntries(new FormData(form, event.submitter));
    delete answer.csrf_token;
    keep(key, answer);
    send();
  });
  addEventListener("online", send);
  if (answer) send();

  async function send() {
    if (!answer || sending) return;
    sending = true;
    const body = new URLSearchParams({ ...answer, csrf_token: form.elements.csrf_token.value });
    // The redirect is not followed: what the next page says is for the person, not for this script.
    const told = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
    sending = false;
    if (told && told.status < 500) {
      keep(key, null);
      location.replace(location.href);
      return;
    }
    notice.firstElementChild.textContent = form.dataset.again;
    notice.hidden = false;
    setTimeout(send, PAUSE);
  }
}

function kept(key) {
  try {
    const { answer, at } = JSON.parse(localStorage.getItem(key)) ?? {};
    return at > Date.now() - DAY ? answer : null;
  } catch {
    return null;
  }
}

function keep(key, answer) {
  try {
    if (answer) localStorage.setItem(key, JSON.stringify({ answer, at: Date.now() }));
    else localStorage.removeItem(key);
  } catch {
    // Nothing is kept here; the answer stays on this page.
  }
}
