// What the server's clock shows now, also where the device's is wrong. <html data-now> is when the
// request reached the server. It counts from when the request left here: so the little that the
// way took makes a deadline come early, never late. Going back may show a page from memory, whose
// moment is long past: then what was found when it first came still holds. A page that the browser
// had already, and that is still the same, comes with the moment in a header alone.
const arrival = performance.getEntriesByType("navigation")[0];
const told = arrival?.serverTiming?.find(({ name }) => name === "now")?.description;
const now = told || document.documentElement.dataset.now;
const first = history.state?.server;
const asked = arrival?.requestStart ?? performance.now();
const ahead =
  first?.now === now ? first.ahead : new Date(now) - Date.now() + (performance.now() - asked);
history.replaceState({ ...history.state, server: { now, ahead } }, "");

export const serverNow = () => Date.now() + ahead;
