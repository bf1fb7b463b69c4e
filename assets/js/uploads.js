import { locale } from "./locale.js";
import { sha256 } from "./sha256.js";

// <form data-uploads="address">: its files go in pieces, one after the other, by the tus protocol 1.0.
// A line that breaks is tried again with growing pauses; after a reload the same file, chosen again,
// goes on where it was. Words stand in data attributes of <ol class="uploads">, rows in its <template>.
const SMALLEST = 64 * 1024;
const LARGEST = 1024 * 1024;
const LONGEST_PAUSE = 30_000;
const FEW_TRIES = 12; // without an octet more
const PIECE = "application/offset+octet-stream";

const status = document.getElementById("status");
const percent = new Intl.NumberFormat(locale, { style: "percent" });
const megabytes = new Intl.NumberFormat(locale, {
  style: "unit",
  unit: "megabyte",
  maximumFractionDigits: 1,
  minimumFractionDigits: 1,
});

class Refused extends Error {}
class Gone extends Error {}

class Sending {
  constructor(file, form, list) {
    this.file = file;
    this.form = form;
    this.words = list.dataset;
    this.row = list.querySelector("template").content.firstElementChild.cloneNode(true);
    list.append(this.row);
    this.bar = this.row.querySelector("progress");
    this.bar.setAttribute("aria-label", file.name);
    this.row.querySelector("[data-name]").textContent = file.name;
    this.buttons = Object.fromEntries(
      ["pause", "resume", "drop"].map((name) => [name, this.row.querySelector(`[data-${name}]`)]),
    );
    for (const button of Object.values(this.buttons)) {
      button.setAttribute("aria-label", `${button.textContent.trim()}: ${file.name}`);
    }
    this.buttons.pause.addEventListener("click", () => this.pause());
    this.buttons.resume.addEventListener("click", () => this.resume());
    this.buttons.drop.addEventListener("click", () => this.drop());
    this.piece = 4 * SMALLEST;
    this.told = 0;
    this.say("waiting");
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  // Runs until the file is there, refused or dropped; returns whether it is there.
  async run() {
    this.resume();
    return this.ended;
  }

  pause() {
    this.aborter?.abort();
    this.show("resume");
    this.say("paused");
    this.buttons.resume.focus();
  }

  async resume() {
    const held = document.activeElement === this.buttons.resume;
    this.aborter = new AbortController();
    const { signal } = this.aborter;
    this.show("pause");
    if (held) this.buttons.pause.focus();
    try {
      await this.send(signal);
      this.finish("done", true);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Refused) this.finish("refused", false, error.message);
      else {
        this.show("resume");
        this.say("broken", true);
      }
    }
  }

  async drop() {
    this.aborter?.abort();
    if (this.place) this.ask("DELETE", this.place).catch(() => {});
    this.row.remove();
    this.end(false);
    this.form.querySelector("input[type=file]").focus();
  }

  finish(word, there, reason) {
    this.place = undefined;
    this.row.classList.add(there ? "upload-done" : "upload-refused");
    this.show("");
    if (there) this.bar.value = 1;
    else this.bar.remove();
    this.say(word, true, reason);
    this.end(there);
  }

  async send(signal) {
    if (!this.digest) {
      this.say("reading");
      this.digest = await sha256(this.file, signal);
    }
    let tries = 0;
    let best = -1;
    for (;;) {
      try {
        if (await this.round(signal)) return;
      } catch (error) {
        if (signal.aborted || error instanceof Refused) throw error;
        if (error instanceof Gone) this.place = undefined;
      }
      const further = this.offset > best;
      best = Math.max(best, this.offset ?? -1);
      tries = further ? 0 : tries + 1;
      if (tries >= FEW_TRIES) throw new Error("no line");
      this.piece = Math.max(SMALLEST, this.piece / 2);
      const pause = Math.min(LONGEST_PAUSE, 1000 * 2 ** tries);
      this.say("again", false, "", { seconds: Math.round(pause / 1000) });
      await rest(pause, signal);
    }
  }

