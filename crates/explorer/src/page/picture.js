// The picture of the graph: its nodes and edges, zoom and focus. `page.js` gives the nodes their states.
"use strict";

const $ = (id) => document.getElementById(id);

// ---- Elements ----

/** An element of the page. */
function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** An element of a picture. */
function shape(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** The graph that is drawn: its steps and resources, and their places in the picture. */
let graph = { steps: [], resources: [], drawing: { nodes: [], edges: [] } };

// ---- The picture ----

const picture = $("picture");
const all = $("all");
/** The nodes of the steps and of the resources. */
let nodes = [];
let pills = [];

/** A smooth path that leaves and reaches each point vertically. */
function smooth(points) {
  let path = `M${points[0]}`;
  for (let i = 1; i < points.length; i += 1) {
    const [[fromX, fromY], [x, y]] = [points[i - 1], points[i]];
    const half = (fromY + y) / 2;
    path += Math.abs(x - fromX) < 0.5 ? ` L${x} ${y}` : ` C${fromX} ${half} ${x} ${half} ${x} ${y}`;
  }
  return path;
}

function drawEdge({ points, optional }) {
  const [[, before], [x, y]] = points.slice(-2);
  const head = before < y ? 7 : -7;
  const line = smooth([...points.slice(0, -1), [x, y - head]]);
  return [
    shape("path", { class: optional ? "edge optional" : "edge", d: line }),
    shape("path", { class: "head", d: `M${x} ${y} l${head * 0.45} ${-head} h${-head * 0.9} Z` }),
  ];
}

/** The mark of a step whose outputs are kept in a journal: a ribbon, 6 wide and 10 high. */
function ribbon({ absent, stale }) {
  const kind = absent ? " absent" : stale ? " stale" : "";
  return shape("path", { class: `ribbon${kind}`, d: "M0.5 0.5 H5.5 V9 L3 6.5 L0.5 9 Z" });
}

function drawNode({ name, x, y, width, height }, place) {
  const isStep = place < graph.steps.length;
  const round = isStep ? 4 : height / 2;
  const text = shape("text", { x: x + 27, y: y + height / 2 + 4 });
  text.textContent = name;
  const node = shape("g", { class: isStep ? "step" : "resource" },
    shape("title"), shape("rect", { x, y, width, height, rx: round }), text);
  if (!isStep) {
    text.setAttribute("x", x + 20);
    node.id = `r${place - graph.steps.length}`;
    return node;
  }
  node.id = `s${place}`;
  const middle = `translate(${x + width / 2 - 13} ${y + height / 2 - 13}) scale(2.6)`;
  node.append(
    shape("path", { class: "mark", transform: `translate(${x + 10} ${y + height / 2 - 5})` }),
    // Where names are too small to be read, this mark is in their place.
    shape("path", { class: "far mark", transform: middle }),
  );
  if (graph.steps[place].kept) {
    const mark = ribbon(graph.steps[place]);
    mark.setAttribute("transform", `translate(${x + width - 9} ${y - 1})`);
    node.append(mark);
  }
  node.setAttribute("tabindex", "0");
  node.setAttribute("role", "button");
  node.addEventListener("click", () => dragged || select(place));
  node.addEventListener("focus", () => node.matches(":focus-visible") && bringIntoView(place));
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    select(place);
  });
  return node;
}

/** Draws another graph. */
function drawGraph() {
  const drawn = graph.drawing.nodes.map(drawNode);
  all.replaceChildren(...graph.drawing.edges.flatMap(drawEdge), ...drawn);
  nodes = drawn.slice(0, graph.steps.length);
  pills = drawn.slice(graph.steps.length);
  // A font with wider letters than the layout has is made narrower.
  drawn.forEach((node, place) => {
    const room = graph.drawing.nodes[place].width - (place < nodes.length ? 37 : 34);
    const text = node.querySelector("text");
    if (text.getComputedTextLength() > room) text.setAttribute("textLength", room);
  });
  $("names").replaceChildren(...graph.steps.map((step) => new Option(step.name)));
  fit();
  const asked = graph.steps.findIndex((step) => step.name === address.get("step"));
  select(asked >= 0 ? asked : null);
}

