/* Search as you type: a combobox with a list (ARIA 1.2) on every field [data-suggest]. Without it the form asks /search. */
(() => {
  const here = document.currentScript;
  const english = document.documentElement.lang === "en";
  const t = (ja, en) => (english ? en : ja);
  const told = (text) => (text ? text[english ? "en" : "ja"] || text.ja || text.en : "");
  const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/[\u30a1-\u30f6]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0x60));
  const MOST = 8;

  /* The text in pieces, the ones that match marked; folding changes lengths, so positions are kept per character. */
  function marked(text, words) {
    const out = document.createDocumentFragment();
    const letters = [...text], folded = letters.map(plain), starts = [];
    let flat = "";
    folded.forEach((piece) => { starts.push(flat.length); flat += piece; });
    const lit = new Set();
    for (const word of words) {
      for (let at = flat.indexOf(word); word && at >= 0; at = flat.indexOf(word, at + 1)) {
        starts.forEach((start, n) => { if (start < at + word.length && start + folded[n].length > at) lit.add(n); });
      }
    }
    let run = "", on = false;
    const flush = () => {
      if (run) out.append(on ? Object.assign(document.createElement("mark"), { textContent: run }) : run);
      run = "";
    };
    letters.forEach((letter, n) => { if (lit.has(n) !== on) { flush(); on = lit.has(n); } run += letter; });
    flush();
    return out;
  }

  /* Hits of the service. */
  async function ask(text, field, signal) {
    const given = new URLSearchParams({ q: text, n: String(MOST) });
    if (english) given.set("lang", "en");
    const answer = await fetch(`/search.json?${given}`, { signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    const kinds = new Map((found.facets.kind ?? []).map((one) => [one.value, told(one.name)]));
    const base = field.dataset.base;
    const page = (iri) => (iri.startsWith(base) ? `/${iri.slice(base.length)}` : iri);
    const turned = (address) => { const [path, hash] = address.split("#"); return path + (english ? "?lang=en" : "") + (hash ? `#${hash}` : ""); };
    return {
      total: found.total,
      partly: found.partly,
      hits: found.hits.map((hit) => ({ name: told(hit.name), kind: kinds.get(hit.kind) ?? "", within: told(hit.within), matched: hit.matched, href: turned(page(hit.iri)) })),
      all: `/search?${new URLSearchParams(english ? { q: text, lang: "en" } : { q: text })}`,
    };
  }

  /* Hits of a site of files: its own list of names, read once. */
  let list = null;
  function read() {
    list ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = new URL("search-index.js", here.src).href;
      script.onload = () => done(window.keikakuNames);
      script.onerror = failed;
      document.head.append(script);
    });
    return list;
  }
  const TELLING = /[ァ-ヺー]{2,}|[一-龯々〆ヶ]{2,}|[A-Za-z]{3,}/g;
  async function look(text) {
    const { kinds, things } = await read();
    const found = fitting(kinds, things, plain(text).split(/\s+/).filter(Boolean), false);
    if (found.total) return found;
    const partly = [...new Set(text.normalize("NFKC").match(TELLING) ?? [])];
    return partly.length ? { ...fitting(kinds, things, partly.map(plain), true), partly } : found;
  }
  /* Names that every word fits, or that some words fit, the most words first. */
  function fitting(kinds, things, words, some) {
    const found = [];
    things.forEach(([file, kind, ja, en, inJa, inEn, also], order) => {
      const name = english ? en || ja : ja || en, names = [ja, en, ...also], within = english ? inEn || inJa : inJa || inEn;
      const folded = names.map(plain), context = plain(`${inJa} ${inEn}`);
      let cost = 0, matched = "";
      for (const word of words) {
        const at = folded.findIndex((one) => one === word), begins = folded.findIndex((one) => one.startsWith(word)), inside = folded.findIndex((one) => one.includes(word));
        const best = at >= 0 ? at : begins >= 0 ? begins : inside;
        if (best >= 0) { cost += at >= 0 ? 0 : begins >= 0 ? 1 : 1.4; matched ||= names[best]; } else if (context.includes(word)) cost += 1.5; else if (some) cost += 4; else return;
      }
      if (some && !matched) return;
      found.push({ name, kind: kinds[kind][english ? 1 : 0], within, matched, cost: cost / words.length + order / 1e6 + kinds[kind][2], href: new URL(`../${english ? file.replace(/\.html(?=#|$)/, ".en.html") : file}`, here.src).href });
    });
    found.sort((a, b) => a.cost - b.cost);
    return { total: found.length, hits: found.slice(0, MOST), all: "" };
  }

  let count = 0;
  function enhance(field) {
    const id = `suggest-${(count += 1)}`, form = field.form;
    const box = Object.assign(document.createElement("div"), { id, className: "suggest", hidden: true });
    box.setAttribute("role", "listbox");
    box.setAttribute("aria-label", t("候補", "Suggestions"));
    const said = Object.assign(document.createElement("span"), { className: "off" });
    said.setAttribute("role", "status");
    field.after(box, said);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list", "aria-haspopup": "listbox" })) field.setAttribute(name, value);
    let options = [], at = -1, composing = false, timer = 0, asked = "", stop = null;

    const close = () => { box.hidden = true; field.setAttribute("aria-expanded", "false"); field.removeAttribute("aria-activedescendant"); at = -1; };
    function mark(to) {
      options[at]?.setAttribute("aria-selected", "false");
      at = options.length ? (to + options.length) % options.length : -1;
      if (at < 0) return;
      options[at].setAttribute("aria-selected", "true");
      options[at].scrollIntoView({ block: "nearest" });
      field.setAttribute("aria-activedescendant", options[at].id);
    }
    function option(href, parent) {
      const made = document.createElement("div");
      made.id = `${id}-${options.length}`;
      made.setAttribute("role", "option");
      made.setAttribute("aria-selected", "false");
      made.dataset.href = href;
      options.push(made);
      parent.append(made);
      return made;
    }
    function show(found, text) {
      const words = (found.partly?.length ? found.partly.map(plain) : plain(text).split(/\s+/)).filter(Boolean), groups = new Map();
      box.replaceChildren();
      options = [];
      at = -1;
      field.removeAttribute("aria-activedescendant");
      for (const hit of found.hits) groups.set(hit.kind, [...(groups.get(hit.kind) ?? []), hit]);
      for (const [kind, hits] of groups) {
        const group = document.createElement("div"), head = Object.assign(document.createElement("div"), { className: "suggest-kind", textContent: kind, id: `${id}-g${options.length}` });
        group.setAttribute("role", "group");
        group.setAttribute("aria-labelledby", head.id);
        head.setAttribute("role", "presentation");
        group.append(head);
        for (const hit of hits) {
          const one = option(hit.href, group), small = document.createElement("small");
          one.append(marked(hit.name, words));
          if (hit.within) small.append(hit.within);
          if (hit.matched && hit.matched !== hit.name) small.append(hit.within ? " · " : "", marked(hit.matched, words));
          if (small.childNodes.length) one.append(" ", small);
        }
        box.append(group);
      }
      const number = found.total.toLocaleString();
      if (found.all && found.total) option(found.all, box).append(t(`「${text}」の結果をすべて見る（${number}件）`, `All ${number} results for “${text}”`));
      if (found.partly?.length) box.prepend(Object.assign(document.createElement("p"), { className: "quiet", textContent: t(`すべてに合うものはありません。「${found.partly.join("」「")}」に合うもの:`, `Nothing fits it all. What fits “${found.partly.join("” or “")}”:`) }));
      if (!found.total) box.append(Object.assign(document.createElement("p"), { className: "quiet", textContent: t("見つかりません。", "Nothing found.") }));
      said.textContent = t(`${number}件。上下の矢印で選べます。`, `${number} found. Choose with the arrow keys.`);
      box.hidden = false;
      field.setAttribute("aria-expanded", String(options.length > 0));
    }
    function soon() {
      clearTimeout(timer);
      if (composing) return;
      timer = setTimeout(async () => {
        const text = field.value.trim();
        if (text === asked && !box.hidden) return;
        stop?.abort();
        asked = text;
        if (!text) return close();
        const mine = (stop = new AbortController());
        try {
          const found = await (form.dataset.files === undefined ? ask(text, field, mine.signal) : look(text));
          if (stop === mine && !composing && field.value.trim() === text && document.activeElement === field) show(found, text);
        } catch (error) {
          if (error.name === "AbortError") return;
          close();
          if (form.dataset.files !== undefined) said.textContent = t("検索の一覧を読めません。", "The list of names cannot be read.");
        }
      }, 160);
    }
    field.addEventListener("compositionstart", () => { composing = true; clearTimeout(timer); });
    field.addEventListener("compositionend", () => { composing = false; soon(); });
    field.addEventListener("input", (event) => { if (!event.isComposing) soon(); });
    field.addEventListener("focus", () => { if (form.dataset.files !== undefined) read().catch(() => {}); });
    field.addEventListener("keydown", (event) => {
      if (event.isComposing || composing || event.keyCode === 229) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (box.hidden) { asked = ""; soon(); } else mark(event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1);
      } else if (event.key === "Enter" && at >= 0 && !box.hidden) {
        event.preventDefault();
        location.assign(options[at].dataset.href);
      } else if (event.key === "Escape" && !box.hidden) {
        event.preventDefault();
        close();
      }
    });
    field.addEventListener("blur", () => setTimeout(close, 150));
    box.addEventListener("mousedown", (event) => event.preventDefault());
    box.addEventListener("click", (event) => {
      const one = event.target.closest("[role=option]");
      if (one) location.assign(one.dataset.href);
    });
    form.addEventListener("submit", (event) => {
      if (form.dataset.files === undefined) return;
      event.preventDefault();
      const first = options[0];
      if (first && !box.hidden) location.assign(first.dataset.href); else { asked = ""; soon(); }
    });
  }
  document.querySelectorAll("[data-suggest]").forEach(enhance);
})();
