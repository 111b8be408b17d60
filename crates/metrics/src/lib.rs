#![doc = include_str!("../README.md")]

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use typed_pipeliner::Observer;
use typed_pipeliner::observe::{Instant, RunEnd, RunId, RunInfo, SkipReason, StepEvent, StepEventKind};

const STEPS: &str = "pipeliner_steps_total";
const STEPS_RUNNING: &str = "pipeliner_steps_running";
const STEP_SECONDS: &str = "pipeliner_step_duration_seconds";
const RETRIES: &str = "pipeliner_step_retries_total";
const FALLBACKS: &str = "pipeliner_step_fallbacks_total";
const CLOSES: &str = "pipeliner_closes_total";
const CLOSE_SECONDS: &str = "pipeliner_close_duration_seconds";
const RUNS: &str = "pipeliner_runs_total";
const RUNS_RUNNING: &str = "pipeliner_runs_running";
const RUN_SECONDS: &str = "pipeliner_run_duration_seconds";

/// An [`Observer`] that counts runs and steps and measures their durations.
///
/// It records to the recorder that the application has installed; install it before the first run.
/// The names follow the [conventions of Prometheus](https://prometheus.io/docs/practices/naming/),
/// and [the crate](crate) lists them. The recorder chooses the buckets of the histograms.
/// Descriptions and units are registered when the first run starts.
///
/// The outcome of a run is `succeeded`, `failed`, `panicked` or `dropped`. The outcomes of a step
/// are:
///
/// | outcome | meaning |
/// | --- | --- |
/// | `finished`, `failed`, `panicked`, `cancelled` | the step was executed; only these have a duration |
/// | `skipped` | its outputs were in the store, or another run computed them |
/// | `restored` | its outputs were taken from the journal, before the run or during it |
/// | `not_run` | it was not executed, because a step that it depends on failed, or because the run that executed it for this one did not succeed |
///
/// When a store is closed, only the metrics for that count it: once for each step that has a
/// function to close its outputs, or whose outputs panic when they are dropped. The outcomes are
/// `finished`, `failed` and `cancelled`.
///
/// A duration is the time from the first poll of a step to its end, and includes the time in which
/// the step waits. If several runs on a store share a step, the run that executes it records the
/// duration.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Set when the metrics have been described to the recorder.
    described: OnceLock<()>,
    /// The runs that have not ended.
    runs: Mutex<HashMap<RunId, ActiveRun>>,
}

/// A run that has not ended.
#[derive(Debug)]
struct ActiveRun {
    /// When it started.
    start: Instant,
    /// When the steps started that have not ended, by number; `None` for one that is not executed,
    /// because its outputs were taken from the journal.
    steps: HashMap<usize, Option<Instant>>,
}

impl Metrics {
    /// Creates an observer, for any number of runs.
    pub fn new() -> Self {
        Self::default()
    }

    /// Locks the runs. A poisoned lock is harmless, because the recorder is called outside of it.
    fn runs(&self) -> MutexGuard<'_, HashMap<RunId, ActiveRun>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records the end of a step, with one outcome if this run executed it and another if it did
    /// not.
    fn end_step(&self, run: &RunInfo, event: &StepEvent<'_>, executed: &'static str, not_executed: &'static str) {
        let step = self.runs().get_mut(&run.id()).and_then(|run| run.steps.remove(&event.step));
        let (start, outcome) = match step {
            Some(Some(start)) => (Some(start), executed),
            Some(None) => (None, "restored"),
            None => (None, not_executed),
        };
        if run.is_close() {
            counter!(CLOSES, "step" => event.name(), "outcome" => outcome).increment(1);
            let duration = event.time.saturating_duration_since(start.unwrap_or(event.time));
            histogram!(CLOSE_SECONDS, "step" => event.name(), "outcome" => outcome).record(duration);
            return;
        }
        counter!(STEPS, "step" => event.name(), "outcome" => outcome).increment(1);
        if step.is_some() {
            gauge!(STEPS_RUNNING, "step" => event.name()).decrement(1);
        }
        if let Some(start) = start {
            let duration = event.time.saturating_duration_since(start);
            histogram!(STEP_SECONDS, "step" => event.name(), "outcome" => outcome).record(duration);
        }
    }
}

impl Observer for Metrics {
    fn run_started(&self, run: &RunInfo, time: Instant) {
        self.described.get_or_init(describe);
        if !run.is_close() {
            gauge!(RUNS_RUNNING, "target" => run.target()).increment(1);
        }
        self.runs().insert(run.id(), ActiveRun { start: time, steps: HashMap::new() });
    }

    fn step(&self, run: &RunInfo, event: &StepEvent<'_>) {
        match event.kind {
            StepEventKind::Started => {
                if !run.is_close() {
                    gauge!(STEPS_RUNNING, "step" => event.name()).increment(1);
                }
                if let Some(run) = self.runs().get_mut(&run.id()) {
                    run.steps.insert(event.step, Some(event.time));
                }
            }
            StepEventKind::Restored => {
                if let Some(run) = self.runs().get_mut(&run.id()) {
                    run.steps.insert(event.step, None);
                }
            }
            StepEventKind::Retrying { .. } => counter!(RETRIES, "step" => event.name()).increment(1),
            StepEventKind::FellBack(_) => counter!(FALLBACKS, "step" => event.name()).increment(1),
            StepEventKind::Finished => self.end_step(run, event, "finished", "skipped"),
            StepEventKind::Failed(_) => self.end_step(run, event, "failed", "not_run"),
            StepEventKind::Panicked => self.end_step(run, event, "panicked", "not_run"),
            StepEventKind::Cancelled => self.end_step(run, event, "cancelled", "not_run"),
            StepEventKind::Skipped(SkipReason::Present) => self.end_step(run, event, "skipped", "skipped"),
            StepEventKind::Skipped(SkipReason::Restored) => self.end_step(run, event, "restored", "restored"),
            StepEventKind::Skipped(_) => self.end_step(run, event, "not_run", "not_run"),
            _ => {}
        }
    }

    fn run_ended(&self, run: &RunInfo, end: RunEnd, time: Instant) {
        let Some(ActiveRun { start, .. }) = self.runs().remove(&run.id()).filter(|_| !run.is_close()) else { return };
        let outcome = end.as_str();
        gauge!(RUNS_RUNNING, "target" => run.target()).decrement(1);
        counter!(RUNS, "target" => run.target(), "outcome" => outcome).increment(1);
        let duration = time.saturating_duration_since(start);
        histogram!(RUN_SECONDS, "target" => run.target(), "outcome" => outcome).record(duration);
    }
}

/// Registers the descriptions and units of all metrics.
fn describe() {
    describe_counter!(STEPS, Unit::Count, "Steps that runs have needed, by outcome");
    describe_gauge!(STEPS_RUNNING, Unit::Count, "Steps that are being executed");
    describe_histogram!(STEP_SECONDS, Unit::Seconds, "Durations of the executions of steps");
    describe_counter!(RETRIES, Unit::Count, "Attempts of steps after the first one");
    describe_counter!(FALLBACKS, Unit::Count, "Steps whose outputs are those of the fallback");
    describe_counter!(CLOSES, Unit::Count, "Steps whose outputs were closed, by outcome");
    describe_histogram!(CLOSE_SECONDS, Unit::Seconds, "Durations of closing the outputs of steps");
    describe_counter!(RUNS, Unit::Count, "Runs that have ended, by outcome");
    describe_gauge!(RUNS_RUNNING, Unit::Count, "Runs that have not ended");
    describe_histogram!(RUN_SECONDS, Unit::Seconds, "Durations of runs");
}
