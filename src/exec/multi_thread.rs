//! A run on several threads: workers poll its steps, and an executor polls the workers.
//!
//! The futures of the steps stay in the run. A worker is a ticket to poll any step that was woken
//! or is ready. It holds no future, and it holds the run only while it polls. So when the run is
//! dropped, the futures are dropped with it, at once, and the executor drops the tickets when it
//! comes to them.

use super::clock;
use super::graph::{BorrowedRun, Graph};
use super::order::Order;
use super::plan::Source;
use super::ready_queue::{ReadyQueue, StepWaker};
use super::schedule::{Pace, Schedule};
use super::store_ref::BorrowStore;
use super::task::{Outcome, StartResult, Started, StepTask};
use super::waits::Polling;
use crate::error::RunError;
use crate::observe::RunId;
use crate::options::RunOptions;
use core::any::Any;
use core::panic::AssertUnwindSafe;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use futures::task::waker_ref;
use std::panic::{catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

// Loom has no constants, and so no stores.
#[cfg(all(test, not(typed_pipeliner_loom)))]
mod allocations;
mod shared_run;

pub(crate) use shared_run::SharedRun;

/// The number of steps that a worker polls before it yields to other tasks of its executor.
const POLL_BUDGET: usize = 64;

/// The steps of a run, on a store that is borrowed or shared.
pub(crate) trait Steps: Send + Sync {
    /// A step in progress.
    type Task: Send;
    /// The graph of the run.
    fn graph(&self) -> &Graph;
    /// Starts a step. The spare task has ended; the step may use its memory again.
    fn start_step(
        &self,
        step: u16,
        spare: &mut Option<Self::Task>,
        waker: &Waker,
    ) -> Result<Outcome, Pending<Self::Task>>;
    /// Starts to help with the elements of a fan-out that this run executes. The helper wakes
    /// itself, so that any worker may poll it.
    fn help(&self, step: u16, waker: &Waker) -> Option<Self::Task>;
    /// Polls a task, and gives it back if it has not ended.
    fn poll(
        &self,
        task: Self::Task,
        spare: &mut Option<Self::Task>,
        cx: &mut Context<'_>,
    ) -> Result<Outcome, Self::Task>;
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
    fn start_step(
        &self,
        step: u16,
        _: &mut Option<StepTask<'s>>,
        waker: &Waker,
    ) -> Result<Outcome, Pending<StepTask<'s>>> {
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
    fn help(&self, step: u16, waker: &Waker) -> Option<StepTask<'s>> {
        match self.graph().help(step, self.values(), &mut Context::from_waker(waker)) {
            Started::Running(future) => Some(StepTask::Running { future, guard: None }),
            Started::Ended(_) => None,
        }
    }
    fn poll(
        &self,
        mut task: StepTask<'s>,
        _: &mut Option<StepTask<'s>>,
        cx: &mut Context<'_>,
    ) -> Result<Outcome, StepTask<'s>> {
        match task.poll(cx) {
            Poll::Ready(result) => Ok(task.end(result)),
            Poll::Pending => Err(task),
        }
    }
}

/// A run on several threads.
pub(crate) struct MultiThread<S: Steps> {
    /// The steps, on their store.
    steps: S,
    /// The schedule of the steps.
    schedule: Mutex<Schedule>,
    /// The steps that wait to be woken, by number. It is there once a step does.
    cells: OnceLock<Box<[TaskCell<S::Task>]>>,
    /// The fan-outs that have helpers. The helpers have the numbers after those of the nodes.
    helpers: Vec<u16>,
    /// The steps to poll, and the idle workers.
    queue: Arc<ReadyQueue>,
    /// The end of the run.
    end: Mutex<Option<End>>,
}

/// The end of a run: its result, or the panic of a step.
type End = std::thread::Result<Result<(), RunError>>;

/// The cell of a step, which is empty unless the step waits to be woken. Then it holds the task,
/// with its waker.
type TaskCell<T> = Mutex<Option<(T, Arc<StepWaker>)>>;

/// A step that has ended, and of which the schedule does not know yet.
type Ended = (u16, Outcome);

/// What the last step of a worker has left behind, for the next one to use again.
struct Spare<T> {
    /// Its waker.
    waker: Option<Arc<StepWaker>>,
    /// Its task.
    task: Option<T>,
}

