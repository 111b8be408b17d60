//! The recent runs, as the page shows them.
//!
//! Each run has a record, and each change of a record has a number. A page knows the number of the
//! last change that it was sent, so the explorer sends it the present state of everything that
//! changed since. No message is ever queued: a slow page misses states in between, and nothing
//! else.

use crate::graph::{Graph, Planned, name};
use serde::{Serialize, Serializer};
use smol::channel::{Receiver, Sender, bounded};
use std::collections::VecDeque;
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use typed_pipeliner::Plan;
use typed_pipeliner::observe::{RunEnd, RunInfo, SkipReason, StepEvent, StepEventKind};
use typed_pipeliner::plan::State;
use typed_pipeliner::text::{one_line, printable};

/// How many runs are kept.
pub(crate) const RUNS: usize = 100;
/// How many plans are kept.
pub(crate) const PLANS: usize = 50;
/// How many letters of a value or of an error are kept.
const LETTERS: usize = 2_000;
/// How many of the causes of an error are kept.
const CAUSES: usize = 8;

/// The recent runs and the plans.
#[derive(Debug)]
pub(crate) struct History(Mutex<Kept>);

#[derive(Debug)]
struct Kept {
    /// The number of the last change.
    version: u64,
    /// The last change of the list: a run began or ended, or a plan was added.
    listed: u64,
    /// The oldest first.
    plans: VecDeque<Planned>,
    /// In the order of their identities, which is that of their starts.
    runs: VecDeque<Run>,
    /// The key of the next graph.
    next_key: u64,
    /// One for each open page: it reports that something changed.
    pages: Vec<Sender<()>>,
}

/// A run.
#[derive(Debug)]
struct Run {
    id: u64,
    /// The run of a scope for which this run computes something in the parent store.
    parent: Option<u64>,
    target: &'static str,
    /// Whether it closes a store.
    close: bool,
    graph: Arc<Graph>,
    state: RunState,
    began: Instant,
    /// How long the run took, in milliseconds; none while it runs.
    took: Option<f64>,
    /// The steps, by their places in the graph.
    steps: Box<[Step]>,
    /// The values that the caller shows.
    values: Box<[Value]>,
    /// The last change of anything here.
    changed: u64,
    /// The last change of the values.
    valued: u64,
    /// The last change of the run as a whole: its start or its end.
    whole: u64,
}

/// The state of a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum RunState {
    Planned,
    Running,
    Succeeded,
    Failed,
    Stopped,
}

/// A step of a run. Times are in milliseconds since the run began.
#[derive(Debug, Clone, Default, Serialize)]
struct Step {
    state: StepState,
    /// The step that needed this one first.
    by: Option<usize>,
    demanded: Option<f64>,
    ready: Option<f64>,
    started: Option<f64>,
    ended: Option<f64>,
    /// How many elements are done, and of how many, if it runs for each element of a collection.
    progress: Option<(usize, usize)>,
    /// The attempt that it is at, and the number of attempts, after the first one has failed.
    attempt: Option<(u32, u32)>,
    /// Whether its outputs are those of its fallback.
    fallback: bool,
    /// The error, and its causes; that of the last attempt while it is tried again.
    #[serde(serialize_with = "texts")]
    error: Option<Arc<[String]>>,
    /// The last change.
    #[serde(skip)]
    changed: u64,
}

/// The state of a step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum StepState {
    #[default]
    Idle,
    /// It would run: only before a run.
    Planned,
    Demanded,
    Ready,
    Waiting,
    Running,
    Finished,
    Present,
    /// Its outputs were taken from the journal, or would be.
    Restored,
    NotRun,
    Failed,
    Cancelled,
}

/// A value that the caller shows, by the name of its resource.
#[derive(Debug, Clone)]
struct Value {
    name: &'static str,
    text: Option<Arc<str>>,
}

/// What a page shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum View {
    /// The newest run, or before the first one the newest plan.
    Newest,
    Run(u64),
    Plan(u64),
}

