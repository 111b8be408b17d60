// The page: runs, states and panels, as the server sends them. `picture.js` draws the graph.
"use strict";

// Each state of a step: its name, and its mark in a square of ten by ten.
const STATES = {
  idle: ["not needed", "M1.5 5 H8.5"],
  planned: ["would run", "M2 2 H8 L2 8 H8 Z"],
  demanded: ["waits for inputs", "M2 2 H8 L2 8 H8 Z"],
  ready: ["ready", "M3 1 L7 5 L3 9"],
  waiting: ["another run executes it", "M3.2 1.5 V8.5 M6.8 1.5 V8.5"],
  running: ["running", "M2 1 L9 5 L2 9 Z"],
  finished: ["finished", "M1 5 L4 8.5 L9.5 1.5"],
  present: ["was there", "M5 1 L9 5 L5 9 L1 5 Z"],
  restored: ["from the journal", "M2 1 H8 V9 L5 6.5 L2 9 Z"],
  failed: ["failed", "M1.5 1.5 L8.5 8.5 M8.5 1.5 L1.5 8.5"],
  "not-run": ["did not run", "M1.5 8.5 L8.5 1.5"],
  cancelled: ["stopped", "M2 2 H8 V8 H2 Z"],
};
const RARE = ["planned", "ready", "waiting", "present", "restored", "not-run", "cancelled"];
// The step state whose mark a run has.
const MARKS = { planned: "planned", running: "running", succeeded: "finished", failed: "failed", stopped: "cancelled" };
const RUNS = { planned: "not run yet", running: "running", succeeded: "succeeded", failed: "failed", stopped: "stopped" };
const EMPTY = {
  nothing: [
    "No run yet",
    "Give a run the observer of this page:",
    "run_with::<Target>(&store, RunOptions::new().observe(explorer.observer())).await",
  ],
  gone: ["This run is not kept any more", "The explorer keeps the last 100 runs. Choose another one, or follow the newest.", ""],
};
const NO_GRAPH = graph;

/** The run or plan that is shown, as the server sends it. */
let shown = { kind: "nothing", graph: null, title: "", state: "planned", elapsed: 0, steps: [] };
/** When the run began, by the clock of this page. */
let began = 0;
/** The runs and plans, the newest first. */
let list = { runs: [], plans: [] };
/** The texts of the values that are shown, by the names of their resources. */
let values = new Map();
/** The key of the graph that is drawn. */
let graphKey = null;
/** The place of the selected step. */
let selected = null;

/** The part of the address after `#`: the run or plan to show, and the selected step. */
const address = new URLSearchParams(location.hash.slice(1));
function remember(key, value) {
  if (value === null) address.delete(key);
  else address.set(key, value);
  history.replaceState(null, "", address.size ? `#${address}` : location.pathname);
}

// ---- Texts ----

/** The mark of a state in a small box. */
function sign(state) {
  const mark = shape("svg", { viewBox: "0 0 10 10", "aria-hidden": "true" }, shape("path", { d: STATES[state][1] }));
  const box = element("span", { className: "sign" }, mark);
  box.dataset.state = state;
  return box;
}

/** A duration, given in milliseconds, with three digits. */
function duration(time) {
  const [value, unit] = time >= 1000 ? [time / 1000, "s"] : time >= 1 ? [time, "ms"] : [time * 1000, "µs"];
  return `${value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)} ${unit}`;
}
const elapsed = () => (shown.state === "running" ? performance.now() - began : shown.elapsed);

// ---- States ----

const IDLE = { state: "idle", by: null, demanded: null, ready: null, started: null, ended: null, progress: null, error: null };
/** The state of a step: the graph may be there before the run is. */
const stepAt = (step) => shown.steps[step] ?? IDLE;

function drawStep(step) {
  const { state, progress } = stepAt(step);
  const node = nodes[step];
  const text = `${graph.steps[step].name}: ${STATES[state][0]}${progress ? `, ${progress[0]} of ${progress[1]}` : ""}${graph.steps[step].kept ? ", kept" : ""}`;
  node.dataset.state = state;
  for (const mark of node.querySelectorAll(".mark")) mark.setAttribute("d", STATES[state][1]);
  node.querySelector("title").textContent = text;
  node.setAttribute("aria-label", text);
}

/** Whether the value of a resource is there: supplied, computed, or not. */
function there(resource) {
  if (graph.resources[resource].supplied) return "supplied";
  const isDone = (step, place) => step.gives.includes(resource) && ["finished", "present", "restored"].includes(stepAt(place).state);
  return graph.steps.some(isDone) ? "computed" : "";
}

function drawResources() {
  graph.resources.forEach(({ name }, resource) => {
    const state = there(resource);
    pills[resource].dataset.there = state;
    pills[resource].querySelector("title").textContent =
      `${name}: ${values.get(name) ?? (state || "not there yet")}`;
  });
}

