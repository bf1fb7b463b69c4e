// <button data-copy="id of an input" data-copied="words said when done" hidden>
const status = document.getElementById("status");

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const input = document.getElementById(button.dataset.copy);
    input.select();
    await navigator.clipboard.writeText(input.value);
    button.querySelector("span").textContent = button.dataset.copied;
    status.textContent = button.dataset.copied;
  });
}
