//! What a run does, as a page is told: an observer that keeps the state of each step, and passes on what changes.

use serde::Serialize;
use smol::channel::{Receiver, Sender, bounded};
use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use typed_pipeliner::observe::{RunEnd, RunInfo, SkipReason, StepEvent, StepEventKind};
use typed_pipeliner::{Observer, Plan, RunError};

/// How many messages a page may be behind. One that does not read is left, and gets all when it comes back.
const BEHIND: usize = 2048;

/// The state of a run, and whoever watches it.
pub(crate) struct Live(Mutex<Inner>);

struct Inner {
    run: Run,
    /// The places of the run's steps in the plan, which the page knows. A target that only returns is a step of its own in
    /// a run, even if it is registered.
    places: Vec<usize>,
    began: Instant,
    watchers: Vec<Sender<Arc<str>>>,
}

/// The run that is under way, or was the last; all of what a page is told at first.
#[derive(Serialize)]
struct Run {
    /// Its identity; none before the first.
    id: Option<u64>,
    /// `running`, or how it has ended.
    state: &'static str,
    /// For how many milliseconds it has run.
    elapsed: f64,
    /// What it gave, or its error.
    result: Option<String>,
    /// Whether what can be switched is on.
    switch: Option<bool>,
    /// By their places in the plan.
    steps: Vec<Step>,
}

/// A step of the run. Times are in milliseconds since its begin.
#[derive(Serialize, Clone, Default)]
struct Step {
    name: &'static str,
    /// One of those that the page knows.
    state: &'static str,
    /// The step that needed it first.
    by: Option<usize>,
    demanded: Option<f64>,
    ready: Option<f64>,
    started: Option<f64>,
    ended: Option<f64>,
    /// The error, and what is behind it.
    error: Vec<String>,
}

impl Step {
    fn new(name: &'static str) -> Self {
        Step { name, state: "idle", ..Step::default() }
    }
}

impl Live {
    pub(crate) fn new(plan: &Plan, switch: Option<bool>) -> Self {
        let steps = plan.steps().iter().map(|step| Step::new(step.name())).collect();
        let run = Run { id: None, state: "none", elapsed: 0.0, result: None, switch, steps };
        Live(Mutex::new(Inner { run, places: Vec::new(), began: Instant::now(), watchers: Vec::new() }))
    }

    /// Whatever happens from now on; first, all there is.
    pub(crate) fn watch(&self) -> Receiver<Arc<str>> {
        let mut inner = self.0.lock().unwrap();
        let (sender, receiver) = bounded(BEHIND);
        sender.try_send(inner.whole()).expect("it is empty");
        inner.watchers.push(sender);
        receiver
    }

    /// What the run came to.
    pub(crate) fn result(&self, result: &Result<String, RunError>) {
        let mut inner = self.0.lock().unwrap();
        inner.run.result = Some(match result {
            Ok(told) => told.clone(),
            Err(error) => format!("{error:#}"),
        });
        inner.tell_all();
    }

    /// What can be switched is on, or off.
    pub(crate) fn switched(&self, on: bool) {
        let mut inner = self.0.lock().unwrap();
        inner.run.switch = Some(on);
        inner.tell_all();
    }
}

impl Inner {
    /// A message with all there is.
    fn whole(&mut self) -> Arc<str> {
        if self.run.state == "running" {
            self.run.elapsed = self.since(Instant::now());
        }
        message("run", &self.run)
    }

    fn tell_all(&mut self) {
        let whole = self.whole();
        self.tell(&whole);
    }

    fn tell(&mut self, message: &Arc<str>) {
        self.watchers.retain(|watcher| watcher.try_send(Arc::clone(message)).is_ok());
    }

    fn since(&self, time: Instant) -> f64 {
        time.saturating_duration_since(self.began).as_secs_f64() * 1e3
    }
}

impl Observer for Live {
    fn run_started(&self, run: &RunInfo, time: Instant) {
        let mut inner = self.0.lock().unwrap();
        inner.began = time;
        inner.run.id = Some(run.id().get());
        inner.run.state = "running";
        inner.run.result = None;
        for step in &mut inner.run.steps {
            *step = Step::new(step.name);
        }
        let place = |name| inner.run.steps.iter().position(|step| step.name == name).expect("the plan has all steps");
        inner.places = run.steps().iter().map(|step| place(step.name())).collect();
        inner.tell_all();
    }

    fn step(&self, run: &RunInfo, event: &StepEvent<'_>) {
        let mut inner = self.0.lock().unwrap();
        if inner.run.id != Some(run.id().get()) {
            return;
        }
        let now = Some(inner.since(event.time));
        let inner = &mut *inner;
        let place = inner.places[event.step];
        let step = &mut inner.run.steps[place];
        step.state = match event.kind {
            StepEventKind::Demanded { by } => {
                (step.by, step.demanded) = (by.map(|by| inner.places[by]), now);
                "demanded"
            }
            StepEventKind::Ready => {
                step.ready = now;
                "ready"
            }
            StepEventKind::WaitingForOtherRun => "waiting",
            StepEventKind::Started => {
                step.started = now;
                "running"
            }
            StepEventKind::Finished => "finished",
            StepEventKind::Skipped(SkipReason::Present) => "present",
            StepEventKind::Skipped(_) => "not-run",
            StepEventKind::Failed(error) => {
                step.error = chain(error);
                "failed"
            }
            StepEventKind::Panicked => {
                step.error = vec!["it panicked".to_owned()];
                "failed"
            }
            StepEventKind::Cancelled => "cancelled",
            // What later versions tell.
            _ => return,
        };
        if !matches!(step.state, "demanded" | "ready" | "waiting" | "running") {
            step.ended = now;
        }
        let message = message("step", &(place, &inner.run.steps[place]));
        inner.tell(&message);
    }

    fn run_ended(&self, run: &RunInfo, end: RunEnd, time: Instant) {
        let mut inner = self.0.lock().unwrap();
        if inner.run.id != Some(run.id().get()) {
            return;
        }
        inner.run.elapsed = inner.since(time);
        // What was still to come does not come any more.
        for step in &mut inner.run.steps {
            if matches!(step.state, "demanded" | "ready" | "waiting") {
                step.state = "not-run";
            }
        }
        inner.run.state = match end {
            RunEnd::Succeeded => "succeeded",
            RunEnd::Failed | RunEnd::Panicked => "failed",
            _ => "stopped",
        };
        inner.tell_all();
    }
}

/// An event of a stream of server-sent events.
fn message(kind: &str, data: &impl Serialize) -> Arc<str> {
    let data = serde_json::to_string(data).expect("there are no maps in it");
    format!("event: {kind}\ndata: {data}\n\n").into()
}

/// An error, and what is behind it.
fn chain(error: &(dyn Error + Send + Sync + 'static)) -> Vec<String> {
    let mut errors = vec![error.to_string()];
    let mut source = error.source();
    while let Some(error) = source {
        errors.push(error.to_string());
        source = error.source();
    }
    errors
}