/// Locks a mutex.
///
/// Observers are the only user code that runs under a lock, that of the schedule. If one panics,
/// the run ends. Until it has stopped, a worker may use the schedule as it is, so a poisoned lock
/// is no error.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The schedule of a run for the target of its graph, or for these sources. It is made from the
/// order if the run can follow that and nobody observes it.
fn schedule(run: &BorrowedRun<'_>, sources: &[Option<Source>], order: &Order, options: &RunOptions) -> Schedule {
    // An observer is notified of the steps while they are demanded.
    match run.graph().notifier().is_none() && run.can_follow(order) {
        true => Schedule::in_order(run.graph(), order, Pace::of(options)),
        false => Schedule::new(run.graph(), sources, Pace::of(options), |step| run.was_done(step)),
    }
}

impl<'s> MultiThread<BorrowedRun<'s>> {
    /// A run for the target of its graph, or for these sources, on a borrowed store.
    pub(crate) fn borrowed(
        mut run: BorrowedRun<'s>,
        sources: &[Option<Source>],
        order: &Order,
        options: &RunOptions,
        threads: usize,
    ) -> Arc<Self> {
        run.graph_mut().spread(threads);
        let schedule = schedule(&run, sources, order, options);
        Self::new(run, schedule)
    }
}

impl MultiThread<SharedRun> {
    /// A run for the target of its graph, or for these sources, on a shared store.
    pub(crate) fn shared(
        store: Arc<dyn BorrowStore>,
        graph: Graph,
        sources: &[Option<Source>],
        order: &Order,
        options: &RunOptions,
        threads: usize,
    ) -> Arc<Self> {
        let mut run = BorrowedRun::new(graph, store.store_ref());
        run.graph_mut().spread(threads);
        let schedule = schedule(&run, sources, order, options);
        let graph = Arc::new(run.into_graph());
        Self::new(SharedRun { graph, store }, schedule)
    }
}

impl<S: Steps> MultiThread<S> {
    /// A run with this schedule.
    pub(crate) fn new(steps: S, schedule: Schedule) -> Arc<Self> {
        let nodes = steps.graph().len();
        let mut helpers = Vec::new();
        for (step, fan) in steps.graph().fans() {
            helpers.extend((1..fan.hands()).map(|_| *step));
        }
        helpers.truncate(usize::from(u16::MAX) - nodes);
        Arc::new(MultiThread {
            schedule: Mutex::new(schedule),
            cells: OnceLock::new(),
            queue: ReadyQueue::new(nodes + helpers.len()),
            steps,
            helpers,
            end: Mutex::new(None),
        })
    }

    /// The number of workers that can have work at once, at most `most`.
    pub(crate) fn workers(&self, most: usize) -> usize {
        (lock(&self.schedule).unfinished() + self.helpers.len()).clamp(1, most)
    }

