"use strict";

const $ = (id) => document.getElementById(id);
const here = location.pathname.replace(/\/$/, "");
const plan = JSON.parse($("plan").textContent);
const held = document.body.dataset.held === "true";

// Each state: what it is called, and its mark, in ten by ten.
const STATES = {
  idle: ["not needed", "M1.5 5 H8.5"],
  demanded: ["waits for inputs", "M2 2 H8 L2 8 H8 Z"],
  ready: ["ready", "M3 1 L7 5 L3 9"],
  waiting: ["another run has it", "M3.2 1.5 V8.5 M6.8 1.5 V8.5"],
  running: ["running", "M2 1 L9 5 L2 9 Z"],
  finished: ["finished", "M1 5 L4 8.5 L9.5 1.5"],
  present: ["was there", "M5 1 L9 5 L5 9 L1 5 Z"],
  failed: ["failed", "M1.5 1.5 L8.5 8.5 M8.5 1.5 L1.5 8.5"],
  "not-run": ["did not run", "M1.5 8.5 L8.5 1.5"],
  cancelled: ["stopped", "M2 2 H8 V8 H2 Z"],
};
const RUNS = { none: "not run yet", running: "running", succeeded: "succeeded", failed: "failed", stopped: "stopped" };

/** The run as the server tells it. Before the first, the plan says what would run. */
let run = { id: null, state: "none", elapsed: 0, result: null, steps: [] };
/** When the run began, by the clock of this page. */
let began = 0;
/** What there is to say of the values that are there, by resource. */
let values = {};
/** The place of the step that is looked at. */
let selected = null;

// ---- The picture ----

const picture = $("picture");
const svg = picture.querySelector("svg");
const graph = svg.querySelector(":scope > g[transform]");
const nodes = plan.steps.map((_, place) => $(`s${place}`));
const pills = plan.resources.map((_, place) => $(`r${place}`));
for (const name of ["width", "height", "viewBox"]) svg.removeAttribute(name);
graph.removeAttribute("transform");
const all = graph.getBBox();

/** An element of a picture. */
function shape(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

nodes.forEach((node, place) => {
  const box = node.querySelector("rect").getBBox();
  // From afar this mark stands in place of the name.
  const strokes = "fill:none;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round";
  const transform = `translate(${box.x + box.width / 2 - 13} ${box.y + box.height / 2 - 13}) scale(2.6)`;
  node.append(shape("path", { class: "far-mark", transform, style: strokes }));
  node.setAttribute("tabindex", "0");
  node.setAttribute("role", "button");
  node.addEventListener("click", () => dragged || select(place));
  node.addEventListener("focus", () => node.matches(":focus-visible") && show(place));
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    select(place);
  });
});

/** How the picture lies: how large, and where its origin is. */
const view = { scale: 1, x: 0, y: 0 };
/** Whether all of it is shown, and is to be when there is more or less room. */
let fitted = true;
/** Below this a name would be smaller than eight pixels, and no name is shown. */
const READABLE = 8 / 13;

function lay() {
  fitted = false;
  graph.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
  picture.classList.toggle("afar", view.scale < READABLE);
}

/** The part of the picture that nothing lies on. */
function room() {
  const top = $("tools").offsetTop + $("tools").offsetHeight + 12;
  return { width: picture.clientWidth, top, height: $("legend").offsetTop - 12 - top };
}

/** The scale at which all is seen; little is not made large. */
function fitting() {
  const { width, height } = room();
  return Math.min(1.25, (width - 40) / all.width, height / all.height);
}

function fit() {
  const { width, top, height } = room();
  view.scale = fitting();
  view.x = width / 2 - (all.x + all.width / 2) * view.scale;
  view.y = top + height / 2 - (all.y + all.height / 2) * view.scale;
  lay();
  fitted = true;
}

/** Comes nearer, or goes farther, and leaves one point where it is. */
function zoom(scale, x = picture.clientWidth / 2, y = picture.clientHeight / 2) {
  scale = Math.max(Math.min(fitting(), 1) * 0.8, Math.min(4, scale));
  view.x = x - (x - view.x) * (scale / view.scale);
  view.y = y - (y - view.y) * (scale / view.scale);
  view.scale = scale;
  lay();
}

