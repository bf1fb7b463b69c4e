// <… data-unsent="person:review" data-to="its address" hidden>: shows where this device keeps something of
// a review that was not sent, and sends it. What somebody has to decide waits until the review is opened.
import { drop, kept } from "./kept.js";

const lines = document.querySelectorAll("[data-unsent]");
const token = document.querySelector("[data-unsent-token]")?.dataset.unsentToken;

async function send() {
  for (const line of lines) {
    const owner = line.dataset.unsent;
    const entries = kept(owner);
    line.hidden = !entries.size;
    if (!entries.size) continue;
    const body = new FormData();
    body.set("csrf_token", token);
    for (const [name, [{ text, base, touches }]] of entries) {
      body.set(name, text);
      body.set(`base-${name}`, base);
      body.set(`touch-${name}`, (touches ?? []).join(" "));
    }
    const how = { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" };
    const answer = await fetch(line.dataset.to, how).then((r) => r.json(), () => null).catch(() => null);
    for (const name of answer?.saved ?? []) {
      const [{ text }] = entries.get(name);
      for (const each of entries.get(name)) if (each.text === text) drop(owner, name, each.page);
    }
    line.hidden = !kept(owner).size;
  }
}

if (lines.length) {
  send();
  addEventListener("online", send);
}