/// The part of the history that a page was sent.
#[derive(Debug)]
pub(crate) struct Cursor {
    view: View,
    /// The last change that the page knows; none at first.
    version: Option<u64>,
    /// The run or plan that the page shows.
    shown: Option<Shown>,
}

/// The run or plan that a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "kind", content = "id", rename_all = "kebab-case")]
enum Shown {
    Run(u64),
    Plan(u64),
    /// It is not kept any more.
    Gone,
    /// There is neither a run nor a plan.
    Nothing,
}

/// What changed since the last update of a page.
#[derive(Debug, Serialize)]
pub(crate) struct Update {
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<List>,
    #[serde(skip_serializing_if = "Option::is_none")]
    show: Option<Whole>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    steps: Vec<(usize, Step)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<Value>>,
}

/// The plans and the runs, the newest first.
#[derive(Debug, Serialize)]
struct List {
    plans: Vec<ListedPlan>,
    runs: Vec<ListedRun>,
}

#[derive(Debug, Serialize)]
struct ListedPlan {
    id: u64,
    title: String,
}

#[derive(Debug, Serialize)]
struct ListedRun {
    id: u64,
    parent: Option<u64>,
    #[serde(serialize_with = "name")]
    target: &'static str,
    /// Whether it closes a store.
    close: bool,
    state: RunState,
    /// How long ago the run began, in milliseconds.
    ago: f64,
    /// How long it took, in milliseconds, if it has ended.
    took: Option<f64>,
}

/// A run or a plan as a whole.
#[derive(Debug, Serialize)]
struct Whole {
    #[serde(flatten)]
    shown: Shown,
    /// The key of the graph.
    graph: Option<u64>,
    title: String,
    /// Whether it closes a store.
    close: bool,
    state: RunState,
    /// How long the run took, or has run until now, in milliseconds.
    elapsed: f64,
    steps: Vec<Step>,
}

impl History {
    pub(crate) fn new() -> Self {
        // A page outlives its server. So the keys of the next server are to be others than those of
        // this one.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let next_key = now.as_micros() as u64;
        let (plans, runs) = (VecDeque::with_capacity(PLANS), VecDeque::with_capacity(RUNS + 1));
        History(Mutex::new(Kept { version: 0, listed: 0, plans, runs, next_key, pages: Vec::new() }))
    }

    /// No code of a user runs under this lock.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a plan. It replaces the same plan of an earlier moment, but for a plan without any
    /// difference, whose picture stays.
    pub(crate) fn plan(&self, plan: &Plan) {
        let mut kept = self.kept();
        let mut planned = Planned::new(kept.key(), plan);
        if let Some(like) = kept.plans.iter().position(|other| other.graph.is_like(&planned.graph)) {
            let like = kept.plans.remove(like).expect("its place was found");
            if like.graph.is_same(&planned.graph) {
                planned = like;
            }
        }
        if kept.plans.len() == PLANS {
            kept.plans.pop_front();
        }
        kept.plans.push_back(planned);
        kept.listed = kept.change();
    }

    /// A run begins. Values of these names may come.
    pub(crate) fn start(&self, run: &RunInfo, time: Instant, values: impl Iterator<Item = &'static str>) {
        let mut kept = self.kept();
        let id = run.id().get();
        // Two observers of the same explorer may watch one run.
        let Err(place) = kept.find(id) else { return };
        let graph = kept.graph(run);
        let version = kept.change();
        let run = Run {
            id,
            parent: run.parent().map(|parent| parent.get()),
            target: run.target(),
            close: run.is_close(),
            state: RunState::Running,
            began: time,
            took: None,
            steps: vec![Step::default(); graph.steps.len()].into(),
            values: values.map(|name| Value { name, text: None }).collect(),
            changed: version,
            valued: version,
            whole: version,
            graph,
        };
        kept.runs.insert(place, run);
        kept.forget();
        kept.listed = version;
    }

