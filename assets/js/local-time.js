import { locale } from "./locale.js";

// <time datetime data-local="America/Toronto">: where the device's clock shows something else than
// the page says, the reader's own hour is added with its offset, and the day where that differs
// too. The words around it come from <html data-local-time="… {time} …">. Whoever has a zone in
// their profile gets both from the server, without data-local.
const words = document.documentElement.dataset.localTime;
const day = { weekday: "short", day: "numeric", month: "short" };
const hour = { hour: "numeric", minute: "2-digit" };

const written = (moment, parts) => new Intl.DateTimeFormat(locale, parts).format(moment);

function zoneName(moment, timeZoneName) {
  const parts = new Intl.DateTimeFormat(locale, { hour: "numeric", timeZoneName }).formatToParts(moment);
  return parts.find(({ type }) => type === "timeZoneName").value;
}

// EDT (UTC−4), as the server writes it; a zone without a name of its own has the offset alone.
function zone(moment) {
  const offset = zoneName(moment, "shortOffset").replace(/^(GMT|UTC)(\+0$)?/, "UTC").replace("-", "−");
  const name = zoneName(moment, "short");
  return /^(GMT|UTC)/.test(name) || name === offset ? offset : `${name} (${offset})`;
}

for (const element of document.querySelectorAll("time[data-local]")) {
  const moment = new Date(element.dateTime);
  const timeZone = element.dataset.local;
  const sameDay = written(moment, day) === written(moment, { ...day, timeZone });
  if (sameDay && written(moment, hour) === written(moment, { ...hour, timeZone })) continue;
  const time = `${written(moment, sameDay ? hour : { ...day, ...hour })} ${zone(moment)}`;
  const own = document.createElement("span");
  own.className = "local-time";
  own.textContent = ` ${words.replace("{time}", time)}`;
  element.append(own);
}