/** A store that is closed is listed among the runs. */
const kindOf = (run) => (run.close ? "close" : "run");

function drawRun() {
  const counts = {};
  for (const step of graph.steps.keys()) {
    const { state } = stepAt(step);
    counts[state] = (counts[state] ?? 0) + 1;
  }
  const done = (counts.finished ?? 0) + (counts.present ?? 0) + (counts.restored ?? 0);
  const of = graph.steps.length - (counts.idle ?? 0);
  const isEmpty = shown.kind === "nothing" || shown.kind === "gone";
  $("run").dataset.state = isEmpty ? "planned" : shown.state;
  $("run-state").textContent = shown.kind === "gone" ? "not kept" : RUNS[shown.state];
  $("run-name").textContent = shown.kind === "run" ? `${kindOf(shown)} ${shown.id} of ${shown.title}` : shown.title;
  document.title = shown.title ? `${shown.title} · explorer` : "explorer";
  $("count").textContent = isEmpty ? "" : `${done} of ${of} steps`;
  $("bar").style.width = `${of ? (100 * done) / of : 0}%`;
  $("progress").hidden = isEmpty;
  for (const item of $("legend").querySelectorAll("[data-of]")) {
    const count = counts[item.dataset.of] ?? 0;
    item.querySelector("b").textContent = count;
    item.classList.toggle("none", !count);
  }
  for (const item of $("legend").querySelectorAll(".of-resource")) item.hidden = !graph.resources.length;
  for (const item of $("legend").querySelectorAll(".of-kept")) item.hidden = !graph.steps.some(({ kept }) => kept);
  $("empty").hidden = !isEmpty;
  if (isEmpty) {
    const [title, text, code] = EMPTY[shown.kind];
    $("empty").replaceChildren(element("h2", { textContent: title }), element("p", { textContent: text }), element("code", { textContent: code }));
  }
  drawResult();
}

/** How the run ended, and the step that failed with the steps that needed it. */
function drawResult() {
  const result = $("result");
  result.hidden = !["succeeded", "failed", "stopped"].includes(shown.state);
  result.className = shown.state;
  const failed = shown.steps.findIndex((step) => step.state === "failed");
  if (shown.state === "succeeded") result.textContent = "The run succeeded.";
  else if (shown.state === "stopped") result.textContent = "The run was dropped before its end, and its steps with it.";
  else if (failed < 0 || !graph.steps[failed]) result.textContent = "The run failed.";
  else {
    const way = [];
    for (let step = shown.steps[failed].by; step !== null && way.length < 20; step = shown.steps[step].by) way.push(step);
    const needed = way.flatMap((step) => [", needed by ", leadsTo(step)]);
    result.replaceChildren("Step ", leadsTo(failed), ...needed, way.length ? ", failed." : " failed.");
  }
}

$("legend").append(...Object.entries(STATES).map(([state, [name]]) => {
  const item = element("li", {}, sign(state), name, element("b"));
  item.dataset.of = state;
  item.classList.toggle("rare", RARE.includes(state));
  return item;
}), ...Object.entries({ supplied: "value supplied", computed: "value computed", "": "no value yet" }).map(([there, name]) => {
  const pill = element("span", { className: "pill" });
  pill.dataset.there = there;
  return element("li", { className: "of-resource" }, pill, name);
}), ...["kept", "kept (absent)", "kept (stale)"].map((name) => {
  const drawn = shape("svg", { viewBox: "0 0 6 10", width: 6, height: 10 }, ribbon({ absent: name.includes("absent"), stale: name.includes("stale") }));
  return element("li", { className: "of-kept" }, drawn, name);
}));

// ---- The panel ----

function select(step) {
  selected = step;
  nodes.forEach((node, other) => node.classList.toggle("selected", other === step));
  const beside = step === null ? [] : graph.steps[step].takes.map((taken) => taken.resource).concat(graph.steps[step].gives);
  pills.forEach((pill, other) => pill.classList.toggle("beside", beside.includes(other)));
  $("whole").hidden = step !== null;
  $("step").hidden = step === null;
  // While another run is loaded, the step stays chosen.
  if (nodes.length) remember("step", step === null ? null : graph.steps[step].name);
  if (step === null) return;
  bringIntoView(step);
  drawPanel();
}

/** A button that selects a step. */
const leadsTo = (step) => element("button", { className: "link", textContent: graph.steps[step].name, onclick: () => select(step) });
/** A button that shows a run. */
const leadsToRun = (run) => element("button", { className: "link", textContent: `${kindOf(run)} ${run.id} of ${run.target}`, onclick: () => choose("run", run.id) });