    /// Something happens to a step.
    pub(crate) fn step(&self, run: u64, event: &StepEvent<'_>) {
        // The texts of errors are made by the user's code.
        let error: Option<Arc<[String]>> = match event.kind {
            StepEventKind::Failed(error) | StepEventKind::Retrying { error, .. } | StepEventKind::FellBack(error) => {
                Some(chain(error).into())
            }
            StepEventKind::Panicked => Some(Arc::new(["it panicked".to_owned()])),
            _ => None,
        };
        let mut kept = self.kept();
        let Ok(place) = kept.find(run) else { return };
        let version = kept.version + 1;
        let run = &mut kept.runs[place];
        let now = Some(run.since_began(event.time));
        let places = &run.graph.places;
        let Some(step) = places.get(event.step).and_then(|&place| run.steps.get_mut(place)) else { return };
        step.state = match event.kind {
            StepEventKind::Demanded { by } => {
                (step.by, step.demanded) = (by.and_then(|by| places.get(by)).copied(), now);
                StepState::Demanded
            }
            StepEventKind::Ready => {
                step.ready = now;
                StepState::Ready
            }
            StepEventKind::WaitingForOtherRun { .. } => StepState::Waiting,
            StepEventKind::Started => {
                step.started = now;
                StepState::Running
            }
            StepEventKind::Progress { done, of } => {
                step.progress = Some((done, of));
                step.state
            }
            StepEventKind::Retrying { attempt, of, .. } => {
                step.attempt = Some((attempt, of));
                StepState::Running
            }
            StepEventKind::FellBack(_) => {
                step.fallback = true;
                StepState::Running
            }
            StepEventKind::Restored => {
                // It is not executed.
                step.started = None;
                StepState::Restored
            }
            StepEventKind::Finished if step.state == StepState::Restored => StepState::Restored,
            StepEventKind::Finished => {
                // An attempt that failed before does not count any more.
                step.error = step.error.take().filter(|_| step.fallback);
                StepState::Finished
            }
            StepEventKind::Skipped(SkipReason::Present) => StepState::Present,
            StepEventKind::Skipped(SkipReason::Restored) => StepState::Restored,
            StepEventKind::Skipped(_) => StepState::NotRun,
            StepEventKind::Failed(_) | StepEventKind::Panicked => StepState::Failed,
            StepEventKind::Cancelled => StepState::Cancelled,
            // An event of a later version of the library.
            _ => return,
        };
        if !step.state.is_pending() && step.state != StepState::Running {
            step.ended = now;
        }
        if error.is_some() {
            step.error = error;
        }
        (step.changed, run.changed) = (version, version);
        kept.change();
    }

    /// The places of the values of a run that are not there yet.
    pub(crate) fn missing_values(&self, run: u64) -> Vec<usize> {
        let kept = self.kept();
        let Ok(place) = kept.find(run) else { return Vec::new() };
        let values = kept.runs[place].values.iter().enumerate();
        values.filter(|(_, value)| value.text.is_none()).map(|(place, _)| place).collect()
    }

    /// Values of a run are there, by their places.
    pub(crate) fn show(&self, run: u64, texts: Vec<(usize, String)>) {
        if texts.is_empty() {
            return;
        }
        let mut kept = self.kept();
        let Ok(place) = kept.find(run) else { return };
        let version = kept.change();
        let run = &mut kept.runs[place];
        for (place, text) in texts {
            if let Some(value) = run.values.get_mut(place) {
                value.text = Some(shortened(text).into());
            }
        }
        (run.valued, run.changed) = (version, version);
    }

    /// A run has ended.
    pub(crate) fn end(&self, run: u64, end: RunEnd, time: Instant) {
        let mut kept = self.kept();
        let Ok(place) = kept.find(run) else { return };
        let version = kept.change();
        let run = &mut kept.runs[place];
        run.took = Some(run.since_began(time));
        // A step that waits does not run any more.
        for step in run.steps.iter_mut().filter(|step| step.state.is_pending()) {
            step.state = StepState::NotRun;
        }
        run.state = match end {
            RunEnd::Succeeded => RunState::Succeeded,
            RunEnd::Failed | RunEnd::Panicked => RunState::Failed,
            _ => RunState::Stopped,
        };
        (run.changed, run.whole) = (version, version);
        kept.listed = version;
    }

