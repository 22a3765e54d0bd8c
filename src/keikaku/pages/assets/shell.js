/* What every page has: the switch of colours, menus that close, buttons that copy. */
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);

  const button = document.querySelector("[data-theme-switch]");
  if (button) {
    const show = () => { button.setAttribute("aria-pressed", String(dark())); };
    button.addEventListener("click", () => {
      const wanted = dark() ? "light" : "dark";
      const own = wanted === (system.matches ? "dark" : "light");
      if (own) delete root.dataset.theme; else root.dataset.theme = wanted;
      try { own ? localStorage.removeItem("keikaku-theme") : localStorage.setItem("keikaku-theme", wanted); } catch { /* not kept */ }
      show();
      document.dispatchEvent(new CustomEvent("themechange"));
    });
    system.addEventListener("change", () => { show(); document.dispatchEvent(new CustomEvent("themechange")); });
    show();
  }

  for (const menu of document.querySelectorAll("details.menu")) {
    document.addEventListener("click", (event) => { if (menu.open && !menu.contains(event.target)) menu.open = false; });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
    menu.addEventListener("focusout", (event) => { if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false; });
  }

  document.addEventListener("click", async (event) => {
    const copy = event.target.closest?.("[data-copy]");
    if (!copy) return;
    const from = copy.dataset.copy ? document.getElementById(copy.dataset.copy) : null;
    const text = from ? (from.value ?? from.textContent).trim() : new URL(copy.dataset.address ?? location.href, location.href).href;
    const said = copy.dataset.done;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const field = Object.assign(document.createElement("textarea"), { value: text });
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
      copy.focus();
    }
    if (!said) return;
    const before = copy.dataset.label ??= copy.textContent;
    copy.textContent = said;
    setTimeout(() => { copy.textContent = before; }, 2000);
  });
})();