const items = (all, text) => (all.length ? all : [element("li", { className: "soft", textContent: text })]);
const valueOf = (name) => (values.has(name) ? [element("span", { className: "value", textContent: values.get(name) })] : []);

function resourceItem(resource, { optional = false, isInput = false } = {}) {
  const { name, supplied, providers } = graph.resources[resource];
  const where = element("span", { className: "soft" });
  if (isInput && providers.length && !supplied) where.append(" of ", leadsTo(providers[0]));
  if (optional) where.append(", if there is one");
  where.append(`, ${there(resource) || "not there yet"}`);
  return element("li", {}, element("span", { className: "name", textContent: name }), where, ...valueOf(name));
}

/** The panel of the selected step. */
function drawPanel() {
  if (selected === null) return;
  const step = stepAt(selected);
  const { name, takes, gives, needs, kept, absent, stale } = graph.steps[selected];
  $("step-name").textContent = name;
  $("step-state").replaceChildren(sign(step.state), STATES[step.state][0]);
  $("step-state").dataset.state = step.state;
  $("step-kept").hidden = !kept;
  const before = absent ? " In the plan they are absent." : stale ? ` In the plan they are stale: ${stale}.` : "";
  $("step-kept").textContent = `Its outputs are kept in the journal.${before}`;
  $("error").hidden = !step.error;
  $("error").querySelector("ol").replaceChildren(...(step.error ?? []).map((textContent, depth) => {
    const item = element("li", { textContent });
    item.style.setProperty("--depth", Math.max(0, depth - 1));
    return item;
  }));
  // Without a plan the steps are known, and not the resources between them.
  const isPassed = (needed) => graph.steps[needed].gives.some((given) => takes.some((taken) => taken.resource === given));
  const inputs = takes.map(({ resource, optional }) => resourceItem(resource, { optional, isInput: true }));
  const unnamed = needs.filter((needed) => !isPassed(needed)).map((needed) => element("li", {}, "outputs of ", leadsTo(needed)));
  $("inputs").replaceChildren(...items([...inputs, ...unnamed], "nothing from other steps"));
  const outputs = gives.map((resource) => resourceItem(resource));
  $("outputs").replaceChildren(...items(outputs, graph.resources.length ? "nothing to the store: its outputs go to the caller" : "no plan names its outputs"));
  const takers = [...graph.steps.keys()].filter((other) => graph.steps[other].needs.includes(selected));
  $("takers").replaceChildren(...items(takers.map((taker) => element("li", {}, leadsTo(taker))), "the caller"));
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
  ].filter(([, , from]) => from !== null);
  const total = spans.reduce((sum, [, , from, to]) => sum + (to - from), 0) || 1;
  for (const bar of $("timeline").children) {
    const span = spans.find(([, kind]) => kind === bar.className);
    bar.style.width = span ? `${(100 * (span[3] - span[2])) / total}%` : "0";
  }
  const rows = spans.map(([name, kind, from, to]) => [name, duration(to - from), kind]);
  if (step.started !== null) rows.unshift(["Started", `+${duration(step.started)}`]);
  if (step.progress) rows.push(["Elements done", `${step.progress[0]} of ${step.progress[1]}`]);
  if (step.ended !== null) rows.push(["Ended", `+${duration(step.ended)}`]);
  if (step.attempt) rows.push(["Attempt", step.attempt.join(" of ")]);
  if (step.fallback) rows.push(["Outputs", "of the fallback"]);
  $("times").replaceChildren(...(rows.length ? rows : [["No run has needed it", ""]]).flatMap(([name, text, kind]) => [
    element("dt", {}, ...(kind ? [element("i", { className: kind })] : []), name),
    element("dd", { textContent: text }),
  ]));
}

/** The panel of the run: its parent, its children, and its values. */
function drawWhole() {
  const { parent } = list.runs.find((run) => shown.kind === "run" && run.id === shown.id) ?? {};
  const above = list.runs.filter((run) => run.id === parent).map((run) => element("li", {}, "for ", leadsToRun(run)));
  const below = list.runs.filter((run) => shown.kind === "run" && run.parent === shown.id)
    .map((run) => element("li", {}, "in the parent store: ", leadsToRun(run)));
  $("related").hidden = !above.length && !below.length;
  $("related").querySelector("ul").replaceChildren(...above, ...below);
  $("values").hidden = !values.size;
  $("values").querySelector("ul").replaceChildren(...[...values.keys()].map((name) =>
    element("li", {}, element("span", { className: "name", textContent: name }), ...valueOf(name))));
}

// ---- The list ----

