//! Runs and steps as metrics.

use super::{Observer, RunEnd, RunId, RunInfo, SkipReason, StepEvent, StepEventKind};
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

const STEPS: &str = "pipeliner_steps_total";
const STEPS_RUNNING: &str = "pipeliner_steps_running";
const STEP_SECONDS: &str = "pipeliner_step_duration_seconds";
const RUNS: &str = "pipeliner_runs_total";
const RUNS_RUNNING: &str = "pipeliner_runs_running";
const RUN_SECONDS: &str = "pipeliner_run_duration_seconds";

/// An [`Observer`] that counts runs and steps and measures how long they take, for [`metrics`](https://docs.rs/metrics).
///
/// It is switched on with [`RunOptions::observe`](crate::RunOptions::observe), and tells whatever recorder the application
/// has installed. Feature `metrics`.
///
/// ```
/// use metrics_util::debugging::{DebugValue, DebuggingRecorder};
/// use typed_pipeliner::{HList, In, Metrics, Out, Pipeline, RunOptions, Store, resource, run_with, step};
///
/// resource! { Text: &'static str; Words: usize; }
///
/// #[step]
/// fn count(text: In<'_, Text>) -> Out<Words> {
///     text.split_whitespace().count()
/// }
///
/// struct App;
/// impl Pipeline for App {
///     type Steps = HList![Count];
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # futures::executor::block_on(async {
/// let recorder = DebuggingRecorder::new();
/// let recorded = recorder.snapshotter();
/// recorder.install()?;
///
/// let store = Store::<App>::new().with(Text, "three little words");
/// run_with::<Count>(&store, RunOptions::new().observe(Metrics::new())).await?;
///
/// let steps = recorded.snapshot().into_vec().into_iter().find(|(key, ..)| key.key().name() == "pipeliner_steps_total");
/// let Some((_, _, _, DebugValue::Counter(1))) = steps else { panic!("{steps:?}") };
/// # Ok(()) }) }
/// ```
///
/// # What is recorded
///
/// The names follow the [conventions of Prometheus](https://prometheus.io/docs/practices/naming/). The buckets of the
/// histograms are for the recorder to choose. What each is about, and its unit, is described to the recorder when the first
/// run begins.
///
/// | name | kind | labels |
/// | --- | --- | --- |
/// | `pipeliner_steps_total` | counter | `step`, `outcome` |
/// | `pipeliner_steps_running` | gauge | `step` |
/// | `pipeliner_step_duration_seconds` | histogram, seconds | `step`, `outcome` |
/// | `pipeliner_runs_total` | counter | `target`, `outcome` |
/// | `pipeliner_runs_running` | gauge | `target` |
/// | `pipeliner_run_duration_seconds` | histogram, seconds | `target`, `outcome` |
///
/// The outcomes of a run are `succeeded`, `failed`, `panicked` and `dropped`. Those of a step:
///
/// | outcome | |
/// | --- | --- |
/// | `finished`, `failed`, `panicked`, `cancelled` | it was executed; these have a duration |
/// | `skipped` | it had no need to be executed: its outputs were there, or another run made them |
/// | `not_run` | it could not: something that it needs has failed, or the run that executed it for this one |
///
/// A duration is that from the first poll of a step to its end, so it includes the time in which it waits for others. What
/// several runs of a store share is measured where it is executed.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Whether the recorder was told what each metric is about.
    described: OnceLock<()>,
    /// The runs that go on.
    runs: Mutex<HashMap<RunId, Begun>>,
}

/// When a run began, and its steps that are being executed.
#[derive(Debug)]
struct Begun {
    at: Instant,
    steps: HashMap<usize, Instant>,
}

impl Metrics {
    /// An observer of any number of runs.
    pub fn new() -> Self {
        Self::default()
    }

    /// The runs. No panic can leave them half-way: the recorder is called outside of the lock.
    fn runs(&self) -> MutexGuard<'_, HashMap<RunId, Begun>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A step has come to its end, whoever executed it.
    fn end(&self, run: &RunInfo, event: &StepEvent<'_>, executed: &'static str, elsewhere: &'static str) {
        let begun = self.runs().get_mut(&run.id()).and_then(|run| run.steps.remove(&event.step));
        let outcome = if begun.is_some() { executed } else { elsewhere };
        counter!(STEPS, "step" => event.name, "outcome" => outcome).increment(1);
        if let Some(begun) = begun {
            gauge!(STEPS_RUNNING, "step" => event.name).decrement(1);
            let duration = event.time.saturating_duration_since(begun);
            histogram!(STEP_SECONDS, "step" => event.name, "outcome" => outcome).record(duration);
        }
    }
}

impl Observer for Metrics {
    fn run_started(&self, run: &RunInfo, time: Instant) {
        self.described.get_or_init(describe);
        gauge!(RUNS_RUNNING, "target" => run.target()).increment(1);
        self.runs().insert(run.id(), Begun { at: time, steps: HashMap::new() });
    }

    fn step(&self, run: &RunInfo, event: &StepEvent<'_>) {
        match event.kind {
            StepEventKind::Demanded { .. } | StepEventKind::Ready | StepEventKind::Waiting => {}
            StepEventKind::Started => {
                gauge!(STEPS_RUNNING, "step" => event.name).increment(1);
                if let Some(run) = self.runs().get_mut(&run.id()) {
                    run.steps.insert(event.step, event.time);
                }
            }
            StepEventKind::Finished => self.end(run, event, "finished", "skipped"),
            StepEventKind::Failed(_) => self.end(run, event, "failed", "not_run"),
            StepEventKind::Panicked => self.end(run, event, "panicked", "not_run"),
            StepEventKind::Cancelled => self.end(run, event, "cancelled", "not_run"),
            StepEventKind::Skipped(SkipReason::Present) => self.end(run, event, "skipped", "skipped"),
            StepEventKind::Skipped(SkipReason::NeedsFailed) => self.end(run, event, "not_run", "not_run"),
        }
    }

    fn run_ended(&self, run: &RunInfo, end: RunEnd, time: Instant) {
        let Some(begun) = self.runs().remove(&run.id()) else { return };
        let outcome = end.word();
        gauge!(RUNS_RUNNING, "target" => run.target()).decrement(1);
        counter!(RUNS, "target" => run.target(), "outcome" => outcome).increment(1);
        let duration = time.saturating_duration_since(begun.at);
        histogram!(RUN_SECONDS, "target" => run.target(), "outcome" => outcome).record(duration);
    }
}

/// Tells the recorder what each metric is about.
fn describe() {
    describe_counter!(STEPS, Unit::Count, "Steps that runs have needed, by what became of them");
    describe_gauge!(STEPS_RUNNING, Unit::Count, "Steps that are being executed");
    describe_histogram!(STEP_SECONDS, Unit::Seconds, "How long steps were executed");
    describe_counter!(RUNS, Unit::Count, "Runs that have ended, by how");
    describe_gauge!(RUNS_RUNNING, Unit::Count, "Runs that go on");
    describe_histogram!(RUN_SECONDS, Unit::Seconds, "How long runs took");
}
