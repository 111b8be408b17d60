//! Runs and steps as spans of `tracing`.

use super::{Observer, RunEnd, RunId, RunInfo, SkipReason, StepEvent, StepEventKind};
use core::error::Error;
use core::fmt;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tracing::field::{Empty, display};
use tracing::{Dispatch, Span, debug, dispatcher, error, info_span, trace};

/// The `target` of all spans and events, for filters.
const TARGET: &str = "pipeliner";

/// The [type of an error](https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/) of which only the text
/// is known.
const OTHER: &str = "_OTHER";

/// An [`Observer`] that makes a span of each run, and in it one of each step that is executed, for
/// [`tracing`](https://docs.rs/tracing).
///
/// It is switched on with [`RunOptions::observe`](crate::RunOptions::observe). Feature `tracing`.
///
/// ```
/// use typed_pipeliner::{HList, In, Out, Pipeline, RunOptions, Store, Tracing, resource, run_with, step};
///
/// resource! { Text: &'static str; Words: usize; }
///
/// #[step]
/// fn count(text: In<'_, Text>) -> Out<Words> {
///     let words = text.split_whitespace().count();
///     tracing::info!(words, "counted");
///     words
/// }
///
/// struct App;
/// impl Pipeline for App {
///     type Steps = HList![Count];
/// }
///
/// # fn main() -> Result<(), typed_pipeliner::RunError> {
/// # futures::executor::block_on(async {
/// tracing_subscriber::fmt().init();
///
/// let store = Store::<App>::new().with(Text, "three little words");
/// run_with::<Count>(&store, RunOptions::new().observe(Tracing::new())).await?;
/// # Ok(()) }) }
/// ```
///
/// # Where the spans hang
///
/// The span of a run has the span as its parent that was current when the run was first polled, such as that of a request.
/// The span of a step has that of its run, and is entered whenever the step is polled, in whichever thread: the spans and
/// events of the step itself lie in it. A run that computes something in the store above a scope lies in the span of the
/// step that stands for it below. What is polled in other threads goes to the subscriber of the thread in which the run
/// began.
///
/// # Names and fields
///
/// All have the target `pipeliner`. `tracing` needs names that are known at compile time, `run` and `step`; the names of
/// their own stand in `otel.name`, from which
/// [tracing-opentelemetry](https://docs.rs/tracing-opentelemetry) takes them.
///
/// | span, level | fields |
/// | --- | --- |
/// | `run`, info | `otel.name` (`run` and the target), `otel.kind` (`internal`), `pipeliner.run.id`, `pipeliner.target`, at its end `pipeliner.outcome` (`succeeded`, `failed`, `panicked`, `dropped`) |
/// | `step`, info | `otel.name` (the step), `otel.kind` (`internal`), `pipeliner.step`, at its end `pipeliner.outcome` (`finished`, `failed`, `panicked`, `cancelled`) |
///
/// What fails is marked by the [conventions of OpenTelemetry](https://opentelemetry.io/docs/specs/semconv/general/recording-errors/):
/// with `otel.status_code` (`ERROR`) and `error.type` (`_OTHER`, since of an error no more is known than its text); a step
/// with `otel.status_description` and `exception.message` too.
///
/// | event, level | fields |
/// | --- | --- |
/// | `step failed`, error | `error`, `pipeliner.step` |
/// | `skipped`, debug | `pipeliner.step`, `reason` (`present`, `needs failed`) |
/// | `waiting for another run`, debug | `pipeliner.step` |
/// | `demanded`, trace | `pipeliner.step`, `by` (the step that needs it) |
/// | `ready`, trace | `pipeliner.step` |
#[derive(Default)]
pub struct Tracing {
    /// The runs that go on.
    runs: Mutex<HashMap<RunId, Arc<Spans>>>,
}

/// The spans of a run.
struct Spans {
    /// Where they go.
    dispatch: Dispatch,
    run: Span,
    /// Those of the steps that are being executed, by number.
    steps: Mutex<HashMap<usize, Span>>,
}

impl Tracing {
    /// An observer of any number of runs.
    pub fn new() -> Self {
        Self::default()
    }

    /// The spans of a run.
    fn spans(&self, run: &RunInfo) -> Option<Arc<Spans>> {
        lock(&self.runs).get(&run.id()).cloned()
    }
}

impl Observer for Tracing {
    fn run_started(&self, run: &RunInfo, _: Instant) {
        // The span that is current is that of the caller; or, for a run above, that of the step which waits for it.
        let span = info_span!(
            target: TARGET,
            "run",
            otel.name = format!("run {}", run.target()),
            otel.kind = "internal",
            pipeliner.run.id = run.id().get(),
            pipeliner.target = run.target(),
            pipeliner.outcome = Empty,
            otel.status_code = Empty,
            "error.type" = Empty,
        );
        let dispatch = dispatcher::get_default(Dispatch::clone);
        let spans = Spans { dispatch, run: span, steps: Mutex::default() };
        lock(&self.runs).insert(run.id(), Arc::new(spans));
    }

    fn step(&self, run: &RunInfo, event: &StepEvent<'_>) {
        if let Some(spans) = self.spans(run) {
            dispatcher::with_default(&spans.dispatch, || spans.tell(run, event));
        }
    }

    fn run_ended(&self, run: &RunInfo, end: RunEnd, _: Instant) {
        let Some(spans) = lock(&self.runs).remove(&run.id()) else { return };
        spans.run.record("pipeliner.outcome", end.word());
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
    /// Something happens to a step.
    fn tell(&self, run: &RunInfo, event: &StepEvent<'_>) {
        let (parent, name) = (&self.run, event.name);
        match event.kind {
            StepEventKind::Demanded { by } => {
                let by = by.map(|by| run.steps()[by].name());
                trace!(target: TARGET, parent: parent, { pipeliner.step = name, by }, "demanded");
            }
            StepEventKind::Ready => trace!(target: TARGET, parent: parent, { pipeliner.step = name }, "ready"),
            StepEventKind::Waiting => {
                debug!(target: TARGET, parent: parent, { pipeliner.step = name }, "waiting for another run");
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
                let reason = match reason {
                    SkipReason::Present => "present",
                    SkipReason::NeedsFailed => "needs failed",
                };
                debug!(target: TARGET, parent: parent, { pipeliner.step = name, reason }, "skipped");
            }
        }
    }

    /// The execution of a step has ended, and with it its span.
    fn end(&self, step: usize, outcome: &str) {
        let span = lock(&self.steps).remove(&step);
        if let Some(span) = span {
            span.record("pipeliner.outcome", outcome);
        }
    }

    /// A step has failed, here or in the run that this one waited for: then it has no span here.
    fn fail(&self, step: usize, name: &str, error: &(dyn Error + Send + Sync + 'static)) {
        let span = self.around(step);
        error!(target: TARGET, parent: &span, { pipeliner.step = name, error }, "step failed");
        if lock(&self.steps).contains_key(&step) {
            span.record("otel.status_code", "ERROR")
                .record("otel.status_description", display(error))
                .record("error.type", OTHER)
                .record("exception.message", display(error));
        }
        self.end(step, "failed");
    }

    /// The span in which a step is polled: its own, or that of the run if that is all that a filter lets through.
    fn around(&self, step: usize) -> Span {
        let own = lock(&self.steps).get(&step).filter(|span| !span.is_disabled()).cloned();
        own.unwrap_or_else(|| self.run.clone())
    }
}

/// Locks what no panic can leave half-way: the subscriber is called outside of all locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Tracing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracing").finish_non_exhaustive()
    }
}
