//! A run on several threads: workers poll its steps, and an executor polls the workers.
//!
//! The futures of the steps stay in the run. A worker is a ticket to poll any step that was woken
//! or is ready. It holds no future, and it holds the run only while it polls. So when the run is
//! dropped, the futures are dropped with it, at once, and the executor drops the tickets when it
//! comes to them.

use super::clock;
use super::graph::{BorrowedRun, Graph};
use super::inputs::InputValues;
use super::plan::Source;
use super::ready_queue::{Next, ReadyQueue, StepWaker};
use super::run_key::RunKey;
use super::schedule::{Pace, Schedule};
use super::store_ref::BorrowStore;
use super::task::{Outcome, StartResult, StepTask};
use super::waits::Polling;
use crate::error::RunError;
use crate::observe::RunId;
use crate::options::RunOptions;
use core::any::Any;
use core::future::poll_fn;
use core::panic::AssertUnwindSafe;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use futures::future::BoxFuture;
use futures::task::waker_ref;
use std::panic::{catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

#[cfg(test)]
mod allocations;

/// The number of steps that a worker polls before it yields to other tasks of its executor.
const POLL_BUDGET: usize = 64;

/// The steps of a run, on a store that is borrowed or shared.
pub(crate) trait Steps: Send + Sync {
    /// A step in progress.
    type Task: Send;
    /// The graph of the run.
    fn graph(&self) -> &Graph;
    /// Whether the outputs of a step are there.
    fn is_done(&self, step: u16) -> bool;
    /// Starts a step.
    fn start_step(&self, step: u16, waker: &Waker) -> Result<Outcome, Pending<Self::Task>>;
    /// Polls a task, and gives it back if it has not ended.
    fn poll(&self, task: Self::Task, cx: &mut Context<'_>) -> Result<Outcome, Self::Task>;
}

/// A step that was started and has not ended.
pub(crate) struct Pending<T> {
    /// The task.
    task: T,
    /// The run that executes it, if this one waits for another.
    in_other_run: Option<RunId>,
}

/// The steps of a run on a borrowed store.
impl<'s> Steps for BorrowedRun<'s> {
    type Task = StepTask<'s>;
    fn graph(&self) -> &Graph {
        self.graph()
    }
    fn is_done(&self, step: u16) -> bool {
        self.was_done(step)
    }
    fn start_step(&self, step: u16, waker: &Waker) -> Result<Outcome, Pending<StepTask<'s>>> {
        let (graph, values) = (self.graph(), self.values());
        let start = || graph.start(step, graph.node(step), values, &mut Context::from_waker(waker));
        match StepTask::start(self.graph(), self.slot(step), start) {
            StartResult::Ended(outcome) => Ok(outcome),
            StartResult::Running(task) => Err(Pending { task, in_other_run: None }),
            StartResult::InOtherRun(claim) => match StepTask::wait(self.graph(), step, claim, waker) {
                Ok((task, other)) => Err(Pending { task, in_other_run: Some(other) }),
                Err(outcome) => Ok(outcome),
            },
        }
    }
    fn poll(&self, mut task: StepTask<'s>, cx: &mut Context<'_>) -> Result<Outcome, StepTask<'s>> {
        match task.poll(cx) {
            Poll::Ready(result) => Ok(task.end(result)),
            Poll::Pending => Err(task),
        }
    }
}

/// The steps of a run on a shared store. Each task holds the store, and borrows from it.
pub(crate) struct SharedRun {
    /// The graph of the run.
    pub(crate) graph: Arc<Graph>,
    /// The store.
    pub(crate) store: Arc<dyn BorrowStore>,
}

