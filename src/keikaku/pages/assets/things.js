/* Pages of things: a place inside what is folded is opened, and a mark of evidence shows where it leads before one goes there. */
(() => {
  const open = () => {
    const place = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!place) return;
    let folded = false;
    for (let up = place.closest("details"); up; up = up.parentElement.closest("details")) {
      folded ||= !up.open;
      up.open = true;
    }
    if (folded) place.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();

  if (!HTMLElement.prototype.showPopover) return;
  const card = Object.assign(document.createElement("div"), { popover: "auto", className: "ev-card" });
  const text = document.createElement("p");
  const link = document.createElement("a");
  card.append(text, link);
  document.body.append(card);
  document.addEventListener("click", (event) => {
    const mark = event.target.closest?.("a.mark-ev");
    if (!mark || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    text.textContent = mark.title;
    link.href = mark.href;
    link.textContent = document.documentElement.lang === "en" ? "See what else rests on this passage" : "この箇所に基づく事実を見る";
    mark.insertAdjacentElement("afterend", card);
    const place = mark.getBoundingClientRect();
    card.showPopover();
    const most = document.documentElement.clientWidth - card.offsetWidth - 8;
    card.style.left = `${Math.max(8, Math.min(place.left, most))}px`;
    card.style.top = `${place.bottom + 4 + card.offsetHeight > innerHeight ? Math.max(8, place.top - card.offsetHeight - 4) : place.bottom + 4}px`;
    link.focus();
  });
})();
