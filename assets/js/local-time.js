import { locale } from "./locale.js";

// <time datetime data-local="America/Toronto">: where the reader's clock shows something else than
// the page says, their own hour is added, and the day where that differs too. The words around it
// come from <html data-local-time="… {time} …">.
// Where is the reader? Where their profile says, else where their device is.
const mine = { timeZone: document.documentElement.dataset.zone || undefined };
const words = document.documentElement.dataset.localTime;
const day = { weekday: "short", day: "numeric", month: "short" };
const hour = { hour: "numeric", minute: "2-digit" };

const written = (moment, parts) => new Intl.DateTimeFormat(locale, parts).format(moment);

for (const element of document.querySelectorAll("time[data-local]")) {
  const moment = new Date(element.dateTime);
  const timeZone = element.dataset.local;
  const sameDay = written(moment, { ...day, ...mine }) === written(moment, { ...day, timeZone });
  if (sameDay && written(moment, { ...hour, ...mine }) === written(moment, { ...hour, timeZone })) continue;
  const parts = { ...(sameDay ? {} : day), ...hour, ...mine, timeZoneName: "short" };
  const own = document.createElement("span");
  own.className = "local-time";
  own.textContent = ` ${words.replace("{time}", written(moment, parts))}`;
  element.append(own);
}