    /// Reports to a page that something changed. The channel holds one report: the page reads the
    /// state itself.
    pub(crate) fn changes(&self) -> Receiver<()> {
        let (sender, receiver) = bounded(1);
        self.kept().pages.push(sender);
        receiver
    }

    /// The graph with this key, if a run or a plan that is kept has it.
    pub(crate) fn graph(&self, key: u64) -> Option<Arc<Graph>> {
        let kept = self.kept();
        let mut graphs = kept.graphs();
        graphs.find(|graph| graph.key == key).cloned()
    }

    /// What changed since the last update of a page, if anything did.
    pub(crate) fn update(&self, cursor: &mut Cursor) -> Option<Update> {
        let kept = self.kept();
        let is_new = |version| cursor.version.is_none_or(|known| version > known);
        let shown = kept.shown(cursor.view);
        let mut update =
            Update { list: is_new(kept.listed).then(|| kept.list()), show: None, steps: Vec::new(), values: None };
        match shown {
            Shown::Run(id) => {
                let run = &kept.runs[kept.find(id).ok()?];
                let all = cursor.shown != Some(shown);
                if all || is_new(run.whole) {
                    update.show = Some(run.all());
                } else if is_new(run.changed) {
                    let steps = run.steps.iter().enumerate();
                    update.steps =
                        steps.filter(|(_, step)| is_new(step.changed)).map(|(at, step)| (at, step.clone())).collect();
                }
                if all || is_new(run.valued) {
                    update.values = Some(run.values.iter().filter(|value| value.text.is_some()).cloned().collect());
                }
            }
            _ if cursor.shown == Some(shown) => {}
            Shown::Plan(id) => {
                let graph = &kept.plans.iter().find(|plan| plan.graph.key == id)?.graph;
                update.show = Some(Whole {
                    graph: Some(graph.key),
                    title: graph.title.clone(),
                    steps: graph.steps.iter().map(|step| Step::planned(step.planned)).collect(),
                    ..Whole::empty(shown)
                });
            }
            Shown::Gone | Shown::Nothing => update.show = Some(Whole::empty(shown)),
        }
        (cursor.version, cursor.shown) = (Some(kept.version), Some(shown));
        let is_empty =
            update.list.is_none() && update.show.is_none() && update.steps.is_empty() && update.values.is_none();
        (!is_empty).then_some(update)
    }
}

impl Kept {
    /// Numbers a change, and reports it to the pages.
    fn change(&mut self) -> u64 {
        self.version += 1;
        // A page that has not read the last report yet needs no other one.
        self.pages.retain(|page| page.try_send(()).is_ok() || !page.is_closed());
        self.version
    }

    fn key(&mut self) -> u64 {
        self.next_key += 1;
        self.next_key
    }

    /// The place of a run, or the place where it is to be.
    fn find(&self, run: u64) -> Result<usize, usize> {
        self.runs.binary_search_by_key(&run, |run| run.id)
    }

    /// All graphs, those of the newest runs first.
    fn graphs(&self) -> impl Iterator<Item = &Arc<Graph>> {
        self.runs.iter().rev().map(|run| &run.graph).chain(self.plans.iter().map(|plan| &plan.graph))
    }

    /// The graph of a run: one that is there, or a new one.
    fn graph(&mut self, run: &RunInfo) -> Arc<Graph> {
        let plan = self.plans.iter().rev().find(|plan| plan.is_of(run)).map(|plan| Arc::clone(&plan.graph));
        let same = self.graphs().find(|graph| graph.is_of(run, plan.as_deref())).cloned();
        same.unwrap_or_else(|| Arc::new(Graph::of_run(self.key(), run, plan.as_deref())))
    }

