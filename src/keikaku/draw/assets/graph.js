/* The interactive graph: one set of tools on two ways of drawing, vis-network (from pyvis) and WebGL (web/webgl.js).
   Everything from the data is written with textContent; nothing here builds HTML out of text. */
"use strict";
(function () {
  const stage = document.getElementById("graph");
  const block = document.getElementById("g-data");
  if (!stage || !block) return;

  /* A still picture stands there first: what draws the moving one is large, and is fetched when somebody turns to it. */
  if (stage.dataset.still && location.hash.indexOf("/") < 0) {
    const turns = ["pointerenter", "pointerdown", "focusin", "input", "keydown"];
    const wake = () => {
      turns.forEach((turn) => stage.removeEventListener(turn, wake, true));
      removeEventListener("hashchange", wake);
      fetched();
    };
    turns.forEach((turn) => stage.addEventListener(turn, wake, true));
    addEventListener("hashchange", wake);
  } else if (document.getElementById("g-script")) fetched();
  else begin();

  function fetched() {
    const script = document.createElement("script");
    script.src = document.getElementById("g-script").href;
    script.onload = begin;
    script.onerror = () => { document.getElementById("g-said").textContent = JSON.parse(stage.dataset.words).slow; };
    document.head.append(script);
  }

  function begin() {
  const words = JSON.parse(stage.dataset.words);
  const data = JSON.parse(block.textContent);
  const home = document.getElementById("g-picture");
  const panel = document.getElementById("g-facts");
  const status = document.getElementById("g-said");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  // ---- what there is to draw
  const nodes = [], edges = [], near = [], byIri = new Map(), pairs = new Set();
  const off = new Set(), folded = new Set();
  let chosen = -1, first = 0;

  function addNode(node) {
    if (byIri.has(node.iri)) return byIri.get(node.iri);
    const id = nodes.length;
    nodes.push({ ...node, id, key: fold(node.label + " " + (node.other || "")), short: brief(node.label) });
    near.push([]);
    byIri.set(node.iri, id);
    return id;
  }
  function addEdge(from, to, said) {
    const pair = from + ">" + to;
    if (from === to || pairs.has(pair)) return false;
    pairs.add(pair);
    const id = edges.length;
    edges.push({ id, from, to, said });
    near[from].push({ other: to, said, out: true });
    near[to].push({ other: from, said, out: false });
    return true;
  }
  function fold(text) { return text.normalize("NFKC").toLowerCase().replace(/[ァ-ヶ]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0x60)); }
  /* Two lines of about ten wide characters. */
  function brief(text) {
    const lines = [""]; let width = 0;
    for (const c of text) {
      const w = c.charCodeAt(0) < 0x2000 ? 1 : 2;
      if ((width + w > 20 && !"）)」』、。".includes(c)) || (width > 13 && w === 1 && c === " ")) {
        if (lines.length === 2) { lines[1] += "…"; break; }
        lines.push(""); width = 0;
        if (c === " ") continue;
      }
      lines[lines.length - 1] += c; width += w;
    }
    return lines.join("\n");
  }
  function visible(id) { return !off.has(nodes[id].kind) && !folded.has(id); }
  function theme() {
    const css = getComputedStyle(document.documentElement), of = (n) => css.getPropertyValue(n).trim();
    return { ink: of("--ink"), soft: of("--soft"), paper: of("--paper"), line: dark.matches ? "#53606c" : "#aab4be", accent: of("--accent") };
  }
  function bright(id) { return chosen < 0 || id === chosen || near[chosen].some((n) => n.other === id); }

  data.nodes.forEach(addNode);
  data.edges.forEach((e) => addEdge(e.from, e.to, e.said));
  first = nodes.length;

  // ---- drawing with vis-network, for pictures whose labels can all be placed one by one
  class VisSurface {
    constructor(model) {
      this.model = model;
      this.look = theme();
      this.points = new vis.DataSet(nodes.map((n) => this.point(n)));
      this.lines = new vis.DataSet(edges.map((e) => this.line(e)));
      const options = data.options;
      this.net = new vis.Network(home, {
        nodes: new vis.DataView(this.points, { filter: (n) => visible(n.id) }),
        edges: this.lines,
      }, {
        ...options,
        physics: { enabled: false, solver: "forceAtlas2Based", forceAtlas2Based: { springLength: 110, gravitationalConstant: -60, avoidOverlap: 0.6 }, stabilization: false },
        layout: { improvedLayout: false },
        interaction: { hover: true, keyboard: false, hideEdgesOnDrag: nodes.length > 300, hideEdgesOnZoom: nodes.length > 300, zoomSpeed: 0.7, tooltipDelay: 1e9 },
        nodes: { borderWidth: 1.2, font: { size: 0, face: getComputedStyle(document.body).fontFamily } },
        edges: { smooth: false, width: 1, selectionWidth: 1.5, hoverWidth: 0.5, arrows: { to: { enabled: true, scaleFactor: 0.45 } } },
      });
      this.net.on("click", (e) => model.choose(e.nodes.length ? e.nodes[0] : -1, false));
      this.net.on("doubleClick", (e) => { if (e.nodes.length) model.expand(e.nodes[0]); });
      this.net.on("zoom", () => this.later());
      this.net.on("resize", () => this.later());
      this.net.on("beforeDrawing", (ctx) => { ctx.save(); ctx.setTransform(1, 0, 0, 1, 0, 0); ctx.fillStyle = this.look.paper; ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height); ctx.restore(); });
      this.net.fit({ animation: false });
      this.relabel();
    }
    point(n) {
      const lit = bright(n.id), color = { background: n.color, border: this.look.ink };
      return { id: n.id, label: undefined, shape: n.shape, x: n.x, y: n.y, size: n.size, opacity: lit ? 1 : 0.22, borderWidth: n.id === chosen ? 5 : 1.2,
        color: { ...color, border: n.id === chosen ? this.look.accent : color.border, highlight: { background: n.color, border: this.look.accent }, hover: { background: n.color, border: this.look.accent } } };
    }
    line(e) {
      const mine = chosen >= 0 && (e.from === chosen || e.to === chosen), lit = chosen < 0 || mine;
      return { id: e.id, from: e.from, to: e.to, color: { color: mine ? this.look.accent : this.look.line, highlight: this.look.accent, hover: this.look.accent, opacity: lit ? 1 : 0.2 }, width: mine ? 2 : 1 };
    }
    later() { clearTimeout(this.timer); this.timer = setTimeout(() => this.relabel(), 120); }
    /* Labels keep their size on the screen; the most linked points get theirs first, and none may cover another. */
    relabel() {
      const scale = this.net.getScale(), size = Math.min(60, 12.5 / scale), placed = [], changed = [];
      const spots = this.net.getPositions();
      const order = nodes.filter((n) => visible(n.id)).sort((a, b) => (b.id === chosen) - (a.id === chosen) || (b.id === data.start) - (a.id === data.start) || bright(b.id) - bright(a.id) || near[b.id].length - near[a.id].length || a.id - b.id);
      const grow = Math.max(1, Math.min(3, 0.5 / scale)), px = size * scale;
      const bodies = order.filter((n) => spots[n.id] && bright(n.id)).map((n) => { const at = spots[n.id], r = n.size * grow * scale * 0.8; return { id: n.id, box: [at.x * scale - r, at.y * scale - r, at.x * scale + r, at.y * scale + r] }; });
      const meets = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
      const leading = Math.max(8, Math.min(24, order.length / 12));
      for (const [rank, n] of order.entries()) {
        const at = spots[n.id]; if (!at) continue;
        const r = n.size * grow * scale;
        const rows = n.short.split("\n"), w = Math.max(...rows.map((t) => [...t].reduce((s, c) => s + (c.charCodeAt(0) < 0x2000 ? 0.56 : 1), 0))) * px, h = rows.length * px * 1.25;
        const box = [at.x * scale - w / 2, at.y * scale + r, at.x * scale + w / 2, at.y * scale + r + h + 3];
        const first = rank < leading || n.id === chosen;
        const free = px > 7 && bright(n.id) && !placed.some((b) => meets(b, box)) && (first || !bodies.some((b) => b.id !== n.id && meets(b.box, box)));
        if (free) placed.push(box);
        const label = free ? n.short : undefined;
        if (n.shown !== label || n.fontSize !== size || n.grown !== grow) {
          n.shown = label; n.fontSize = size; n.grown = grow;
          changed.push({ id: n.id, label: label || " ", size: n.size * grow, font: { size, color: this.look.ink, strokeWidth: size / 4, strokeColor: this.look.paper } });
        }
      }
      if (changed.length) this.points.update(changed);
    }
    refresh() {
      this.look = theme();
      const spots = this.net.getPositions();
      this.points.update(nodes.map((n) => { const p = this.point(n); delete p.size; delete p.label; const at = spots[n.id]; return at ? { ...p, x: at.x, y: at.y } : p; }));
      this.lines.update(edges.map((e) => this.line(e)));
      nodes.forEach((n) => { n.shown = null; });
      this.relabel();
    }
    filter() { this.points.update([]); this.net.body.data.nodes.refresh(); this.refresh(); }
    add(newNodes, newEdges) { this.points.add(newNodes.map((n) => this.point(n))); this.lines.add(newEdges.map((e) => this.line(e))); this.refresh(); }
    place(id) { const at = this.net.getPositions([id])[id]; return at || nodes[id]; }
    fly(id) { this.net.focus(id, { scale: Math.max(this.net.getScale(), 0.8), animation: still.matches ? false : { duration: 500, easingFunction: "easeInOutQuad" } }); setTimeout(() => this.relabel(), still.matches ? 0 : 540); }
    fit() { this.net.fit({ animation: still.matches ? false : { duration: 300 } }); setTimeout(() => this.relabel(), 330); }
    zoom(by) { this.net.moveTo({ scale: this.net.getScale() * by }); this.relabel(); }
    pan(dx, dy) { const at = this.net.getViewPosition(), s = this.net.getScale(); this.net.moveTo({ position: { x: at.x + dx / s, y: at.y + dy / s } }); }
    move(on) { this.net.setOptions({ physics: { enabled: on } }); if (!on) this.relabel(); }
    reset() { this.move(false); this.points.update(nodes.map((n) => ({ id: n.id, x: n.x, y: n.y }))); this.fit(); }
    canvas() { this.net.redraw(); return home.querySelector("canvas"); }
  }

  // ---- what people do
  const model = { nodes, edges, near, data, home, theme, visible, bright, still, chosen: () => chosen, choose, expand };
  let surface = null;

  function say(text) { status.textContent = text; }
  function el(name, text, attributes) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    return made;
  }
  function choose(id, fly) {
    chosen = id;
    show(id);
    surface.refresh();
    if (id >= 0 && fly) surface.fly(id);
  }
  function link(text, address) {
    return address ? el("a", text, { href: address }) : document.createTextNode(text);
  }
  function show(id) {
    panel.replaceChildren();
    if (id < 0) { panel.append(el("p", panel.dataset.hint, { class: "g-hint" })); return; }
    const n = nodes[id], kind = data.kinds[n.kind];
    const mark = stage.querySelector(`.g-legend input[value="${n.kind}"] + svg`);
    const head = el("p", "", { class: "g-kind" });
    if (mark) head.append(mark.cloneNode(true));
    head.append(kind.label);
    const title = el("h2", n.label);
    panel.append(head, title);
    if (n.other) panel.append(el("p", n.other, { lang: data.lang === "ja" ? "en" : "ja", class: "g-hint" }));
    if (n.about) panel.append(el("p", n.about));
    const acts = el("div", "", { class: "g-acts" });
    for (const [what, name] of [["expand", words.expand], ["collapse", words.collapse]]) {
      const b = el("button", name, { type: "button" });
      b.addEventListener("click", () => (what === "expand" ? expand(id) : collapse(id)));
      acts.append(b);
    }
    if (n.href) acts.append(link(words.page, n.href));
    if (stage.dataset.more) acts.append(link(words.centre, stage.dataset.more.replace("/graph.json", "/graph") + encodeURIComponent(path(n.iri))));
    panel.append(acts);
    panel.append(el("h3", words.evidence));
    if (n.evidence.length) {
      const list = el("ul");
      for (const [text, address] of n.evidence) { const li = el("li"); li.append(link(text, address)); list.append(li); }
      panel.append(list);
    } else panel.append(el("p", words.noEvidence, { class: "g-hint" }));
    const groups = new Map();
    for (const one of near[id]) { const name = (one.out ? "" : "← ") + one.said; groups.set(name, [...(groups.get(name) || []), one.other]); }
    panel.append(el("h3", `${words.links} (${near[id].length})`));
    for (const [name, others] of groups) {
      panel.append(el("p", name, { class: "g-hint" }));
      const list = el("ul");
      const fill = (from, to) => others.slice(from, to).forEach((other) => {
        const li = el("li"), b = el("button", nodes[other].label, { type: "button" });
        b.addEventListener("click", () => { reveal(other); choose(other, true); });
        li.append(b);
        if (!visible(other)) li.append(el("small", ` (${words.hidden})`));
        list.append(li);
      });
      fill(0, 40);
      if (others.length > 40) {
        const li = el("li"), b = el("button", `${words.more} ${others.length - 40}`, { type: "button" });
        b.addEventListener("click", () => { li.remove(); fill(40); });
        li.append(b); list.append(li);
      }
      panel.append(list);
    }
    panel.append(el("p")); panel.lastChild.append(el("code", n.iri));
    panel.scrollTop = 0;
  }
  panel.dataset.hint = panel.textContent.trim();
  function path(iri) { const at = iri.indexOf("/jichitai-dx/"); return at < 0 ? iri : iri.slice(at + 13); }
  function reveal(id) {
    let changed = folded.delete(id);
    if (off.delete(nodes[id].kind)) { changed = true; stage.querySelector(`input[value="${nodes[id].kind}"]`).checked = true; }
    if (changed) { surface.filter(); legend(); }
  }
  function count() { say(`${nodes.filter((n) => visible(n.id)).length.toLocaleString()} / ${nodes.length.toLocaleString()} ${words.shown}`); }

  /* Neighbours that hang on this point alone fold away into it. */
  function collapse(id) {
    let some = 0;
    for (const { other } of near[id]) {
      if (other !== data.start && visible(other) && near[other].every((n) => n.other === id || !visible(n.other))) { folded.add(other); some++; }
    }
    if (some) surface.filter();
    count();
  }
  async function expand(id) {
    const back = near[id].filter((n) => folded.delete(n.other)).length;
    if (back) { surface.filter(); show(id); count(); return; }
    if (!stage.dataset.more) { say(words.elsewhere); return; }
    let found;
    try {
      const answer = await fetch(stage.dataset.more + encodeURIComponent(path(nodes[id].iri)));
      if (!answer.ok) throw new Error(String(answer.status));
      found = await answer.json();
    } catch (error) { say(words.failed); return; }
    const before = nodes.length, had = edges.length, at = surface.place(id);
    const fresh = found.nodes.filter((n) => !byIri.has(n.iri));
    fresh.forEach((n, i) => {
      const ring = Math.floor(i / 14), turn = ((i % 14) / Math.min(14, fresh.length - ring * 14)) * 2 * Math.PI + ring * 0.2;
      addNode({ ...n, x: Math.round(at.x + Math.cos(turn) * (190 + ring * 110)), y: Math.round(at.y + Math.sin(turn) * (130 + ring * 80)) });
    });
    const name = (n) => byIri.get(found.nodes[n].iri);
    found.edges.forEach((e) => addEdge(name(e.from), name(e.to), e.said));
    surface.add(nodes.slice(before), edges.slice(had));
    show(id);
    say(fresh.length ? `${fresh.length} ${words.added}` : words.nothing);
  }

  // ---- search
  const field = document.getElementById("g-q"), list = document.getElementById("g-hits");
  let hits = [], at = -1;
  function find() {
    const parts = fold(field.value).split(/\s+/).filter(Boolean);
    hits = parts.length ? nodes.filter((n) => parts.every((p) => n.key.includes(p))).slice(0, 30) : [];
    at = hits.length ? 0 : -1;
    list.replaceChildren();
    hits.forEach((n, i) => {
      const li = el("li", n.label, { role: "option", id: `g-hit-${i}`, "aria-selected": String(i === at) });
      li.append(el("small", data.kinds[n.kind].label));
      li.addEventListener("mousedown", (e) => { e.preventDefault(); take(i); });
      list.append(li);
    });
    const open = hits.length > 0;
    list.hidden = !open;
    field.setAttribute("aria-expanded", String(open));
    if (open) field.setAttribute("aria-activedescendant", "g-hit-0"); else field.removeAttribute("aria-activedescendant");
    say(parts.length ? (open ? `${hits.length} ${words.found}` : words.none) : "");
  }
  function take(i) {
    const n = hits[i];
    close();
    if (n) { reveal(n.id); choose(n.id, true); }
  }
  function close() { list.hidden = true; field.setAttribute("aria-expanded", "false"); field.removeAttribute("aria-activedescendant"); }
  field.addEventListener("input", find);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (e) => {
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      if (!hits.length) return;
      e.preventDefault();
      at = (at + (e.key === "ArrowDown" ? 1 : hits.length - 1)) % hits.length;
      [...list.children].forEach((li, i) => li.setAttribute("aria-selected", String(i === at)));
      list.children[at].scrollIntoView({ block: "nearest" });
      field.setAttribute("aria-activedescendant", `g-hit-${at}`);
    } else if (e.key === "Enter") { e.preventDefault(); take(at); } else if (e.key === "Escape") close();
  });

  // ---- legend, buttons, keys
  stage.querySelector(".g-legend").addEventListener("change", (e) => {
    if (e.target.checked) off.delete(e.target.value); else off.add(e.target.value);
    surface.filter(); count(); legend();
  });
  function legend() {
    const b = stage.querySelector("[data-do=none]");
    if (b) b.textContent = off.size ? words.all : words.untick;
  }
  const acts = {
    none: () => {
      const hide = off.size === 0;
      off.clear();
      stage.querySelectorAll(".g-legend input").forEach((i) => { i.checked = !hide; if (hide) off.add(i.value); });
      surface.filter(); count(); legend();
    },
    fit: () => surface.fit(), in: () => surface.zoom(1.4), out: () => surface.zoom(1 / 1.4),
    move: (b) => { const on = b.getAttribute("aria-pressed") !== "true"; b.setAttribute("aria-pressed", String(on)); surface.move(on); },
    reset: () => {
      off.clear(); folded.clear(); chosen = -1; show(-1);
      stage.querySelectorAll(".g-legend input").forEach((i) => { i.checked = true; });
      const b = stage.querySelector("[data-do=move]"); if (b) b.setAttribute("aria-pressed", "false");
      surface.filter(); surface.reset(); count(); legend();
    },
    png: save,
  };
  stage.querySelectorAll("[data-do]").forEach((b) => b.addEventListener("click", () => acts[b.dataset.do](b)));
  function step(by) {
    const shown = nodes.filter((n) => visible(n.id));
    if (!shown.length) return;
    const here = shown.findIndex((n) => n.id === chosen), next = here < 0 ? (by > 0 ? 0 : shown.length - 1) : (here + by + shown.length) % shown.length;
    choose(shown[next].id, true);
    say(`${shown[next].label} (${data.kinds[shown[next].kind].label})`);
  }
  home.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const keys = {
      ArrowLeft: () => surface.pan(-60, 0), ArrowRight: () => surface.pan(60, 0), ArrowUp: () => surface.pan(0, -60), ArrowDown: () => surface.pan(0, 60),
      "+": acts.in, ";": acts.in, "-": acts.out, 0: acts.fit, n: () => step(1), p: () => step(-1),
      e: () => { if (chosen >= 0) expand(chosen); }, c: () => { if (chosen >= 0) collapse(chosen); }, Escape: () => choose(-1, false),
    };
    const act = keys[e.key] || keys[e.key.toLowerCase()];
    if (act) { e.preventDefault(); act(); }
  });

  // ---- the picture with its legend as PNG
  function save() {
    const drawn = surface.canvas(), look = theme(), ratio = drawn.width / home.clientWidth || 1;
    const kinds = Object.entries(data.kinds).filter(([k]) => !off.has(k) && nodes.some((n) => n.kind === k));
    const out = document.createElement("canvas"), ctx = out.getContext("2d"), row = 22 * ratio, per = Math.max(1, Math.floor(drawn.width / (170 * ratio)));
    out.width = drawn.width; out.height = drawn.height + row * (Math.ceil(kinds.length / per) + 1.6);
    ctx.fillStyle = look.paper; ctx.fillRect(0, 0, out.width, out.height);
    ctx.drawImage(drawn, 0, 0);
    ctx.font = `${13 * ratio}px ${getComputedStyle(document.body).fontFamily}`; ctx.textBaseline = "middle";
    kinds.forEach(([, kind], i) => {
      const x = 16 * ratio + (i % per) * 170 * ratio, y = drawn.height + row * (Math.floor(i / per) + 0.8);
      ctx.beginPath(); outline(ctx, kind.shape, x, y, 7 * ratio); ctx.closePath();
      ctx.fillStyle = kind.colour; ctx.fill(); ctx.strokeStyle = look.ink; ctx.lineWidth = ratio; ctx.stroke();
      ctx.fillStyle = look.ink; ctx.fillText(kind.label, x + 13 * ratio, y);
    });
    ctx.fillStyle = look.soft; ctx.fillText(`${document.title}  CC BY 4.0`, 9 * ratio, out.height - row * 0.6);
    out.toBlob((blob) => {
      const a = el("a", "", { href: URL.createObjectURL(blob), download: "keikaku-graph.png" });
      a.click();
      setTimeout(() => URL.revokeObjectURL(a.href), 5000);
    }, "image/png");
  }
  function outline(ctx, shape, x, y, r) {
    const turn = { square: [4, Math.PI / 4, 1.25], diamond: [4, 0, 1.2], triangle: [3, -Math.PI / 2, 1.2], triangleDown: [3, Math.PI / 2, 1.2], hexagon: [6, 0, 1.1] }[shape];
    if (shape === "star") for (let i = 0; i < 10; i++) { const a = -Math.PI / 2 + (i * Math.PI) / 5, d = i % 2 ? r * 0.55 : r * 1.25; ctx.lineTo(x + d * Math.cos(a), y + d * Math.sin(a)); }
    else if (turn) for (let i = 0; i < turn[0]; i++) { const a = turn[1] + (i * 2 * Math.PI) / turn[0]; ctx.lineTo(x + r * turn[2] * Math.cos(a), y + r * turn[2] * Math.sin(a)); }
    else ctx.arc(x, y, r, 0, 2 * Math.PI);
  }

  // ---- begin
  stage.hidden = false;
  home.replaceChildren();
  stage.querySelector(".g-start")?.remove();
  stage.querySelectorAll(".g-legend input").forEach((i) => { if (!i.checked) off.add(i.value); }); // unticked while the script came
  try {
    surface = window.KeikakuSurface ? new window.KeikakuSurface(model) : new VisSurface(model);
  } catch (error) {
    home.append(el("p", words.slow, { class: "g-hint" }));
    throw error;
  }
  dark.addEventListener("change", () => surface.refresh());
  if (data.start >= 0) show(data.start);
  count(); legend();
  /* An address may name a point: /graph#id/lg/221309 */
  function follow() {
    const named = decodeURIComponent(location.hash.slice(1));
    if (!named || named.indexOf("/") < 0) return;
    const found = nodes.find((n) => path(n.iri) === named);
    if (found) { reveal(found.id); choose(found.id, true); } else say(`${named}: ${words["none of it"]}`);
  }
  addEventListener("hashchange", follow);
  follow();
  requestAnimationFrame(() => requestAnimationFrame(() => { stage.dataset.ready = String(Math.round(performance.now())); }));
  if (document.activeElement === field && field.value) find();
  }
})();
