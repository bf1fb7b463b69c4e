import { serverNow } from "./clock.js";
import { locale } from "./locale.js";

// <span data-countdown="2021-05-03T23:59:00-04:00">: the time left, by the server's clock.
// The ticking text is hidden from screen readers; the moment itself stands beside it as text.
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

// What is announced to screen readers, politely: these steps only, as they come to pass.
const steps = [
  [86_400, "day", 1],
  [3_600, "hour", 1],
  [600, "minute", 10],
  [60, "minute", 1],
];
const words = document.documentElement.dataset;
const status = document.getElementById("status");
const last = new Map();

function announcement(element, seconds) {
  const { countdownLabel: label, countdownOver: over } = element.dataset;
  const before = last.get(element) ?? seconds;
  last.set(element, seconds);
  if (!label) return null;
  if (seconds <= 0) {
    return before > 0 ? words.timeOver.replace("{what}", label).replace("{over}", over) : null;
  }
  // After a sleep several steps may have passed at once: the nearest one counts.
  const step = steps.findLast(([at]) => before > at && seconds <= at);
  if (!step) return null;
  const [, unit, number] = step;
  const time = new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" });
  return words.timeLeft.replace("{what}", label).replace("{time}", time.format(number));
}

function tick() {
  const said = [];
  for (const element of document.querySelectorAll("[data-countdown]")) {
    const seconds = Math.ceil((new Date(element.dataset.countdown) - serverNow()) / 1_000);
    const news = announcement(element, seconds);
    if (news) said.push(news);
    if (seconds > 0) {
      show(element, seconds);
    } else {
      element.textContent = element.dataset.countdownOver;
      element.removeAttribute("data-countdown");
    }
  }
  if (said.length) status.textContent = said.join(" ");
}

if (document.querySelector("[data-countdown]")) {
  tick();
  setInterval(tick, 1_000);
}