impl Steps for SharedRun {
    type Task = BoxFuture<'static, Outcome>;
    fn graph(&self) -> &Graph {
        &self.graph
    }
    fn is_done(&self, step: u16) -> bool {
        self.graph.is_done(self.store.store_ref(), step)
    }
    fn start_step(&self, step: u16, _: &Waker) -> Result<Outcome, Pending<Self::Task>> {
        let slot = self.graph.slot(self.store.store_ref(), step);
        if slot.is_some_and(|listed| listed.first.is_some()) {
            return Ok(Outcome::Done);
        }
        let in_other_run = slot.and_then(|listed| listed.claim.holder()).map(RunKey::id);
        let (graph, store) = (Arc::clone(&self.graph), Arc::clone(&self.store));
        let task: Self::Task = match in_other_run {
            None => Box::pin(async move { execute(&graph, &*store, step).await }),
            Some(_) => Box::pin(async move { wait(&graph, &*store, step).await }),
        };
        Err(Pending { task, in_other_run })
    }
    fn poll(&self, mut task: Self::Task, cx: &mut Context<'_>) -> Result<Outcome, Self::Task> {
        match task.as_mut().poll(cx) {
            Poll::Ready(outcome) => Ok(outcome),
            Poll::Pending => Err(task),
        }
    }
}

/// Executes a step. If another run has begun to execute it, it has to be started again.
async fn execute(graph: &Graph, store: &dyn BorrowStore, step: u16) -> Outcome {
    let store = store.store_ref();
    let slot = graph.slot(store, step);
    let values = InputValues { graph, store, slots: &[] };
    let started = poll_fn(|cx| {
        Poll::Ready(StepTask::start(graph, slot.as_ref(), || graph.start(step, graph.node(step), values, cx)))
    });
    match started.await {
        StartResult::Ended(outcome) => outcome,
        StartResult::Running(task) => end_of(task).await,
        StartResult::InOtherRun(_) => Outcome::Retry,
    }
}

/// Waits for the run that executes a step.
async fn wait(graph: &Graph, store: &dyn BorrowStore, step: u16) -> Outcome {
    let Some(listed) = graph.slot(store.store_ref(), step) else { return Outcome::Retry };
    match poll_fn(|cx| Poll::Ready(StepTask::wait(graph, step, listed.claim, cx.waker()))).await {
        Ok((task, _)) => end_of(task).await,
        Err(outcome) => outcome,
    }
}

/// Polls a task to its end.
async fn end_of(mut task: StepTask<'_>) -> Outcome {
    let result = poll_fn(|cx| task.poll(cx)).await;
    task.end(result)
}

/// A run on several threads.
pub(crate) struct MultiThread<S: Steps> {
    /// The steps, on their store.
    steps: S,
    /// The schedule of the steps.
    schedule: Mutex<Schedule>,
    /// The steps in progress, by number.
    cells: Box<[Mutex<TaskCell<S::Task>>]>,
    /// The steps to poll, and the idle workers.
    queue: Arc<ReadyQueue>,
    /// The end of the run.
    end: Mutex<Option<End>>,
}

/// The end of a run: its result, or the panic of a step.
type End = std::thread::Result<Result<(), RunError>>;

/// The cell of a step, for the time in which it is in progress.
enum TaskCell<T> {
    /// The step is not in progress.
    Empty,
    /// The step is to be polled when it is woken.
    Pending { task: T, waker: Arc<StepWaker> },
    /// A worker polls the step; `woken` records whether it has been woken meanwhile.
    Polled { woken: bool },
}