/** Brings a step to the middle, large enough to be read, unless it is well in view. */
function show(place) {
  const box = nodes[place].querySelector("rect").getBBox();
  const { width, height } = picture.getBoundingClientRect();
  const x = view.x + (box.x + box.width / 2) * view.scale;
  const y = view.y + (box.y + box.height / 2) * view.scale;
  const inView = x > 80 && x < width - 80 && y > 80 && y < height - 80;
  if (inView && view.scale >= READABLE) return;
  if (view.scale < READABLE) view.scale = 1;
  view.x = width / 2 - (box.x + box.width / 2) * view.scale;
  view.y = height / 2 - (box.y + box.height / 2) * view.scale;
  lay();
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
    lay();
  };
  const end = () => {
    picture.classList.remove("dragged");
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", end);
    removeEventListener("pointercancel", end);
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
});

$("nearer").onclick = () => zoom(view.scale * 1.3);
$("farther").onclick = () => zoom(view.scale / 1.3);
$("full").onclick = () => zoom(1);
$("fit").onclick = fit;
addEventListener("keydown", (event) => {
  if (event.target.matches("input") || event.ctrlKey || event.metaKey || event.altKey) return;
  const keys = { "+": "nearer", "=": "nearer", "-": "farther", 0: "fit", 1: "full" };
  if (keys[event.key]) $(keys[event.key]).click();
  if (event.key === "Escape") select(null);
});
const roomChanges = new ResizeObserver(() => fitted && fit());
roomChanges.observe(picture);
roomChanges.observe($("legend"));

$("names").append(...plan.steps.map((step) => new Option(step.name)));
$("find").onchange = () => {
  const text = $("find").value.trim().toLowerCase();
  const found = (test) => plan.steps.findIndex((step) => test(step.name.toLowerCase()));
  const place = [(name) => name === text, (name) => name.includes(text)].map(found).find((place) => place >= 0);
  if (text && place !== undefined) select(place);
};

// ---- States ----

const sign = (state) => {
  const sign = shape("svg", { viewBox: "0 0 10 10", "aria-hidden": "true" });
  sign.append(shape("path", { d: STATES[state][1] }));
  const box = element("span", { className: "sign" }, sign);
  box.dataset.state = state;
  return box;
};

/** An element of the page. */
function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** What is known of a step: from the run, or from the plan before there is one. */
function stepAt(place) {
  const { name, state } = plan.steps[place];
  return run.steps[place] && run.id !== null
    ? run.steps[place]
    : { name, state: state === "runs" ? "demanded" : "idle", error: [], demanded: null, ready: null, started: null, ended: null, by: null };
}

const stateName = (step) => (run.id === null && step.state === "demanded" ? "would run" : STATES[step.state][0]);

function drawStep(place) {
  const step = stepAt(place);
  const node = nodes[place];
  node.dataset.state = step.state;
  for (const mark of node.querySelectorAll(":scope > path")) mark.setAttribute("d", STATES[step.state][1]);
  node.querySelector("title").textContent = `${step.name}: ${stateName(step)}`;
  node.setAttribute("aria-label", `${step.name}, ${stateName(step)}`);
}

function drawResources() {
  plan.resources.forEach((resource, place) => {
    const there = resource.state === "supplied" ? "supplied" : resource.name in values ? "computed" : null;
    if (there) pills[place].dataset.there = there;
    else delete pills[place].dataset.there;
    pills[place].querySelector("title").textContent = `${resource.name}: ${values[resource.name] ?? "not there yet"}`;
  });
}

const milliseconds = (time) =>
  time >= 10_000 ? `${(time / 1000).toFixed(1)} s` : time >= 1000 ? `${(time / 1000).toFixed(2)} s`
  : time >= 10 ? `${time.toFixed(0)} ms` : `${time.toFixed(2)} ms`;
const elapsed = () => (run.state === "running" ? performance.now() - began : run.elapsed);

