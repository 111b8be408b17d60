//! Observers: they receive the events of a run while it runs.

use crate::options::Observers;
use core::any::Any;
use core::error::Error;
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::sync::{Arc, OnceLock};

/// The clock of events: [`std::time::Instant`]. On `wasm32-unknown-unknown`, where that panics, it
/// is the one of the crate [web-time](https://docs.rs/web-time).
pub use web_time::Instant;

/// Receives the events of runs: when they start and end, and what happens to each of their steps.
/// The [close](RunInfo::is_close) of a store has the same events.
///
/// [`Run::observe`](crate::Run::observe) adds an observer to a run, and a run may
/// have any number of them. A run without observers pays next to nothing for this. Ready-made
/// observers are crates of their own; the [guide](crate::guide::observing) lists them.
///
/// ```
/// use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, run, step};
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
/// /// Collects the names of the steps that have finished.
/// #[derive(Default)]
/// struct Finished(Mutex<Vec<&'static str>>);
///
/// impl Observer for Finished {
///     fn step(&self, _: &RunInfo, event: &StepEvent<'_>) {
///         if let StepEventKind::Finished = event.kind {
///             self.0.lock().unwrap().push(event.name());
///         }
///     }
/// }
///
/// # fn main() -> Result<(), typed_pipeliner::RunError> {
/// # futures::executor::block_on(async {
/// let finished = Arc::new(Finished::default());
/// let store = Store::<App>::new().with(Text, "three little words");
/// run::<Count>(&store).observe(finished.clone()).await?;
/// assert_eq!(*finished.0.lock().unwrap(), ["Count"]);
/// # Ok(()) }) }
/// ```
///
/// # Rules for observers
///
/// Observers are called on the thread that polls the run, while the run holds its locks. They must
/// be fast, must not wait for the run, and should not panic.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an observer",
    label = "not an observer",
    note = "an observer is passed by value; to read an observer after the run, pass a clone or an `Arc` of it"
)]
pub trait Observer: Send + Sync + 'static {
    /// A run has started: it is polled for the first time, and none of its steps runs yet.
    fn run_started(&self, run: &RunInfo, time: Instant) {
        let _ = (run, time);
    }

    /// Something has happened to a step of a run.
    fn step(&self, run: &RunInfo, event: &StepEvent<'_>);

    /// A run has ended, and nothing of it is running any more. The caller does not have its result
    /// yet.
    fn run_ended(&self, run: &RunInfo, end: RunEnd, time: Instant) {
        let _ = (run, end, time);
    }

    /// Polls a step. An override calls `poll` exactly once, and may do something before and after
    /// it, such as entering and leaving a span.
    fn polling(&self, run: &RunInfo, step: usize, poll: &mut dyn FnMut()) {
        let _ = (run, step);
        poll();
    }

    /// Returns a value to attach to the error of a run that fails; `None` by default.
    ///
    /// It is called once for each run that fails, before [`run_ended`](Observer::run_ended), and
    /// never for a run that succeeds. [`RunError::attachment`](crate::RunError::attachment) returns
    /// the value by its type, so use a type of your own.
    ///
    /// ```
    /// use std::any::Any;
    /// use std::sync::Arc;
    /// use typed_pipeliner::{HList, Out, Pipeline, Store, resource, run, step};
    /// use typed_pipeliner::Observer;
    /// use typed_pipeliner::observe::{RunId, RunInfo, StepEvent};
    ///
    /// /// The identifier of the request that the run serves.
    /// #[derive(Debug, PartialEq)]
    /// struct RequestId(u32);
    ///
    /// struct Request(Arc<RequestId>);
    ///
    /// impl Observer for Request {
    ///     fn step(&self, _: &RunInfo, _: &StepEvent<'_>) {}
    ///     fn attachment(&self, _: RunId) -> Option<Arc<dyn Any + Send + Sync>> {
    ///         Some(self.0.clone())
    ///     }
    /// }
    ///
    /// # resource! { Port: u16; }
    /// #[step]
    /// fn read_port() -> Result<Out<Port>, std::num::ParseIntError> {
    ///     "eighty".parse()
    /// }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![ReadPort]; }
    ///
    /// # futures::executor::block_on(async {
    /// let error = run::<ReadPort>(&Store::<App>::new()).observe(Request(Arc::new(RequestId(7)))).await.unwrap_err();
    /// assert_eq!(error.attachment::<RequestId>(), Some(&RequestId(7)));
    /// # });
    /// ```
    fn attachment(&self, run: RunId) -> Option<Arc<dyn Any + Send + Sync>> {
        let _ = run;
        None
    }
}

