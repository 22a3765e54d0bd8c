/* Runs before the page is drawn: the chosen colours, and that scripts run. Everything else waits for shell.js. */
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const kept = localStorage.getItem("keikaku-theme");
    if (kept === "dark" || kept === "light") root.dataset.theme = kept;
  } catch { /* no storage: the colours of the system */ }
})();
