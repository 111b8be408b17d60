//! Observers: whoever watches a run.

use core::error::Error;
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

#[cfg(feature = "metrics")]
mod metrics;
#[cfg(feature = "progress")]
mod progress;
#[cfg(feature = "tracing")]
mod tracing;

#[cfg(feature = "metrics")]
pub use metrics::Metrics;
#[cfg(feature = "progress")]
pub use progress::Progress;
#[cfg(feature = "tracing")]
pub use tracing::Tracing;

/// Whoever watches a run: it is told what happens to each step, when it happens.
///
/// Observers are given to a run with [`RunOptions::observe`](crate::RunOptions::observe), any number of them. A run without
/// any pays next to nothing for them. Some are here, each with a feature of its name: `Tracing` makes spans, `Metrics`
/// counts and measures, `Progress` shows in the terminal what runs.
///
/// ```
/// use typed_pipeliner::{HList, In, Out, Pipeline, RunOptions, Store, resource, run_with, step};
/// use typed_pipeliner::Observer;
/// use typed_pipeliner::observe::{RunInfo, StepEvent, StepEventKind};
/// use std::sync::{Arc, Mutex};
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
/// /// Notes which steps have finished.
/// #[derive(Default)]
/// struct Finished(Mutex<Vec<&'static str>>);
///
/// impl Observer for Finished {
///     fn step(&self, _: &RunInfo, event: &StepEvent<'_>) {
///         if let StepEventKind::Finished = event.kind {
///             self.0.lock().unwrap().push(event.name);
///         }
///     }
/// }
///
/// # fn main() -> Result<(), typed_pipeliner::RunError> {
/// # futures::executor::block_on(async {
/// let finished = Arc::new(Finished::default());
/// let store = Store::<App>::new().with(Text, "three little words");
/// run_with::<Count>(&store, RunOptions::new().observe(finished.clone())).await?;
/// assert_eq!(*finished.0.lock().unwrap(), ["Count"]);
/// # Ok(()) }) }
/// ```
///
/// # What an observer may do
///
/// It is called by the run, in whichever thread that is, and with what the run holds for itself locked. So it is to be
/// quick, must not wait for the run, and should not panic.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an observer",
    label = "not an observer",
    note = "an observer is given away: of one that is asked afterwards give a clone, or an `Arc` of it"
)]
pub trait Observer: Send + Sync + 'static {
    /// A run begins. It was polled for the first time, and no step of it runs yet.
    fn run_started(&self, run: &RunInfo, time: Instant) {
        let _ = (run, time);
    }

    /// Something happens to a step of a run.
    fn step(&self, run: &RunInfo, event: &StepEvent<'_>);

    /// A run has ended, and nothing of it runs any more. It is told before the caller has the result.
    fn run_ended(&self, run: &RunInfo, end: RunEnd, time: Instant) {
        let _ = (run, end, time);
    }

    /// Polls a step. What is to be around that, such as a span that is entered, goes around the call of `poll`, which is
    /// to be called once.
    fn polling(&self, run: &RunInfo, step: usize, poll: &mut dyn FnMut()) {
        let _ = (run, step);
        poll();
    }

    /// The [`Recorder`](crate::report::Recorder) that this observer is, or that it passes everything on to; none by default.
    ///
    /// A run that fails asks its observers for it, one after the other: what the first one has recorded of the run is
    /// [part of the error](crate::RunError::report). Nobody asks a run that succeeds.
    #[cfg(feature = "report")]
    fn recorder(&self) -> Option<&crate::report::Recorder> {
        None
    }
}

impl<O: Observer + ?Sized> Observer for std::sync::Arc<O> {
    fn run_started(&self, run: &RunInfo, time: Instant) {
        O::run_started(self, run, time);
    }
    fn step(&self, run: &RunInfo, event: &StepEvent<'_>) {
        O::step(self, run, event);
    }
    fn run_ended(&self, run: &RunInfo, end: RunEnd, time: Instant) {
        O::run_ended(self, run, end, time);
    }
    fn polling(&self, run: &RunInfo, step: usize, poll: &mut dyn FnMut()) {
        O::polling(self, run, step, poll);
    }
    #[cfg(feature = "report")]
    fn recorder(&self) -> Option<&crate::report::Recorder> {
        O::recorder(self)
    }
}