    /// Works until there is nothing to do, or the budget is spent.
    ///
    /// The end of a step is recorded when the worker looks for its next one. So a step that is
    /// ready at once takes the lock of the schedule once, and no other lock.
    fn work(&self, worker: usize, waker: &mut Option<Arc<StepWaker>>, cx: &mut Context<'_>) -> Poll<()> {
        let mut spare = Spare { waker: waker.take(), task: None };
        let mut ended = None;
        // In every other turn, ready steps go before woken ones, so that neither kind starves.
        for woken_first in [true, false].into_iter().cycle().take(POLL_BUDGET) {
            if self.queue.is_over() {
                break;
            }
            let found = self.catch_panic(|| {
                let woken = if woken_first { self.queue.next_woken() } else { None };
                if let Some(step) = woken {
                    self.record(ended.take());
                    ended = self.poll_woken(step, &mut spare);
                    return true;
                }
                let Some(step) = self.next_ready(ended.take()) else { return false };
                ended = self.start(step, &mut spare);
                true
            });
            if !found && self.is_idle(worker, cx.waker()) {
                *waker = spare.waker;
                return Poll::Pending;
            }
        }
        self.catch_panic(|| {
            self.record(ended.take());
            true
        });
        if self.queue.is_over() {
            return Poll::Ready(());
        }
        *waker = spare.waker;
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

    /// Whether a worker has nothing to do. Then it is woken when it has.
    fn is_idle(&self, worker: usize, waker: &Waker) -> bool {
        if !self.queue.enter_idle(worker, waker) {
            return false;
        }
        // A step that becomes ready after this look finds the worker among the idle ones.
        let is_idle = lock(&self.schedule).waiting() == 0;
        if !is_idle {
            self.queue.leave_idle(worker);
        }
        is_idle
    }

    /// Records the end of a step, and takes the next one that is ready.
    fn next_ready(&self, ended: Option<Ended>) -> Option<u16> {
        self.update(ended, Schedule::next)
    }

    /// Records the end of a step, if one has ended.
    fn record(&self, ended: Option<Ended>) {
        self.update(ended, |_| None);
    }

    /// Records the end of a step, and takes another one, unless the run is over. Idle workers are
    /// woken for the rest of those that are ready.
    fn update(&self, ended: Option<Ended>, take: impl FnOnce(&mut Schedule) -> Option<u16>) -> Option<u16> {
        let graph = self.steps.graph();
        let mut schedule = lock(&self.schedule);
        let recorded = match ended {
            None => Ok(()),
            Some((step, Outcome::Done)) => {
                schedule.finish(graph, step);
                Ok(())
            }
            Some((step, Outcome::Retry)) => {
                schedule.requeue(step);
                Ok(())
            }
            Some((step, Outcome::Failed(error))) => schedule.fail(graph, step, error),
        };
        let end = match recorded {
            Ok(()) => schedule.outcome(graph),
            Err(error) => Poll::Ready(Err(error)),
        };
        let step = if end.is_pending() { take(&mut schedule) } else { None };
        let ready = schedule.waiting();
        drop(schedule);
        match end {
            Poll::Ready(result) => self.finish(Ok(result)),
            Poll::Pending => self.queue.share(ready),
        }
        step
    }

    /// Starts a step, and returns its end if it has ended.
    fn start(&self, step: u16, spare: &mut Spare<S::Task>) -> Option<Ended> {
        let waker = self.queue.waker(step, spare.waker.take());
        let started = self.steps.start_step(step, &mut spare.task, &waker_ref(&waker));
        match started {
            Ok(outcome) => {
                spare.waker = Some(waker);
                Some((step, outcome))
            }
            Err(Pending { task, in_other_run }) => {
                if let Some(other) = in_other_run {
                    lock(&self.schedule).park_in_other_run(self.steps.graph(), step, other);
                }
                self.keep(step, task, waker);
                if in_other_run.is_none() && !self.helpers.is_empty() {
                    self.start_helpers(step);
                }
                None
            }
        }
    }

    /// Starts the helpers of a step that has started, if it is a fan-out that has any.
    #[cold]
    fn start_helpers(&self, step: u16) {
        for (number, _) in (0..).zip(&self.helpers).filter(|(_, fan)| **fan == step) {
            let number = self.steps.graph().len() as u16 + number;
            let waker = self.queue.waker(number, None);
            if let Some(helper) = self.steps.help(step, &waker_ref(&waker)) {
                self.keep(number, helper, waker);
                self.queue.share(1);
            }
        }
    }

    /// The fan-out of the helper with this number, if it is one.
    #[inline]
    fn helped_by(&self, number: u16) -> Option<u16> {
        self.helpers.get(usize::from(number).checked_sub(self.steps.graph().len())?).copied()
    }

    /// Polls a step that was woken, and returns its end if it has ended.
    fn poll_woken(&self, step: u16, spare: &mut Spare<S::Task>) -> Option<Ended> {
        // It is gone if the run has ended meanwhile.
        let (task, waker) = lock(self.cell(step)).take()?;
        let helped = self.helped_by(step);
        self.steps.graph().note_polled(helped.unwrap_or(step));
        let polled = self.steps.poll(task, &mut spare.task, &mut Context::from_waker(&waker_ref(&waker)));
        match polled {
            Ok(outcome) => {
                spare.waker = Some(waker);
                helped.is_none().then_some((step, outcome))
            }
            Err(task) => {
                self.keep(step, task, waker);
                None
            }
        }
    }

    /// The cell of a step.
    fn cell(&self, step: u16) -> &TaskCell<S::Task> {
        let len = self.steps.graph().len() + self.helpers.len();
        let cells = || (0..len).map(|_| Mutex::new(None)).collect();
        &self.cells.get_or_init(cells)[usize::from(step)]
    }

    /// Keeps a task until it is woken. If the run has ended meanwhile, the task is dropped, as the
    /// others were.
    fn keep(&self, step: u16, task: S::Task, waker: Arc<StepWaker>) {
        let cell = self.cell(step);
        *lock(cell) = Some((task, waker));
        if !self.queue.pends(step) {
            let task = lock(cell).take();
            drop(task);
        }
    }

    /// Ends the run: drops the steps in progress, and stops all workers.
    fn finish(&self, end: End) {
        self.end_with(end);
        // This comes first. A worker that puts a task into its cell after this takes it out itself.
        self.queue.stop();
        for cell in self.cells.get().into_iter().flatten() {
            let task = lock(cell).take();
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
