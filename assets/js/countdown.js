import { locale } from "./locale.js";

// <span data-countdown="2021-05-03T23:59:00-04:00">: the time left, by the server's clock.
// The ticking text is hidden from screen readers; the moment itself stands beside it as text.
const { dataset } = document.documentElement;
const ahead = dataset.now ? new Date(dataset.now) - Date.now() : 0;
const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

function part(number, unit) {
  const pieces = new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" });
  const element = document.createElement("span");
  element.className = "countdown-part";
  for (const { type, value } of pieces.formatToParts(number)) {
    if (type === "literal") continue;
    const piece = document.createElement(type === "unit" ? "span" : "strong");
    piece.textContent = value;
    element.append(piece);
  }
  return element;
}

// Seconds are shown in the last hour only: before that they would only make people nervous.
function show(element, seconds) {
  const shown = seconds >= 3_600 ? units.slice(0, 3) : units.slice(2);
  let rest = seconds;
  const parts = [];
  for (const [unit, size] of shown) {
    const number = Math.floor(rest / size);
    rest -= number * size;
    if (number || parts.length) parts.push(part(number, unit));
  }
  element.replaceChildren(...parts);
}

function tick() {
  const now = Date.now() + ahead;
  for (const element of document.querySelectorAll("[data-countdown]")) {
    const seconds = Math.floor((new Date(element.dataset.countdown) - now) / 1_000);
    if (seconds > 0) {
      show(element, seconds);
    } else {
      element.textContent = element.dataset.countdownOver;
      element.removeAttribute("data-countdown");
    }
  }
}

if (document.querySelector("[data-countdown]")) {
  tick();
  setInterval(tick, 1_000);
}
