"use strict";
/* Filters, the graph's keys, the panel and the theme.  Everything is read
   from the page itself, and nothing is written into it as HTML; without this
   script the page says the same. */
{
const $ = (id) => document.getElementById(id);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
for (const element of all(".needs-script")) element.hidden = false;

// --- The theme, remembered as long as the page is open ---------------------

const THEMES = ["automatic", "light", "dark"];
let theme = 0;
$("theme").addEventListener("click", () => {
  theme = (theme + 1) % THEMES.length;
  document.documentElement.className = theme ? THEMES[theme] : "";
  $("theme").textContent = `Theme: ${THEMES[theme]}`;
});

// --- The graph -------------------------------------------------------------

const graph = $("graph");
const nodes = new Map(all(".node", graph).map((node) => [node.dataset.i, node]));
const edges = all(".edges path", graph).map((path) => {
  const [from, to] = path.dataset.e.split(" ");
  return { path, from, to };
});
const after = new Map(), before = new Map();
for (const { from, to } of edges) {
  after.set(from, [...(after.get(from) || []), to]);
  before.set(to, [...(before.get(to) || []), from]);
}

function reach(start, next) {
  const found = new Set([start]), todo = [start];
  while (todo.length) {
    for (const other of next.get(todo.pop()) || []) {
      if (!found.has(other)) {
        found.add(other);
        todo.push(other);
      }
    }
  }
  return found;
}

function trace(index) {
  graph.classList.toggle("traced", index !== null);
  const down = index === null ? new Set() : reach(index, after);
  const up = index === null ? new Set() : reach(index, before);
  for (const [other, node] of nodes)
    node.classList.toggle("on", down.has(other) || up.has(other));
  for (const { path, from, to } of edges)
    path.classList.toggle("on", down.has(from) && down.has(to) ||
                                up.has(from) && up.has(to));
}

/* One stop for the Tab key; the arrows go on from there. */
function rove(elements, current) {
  for (const element of elements)
    element.setAttribute("tabindex", element === current ? "0" : "-1");
}

const layers = [];
for (const node of nodes.values())
  (layers[node.dataset.l] ||= []).push(node);
const height = (node) => Number(node.querySelector("rect").getAttribute("y"));
const seen = (node) => !node.classList.contains("faded");

function nearest(candidates, node) {
  return candidates.filter(seen).sort((a, b) =>
    Math.abs(height(a) - height(node)) - Math.abs(height(b) - height(node)))[0];
}

function step(node, key) {
  const layer = layers[node.dataset.l].filter((other) =>
    seen(other) || other === node);
  const at = layer.indexOf(node);
  const near = (next) => (next.get(node.dataset.i) || []).map((i) => nodes.get(i));
  switch (key) {
    case "ArrowDown": return layer[at + 1];
    case "ArrowUp": return layer[at - 1];
    case "ArrowRight": return nearest(near(after), node);
    case "ArrowLeft": return nearest(near(before), node);
    case "Home": return layer[0];
    case "End": return layer[layer.length - 1];
  }
  return null;
}

rove(nodes.values(), nodes.get("0"));
graph.addEventListener("keydown", (event) => {
  const node = event.target.closest(".node");
  const keys = ["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft", "Home", "End"];
  if (!node || !keys.includes(event.key)) return;
  event.preventDefault();
  const next = step(node, event.key);
  if (next) {
    rove(nodes.values(), next);
    next.focus();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
});
graph.addEventListener("focusin", (event) => {
  const node = event.target.closest(".node");
  rove(nodes.values(), node);
  trace(node.dataset.i);
});
graph.addEventListener("focusout", () => trace(null));
graph.addEventListener("mouseover", (event) => {
  const node = event.target.closest(".node");
  trace(node ? node.dataset.i : null);
});
graph.addEventListener("mouseleave", () => trace(null));

// --- The panel: what is known of one ---------------------------------------

let opener = null;
function show(index) {
  const details = $(`p-${index}`);
  const copy = details.cloneNode(true);
  copy.removeAttribute("id");
  copy.removeAttribute("tabindex");
  $("panel-title").textContent =
    details.parentElement.querySelector("summary bdi").textContent;
  $("panel-body").replaceChildren(copy);
  $("panel").hidden = false;
  $("panel").scrollTop = 0;
  document.body.classList.add("beside");
  $("panel-title").focus({ preventScroll: true });
}
function close() {
  if ($("panel").hidden) return;
  $("panel").hidden = true;
  document.body.classList.remove("beside");
  if (opener && opener.isConnected) opener.focus({ preventScroll: true });
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const target = link.getAttribute("href");
  if (target.startsWith("#p-")) {
    event.preventDefault();
    if (!$("panel").contains(link)) opener = link;
    show(target.slice(3));
  } else if (target === "#s-tree") {
    $("s-tree-details").open = true;
  } else if ($("panel").contains(link)) {
    close();
  }
});
$("close").addEventListener("click", close);

// --- Filters ---------------------------------------------------------------

const form = $("filters"), search = $("search"), counts = $("counts");
const heads = all("#matrix thead tr:nth-child(2) th");
const kinds = all("#matrix thead th[colspan]");
const words = (text) => (text || "").split(" ");
const make = (element) => ({
  element, text: element.textContent.toLowerCase(), data: element.dataset,
  indices: words(element.dataset.i), whats: words(element.dataset.w),
  states: words(element.dataset.s), risky: element.dataset.r === "1" });
const rows = all("#matrix tbody tr").map((element) => ({
  ...make(element), cells: [...element.cells].slice(1) }));
const lists = {
  grants: all("#grants tbody tr").map(make),
  changes: all("#changes tbody tr").map(make),
  denials: all("#denials tbody tr").map(make),
  details: all(".who").map(make),
};
const lanes = new Map(all(".lane[data-g]").map((lane) => [lane.dataset.g, lane]));
const items = all("#tree li");
const TITLES = { grants: "grants", changes: "changes", denials: "kinds of denials" };

function wanted() {
  const chosen = $("principal").value;
  return { text: search.value.trim().toLowerCase(), what: $("what").value,
           state: $("state").value, risky: $("risky").checked,
           indices: chosen ? reach(chosen, after) : null };
}
const empty = (w) => !(w.text || w.what || w.state || w.risky || w.indices);
const isOf = (w, indices) => !w.indices || indices.some((i) => w.indices.has(i));
const hasText = (w, text) => !w.text || text.includes(w.text);
const hasState = (state, has) => !state ||
  (state === "allowed" ? !has("refused") : has(state));

function fits(w, item) {
  const allowed = w.state === "allowed" ? ["own", "inherited", "everyone", "free"]
                                        : [w.state];
  return isOf(w, item.indices) && hasText(w, item.text) &&
    (!w.what || item.whats.includes(w.what)) &&
    (!w.state || allowed.some((state) => item.states.includes(state))) &&
    (!w.risky || item.risky);
}

function fitsRow(w, row) {
  if (!isOf(w, row.indices) || !hasText(w, row.text)) return false;
  if (!w.what && !w.state && !w.risky) return true;
  return row.cells.some((cell, i) => {
    const list = cell.classList;
    const has = (state) => list.contains(state === "refused" ? "no" : state);
    return (!w.what || heads[i].dataset.w === w.what) &&
      hasState(w.state, has) && (!w.risky || list.contains("risky"));
  });
}

function filterMatrix(w) {
  const found = new Set();
  heads.forEach((head) => { head.hidden = Boolean(w.what) && head.dataset.w !== w.what; });
  for (const kind of kinds) {
    const open = heads.filter((head) =>
      head.dataset.kind === kind.dataset.kind && !head.hidden);
    kind.hidden = !open.length;
    kind.colSpan = open.length || 1;
  }
  for (const row of rows) {
    const fit = fitsRow(w, row);
    row.element.hidden = !fit;
    row.cells.forEach((cell, i) => { cell.hidden = heads[i].hidden; });
    if (fit) found.add(row.indices[0]);
  }
  return found;
}

function apply() {
  const w = wanted();
  const found = filterMatrix(w);
  const said = [`${found.size} of ${rows.length} principals`];
  for (const [key, list] of Object.entries(lists)) {
    let number = 0;
    for (const item of list) {
      const fit = key === "details" ? found.has(item.indices[0]) ||
        empty(w) : fits(w, item);
      item.element.hidden = !fit;
      number += fit;
      if (key === "denials" && lanes.has(item.data.g))
        lanes.get(item.data.g).classList.toggle("faded", !fit);
    }
    if (TITLES[key] && list.length)
      said.push(`${number} of ${list.length} ${TITLES[key]}`);
  }
  for (const [index, node] of nodes)
    node.classList.toggle("faded", !empty(w) && !found.has(index));
  for (const { path, from, to } of edges)
    path.classList.toggle("faded", !empty(w) && !(found.has(from) && found.has(to)));
  for (const item of items.toReversed())
    item.hidden = !empty(w) && !found.has(item.dataset.i) &&
      ![...item.querySelectorAll("li")].some((inner) => !inner.hidden);
  counts.textContent = empty(w) ? "" : said.join(", ");
}

let waiting = 0;
form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(apply, 80);
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(apply));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (!$("panel").hidden) {
    close();
  } else if (form.contains(event.target)) {
    form.reset();
    search.focus();
  }
});
window.addEventListener("beforeprint", () => {
  for (const details of all("details")) details.open = true;
});
}
