// A menu made of <details> closes with Escape, and when the focus or a click goes elsewhere.
function close(menu) {
  menu.open = false;
}

for (const menu of document.querySelectorAll("details.menu")) {
  menu.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !menu.open) return;
    close(menu);
    menu.querySelector("summary").focus();
  });
  for (const event of ["click", "focusin"]) {
    document.addEventListener(event, ({ target }) => {
      if (!menu.contains(target)) close(menu);
    });
  }
}
