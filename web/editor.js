/* The SPARQL editor: YASQE (the editor of YASGUI) around the textarea of /sparql, completion from our own terms, table and chart of the result.
   Nothing is asked of anybody but this site: no prefix.cc, no Linked Open Vocabularies. */
import Yasqe from "@zazuko/yasqe";
import "@zazuko/yasqe/build/yasqe.min.css";
import "./editor.css";

const form = document.querySelector("form.sparql"), area = form.querySelector("textarea");
const english = document.documentElement.lang === "en", t = (ja, en) => (english ? en : ja);
const prefixes = JSON.parse(document.getElementById("prefixes").textContent);
const fold = (text) => text.normalize("NFKC").toLowerCase();

/* The terms of the graph as [prefixed name, kind, name in this language], read once. */
let terms = null;
const known = () => (terms ??= fetch(form.dataset.terms).then((answer) => answer.json()));

const COMPLETER = {
  name: "keikaku", bulk: false, autoShow: true,
  isValidCompletionPosition: (yasqe) => {
    const token = yasqe.getCompleteToken();
    return token.string.length > 1 && !/^[?$"'<#]/.test(token.string) && /^[\p{L}\p{N}_:-]+$/u.test(token.string);
  },
  preProcessToken: (_, token) => ({ ...token, autocompletionString: token.string }),
  get: async (_, token) => {
    const word = fold(token?.autocompletionString ?? ""), found = [];
    if (!word) return [];
    for (const [short, kind, name] of await known()) {
      const local = fold(short), after = local.indexOf(":") + 1;
      const rank = local === word ? 0 : local.startsWith(word) ? 1 : local.startsWith(word, after) ? 2 : fold(name).includes(word) ? 3 : local.includes(word) ? 4 : 9;
      if (rank < 9) found.push([rank, short.length, short, kind, name]);
    }
    return found.sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, 40).map((one) => one[2]);
  },
  postProcessSuggestion: (yasqe, _, suggested) => { declare(yasqe, suggested.split(":")[0]); return suggested; },
  postprocessHints: (_, hints) => {
    const by = new Map((COMPLETER.read ?? []).map((one) => [one[0], one]));
    return hints.map((hint) => ({ ...hint, render: (element) => {
      const [, kind, name] = by.get(hint.displayText ?? hint.text) ?? ["", "", ""];
      element.append(hint.displayText ?? hint.text, Object.assign(document.createElement("small"), { textContent: ` ${name} · ${kind}` }));
    } }));
  },
};
known().then((found) => { COMPLETER.read = found; }, () => { COMPLETER.read = []; });

function declare(yasqe, prefix) {
  if (prefixes[prefix] && !yasqe.getPrefixesFromQuery()[prefix]) setTimeout(() => yasqe.addPrefixes({ [prefix]: prefixes[prefix] }));
}

/* Those that ask prefix.cc and Linked Open Vocabularies are taken away. */
for (const name of Object.keys(Yasqe.Autocompleters)) if (name !== "variables") delete Yasqe.Autocompleters[name];
Yasqe.defaults.autocompleters = ["variables"];
Yasqe.registerAutocompleter(COMPLETER);

