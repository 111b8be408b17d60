#![doc = include_str!("../README.md")]

mod watch;

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tracing::field::{Empty, display};
use tracing::{Dispatch, Span, debug, dispatcher, error, info_span, trace, warn};
use typed_pipeliner::Observer;
use typed_pipeliner::observe::{Instant, RunEnd, RunId, RunInfo, StepEvent, StepEventKind};
use watch::{Wait, Watch};

/// The target of all spans and events.
const TARGET: &str = "typed_pipeliner";

/// The [type of an error](https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/)
/// that is not known: of the error of a step, only the text is.
const OTHER: &str = "_OTHER";

/// An [`Observer`] that opens a span for each run, and in it a span for each step that is executed.
/// The [close](RunInfo::is_close) of a store has a span too, and so has each step that is closed.
///
/// # Parents
///
/// The parent of the span of a run is the span that is current when the run is first polled. The
/// parent of the span of a step is the span of its run. It is entered whenever the step is polled,
/// in whichever thread, so the spans and events of the step itself are in it. A run in a parent
/// store is in the span of the step that waits for it in the child store, and that of an element in
/// the span of the step that runs it. All threads of a run use
/// the subscriber of the thread that first polled the run.
///
/// # Names and fields
///
/// All spans and events have the target `typed_pipeliner`. The `tracing` crate needs names that are
/// known at compile time, so the spans are called `run`, `close` and `step`. The field `otel.name`
/// holds the name of the target or the step, and
/// [tracing-opentelemetry](https://docs.rs/tracing-opentelemetry) uses it as the name of the span.
/// Fields of our own begin with `pipeliner.`, because OpenTelemetry [asks for a
/// prefix](https://opentelemetry.io/docs/specs/semconv/general/naming/).
///
/// | span, level | fields |
/// | --- | --- |
/// | `run`, info | `otel.name` (`run` and the target), `otel.kind` (`internal`), `pipeliner.run.id`, `pipeliner.target`; for an element `pipeliner.element.place` and `pipeliner.element.key`; at its end `pipeliner.outcome` (`succeeded`, `failed`, `panicked`, `dropped`) |
/// | `close`, info, of a store that is closed | `otel.name` (`close` and the pipeline), `otel.kind` (`internal`), `pipeliner.run.id`, `pipeliner.pipeline`; at its end `pipeliner.outcome` (`succeeded`, `failed`, `dropped`) |
/// | `step`, info | `otel.name` (the step), `otel.kind` (`internal`), `pipeliner.step`; at its end `pipeliner.outcome` (`finished`, `restored`, `failed`, `panicked`, `cancelled`) |
///
/// Failures are marked by the [conventions of
/// OpenTelemetry](https://opentelemetry.io/docs/specs/semconv/general/recording-errors/): with
/// `otel.status_code` (`ERROR`) and `error.type` (`_OTHER`), and for a step also with
/// `otel.status_description` and `exception.message`.
///
/// | event, level | fields |
/// | --- | --- |
/// | `step failed`, or `close failed`, error | `error`, `pipeliner.step` |
/// | `step panicked`, error | `pipeliner.step` |
/// | `attempt failed, trying again`, warning | `error`, `pipeliner.step`, `attempt` (the next one), `of`, `delay` |
/// | `fell back`, warning | `error` (that of the last attempt), `pipeliner.step` |
/// | `skipped`, debug | `pipeliner.step`, `reason` (`present`, `restored`, `dependency_failed`) |
/// | `restored`, debug, of a step whose outputs were taken from the journal during the run | `pipeliner.step` |
/// | `still waiting for another run`, warning | `pipeliner.step`, `pipeliner.other_run`, `waited_ms` |
/// | `waiting for another run`, debug | `pipeliner.step`, `pipeliner.other_run` (the run that executes the step) |
/// | `demanded`, trace | `pipeliner.step`, `by` (the step that needs it) |
/// | `ready`, trace | `pipeliner.step` |
/// | `progress`, trace | `pipeliner.step`, `done`, `of` (elements of a collection) |
///
/// The warning of a wait comes once for one of more than ten seconds, or another
/// [time](Tracing::warn_after). While there are waits, a thread watches the time.
pub struct Tracing {
    /// The runs that have not ended.
    runs: Mutex<HashMap<RunId, Arc<Spans>>>,
    /// The time after which a wait for another run is a warning.
    patience: Duration,
    /// The waits for other runs.
    watch: Watch,
}