/// Locks a mutex.
///
/// Observers are the only user code that runs under a lock, that of the schedule. If one panics,
/// the run ends. Until it has stopped, a worker may use the schedule as it is, so a poisoned lock
/// is no error.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<S: Steps> MultiThread<S> {
    /// A run for the target of its graph, or for these sources.
    pub(crate) fn new(steps: S, sources: &[Option<Source>], options: &RunOptions) -> Arc<Self> {
        let schedule = Schedule::new(steps.graph(), sources, Pace::of(options), |step| steps.is_done(step));
        let nodes = steps.graph().len();
        Arc::new(MultiThread {
            steps,
            schedule: Mutex::new(schedule),
            cells: (0..nodes).map(|_| Mutex::new(TaskCell::Empty)).collect(),
            queue: ReadyQueue::new(nodes),
            end: Mutex::new(None),
        })
    }

    /// The number of workers that can have work at once, at most `most`.
    pub(crate) fn workers(&self, most: usize) -> usize {
        lock(&self.schedule).unfinished().clamp(1, most)
    }

    /// Works until there is nothing to do, or the budget is spent. The spare waker belonged to a
    /// step that has ended; the next step uses it again.
    fn work(&self, worker: usize, spare: &mut Option<Arc<StepWaker>>, cx: &mut Context<'_>) -> Poll<()> {
        for look in [false, true].into_iter().cycle().take(POLL_BUDGET) {
            let woken = match self.queue.next(look) {
                Next::Stop => return Poll::Ready(()),
                Next::Woken(step) => Some(step),
                Next::Look => None,
            };
            let found = self.catch_panic(|| match woken {
                Some(step) => {
                    self.poll_woken(step, spare);
                    true
                }
                None => match self.next_ready() {
                    Some(step) => {
                        self.start(step, spare);
                        true
                    }
                    None => false,
                },
            });
            if !found && self.queue.idle(worker, cx.waker()) {
                return Poll::Pending;
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Does work that may panic, and returns whether there was any. A panic ends the run and
    /// reaches its caller.
    fn catch_panic(&self, work: impl FnOnce() -> bool) -> bool {
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
            self.finish(Err(panic));
            true
        })
    }

    /// The next step that is ready. Other workers are woken if there are more.
    fn next_ready(&self) -> Option<u16> {
        let mut schedule = lock(&self.schedule);
        let step = schedule.next();
        let more = schedule.waiting();
        drop(schedule);
        self.queue.ready(more);
        // If nothing was demanded, the run is over before it has begun.
        if step.is_none() {
            self.update(|_, _| Ok(()));
        }
        step
    }

    /// Starts a step.
    fn start(&self, step: u16, spare: &mut Option<Arc<StepWaker>>) {
        *lock(&self.cells[usize::from(step)]) = TaskCell::Polled { woken: false };
        let waker = self.queue.waker(step, spare.take());
        let started = self.steps.start_step(step, &waker_ref(&waker));
        match started {
            Ok(outcome) => {
                self.end_task(step, outcome);
                *spare = Some(waker);
            }
            Err(Pending { task, in_other_run }) => {
                if let Some(other) = in_other_run {
                    lock(&self.schedule).park_in_other_run(self.steps.graph(), step, other);
                }
                self.poll(step, task, waker, spare);
            }
        }
    }

    /// Polls a step that was woken.
    fn poll_woken(&self, step: u16, spare: &mut Option<Arc<StepWaker>>) {
        let mut cell = lock(&self.cells[usize::from(step)]);
        match core::mem::replace(&mut *cell, TaskCell::Polled { woken: true }) {
            TaskCell::Pending { task, waker } => {
                *cell = TaskCell::Polled { woken: false };
                drop(cell);
                self.poll(step, task, waker, spare);
            }
            TaskCell::Polled { .. } => {}
            // The step was woken after its end, by a waker that still exists.
            TaskCell::Empty => *cell = TaskCell::Empty,
        }
    }

    /// Polls a task that is out of its cell.
    fn poll(&self, step: u16, task: S::Task, waker: Arc<StepWaker>, spare: &mut Option<Arc<StepWaker>>) {
        self.steps.graph().note_polled(step);
        let polled = self.steps.poll(task, &mut Context::from_waker(&waker_ref(&waker)));
        match polled {
            Ok(outcome) => {
                self.end_task(step, outcome);
                *spare = Some(waker);
            }
            Err(task) => {
                let mut cell = lock(&self.cells[usize::from(step)]);
                match *cell {
                    TaskCell::Polled { woken } if !self.queue.is_over() => {
                        *cell = TaskCell::Pending { task, waker };
                        drop(cell);
                        if woken {
                            self.queue.wake(step);
                        }
                    }
                    // The run has ended meanwhile: the task is dropped, as the others were.
                    _ => {}
                }
            }
        }
    }

    /// Handles the end of a step.
    fn end_task(&self, step: u16, outcome: Outcome) {
        *lock(&self.cells[usize::from(step)]) = TaskCell::Empty;
        self.update(|schedule, graph| match outcome {
            Outcome::Done => {
                schedule.finish(graph, step);
                Ok(())
            }
            Outcome::Retry => {
                schedule.requeue(step);
                Ok(())
            }
            Outcome::Failed(error) => schedule.fail(graph, step, error),
        });
    }

    /// Changes the schedule, and acts on the result: the run ends, or more steps are ready.
    fn update(&self, change: impl FnOnce(&mut Schedule, &Graph) -> Result<(), RunError>) {
        let mut schedule = lock(&self.schedule);
        let end = match change(&mut schedule, self.steps.graph()) {
            Ok(()) => schedule.outcome(self.steps.graph()),
            Err(error) => Poll::Ready(Err(error)),
        };
        let ready = schedule.waiting();
        drop(schedule);
        match end {
            Poll::Ready(result) => self.finish(Ok(result)),
            // One of them is for this worker.
            Poll::Pending => self.queue.ready(ready.saturating_sub(1)),
        }
    }

    /// Ends the run: drops the steps in progress, and stops all workers.
    fn finish(&self, end: End) {
        self.end_with(end);
        // This comes first. A worker checks it before it puts a task back into its cell, so no task
        // is added after the loop below.
        self.queue.stop();
        for cell in &self.cells {
            let task = core::mem::replace(&mut *lock(cell), TaskCell::Empty);
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(task))) {
                self.end_with(Err(panic));
            }
        }
    }

    /// Records an end. The first end stays, except that a panic replaces a result.
    fn end_with(&self, end: End) {
        let mut place = lock(&self.end);
        if place.is_none() || (matches!(*place, Some(Ok(_))) && end.is_err()) {
            *place = Some(end);
        }
    }
}