const home = document.createElement("div");
home.className = "editor";
area.before(home);
const editor = new Yasqe(home, {
  value: area.value, prefixCcApi: null, persistenceId: null, showQueryButton: false,
  resizeable: false, createShareableLink: () => location.href, createShortLink: undefined, consumeShareLink: null, collapsePrefixesOnLoad: false,
  editorHeight: "18rem", lineWrapping: true, viewportMargin: Infinity, inputStyle: "contenteditable", screenReaderLabel: t("SPARQLの問い合わせ", "SPARQL query"),
  extraKeys: { Tab: false, "Shift-Tab": false, "Ctrl-Enter": () => run(), "Cmd-Enter": () => run(), "Ctrl-Space": (yasqe) => yasqe.autocomplete(false), "Esc Tab": false },
});
area.hidden = true;
area.required = false;
form.querySelector("label").addEventListener("click", () => editor.focus());
/* The prefixes that the query uses without declaring them, filled in. */
for (const [, prefix] of area.value.replace(/<[^>]*>|"[^"]*"|#.*/g, "").matchAll(/(?<![\w?$:])([A-Za-z][\w-]*):/g)) declare(editor, prefix);

function message(text) {
  const old = document.getElementById("answer"), made = Object.assign(document.createElement("div"), { id: "answer" });
  made.append(Object.assign(document.createElement("p"), { className: "wrong", textContent: text }));
  made.firstChild.setAttribute("role", "alert");
  old.replaceWith(made);
}

let running = null;
async function run() {
  running?.abort();
  const mine = (running = new AbortController()), button = form.querySelector("button");
  const given = new URLSearchParams({ query: editor.getValue() });
  if (english) given.set("lang", "en");
  form.setAttribute("aria-busy", "true");
  button.textContent = t("実行中…", "Running…");
  try {
    const answer = await fetch(`/sparql${english ? "?lang=en" : ""}`, { method: "POST", body: given, headers: { Accept: "text/html" }, signal: mine.signal });
    const read = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("answer");
    if (!read) throw new Error(String(answer.status));
    document.getElementById("answer").replaceWith(document.adoptNode(read));
    results();
    const address = `/sparql?${given}`;
    if (address.length < 6000) history.replaceState(null, "", address);
    document.getElementById("answer").focus();
  } catch (error) {
    if (error.name !== "AbortError") message(t("答えを受け取れませんでした。もう一度お試しください。", "No answer came back. Please try again."));
  } finally {
    if (running === mine) { form.removeAttribute("aria-busy"); button.textContent = t("実行", "Run"); }
  }
}
form.addEventListener("submit", (event) => { event.preventDefault(); run(); });

/* The table of the answer: sorted by a click on a heading, filtered by words, and drawn as bars. */
function results() {
  const table = document.querySelector("#answer table");
  if (!table) return;
  const body = table.tBodies[0], rows = [...body.rows];
  const number = (text) => (/^[−-]?[\d,]+(\.\d+)?$/.test(text.trim()) ? Number(text.replace("−", "-").replace(/,/g, "")) : NaN);
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, at) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "sort", textContent: head.textContent });
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const key = (row) => row.cells[at].textContent;
      const sorted = rows.slice().sort((a, b) => {
        const x = number(key(a)), y = number(key(b));
        return (Number.isNaN(x) || Number.isNaN(y) ? key(a).localeCompare(key(b), "ja") : x - y) * (up ? 1 : -1);
      });
      body.append(...sorted);
    });
  });
  const tools = Object.assign(document.createElement("div"), { className: "result-tools" });
  const label = Object.assign(document.createElement("label"), { textContent: t("表を絞り込む ", "Filter the table ") });
  const field = Object.assign(document.createElement("input"), { type: "search" });
  label.append(field);
  field.addEventListener("input", () => {
    const words = fold(field.value).split(/\s+/).filter(Boolean);
    for (const row of rows) row.hidden = !words.every((word) => fold(row.textContent).includes(word));
  });
  tools.append(label);
  const numeric = heads.map((_, at) => at).filter((at) => rows.length && rows.every((row) => !row.cells[at].textContent.trim() || !Number.isNaN(number(row.cells[at].textContent))) && rows.some((row) => row.cells[at].textContent.trim()));
  const named = heads.map((_, at) => at).filter((at) => !numeric.includes(at));
  const region = table.closest(".scroll");
  if (numeric.length && named.length && rows.length > 1) {
    const chart = Object.assign(document.createElement("figure"), { className: "result-chart", hidden: true });
    const select = (from, name) => {
      const made = document.createElement("select"), around = Object.assign(document.createElement("label"), { textContent: `${name} ` });
      from.forEach((at) => made.append(new Option(heads[at].textContent, at)));
      made.addEventListener("change", () => draw());
      around.append(made);
      chart.append(around);
      return made;
    };
    const what = select(named, t("何の", "Of")), size = select(numeric, t("大きさ", "size"));
    const view = document.createElement("div");
    chart.append(view);
    const draw = () => view.replaceChildren(bars(rows.filter((row) => !row.hidden).slice(0, 50).map((row) => [row.cells[what.value].textContent, number(row.cells[size.value].textContent)])));
    const buttons = [[t("表", "Table"), true], [t("図", "Chart"), false]].map(([word, isTable]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "copy", textContent: word });
      button.setAttribute("aria-pressed", String(isTable));
      button.addEventListener("click", () => {
        region.hidden = !isTable;
        chart.hidden = isTable;
        buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
        if (!isTable) draw();
      });
      return button;
    });
    tools.append(...buttons);
    region.after(chart);
  }
  region.before(tools);
}

function bars(pairs) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg"), given = pairs.filter(([, size]) => !Number.isNaN(size));
  const least = Math.min(0, ...given.map(([, size]) => size)), most = Math.max(0, ...given.map(([, size]) => size)), wide = most - least || 1;
  const put = (name, attributes, text) => {
    const one = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
    if (text !== undefined) one.textContent = text;
    made.append(one);
  };
  for (const [key, value] of Object.entries({ width: "100%", height: given.length * 42 + 4, role: "img", "aria-label": t("棒の図。同じ数は表にあります。", "Bars; the table has the same numbers.") })) made.setAttribute(key, value);
  given.forEach(([name, size], at) => {
    const from = ((Math.min(0, size) - least) / wide) * 88, to = ((Math.max(0, size) - least) / wide) * 88;
    put("text", { x: 0, y: at * 42 + 15 }, name);
    put("rect", { x: `${from}%`, y: at * 42 + 20, width: `${Math.max(to - from, 0.2)}%`, height: 16 });
    put("text", { x: `${to + 0.6}%`, y: at * 42 + 33, class: "number" }, size.toLocaleString());
  });
  return made;
}
results();