/// The default time after which a wait for another run is a warning.
const PATIENCE: Duration = Duration::from_secs(10);

/// The spans of a run.
struct Spans {
    /// The subscriber of the thread that first polled the run.
    dispatch: Dispatch,
    /// The span of the run itself.
    run: Span,
    /// Whether the run closes a store.
    is_close: bool,
    /// The spans of the steps that are being executed, by number.
    steps: Mutex<HashMap<usize, Span>>,
}

impl Tracing {
    /// Creates an observer, for any number of runs.
    pub fn new() -> Self {
        Tracing { runs: Mutex::default(), patience: PATIENCE, watch: Watch::default() }
    }

    /// Sets the time after which a wait for a step that another run executes is a warning: ten
    /// seconds by default, and never for [`Duration::MAX`].
    ///
    /// A run that is neither polled nor dropped keeps the steps that it has started, and other runs
    /// wait for them without end. The warning names the step and the run.
    ///
    /// ```
    /// use std::time::Duration;
    /// use typed_pipeliner_tracing::Tracing;
    ///
    /// let tracing = Tracing::new().warn_after(Duration::from_secs(60));
    /// # drop(tracing);
    /// ```
    #[must_use]
    pub fn warn_after(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The spans of a run.
    fn spans(&self, run: &RunInfo) -> Option<Arc<Spans>> {
        lock(&self.runs).get(&run.id()).cloned()
    }
}

impl Observer for Tracing {
    fn run_started(&self, run: &RunInfo, _: Instant) {
        // The current span is that of the caller; for a run in a parent store, that of the step
        // that waits.
        let span = match run.is_close() {
            true => info_span!(
                target: TARGET,
                "close",
                otel.name = format!("close {}", run.target()),
                otel.kind = "internal",
                pipeliner.run.id = run.id().get(),
                pipeliner.pipeline = run.target(),
                pipeliner.outcome = Empty,
                otel.status_code = Empty,
                "error.type" = Empty,
            ),
            false => info_span!(
                target: TARGET,
                "run",
                otel.name = format!("run {}", run.target()),
                otel.kind = "internal",
                pipeliner.run.id = run.id().get(),
                pipeliner.target = run.target(),
                pipeliner.outcome = Empty,
                otel.status_code = Empty,
                "error.type" = Empty,
                pipeliner.element.place = Empty,
                pipeliner.element.key = Empty,
            ),
        };
        if let Some(element) = run.element() {
            span.record("pipeliner.element.place", element.place);
            if let Some(key) = &element.key {
                span.record("pipeliner.element.key", key.as_str());
            }
        }
        let dispatch = dispatcher::get_default(Dispatch::clone);
        let spans = Spans { dispatch, run: span, is_close: run.is_close(), steps: Mutex::default() };
        lock(&self.runs).insert(run.id(), Arc::new(spans));
    }

    fn step(&self, run: &RunInfo, event: &StepEvent<'_>) {
        let Some(spans) = self.spans(run) else { return };
        dispatcher::with_default(&spans.dispatch, || spans.record_event(run, event));
        let key = (run.id(), event.step);
        match event.kind {
            StepEventKind::WaitingForOtherRun { run: other } => {
                let (dispatch, span) = (spans.dispatch.clone(), spans.run.clone());
                self.watch.begin(Wait { dispatch, span, key, step: event.name(), other }, self.patience);
            }
            _ => self.watch.end(key),
        }
    }

    fn run_ended(&self, run: &RunInfo, end: RunEnd, _: Instant) {
        self.watch.end_run(run.id());
        let Some(spans) = lock(&self.runs).remove(&run.id()) else { return };
        spans.run.record("pipeliner.outcome", end.as_str());
        if matches!(end, RunEnd::Failed | RunEnd::Panicked) {
            spans.run.record("otel.status_code", "ERROR").record("error.type", OTHER);
        }
    }