/// A worker of a run, to be spawned on an executor.
pub(crate) struct Worker<S: Steps> {
    /// The run; gone once it is dropped.
    run: Weak<MultiThread<S>>,
    /// The queue of the run, which may outlive the run.
    queue: Arc<ReadyQueue>,
    /// The number of this worker.
    number: usize,
    /// The waker of a step that has ended, which the next step uses again.
    spare: Option<Arc<StepWaker>>,
}

impl<S: Steps> Worker<S> {
    /// The worker of a run with this number.
    pub(crate) fn new(run: &Arc<MultiThread<S>>, number: usize) -> Self {
        Worker { run: Arc::downgrade(run), queue: Arc::clone(&run.queue), number, spare: None }
    }
}

impl<S: Steps> Future for Worker<S> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Worker { run, queue, number, spare } = self.get_mut();
        let Some(_busy) = queue.busy() else { return Poll::Ready(()) };
        // The run is dropped before the worker ceases to be busy, so no worker holds the store at
        // the end of the run.
        let Some(run) = run.upgrade() else { return Poll::Ready(()) };
        let _polling = Polling::begin();
        clock::begin();
        run.work(*number, spare, cx)
    }
}

/// The end of a run on several threads. Dropping it ends the run.
pub(crate) struct RunHandle<S: Steps>(pub(crate) Arc<MultiThread<S>>);

impl<S: Steps> Future for RunHandle<S> {
    type Output = Result<(), RunError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let run = &self.0;
        run.queue.register_caller(cx.waker());
        // The run does not end before all workers have left the steps, because its borrows end with
        // it.
        if !run.queue.is_quiet() {
            return Poll::Pending;
        }
        // The observers are notified before the caller has the result.
        run.steps.graph().close();
        match lock(&run.end).take().expect("a run that is over has an end") {
            Ok(result) => Poll::Ready(result),
            Err(panic) => resume_unwind(panic as Box<dyn Any + Send>),
        }
    }
}

impl<S: Steps> Drop for RunHandle<S> {
    fn drop(&mut self) {
        if !self.0.queue.is_over() {
            self.0.finish(Ok(Ok(())));
        }
    }
}