impl<O: Observer + ?Sized> Observer for Arc<O> {
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
    fn attachment(&self, run: RunId) -> Option<Arc<dyn Any + Send + Sync>> {
        O::attachment(self, run)
    }
}

/// The identifier of a run, unique within the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(u64);

impl RunId {
    /// An identifier that no other run has.
    pub(crate) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        RunId(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// The identifier with a number.
    pub(crate) fn from_number(number: u64) -> Self {
        RunId(number)
    }

    /// The identifier as a number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A run, as observers know it: its target and its steps.
///
/// An observer may keep a clone, which is cheap, to ask for the steps after the run.
#[derive(Clone)]
pub struct RunInfo {
    /// Its identifier.
    pub(crate) id: RunId,
    /// The run in a child store that caused it, if any.
    pub(crate) parent: Option<RunId>,
    /// The element of a fan-out that it is for, if it is.
    element: Option<Arc<Element>>,
    /// The name of its target.
    pub(crate) target: &'static str,
    /// Whether it closes a store.
    pub(crate) is_close: bool,
    /// The number of its steps.
    len: usize,
    /// Its steps.
    steps: Arc<Steps<dyn StepGraph>>,
}

/// The steps of a run.
struct Steps<G: ?Sized> {
    /// The list of them, once an observer has asked for it.
    list: OnceLock<Vec<StepInfo>>,
    /// The graph of the run, from which the list is made.
    graph: G,
}

/// The graph of a run, as far as observers may see it.
pub(crate) trait StepGraph: Send + Sync + 'static {
    /// The name of a step.
    fn name(&self, step: usize) -> &'static str;
    /// The steps that provide the inputs of a step, by index, each once and in order.
    fn needs(&self, step: usize) -> Vec<usize>;
}

/// The graph of a run that nobody executes, whose list is there from the start.
impl StepGraph for () {
    fn name(&self, _: usize) -> &'static str {
        ""
    }
    fn needs(&self, _: usize) -> Vec<usize> {
        Vec::new()
    }
}

impl RunInfo {
    /// Describes a run of this graph with `len` steps.
    pub(crate) fn of(
        id: RunId,
        observers: &Observers,
        target: &'static str,
        len: usize,
        graph: impl StepGraph,
    ) -> Self {
        let (parent, element) = (observers.parent, observers.element.clone());
        let steps = Arc::new(Steps { list: OnceLock::new(), graph });
        RunInfo { id, parent, element, target, is_close: false, len, steps }
    }