    /// Drops the oldest run if there are too many: one that has ended, if there is one.
    fn forget(&mut self) {
        if self.runs.len() > RUNS {
            let oldest = self.runs.iter().position(|run| run.took.is_some()).unwrap_or_default();
            self.runs.remove(oldest);
        }
    }

    /// The run or plan that a page shows with this view.
    fn shown(&self, view: View) -> Shown {
        let is_child = |run: &&Run| run.parent.is_some_and(|parent| self.find(parent).is_ok());
        let newest_plan = || self.plans.back().map(|plan| Shown::Plan(plan.graph.key));
        match view {
            View::Newest => {
                let newest = self.runs.iter().rev().find(|run| !is_child(run)).map(|run| Shown::Run(run.id));
                newest.or_else(newest_plan).unwrap_or(Shown::Nothing)
            }
            View::Run(id) if self.find(id).is_ok() => Shown::Run(id),
            View::Plan(id) if self.plans.iter().any(|plan| plan.graph.key == id) => Shown::Plan(id),
            View::Run(_) | View::Plan(_) => Shown::Gone,
        }
    }

    fn list(&self) -> List {
        let plan = |plan: &Planned| ListedPlan { id: plan.graph.key, title: plan.graph.title.clone() };
        let run = |run: &Run| ListedRun {
            id: run.id,
            parent: run.parent,
            target: run.target,
            close: run.close,
            state: run.state,
            ago: run.since_began(Instant::now()),
            took: run.took,
        };
        List { plans: self.plans.iter().rev().map(plan).collect(), runs: self.runs.iter().rev().map(run).collect() }
    }
}

impl Run {
    /// How many milliseconds there are from the start of the run to a time.
    fn since_began(&self, time: Instant) -> f64 {
        time.saturating_duration_since(self.began).as_secs_f64() * 1e3
    }

    fn all(&self) -> Whole {
        Whole {
            shown: Shown::Run(self.id),
            graph: Some(self.graph.key),
            title: self.graph.title.clone(),
            close: self.close,
            state: self.state,
            elapsed: self.took.unwrap_or_else(|| self.since_began(Instant::now())),
            steps: self.steps.to_vec(),
        }
    }
}

impl Whole {
    /// There is nothing but this to show.
    fn empty(shown: Shown) -> Self {
        Whole {
            shown,
            graph: None,
            title: String::new(),
            close: false,
            state: RunState::Planned,
            elapsed: 0.0,
            steps: Vec::new(),
        }
    }
}

impl Step {
    /// A step before any run.
    fn planned(state: Option<State>) -> Self {
        let state = match state {
            Some(State::Runs) => StepState::Planned,
            Some(State::Computed | State::Supplied) => StepState::Present,
            Some(State::InJournal) => StepState::Restored,
            _ => StepState::Idle,
        };
        Step { state, ..Step::default() }
    }
}

impl StepState {
    /// Whether the step waits to run.
    fn is_pending(self) -> bool {
        matches!(self, StepState::Demanded | StepState::Ready | StepState::Waiting)
    }
}

impl Cursor {
    /// A page that was sent nothing yet.
    pub(crate) fn new(view: View) -> Self {
        Cursor { view, version: None, shown: None }
    }
}

/// The name and the text.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (one_line(self.name), self.text.as_deref()).serialize(to)
    }
}

/// An error and its causes.
fn chain(error: &(dyn Error + Send + Sync + 'static)) -> Vec<String> {
    let causes = std::iter::successors(Some(error as &dyn Error), |&error| error.source());
    causes.take(CAUSES).map(|error| shortened(error.to_string())).collect()
}

/// A text without power over the page, and without its end if it is long.
fn shortened(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(LETTERS) {
        text.truncate(end);
        text.push('…');
    }
    text = printable(&text).into_owned();
    text.shrink_to_fit();
    text
}

fn texts<S: Serializer>(texts: &Option<Arc<[String]>>, to: S) -> Result<S::Ok, S::Error> {
    texts.as_deref().serialize(to)
}