function drawRun() {
  const steps = plan.steps.map((_, place) => stepAt(place));
  const counts = {};
  for (const step of steps) counts[step.state] = (counts[step.state] ?? 0) + 1;
  const done = (counts.finished ?? 0) + (counts.present ?? 0);
  const of = steps.length - (counts.idle ?? 0);
  $("run").dataset.state = run.state;
  $("run-state").textContent = RUNS[run.state];
  $("run-name").textContent = run.id === null ? plan.title : `run ${run.id} of ${plan.title}`;
  $("count").textContent = `${done} of ${of} steps`;
  $("bar").style.width = `${of ? (100 * done) / of : 0}%`;
  for (const item of $("legend").querySelectorAll("[data-of]")) {
    const count = counts[item.dataset.of] ?? 0;
    item.querySelector("b").textContent = count;
    item.classList.toggle("none", !count);
  }
  $("stop").disabled = run.state !== "running";
  $("go-on").disabled = run.state === "running" || run.id === null;
  $("start").textContent = run.id === null ? "Run" : "Run again";
  $("let-all-go").hidden = !held || run.state !== "running";
  $("result").hidden = run.result === null && run.state !== "stopped";
  $("result").textContent = run.result ?? "The run was stopped: its steps were dropped.";
  $("result").className = run.state;
  $("switch").querySelector("input").checked = run.switch;
}

$("legend").append(...Object.keys(STATES).map((state) => {
  const item = element("li", {}, sign(state), STATES[state][0], element("b"));
  item.dataset.of = state;
  item.classList.toggle("rare", ["ready", "waiting", "present", "not-run", "cancelled"].includes(state));
  return item;
}), ...["supplied", "computed", ""].map((there) => {
  const pill = element("span", { className: "pill" });
  pill.dataset.there = there;
  return element("li", {}, pill, { supplied: "value supplied", computed: "value is there", "": "not yet" }[there]);
}));

// ---- The panel ----

function select(place) {
  selected = place;
  nodes.forEach((node, other) => node.classList.toggle("selected", other === place));
  const beside = place === null ? [] : plan.steps[place].takes.map((taken) => taken.resource).concat(plan.steps[place].gives);
  pills.forEach((pill, other) => pill.classList.toggle("beside", beside.includes(other)));
  $("nothing").hidden = place !== null;
  $("step").hidden = place === null;
  history.replaceState(null, "", place === null ? here : `#${encodeURIComponent(plan.steps[place].name)}`);
  if (place === null) return;
  show(place);
  drawPanel();
}

/** A button that leads to a step. */
const leadsTo = (place) => element("button", { textContent: plan.steps[place].name, onclick: () => select(place) });

function resourceItem(place, { optional = false, isInput }) {
  const resource = plan.resources[place];
  const item = element("li", {}, element("span", { className: "name", textContent: resource.name }));
  const where = element("span", { className: "where" });
  if (optional) where.append(" if there is one");
  if (resource.state === "supplied") where.append(", supplied");
  else if (isInput && resource.providers.length) where.append(" of ", leadsTo(resource.providers[0]));
  item.append(where);
  if (values[resource.name] !== undefined) item.append(element("span", { className: "value", textContent: values[resource.name] }));
  else item.append(element("span", { className: "where", textContent: ", not there yet" }));
  return item;
}

const nobody = (text) => element("li", { className: "where", textContent: text });

function drawPanel() {
  if (selected === null) return;
  const step = stepAt(selected);
  const node = plan.steps[selected];
  $("step-name").textContent = node.name;
  $("step-state").replaceChildren(sign(step.state), stateName(step));
  $("step-state").dataset.state = step.state;
  $("let-go").hidden = !held || step.state !== "running";
  $("error").hidden = !step.error.length;
  $("error").querySelector("ol").replaceChildren(...step.error.map((text, deep) => {
    const item = element("li", { textContent: text });
    item.style.setProperty("--deep", Math.max(0, deep - 1));
    return item;
  }));
  const inputs = node.takes.map((taken) => resourceItem(taken.resource, { optional: taken.optional, isInput: true }));
  $("inputs").replaceChildren(...(inputs.length ? inputs : [nobody("nothing")]));
  const outputs = node.gives.map((place) => resourceItem(place, { isInput: false }));
  $("outputs").replaceChildren(...(outputs.length ? outputs : [nobody("nothing to the store: what it gives goes to the caller")]));
  const takers = [...new Set(node.gives.flatMap((place) => plan.resources[place].takers))];
  $("takers").replaceChildren(...(takers.length ? takers.map((place) => element("li", {}, leadsTo(place))) : [nobody("the caller")]));
  drawTimes();
}