/** The scale of the picture, and where its origin is. */
const view = { scale: 1, x: 0, y: 0 };
/** The whole picture is in view, and is to stay so. */
let fitted = true;
/** Below this scale a name would be smaller than eight pixels, and no name is shown. */
const READABLE = 8 / 12;

function place() {
  fitted = false;
  all.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
  picture.classList.toggle("afar", view.scale < READABLE);
}

/** The part of the picture that nothing covers. */
function room() {
  const top = $("tools").offsetTop + $("tools").offsetHeight + 12;
  return { width: picture.clientWidth, top, height: $("legend").offsetTop - 12 - top };
}

/** The scale at which all is in view. A small picture is not made large. */
function fitting(box = all.getBBox()) {
  const { width, height } = room();
  return Math.max(0.01, Math.min(1.25, (width - 40) / (box.width || 1), height / (box.height || 1)));
}

function fit() {
  const { width, top, height } = room();
  const box = all.getBBox();
  view.scale = fitting(box);
  view.x = width / 2 - (box.x + box.width / 2) * view.scale;
  view.y = top + height / 2 - (box.y + box.height / 2) * view.scale;
  place();
  fitted = true;
}

/** Zooms, and leaves one point where it is. */
function zoom(scale, x = picture.clientWidth / 2, y = picture.clientHeight / 2) {
  scale = Math.max(Math.min(fitting(), 1) * 0.8, Math.min(4, scale));
  view.x = x - (x - view.x) * (scale / view.scale);
  view.y = y - (y - view.y) * (scale / view.scale);
  view.scale = scale;
  place();
}

/** Brings a step to the middle, and near enough to be read, unless it is well in view. */
function bringIntoView(step) {
  const box = graph.drawing.nodes[step];
  const { width, height } = picture.getBoundingClientRect();
  const x = view.x + (box.x + box.width / 2) * view.scale;
  const y = view.y + (box.y + box.height / 2) * view.scale;
  const inView = x > 80 && x < width - 80 && y > 80 && y < height - 80;
  if (inView && view.scale >= READABLE) return;
  if (view.scale < READABLE) view.scale = 1;
  view.x = width / 2 - (box.x + box.width / 2) * view.scale;
  view.y = height / 2 - (box.y + box.height / 2) * view.scale;
  place();
}

picture.addEventListener("wheel", (event) => {
  event.preventDefault();
  const { left, top } = picture.getBoundingClientRect();
  zoom(view.scale * Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0018)), event.clientX - left, event.clientY - top);
}, { passive: false });

let dragged = false;
picture.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  const from = { x: event.clientX - view.x, y: event.clientY - view.y };
  dragged = false;
  const move = (moved) => {
    if (!dragged && Math.hypot(moved.clientX - event.clientX, moved.clientY - event.clientY) < 5) return;
    dragged = true;
    picture.classList.add("dragged");
    view.x = moved.clientX - from.x;
    view.y = moved.clientY - from.y;
    place();
  };
  const ended = new AbortController();
  const end = () => {
    picture.classList.remove("dragged");
    ended.abort();
  };
  addEventListener("pointermove", move, { signal: ended.signal });
  addEventListener("pointerup", end, { signal: ended.signal });
  addEventListener("pointercancel", end, { signal: ended.signal });
});

$("nearer").onclick = () => zoom(view.scale * 1.3);
$("farther").onclick = () => zoom(view.scale / 1.3);
$("full").onclick = () => zoom(1);
$("fit").onclick = fit;
addEventListener("keydown", (event) => {
  if (event.target.matches("input[type=search]") || event.ctrlKey || event.metaKey || event.altKey) return;
  const keys = { "+": "nearer", "=": "nearer", "-": "farther", 0: "fit", 1: "full" };
  if (keys[event.key]) $(keys[event.key]).click();
  if (event.key === "Escape") select(null);
});
const roomChanges = new ResizeObserver(() => fitted && fit());
roomChanges.observe(picture);
roomChanges.observe($("legend"));

$("find").onchange = () => {
  const text = $("find").value.trim().toLowerCase();
  const found = (test) => graph.steps.findIndex((step) => test(step.name.toLowerCase()));
  const step = [(name) => name === text, (name) => name.includes(text)].map(found).find((step) => step >= 0);
  if (text && step !== undefined) select(step);
};