  // From asking where it is to the end; throws where the line breaks.
  async round(signal) {
    const { known, uploads } = this.form.dataset;
    this.place ??= this.unfinished();
    if (!this.place) {
      const told = new URLSearchParams({ name: this.file.name, sha256: this.digest });
      const answer = await this.ask("POST", known, { body: told, signal });
      if ((await answer.json()).known) return true;
      const begun = await this.ask("POST", uploads, {
        signal,
        headers: { "Upload-Length": this.file.size, "Upload-Metadata": this.metadata() },
      });
      this.place = begun.headers.get("Location");
    }
    const place = await this.ask("HEAD", this.place, { signal });
    this.offset = Number(place.headers.get("Upload-Offset"));
    for (;;) {
      this.progress();
      const before = performance.now();
      const answer = await this.ask("PATCH", this.place, {
        signal,
        body: this.file.slice(this.offset, this.offset + this.piece),
        headers: { "Content-Type": PIECE, "Upload-Offset": this.offset },
      });
      this.offset = Number(answer.headers.get("Upload-Offset"));
      if (this.offset >= this.file.size) return true;
      const took = performance.now() - before;
      if (took < 1500) this.piece = Math.min(LARGEST, this.piece * 2);
      else if (took > 6000) this.piece = Math.max(SMALLEST, this.piece / 2);
    }
  }

  async ask(method, address, { headers = {}, ...rest } = {}) {
    const token = this.form.elements.csrf_token.value;
    const answer = await fetch(address, {
      ...rest,
      method,
      headers: { "Tus-Resumable": "1.0.0", "X-CSRFToken": token, ...headers },
    });
    if (answer.ok && !answer.redirected) return answer;
    if (answer.redirected) throw new Refused(this.words.signedOut);
    if (answer.status === 404 || answer.status === 410) throw new Gone();
    if (answer.status === 403) throw new Refused(this.words.closed);
    if (answer.status === 409 && !answer.headers.has("Tus-Resumable")) {
      throw new Refused(this.words.signedOut);
    }
    if ([409, 423, 429, 507].includes(answer.status) || answer.status >= 500) {
      throw new Error(answer.statusText);
    }
    const told = await answer.json().catch(() => ({}));
    throw new Refused(told.error ?? this.words.unable);
  }

  // What the team began with the very same file, by whomever.
  unfinished() {
    const same = [...document.querySelectorAll("[data-upload]")].find(
      ({ dataset }) => dataset.digest === this.digest && dataset.name === this.file.name,
    );
    const place = same?.dataset.upload;
    if (same) delete same.dataset.upload;
    return place;
  }

  metadata() {
    const coded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
    return `filename ${coded(this.file.name)},sha256 ${coded(this.digest)}`;
  }

  progress() {
    const share = this.offset / this.file.size;
    this.bar.value = share;
    const quarter = Math.floor(share * 4);
    this.say("sending", quarter > this.told);
    this.told = Math.max(this.told, quarter);
  }

  // The words of that state in the row, and, where they matter, aloud.
  say(word, aloud = false, reason = "", others = {}) {
    const facts = {
      reason,
      name: this.file.name,
      percent: percent.format(Math.floor(100 * (this.offset / this.file.size || 0)) / 100),
      size: megabytes.format(this.file.size / 1e6),
      ...others,
    };
    const text = this.words[word].replace(/\{(\w+)\}/g, (_, key) => facts[key]);
    this.row.querySelector("[data-state]").textContent = text;
    if (aloud) status.textContent = `${this.file.name}: ${text}`;
  }

  // Pause or resume; what has ended shows neither, and cannot be given up.
  show(button) {
    this.buttons.pause.hidden = button !== "pause";
    this.buttons.resume.hidden = button !== "resume";
    this.buttons.drop.hidden = button === "";
  }
}

function rest(pause, signal) {
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, pause);
    addEventListener("online", done);
    signal.addEventListener("abort", () => {
      done();
      reject(signal.reason);
    });
  });
}

for (const form of document.querySelectorAll("form[data-uploads]")) {
  const list = document.querySelector(".uploads");
  const input = form.querySelector("input[type=file]");
  const queue = [];
  let busy = false;

  const work = async () => {
    if (busy) return;
    busy = true;
    let all = true;
    while (queue.length) all = (await queue.shift().run()) && all;
    busy = false;
    // The page's own list then shows them; what was refused stays to be read.
    if (all) location.reload();
  };

  const take = (files) => {
    list.hidden = false;
    queue.push(...Array.from(files, (file) => new Sending(file, form, list)));
    input.value = "";
    work();
  };

  form.classList.add("drop");
  form.querySelector("[data-drop-here]").hidden = false;
  form.addEventListener("submit", (event) => {
    if (!input.files.length) return; // the server says so
    event.preventDefault();
    take(input.files);
  });
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.toggle("drop-now", name === "dragenter" || name === "dragover");
      if (name === "drop" && event.dataTransfer.files.length) take(event.dataTransfer.files);
    });
  }
}