    /// The number of steps.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The name of a step.
    fn name(&self, step: usize) -> &'static str {
        match self.steps.list.get() {
            Some(list) => list[step].name,
            None => self.steps.graph.name(step),
        }
    }

    /// Describes a run that nobody executes, with an identifier of its own: for tests of observers.
    ///
    /// ```
    /// use std::time::Instant;
    /// use typed_pipeliner::Observer;
    /// use typed_pipeliner::observe::{RunEnd, RunInfo, StepEvent, StepEventKind, StepInfo};
    ///
    /// # struct Mine;
    /// # impl Observer for Mine {
    /// #     fn step(&self, run: &RunInfo, event: &StepEvent<'_>) {
    /// #         assert_eq!(run.steps()[event.step].name(), event.name());
    /// #         assert_eq!(run.steps()[0].needs(), [1]);
    /// #     }
    /// # }
    /// # let observer = Mine;
    /// let run = RunInfo::new("Sum", vec![StepInfo::new("Sum", vec![1]), StepInfo::new("Load", vec![])]);
    /// let start = Instant::now();
    /// observer.run_started(&run, start);
    /// observer.step(&run, &StepEvent::new(&run, 1, start, StepEventKind::Started));
    /// observer.run_ended(&run, RunEnd::Dropped, start);
    /// ```
    pub fn new(target: &'static str, steps: Vec<StepInfo>) -> Self {
        let (len, steps) = (steps.len(), Steps { list: OnceLock::from(steps), graph: () });
        RunInfo { id: RunId::next(), parent: None, element: None, target, is_close: false, len, steps: Arc::new(steps) }
    }

    /// Describes a [close](RunInfo::is_close) of a store in place of a run: for tests of observers.
    ///
    /// ```
    /// use typed_pipeliner::observe::{RunInfo, StepInfo};
    ///
    /// assert!(RunInfo::new("App", vec![StepInfo::new("Connect", vec![])]).as_close().is_close());
    /// ```
    #[must_use]
    pub fn as_close(self) -> Self {
        RunInfo { is_close: true, ..self }
    }

    /// Its identifier.
    pub fn id(&self) -> RunId {
        self.id
    }

    /// The run that caused this run, if there is one: that of a child store, for a run in the
    /// parent store, or that of a [`ForEach`](crate::each::ForEach), for the run of an element.
    pub fn parent(&self) -> Option<RunId> {
        self.parent
    }

    /// Whether it is no run, but a call of [`Store::close`](crate::Store::close).
    ///
    /// Observers of a store see it as a run whose [target](RunInfo::target) is the pipeline. A step
    /// that has a function to close its outputs is [demanded](StepEventKind::Demanded) at the
    /// begin, [starts](StepEventKind::Started) when the function is called, and ends as in a run;
    /// but a panic is among the [failures](StepEventKind::Failed). A step without such a function
    /// has events only if the destructor of an output panics. In [`needs`](StepInfo::needs) are the
    /// steps that are closed before it.
    pub fn is_close(&self) -> bool {
        self.is_close
    }

    /// The element that the run is for, if it is one of a [`ForEach`](crate::each::ForEach).
    pub fn element(&self) -> Option<&Element> {
        self.element.as_deref()
    }

    /// The name of its target: a step, or a resource; of a [close](RunInfo::is_close), the
    /// pipeline.
    pub fn target(&self) -> &'static str {
        self.target
    }

    /// All steps of the run, whether or not it needs them.
    ///
    /// The steps of the pipeline come first, in the order of registration. The target is next if it
    /// returns values or is not registered; a registered target that returns values is listed
    /// twice, and the second one runs. The last ones are the resources that come from the parent
    /// store, by name.
    pub fn steps(&self) -> &[StepInfo] {
        let Steps { list, graph } = &*self.steps;
        let step = |step| StepInfo { name: graph.name(step), needs: graph.needs(step) };
        list.get_or_init(|| (0..self.len).map(step).collect())
    }
}

impl fmt::Debug for RunInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RunInfo { id, parent, target, .. } = self;
        let mut info = f.debug_struct("RunInfo");
        info.field("id", id).field("parent", parent).field("target", target).field("steps", &self.steps()).finish()
    }
}

/// An element of a collection, in a run for [each](crate::each::Each) of them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Element {
    /// The step of the [parent run](RunInfo::parent) for which the elements run: an index in its
    /// [`RunInfo::steps`].
    pub step: usize,
    /// The place of the element in the collection: 0 for the first.
    pub place: usize,
    /// The number of elements.
    pub of: usize,
    /// The [key](crate::each::Each::key) of the element, if it has one.
    pub key: Option<String>,
}

/// A step of a run, as observers know it.
#[derive(Debug)]
pub struct StepInfo {
    /// Its name.
    pub(crate) name: &'static str,
    /// The steps that provide its inputs.
    pub(crate) needs: Vec<usize>,
}

impl StepInfo {
    /// Describes a step by its name and its [dependencies](StepInfo::needs): for tests of
    /// observers, see [`RunInfo::new`].
    pub fn new(name: &'static str, needs: Vec<usize>) -> Self {
        StepInfo { name, needs }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The steps that provide its inputs: indices in [`RunInfo::steps`]. Supplied inputs have none.
    pub fn needs(&self) -> &[usize] {
        &self.needs
    }
}

/// An event of a step.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct StepEvent<'a> {
    /// The index of the step in [`RunInfo::steps`].
    pub step: usize,
    /// The run.
    run: &'a RunInfo,
    /// When it happened.
    ///
    /// The clock is read when a step starts, ends, or begins to wait for another run. The other
    /// events come right after one of these, and have its time.
    pub time: Instant,
    /// What happened.
    pub kind: StepEventKind<'a>,
}