function drawTimes() {
  if (selected === null) return;
  const step = stepAt(selected);
  const now = step.ended ?? elapsed();
  const spans = [
    ["Waited for its inputs", "inputs", step.demanded, step.ready ?? step.started ?? now],
    ["Waited for its turn", "turn", step.ready, step.started ?? now],
    ["Ran", "body", step.started, now],
  ].filter(([, , from]) => from !== null && run.id !== null);
  const total = spans.reduce((sum, [, , from, to]) => sum + (to - from), 0) || 1;
  for (const bar of $("timeline").children) {
    const span = spans.find(([, kind]) => kind === bar.className);
    bar.style.width = span ? `${(100 * (span[3] - span[2])) / total}%` : "0";
  }
  const colours = { inputs: "#d5d9de", turn: "#e69f00", body: "#0072b2" };
  const rows = spans.map(([name, kind, from, to]) => [name, milliseconds(to - from), colours[kind]]);
  if (step.started !== null) rows.unshift(["Started", `+${milliseconds(step.started)}`]);
  if (step.ended !== null && run.id !== null) rows.push([step.started === null ? "Told" : "Ended", `+${milliseconds(step.ended)}`]);
  $("times").replaceChildren(...(rows.length ? rows : [["It has not been asked for", ""]]).flatMap(([name, text, colour]) => {
    const swatch = element("i");
    if (colour) swatch.style.background = colour;
    return [element("dt", {}, ...(colour ? [swatch] : []), name), element("dd", { textContent: text })];
  }));
}

// ---- The server ----

const post = (what) => fetch(`${here}/${what}`, { method: "POST" });
$("start").onclick = () => post("run");
$("go-on").onclick = () => post("go-on");
$("stop").onclick = () => post("stop");
$("let-all-go").onclick = () => post("let-go");
$("let-go").onclick = () => post(`let-go/${plan.steps[selected].name}`);
$("switch").hidden = !document.body.dataset.switch;
$("switch").querySelector("input").onchange = (event) => post(`switch/${event.target.checked ? "on" : "off"}`);

/** Asks what there is to say of the values, at most once in a while, and once more after the last change. */
let asking = false;
let askAgain = false;
async function askForValues() {
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  try {
    values = await (await fetch(`${here}/values`)).json();
    drawResources();
    drawPanel();
  } catch {
    // The stream of events tells that the server is gone.
  }
  setTimeout(() => {
    asking = false;
    if (askAgain) {
      askAgain = false;
      askForValues();
    }
  }, 120);
}

const events = new EventSource(`${here}/events`);
events.onopen = () => ($("lost").hidden = true);
events.onerror = () => ($("lost").hidden = false);
events.addEventListener("run", (event) => {
  run = JSON.parse(event.data);
  began = performance.now() - run.elapsed;
  nodes.forEach((_, place) => drawStep(place));
  drawRun();
  drawPanel();
  askForValues();
});
events.addEventListener("step", (event) => {
  const [place, step] = JSON.parse(event.data);
  run.steps[place] = step;
  drawStep(place);
  drawRun();
  if (place === selected) drawPanel();
  if (step.state === "finished") askForValues();
});
setInterval(() => {
  $("elapsed").textContent = run.id === null ? "" : milliseconds(elapsed());
  if (run.state === "running") drawTimes();
}, 100);

nodes.forEach((_, place) => drawStep(place));
drawResources();
drawRun();
fit();
const asked = plan.steps.findIndex((step) => `#${encodeURIComponent(step.name)}` === location.hash);
if (asked >= 0) select(asked);