/// The identity of a run: another for each in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(u64);

impl RunId {
    /// An identity that no run has had.
    pub(crate) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        RunId(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What is known of a run from the start.
#[derive(Debug)]
pub struct RunInfo {
    pub(crate) id: RunId,
    pub(crate) parent: Option<RunId>,
    pub(crate) target: &'static str,
    pub(crate) steps: Vec<StepInfo>,
}

impl RunInfo {
    /// Its identity.
    pub fn id(&self) -> RunId {
        self.id
    }

    /// The run of a scope, for which this one computes something in the store above it.
    pub fn parent(&self) -> Option<RunId> {
        self.parent
    }

    /// What was asked for: the name of the step, or of the resource.
    pub fn target(&self) -> &'static str {
        self.target
    }

    /// All steps that the run knows, demanded or not, by number: those of the pipeline, in the order of registration; then the
    /// target, if it returns something by value or is none of them; then what is taken from the store above, by the names of
    /// the resources. A target that returns something by value and is registered is both, and it is the later one that runs.
    pub fn steps(&self) -> &[StepInfo] {
        &self.steps
    }
}

/// What is known of a step in a run from the start.
#[derive(Debug)]
pub struct StepInfo {
    pub(crate) name: &'static str,
    pub(crate) needs: Vec<usize>,
}

impl StepInfo {
    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The numbers of the steps that provide what it takes. What is supplied comes from none.
    pub fn needs(&self) -> &[usize] {
        &self.needs
    }
}

/// Something that happens to a step.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct StepEvent<'a> {
    /// The number of the step among those of the [run](RunInfo::steps).
    pub step: usize,
    /// Its name.
    pub name: &'static str,
    /// When it happens.
    pub time: Instant,
    /// What happens.
    pub kind: StepEventKind<'a>,
}

impl<'a> StepEvent<'a> {
    /// An event of now.
    pub(crate) fn now(step: usize, name: &'static str, kind: StepEventKind<'a>) -> Self {
        StepEvent { step, name, time: Instant::now(), kind }
    }
}

/// What happens to a step.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum StepEventKind<'a> {
    /// It is needed: by a step with this number, or by the caller.
    Demanded {
        /// The step that needs it, the first if several do; none if it was asked for.
        by: Option<usize>,
    },
    /// Its inputs are there; it starts as soon as it may.
    Ready,
    /// Another run of the same store executes it. This one waits for the end of that.
    Waiting,
    /// It is executed from now on.
    Started,
    /// It was executed, and its outputs are there.
    Finished,
    /// It need not be executed, or cannot.
    Skipped(SkipReason),
    /// It was executed, here or by the run that this one waited for, and failed.
    Failed(&'a (dyn Error + Send + Sync + 'static)),
    /// It panicked, or an observer around it did. The panic goes on to whoever polls the run.
    Panicked,
    /// It was being executed when the run ended: its future was dropped.
    Cancelled,
}

/// Why a step is not executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SkipReason {
    /// Its outputs are there already.
    Present,
    /// Something that it needs has failed.
    NeedsFailed,
}

/// How a run has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RunEnd {
    /// All is there that was asked for.
    Succeeded,
    /// With an error.
    Failed,
    /// A step panicked.
    Panicked,
    /// It was dropped before its end.
    Dropped,
}

#[cfg(any(feature = "metrics", feature = "report", feature = "tracing"))]
impl RunEnd {
    /// In a word, as metrics, spans and JSON have it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            RunEnd::Succeeded => "succeeded",
            RunEnd::Failed => "failed",
            RunEnd::Panicked => "panicked",
            RunEnd::Dropped => "dropped",
        }
    }
}