    fn polling(&self, run: &RunInfo, step: usize, poll: &mut dyn FnMut()) {
        let Some(spans) = self.spans(run) else { return poll() };
        let span = spans.around(step);
        dispatcher::with_default(&spans.dispatch, || span.in_scope(poll));
    }
}

impl Spans {
    /// Opens or closes the span of a step, or emits an event.
    fn record_event(&self, run: &RunInfo, event: &StepEvent<'_>) {
        let (parent, name) = (&self.run, event.name());
        match event.kind {
            StepEventKind::Demanded { by } => {
                let by = by.map(|by| run.steps()[by].name());
                trace!(target: TARGET, parent: parent, { pipeliner.step = name, by }, "demanded");
            }
            StepEventKind::Ready => trace!(target: TARGET, parent: parent, { pipeliner.step = name }, "ready"),
            StepEventKind::WaitingForOtherRun { run: other } => {
                let other = other.get();
                debug!(target: TARGET, parent: parent, { pipeliner.step = name, pipeliner.other_run = other }, "waiting for another run");
            }
            StepEventKind::Progress { done, of } => {
                trace!(target: TARGET, parent: &self.around(event.step), { pipeliner.step = name, done, of }, "progress");
            }
            StepEventKind::Started => {
                let span = info_span!(
                    target: TARGET,
                    parent: parent,
                    "step",
                    otel.name = name,
                    otel.kind = "internal",
                    pipeliner.step = name,
                    pipeliner.outcome = Empty,
                    otel.status_code = Empty,
                    otel.status_description = Empty,
                    "error.type" = Empty,
                    exception.message = Empty,
                );
                lock(&self.steps).insert(event.step, span);
            }
            StepEventKind::Retrying { attempt, of, delay, error } => {
                let error: &(dyn Error + 'static) = error;
                warn!(
                    target: TARGET,
                    parent: &self.around(event.step),
                    { pipeliner.step = name, attempt, of, delay = ?delay, error },
                    "attempt failed, trying again"
                );
            }
            StepEventKind::FellBack(error) => {
                let error: &(dyn Error + 'static) = error;
                warn!(target: TARGET, parent: &self.around(event.step), { pipeliner.step = name, error }, "fell back");
            }
            StepEventKind::Restored => {
                debug!(target: TARGET, parent: &self.around(event.step), { pipeliner.step = name }, "restored");
                self.end(event.step, "restored");
            }
            // The span of a restored step is closed already.
            StepEventKind::Finished => self.end(event.step, "finished"),
            StepEventKind::Cancelled => self.end(event.step, "cancelled"),
            StepEventKind::Panicked => {
                let span = self.around(event.step);
                error!(target: TARGET, parent: &span, { pipeliner.step = name }, "step panicked");
                span.record("otel.status_code", "ERROR").record("error.type", OTHER);
                self.end(event.step, "panicked");
            }
            StepEventKind::Failed(error) => self.fail(event.step, name, error),
            StepEventKind::Skipped(reason) => {
                let reason = reason.as_str();
                debug!(target: TARGET, parent: parent, { pipeliner.step = name, reason }, "skipped");
            }
            _ => {}
        }
    }

    /// Closes the span of a step.
    fn end(&self, step: usize, outcome: &str) {
        let span = lock(&self.steps).remove(&step);
        if let Some(span) = span {
            span.record("pipeliner.outcome", outcome);
        }
    }

    /// Reports the failure of a step. It has a span only if this run executed it.
    fn fail(&self, step: usize, name: &str, error: &(dyn Error + Send + Sync + 'static)) {
        let span = self.around(step);
        let failed = if self.is_close { "close failed" } else { "step failed" };
        error!(target: TARGET, parent: &span, { pipeliner.step = name, error }, "{failed}");
        if lock(&self.steps).contains_key(&step) {
            span.record("otel.status_code", "ERROR")
                .record("otel.status_description", display(error))
                .record("error.type", OTHER)
                .record("exception.message", display(error));
        }
        self.end(step, "failed");
    }

    /// The span in which a step is polled: its own, or that of the run if a filter disables its
    /// own.
    fn around(&self, step: usize) -> Span {
        let own = lock(&self.steps).get(&step).filter(|span| !span.is_disabled()).cloned();
        own.unwrap_or_else(|| self.run.clone())
    }
}

/// Locks a mutex. A poisoned lock is harmless, because the subscriber is called outside of all
/// locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for Tracing {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Tracing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracing").finish_non_exhaustive()
    }
}
