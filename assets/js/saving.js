// <form data-draft="person:thing">: saves by itself while one writes or chooses, field by field, by the
// same rules as the button. What is not saved yet is kept on the device, and comes back with the form.
// Each field has a hidden base-… input: the fingerprint of what its writer began from. Each change has
// a name of its own, so that the server knows one that comes twice, or after one whose answer was lost.
//
// The pages say in hooks what is theirs: `adds(body)` to what is sent, `absorbed(answer)`, `ours(event)`
// for a button that is not to save, `finished(event)` once all is saved that a button was pressed for.
import { serverNow } from "./clock.js";
import {
  clearError,
  clearErrors,
  drawnIn,
  inputs,
  setText,
  showError,
  tellConflict,
  textIn,
} from "./draft-marks.js";
import { drop, here, keep, kept, showKept } from "./kept.js";
import { locale } from "./locale.js";

const PAUSE = 2_000; // after the last key
const CHOSEN = 150; // after a choice
const AT_MOST = 10_000; // while the keys do not stop
const AGAIN = 15_000; // after a failure
const STALE = 30_000; // after which coming back asks what is new

const MOST = 10; // names of changes that are told

const nameless = () => Math.random().toString(36).slice(2, 14);

export function saves(form, { adds, absorbed, ours, finished }) {
  const owner = form.dataset.draft;
  const names = [...form.querySelectorAll("[data-part]")].map((part) => part.dataset.part);
  const state = document.querySelector("[data-draft-state]");
  const status = document.getElementById("status");
  const token = form.elements.csrf_token;
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(`draft:${owner}`) : null;

  const synced = new Map(); // what the server has, as it stood in the field; null: something else
  const latest = new Map(); // field -> { value, base }, as the server told last
  const disputed = new Set(); // fields that wait for a choice
  const mirrored = new Map(); // field -> the other tab that has what it says here, and has not saved it
  const refused = new Map(); // field -> the text that the server would not take
  const touches = new Map(); // field -> names of its change and of those sent before it, unanswered
  const underway = new Set(); // names of changes that were sent
  let closes = new Date(form.dataset.closes);
  let [timer, since, flying, asked, over, keeps] = [null, 0, null, Date.now(), false, true];
  let said = "idle";

  const value = (name) => textIn(form, name);
  const base = (name) => form.elements[`base-${name}`];
  const dirty = (name) => value(name) !== synced.get(name);
  const chosen = (name) => ["checkbox", "radio"].includes(inputs(form, name)[0].type);
  const unsaved = () => names.filter(dirty);
  const due = () => unsaved().filter((n) => !disputed.has(n) && refused.get(n) !== value(n));

  function set(name, text) {
    setText(form, name, text);
    document.dispatchEvent(new Event("input")); // for what is shown only with this answer
  }

  // -- where it stands: shown at once, spoken only when it becomes another thing ------------------

  function tell(kind, at) {
    state.hidden = false;
    for (const line of state.querySelectorAll("[data-state]")) {
      line.hidden = line.dataset.state !== kind;
      if (line.hidden) continue;
      if (at) {
        const hour = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
        const time = new Intl.DateTimeFormat(locale, hour).format(new Date(at));
        line.dataset.words ??= line.lastChild.textContent;
        line.lastChild.textContent = line.dataset.words.replace("{time}", time);
      }
      if (kind !== said && kind !== "typing") status.textContent = line.textContent.trim();
    }
    if (kind !== "typing") said = kind;
    state.querySelector("[data-forget]").hidden = !kept(owner).size;
    const back = form.querySelector("[data-back]");
    if (kind === "saved" && back) back.textContent = back.dataset.backSaved;
  }

  // What a button asked for is not done, since something is missing. What keeps it from being saved comes first.
  function lacking() {
    if (["idle", "saved"].includes(said)) tell("lacking");
  }

  // -- what is kept on the device ------------------------------------------------------------------

  function keepHere(name) {
    const entry = { text: value(name), base: base(name).value, touches: touches.get(name) };
    keeps = keep(owner, name, entry);
  }

  function restore() {
    for (const name of names) synced.set(name, drawnIn(form, name));
    // On a slow line one has begun before this script came.
    for (const name of unsaved()) {
      touched(name);
      keepHere(name);
    }
    for (const name of form.dataset.unsaved.split(" ").filter(Boolean)) {
      synced.set(name, null);
      keepHere(name);
    }
    let found = false;
    for (const [name, entries] of kept(owner)) {
      if (!names.includes(name) || dirty(name)) continue;
      for (const { text, page } of entries) if (text === value(name)) drop(owner, name, page);
      const [last] = entries.filter(({ text }) => text !== value(name));
      if (!last) continue;
      set(name, last.text);
      base(name).value = last.base;
      if (last.touches) touches.set(name, last.touches);
      for (const touch of last.touches ?? []) underway.add(touch); // as far as we know
      keepHere(name);
      // The last text goes on here. What another tab kept besides is shown, to be copied.
      for (const { text, page } of entries) if (text === last.text) drop(owner, name, page);
      found = true;
    }
    showKept(document.querySelector("[data-kept]"), names);
    for (const box of form.querySelectorAll("[data-conflict]")) disputed.add(box.dataset.conflict);
    state.querySelector("[data-restored]").hidden = !found;
    if (found) status.textContent = state.querySelector("[data-restored]").textContent;
    tell(disputed.size ? "choose" : unsaved().length ? "typing" : "idle");
    if (disputed.size) refresh();
    if (due().length) schedule(500);
  }

  // -- saving --------------------------------------------------------------------------------------

  function schedule(pause) {
    clearTimeout(timer);
    since ||= Date.now();
    timer = setTimeout(save, Math.max(0, Math.min(pause, since + AT_MOST - Date.now())));
  }

  // Sends what was changed. `pressed`: by the button, so also what was refused before.
  async function save({ pressed = false, keepalive = false } = {}) {
    clearTimeout(timer);
    if (flying && !keepalive) await flying;
    since = 0;
    const sent = new Map((pressed ? unsaved().filter((n) => !disputed.has(n)) : due()).map((n) => [n, value(n)]));
    if (!pressed && (over || !sent.size)) return;
    const work = send(sent, { pressed, keepalive });
    if (!keepalive) flying = work.finally(() => (flying = null));
    await work;
  }

  async function send(sent, { pressed, keepalive, again = false }) {
    // The server reads it in no time so; but what goes out with the page may have 64 kB at the most, and in
    // parts an accent is two octets instead of six.
    const body = keepalive ? new FormData() : new URLSearchParams();
    body.set("csrf_token", token.value);
    adds?.(body);
    for (const name of names) body.set(`base-${name}`, base(name).value);
    for (const [name, text] of sent) {
      put(body, name, text);
      const named = touches.get(name) ?? [];
      body.set(`touch-${name}`, named.join(" "));
      if (named.length) underway.add(named[0]);
    }
    if (pressed && !disputed.size) body.set("leaving", "1");
    const answer = await ask({ method: "POST", body, keepalive });
    if (answer.refusal === "old_form" && !again && (await refresh())) {
      return send(sent, { pressed, keepalive, again: true });
    }
    if (answer.fields) took(answer, sent);
  }

  // As the form itself would send it; nothing ticked is one empty answer.
  function put(body, name, text) {
    const several = inputs(form, name)[0].type === "checkbox";
    for (const each of several ? text.split("\n") : [text]) body.append(name, each);
  }

  // The JSON of the door, or {} where there was none; says itself why.
  async function ask(how = {}) {
    let response, answer;
    try {
      response = await fetch(location.pathname, {
        ...how,
        headers: { Accept: "application/json" },
        redirect: "manual",
      });
    } catch {
      fail("offline");
      return {};
    }
    try {
      answer = await response.json();
    } catch {
      fail("trouble");
      return {};
    }
    asked = Date.now();
    if (response.status === 401) {
      state.querySelector("[data-way]").href = answer.way;
      fail("sign_in");
    } else if (answer.refusal === "closed") close("closed");
    else if (answer.refusal === "stopped") fail("stopped");
    else if (answer.refusal === "forbidden" || answer.refusal === "hidden") close("refused");
    else if (answer.refusal !== "old_form" && !response.ok) fail("trouble");
    return answer;
  }

  function fail(kind) {
    tell(keeps ? kind : "unkept");
    clearTimeout(timer);
    if (kind !== "sign_in") timer = setTimeout(save, AGAIN);
  }

  function close(kind) {
    over = true;
    tell(keeps ? kind : "unkept");
    for (const name of unsaved()) keepHere(name);
    showKept(document.querySelector("[data-kept]"));
  }

  // What is saved now, and a token that counts. False where this is no longer the same person's page.
  async function refresh() {
    const answer = await ask();
    if (!answer.fields) return false;
    if (answer.person !== owner.split(":")[0]) {
      over = true;
      tell("other");
      return false;
    }
    token.value = answer.token;
    absorb(answer);
    if (due().length) schedule(500);
    else if (said !== "choose" && said !== "wrong") tell(answer.at ? "saved" : "idle", answer.at);
    return true;
  }

  function took(answer, sent) {
    for (const name of answer.saved) {
      const text = sent.get(name);
      synced.set(name, text);
      base(name).value = answer.fields[name].base;
      refused.delete(name);
      clearError(form, name);
      if (value(name) === text) touches.delete(name);
      if (mirrored.has(name)) drop(owner, name, mirrored.get(name));
      mirrored.delete(name);
      if (value(name) === text) drop(owner, name);
      else keepHere(name); // written on meanwhile: from here on
      channel?.postMessage({ name, text, base: base(name).value, saved: true });
    }
    for (const [name, sentence] of Object.entries(answer.errors)) {
      refused.set(name, sent.get(name));
      showError(form, name, sentence);
    }
    for (const name of answer.conflicts) disputed.add(name);
    // What was sent and is not there: the writer had come back to where they began, others had not.
    for (const name of sent.keys()) {
      const settled = answer.saved.includes(name) || name in answer.errors || disputed.has(name);
      if (!settled && value(name) === sent.get(name)) {
        synced.set(name, value(name));
        touches.delete(name);
      }
    }
    absorb(answer);
    if (disputed.size) tell("choose");
    else if (Object.keys(answer.errors).length) tell("wrong");
    else if (due().length) tell("typing");
    else tell("saved", answer.at);
    if (due().length) schedule(PAUSE);
  }

  // What others saved comes into the fields that nobody is writing in.
  function absorb(answer) {
    over = false;
    if (answer.closes) closes = new Date(answer.closes);
    const changed = [];
    for (const name of names) {
      const theirs = answer.fields[name];
      if (!theirs) continue; // not asked any more, and said so once it was sent
      latest.set(name, theirs);
      if (disputed.has(name)) {
        tellConflict(form, name, theirs.value, answer);
      } else if (theirs.base !== base(name).value && !dirty(name)) {
        if (!chosen(name) && inputs(form, name).includes(document.activeElement)) continue;
        set(name, theirs.value);
        synced.set(name, theirs.value);
        base(name).value = theirs.base;
        drop(owner, name);
        changed.push(name);
      }
    }
    if (changed.length) {
      const line = state.querySelector("[data-newer]");
      const labels = changed.map((n) => document.querySelector(`[data-name="${n}"]`).textContent);
      line.textContent = line.dataset.words
        .replace("{person}", answer.by)
        .replace("{fields}", labels.join(", "));
      line.hidden = false;
      status.textContent = line.textContent;
    }
    state.querySelector("[data-lacking]").textContent = answer.lacking;
    absorbed?.(answer);
  }

  // -- two people, one field -----------------------------------------------------------------------

  form.addEventListener("change", ({ target }) => {
    const box = target.closest("[data-conflict]");
    const theirs = box && latest.get(box.dataset.conflict);
    if (!theirs) return;
    const name = box.dataset.conflict;
    const mine = value(name);
    if (target.value === "theirs") set(name, theirs.value);
    if (target.value === "together") {
      const between = `${mine}${theirs.value}`.includes("\n") ? "\n\n" : " / ";
      set(name, [mine, theirs.value].filter(Boolean).join(between));
    }
    base(name).value = theirs.base;
    synced.set(name, theirs.value);
    disputed.delete(name);
    box.remove();
    if (dirty(name)) keepHere(name);
    else drop(owner, name);
    inputs(form, name)[0].focus();
    tell(disputed.size ? "choose" : dirty(name) ? "typing" : "idle");
    if (target.value === "mine") save();
    else if (due().length) schedule(AT_MOST);
  });

  // A change gets a name, in front of those that went out and were not answered.
  function touched(name) {
    const before = (touches.get(name) ?? []).filter((each) => underway.has(each));
    touches.set(name, [nameless(), ...before].slice(0, MOST));
  }

  // -- while one writes ----------------------------------------------------------------------------

  form.addEventListener("input", ({ target }) => {
    const { name } = target;
    if (!names.includes(name)) return;
    clearError(form, name);
    touched(name);
    keepHere(name);
    if (mirrored.has(name)) drop(owner, name, mirrored.get(name)); // its words are in these
    mirrored.delete(name);
    const told = { text: value(name), base: base(name).value, touches: touches.get(name) };
    channel?.postMessage({ name, page: here, ...told });
    if (over) {
      showKept(document.querySelector("[data-kept]"));
      return;
    }
    if (said !== "sign_in") tell(keeps ? "typing" : "unkept");
    schedule(chosen(name) ? CHOSEN : PAUSE);
  });
  form.addEventListener("focusout", () => due().length && schedule(0));

  // The button: saves, and goes on to the submission once all is saved.
  form.addEventListener("submit", async (event) => {
    if (ours?.(event)) return;
    event.preventDefault();
    clearErrors(form);
    refused.clear();
    await save({ pressed: true });
    if (!unsaved().length) finished(event);
    else form.querySelector("[aria-invalid], [data-conflict] input[type=radio]")?.focus();
  });

  // -- other tabs, other moments -------------------------------------------------------------------

  // Another tab of this browser writes the same field: here it says the same, so whichever tab the
  // person goes on in begins from the last words. The tab that was typed in saves first.
  if (channel) {
    channel.onmessage = ({ data: { name, text, base: began, touches: named, saved, page } }) => {
      if (!names.includes(name) || disputed.has(name)) return;
      const same = value(name) === text;
      if (!same && dirty(name) && !mirrored.has(name)) return; // both were typed in: the server will tell
      if (!same) set(name, text);
      base(name).value = began;
      if (saved) {
        synced.set(name, text);
        mirrored.delete(name);
        touches.delete(name);
        drop(owner, name);
        if (!unsaved().length) tell("saved", serverNow());
      } else {
        mirrored.set(name, page);
        touches.set(name, named ?? []);
        schedule(AT_MOST);
      }
    };
  }

  const leave = () => due().length && save({ keepalive: true });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave();
    else if (Date.now() - asked > STALE) refresh();
  });
  addEventListener("pagehide", leave);
  addEventListener("online", () => (due().length ? save() : refresh()));
  addEventListener("beforeunload", (event) => {
    if (!keeps && unsaved().length) event.preventDefault();
  });

  // The close: what is written goes out just before it. Then the page asks, for it may be extended.
  let hurried = false;
  setInterval(() => {
    const left = closes - serverNow();
    if (over || left > 5_000) {
      hurried = false;
    } else if (!hurried) {
      hurried = true;
      leave();
    } else if (left <= 0) {
      closes = new Date(serverNow() + AGAIN); // until the answer says better
      refresh();
    }
  }, 500);

  restore();
  return { names, value, set, put, token, refused, lacking };
}