/** The entries of a list, by key. They stay while their keys do, so a click or the focus on one is not lost. */
function entries(ul) {
  const known = new Map();
  return (wanted) => {
    const keys = new Set(wanted.map(({ key }) => key));
    for (const [key, item] of known) {
      if (keys.has(key)) continue;
      item.remove();
      known.delete(key);
    }
    wanted.forEach(({ key, onclick, content, isChild, isShown, title }, index) => {
      if (!known.has(key)) known.set(key, element("li", {}, element("button", { onclick })));
      const item = known.get(key);
      if (ul.children[index] !== item) ul.insertBefore(item, ul.children[index] ?? null);
      item.className = isChild ? "child" : "";
      item.firstChild.title = title;
      item.firstChild.toggleAttribute("aria-current", isShown);
      item.firstChild.replaceChildren(...content);
    });
  };
}
const listRuns = entries($("runs"));
const listPlans = entries($("plans"));

/** The runs, each followed by its children. */
function inOrder(runs) {
  const kept = new Set(runs.map((run) => run.id));
  const below = Map.groupBy(runs.filter((run) => kept.has(run.parent)), (run) => run.parent);
  const withChildren = (run, depth) => [{ run, depth }, ...(below.get(run.id) ?? []).flatMap((child) => withChildren(child, depth + 1))];
  return runs.filter((run) => !kept.has(run.parent)).flatMap((run) => withChildren(run, 0));
}

function drawList() {
  const isShown = (kind, id) => shown.kind === kind && shown.id === id;
  listRuns(inOrder(list.runs).map(({ run, depth }) => {
    const began = new Date(run.at).toLocaleTimeString();
    const took = run.took === null ? "running" : duration(run.took);
    return {
      key: run.id,
      onclick: () => choose("run", run.id),
      isChild: depth > 0,
      isShown: isShown("run", run.id),
      title: `${kindOf(run)} ${run.id} of ${run.target}: ${RUNS[run.state]}, began at ${began}`,
      content: [
        sign(MARKS[run.state]),
        element("span", { className: "target", textContent: run.close ? `close ${run.target}` : run.target }),
        element("span", { className: "soft", textContent: `#${run.id} · ${took} · ${began}` }),
      ],
    };
  }));
  listPlans(list.plans.map(({ id, title }) => ({
    key: id, title, onclick: () => choose("plan", id), isShown: isShown("plan", id),
    content: [sign("planned"), element("span", { className: "target", textContent: title })],
  })));
  drawWhole();
}

/** Shows a run or a plan, or follows the newest run. */
function choose(kind, id) {
  for (const other of ["run", "plan"]) remember(other, other === kind ? id : null);
  $("follow").checked = kind === null;
  listen();
}
$("follow").onchange = (event) => {
  if (event.target.checked || shown.id === undefined) choose(null);
  else choose(shown.kind, shown.id);
};

// ---- The server ----

/** Draws the graph of the run or plan that is shown. */
async function loadGraph() {
  const key = shown.graph;
  if (key === graphKey) return;
  const answer = key === null ? null : await fetch(`/graph/${key}`);
  if (key !== shown.graph) return;
  // The server answers 404 if it dropped the run meanwhile; then it shows another one.
  graph = answer?.ok ? await answer.json() : NO_GRAPH;
  graphKey = key;
  drawGraph();
}

function drawAll() {
  nodes.forEach((_, step) => drawStep(step));
  drawResources();
  drawRun();
  drawPanel();
  drawList();
}

let updates = Promise.resolve();
async function update(message) {
  if (message.list) {
    list = message.list;
    for (const run of list.runs) run.at = Date.now() - run.ago;
  }
  if (message.values) values = new Map(message.values);
  if (message.show) {
    if (!message.values && message.show.kind !== "run") values = new Map();
    shown = message.show;
    began = performance.now() - shown.elapsed;
    await loadGraph();
  }
  for (const [step, state] of message.steps ?? []) shown.steps[step] = state;
  if (message.show || message.values || message.list) {
    drawAll();
    return;
  }
  for (const [step] of message.steps) drawStep(step);
  drawResources();
  drawRun();
  if (message.steps.some(([step]) => step === selected)) drawPanel();
}

let events = null;
function listen() {
  events?.close();
  const source = new EventSource(address.has("run") ? `/events?run=${address.get("run")}` : address.has("plan") ? `/events?plan=${address.get("plan")}` : "/events");
  events = source;
  source.onopen = () => ($("lost").hidden = true);
  source.onerror = () => ($("lost").hidden = false);
  // One after the other: an update may load a graph. An update of a closed source comes too late.
  source.onmessage = ({ data }) => {
    updates = updates.then(() => events === source && update(JSON.parse(data))).catch(console.error);
  };
}

setInterval(() => {
  $("elapsed").textContent = shown.kind === "run" ? duration(elapsed()) : "";
  if (shown.state === "running") drawTimes();
}, 100);

$("follow").checked = !address.has("run") && !address.has("plan");
listen();