impl<'a> StepEvent<'a> {
    /// An event of the step with this index: for tests of observers, see [`RunInfo::new`].
    ///
    /// # Panics
    ///
    /// If the run has no such step.
    #[inline]
    pub fn new(run: &'a RunInfo, step: usize, time: Instant, kind: StepEventKind<'a>) -> Self {
        assert!(step < run.len, "the run has no step with this index");
        StepEvent { step, run, time, kind }
    }

    /// The name of the step.
    ///
    /// It is made when an observer asks for it, so one that needs it for each event pays for that.
    pub fn name(&self) -> &'static str {
        self.run.name(self.step)
    }
}

impl fmt::Debug for StepEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StepEvent { step, time, kind, .. } = self;
        let mut event = f.debug_struct("StepEvent");
        event.field("step", step).field("name", &self.name()).field("time", time).field("kind", kind).finish()
    }
}

/// What happened to a step.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum StepEventKind<'a> {
    /// It is needed by another step, or it is the target; or its outputs will be closed.
    Demanded {
        /// The first step that needs it: an index in [`RunInfo::steps`]; `None` for the target, and
        /// when a store is closed.
        by: Option<usize>,
    },
    /// Its inputs are there. It starts as soon as a thread is free and the limit of the run allows.
    Ready,
    /// Another run on the same store executes it, and this run waits for the result.
    ///
    /// If the other run is neither polled nor dropped, the wait does not end: see [the
    /// guide](crate::guide::errors).
    WaitingForOtherRun {
        /// The run that executes the step.
        run: RunId,
    },
    /// Its execution has started.
    Started,
    /// An attempt has failed, and another one begins after a delay. Feature `policy`.
    Retrying {
        /// The number of the attempt that begins, from 2 on.
        attempt: u32,
        /// The number of attempts that there may be.
        of: u32,
        /// The delay before the attempt.
        delay: Duration,
        /// The error of the attempt that has failed.
        error: &'a (dyn Error + Send + Sync + 'static),
    },
    /// The last attempt has failed with this error, and the outputs are those of the fallback.
    /// [`Finished`](StepEventKind::Finished) follows. Feature `policy`.
    FellBack(&'a (dyn Error + Send + Sync + 'static)),
    /// Its outputs were taken from the journal, because its inputs are those from which they were
    /// made. [`Finished`](StepEventKind::Finished) follows. Feature `journal`.
    Restored,
    /// It was executed, and its outputs are there.
    Finished,
    /// It is not executed.
    Skipped(SkipReason),
    /// It was executed, by this run or by the one that this run waited for, and failed.
    Failed(&'a (dyn Error + Send + Sync + 'static)),
    /// It panicked, or an observer around it did. The panic goes on to the code that polls the run.
    Panicked,
    /// Its future was dropped, because the run ended while it was executed.
    Cancelled,
    /// It runs for the elements of a collection, and this many of them are done.
    Progress {
        /// The number of elements whose runs have ended.
        done: usize,
        /// The number of elements.
        of: usize,
    },
}

/// Why a step is not executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SkipReason {
    /// Its outputs are in the store.
    Present,
    /// Its outputs were taken from the journal before the run. Feature `journal`.
    Restored,
    /// A step that it depends on has failed.
    DependencyFailed,
}

impl SkipReason {
    /// The reason as an identifier: `present`, `restored` or `dependency_failed`.
    pub fn as_str(self) -> &'static str {
        match self {
            SkipReason::Present => "present",
            SkipReason::Restored => "restored",
            SkipReason::DependencyFailed => "dependency_failed",
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RunEnd {
    /// The target was reached.
    Succeeded,
    /// A step failed.
    Failed,
    /// A step panicked.
    Panicked,
    /// The run was dropped before its end.
    Dropped,
}

impl RunEnd {
    /// The end as an identifier: `succeeded`, `failed`, `panicked` or `dropped`.
    pub fn as_str(self) -> &'static str {
        match self {
            RunEnd::Succeeded => "succeeded",
            RunEnd::Failed => "failed",
            RunEnd::Panicked => "panicked",
            RunEnd::Dropped => "dropped",
        }
    }
}
