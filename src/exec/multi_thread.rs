//! A run that is spread over several workers, which are polled by an executor in as many threads as it has.
//!
//! The futures of the steps stay in the run. A worker is a ticket to poll whichever of them is to be polled; it holds
//! none, and nothing of the run but while it polls. So when the run is dropped they go with it, at once, and the executor drops
//! the tickets when it comes to them.

use super::graph::{Graph, Job};
use super::plan::Source;
use super::ready_queue::{Next, Signals, StepWaker};
use super::schedule::Schedule;
use super::store_ref::{Values, View};
use super::task::{Begin, Outcome, Turn};
use crate::error::RunError;
use crate::run::RunOptions;
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

/// How many steps a worker polls before it gives way to other tasks of its executor.
const BUDGET: usize = 64;

/// Whoever has the turns of the steps of a run.
pub(crate) trait Crew: Send + Sync {
    /// The turn of a step.
    type Turn: Send;
    /// The steps.
    fn graph(&self) -> &Graph;
    /// Whether the outputs of a step are there.
    fn is_done(&self, step: u16) -> bool;
    /// Begins the turn of a step: its end, or its turn and whether another run has the step.
    fn begin(&self, step: u16, waker: &Waker) -> Result<Outcome, (Self::Turn, bool)>;
    /// Goes on with a turn, and gives it back if it has not come to its end.
    fn poll(&self, turn: Self::Turn, cx: &mut Context<'_>) -> Result<Outcome, Self::Turn>;
}

/// On a borrowed store.
impl<'s> Crew for Job<'s> {
    type Turn = Turn<'s>;
    fn graph(&self) -> &Graph {
        self.graph()
    }
    fn is_done(&self, step: u16) -> bool {
        self.was_done(step)
    }
    fn begin(&self, step: u16, waker: &Waker) -> Result<Outcome, (Turn<'s>, bool)> {
        match Turn::begin(self.slot(step), || self.start(step, &mut Context::from_waker(waker))) {
            Begin::Ended(outcome) => Ok(outcome),
            Begin::Running(turn) => Err((turn, false)),
            Begin::Elsewhere(claim) => Turn::wait(claim, waker).map_or(Ok(Outcome::Again), |turn| Err((turn, true))),
        }
    }
    fn poll(&self, turn: Turn<'s>, cx: &mut Context<'_>) -> Result<Outcome, Turn<'s>> {
        turn.poll(cx)
    }
}

/// On a store that is shared: each turn holds the store, and borrows from it within.
pub(crate) struct Shared {
    pub(crate) graph: Arc<Graph>,
    pub(crate) store: Arc<dyn Values>,
}

impl Crew for Shared {
    type Turn = BoxFuture<'static, Outcome>;
    fn graph(&self) -> &Graph {
        &self.graph
    }
    fn is_done(&self, step: u16) -> bool {
        self.graph.is_done(View::new(&*self.store), step)
    }
    fn begin(&self, step: u16, _: &Waker) -> Result<Outcome, (Self::Turn, bool)> {
        let slot = self.graph.slot(View::new(&*self.store), step);
        if slot.is_some_and(|listed| listed.was_filled) {
            return Ok(Outcome::Done);
        }
        let elsewhere = slot.is_some_and(|listed| listed.claim.is_taken());
        let (graph, store) = (Arc::clone(&self.graph), Arc::clone(&self.store));
        let turn: Self::Turn = match elsewhere {
            false => Box::pin(async move { execute(&graph, &*store, step).await }),
            true => Box::pin(async move { wait(&graph, &*store, step).await }),
        };
        Err((turn, elsewhere))
    }
    fn poll(&self, mut turn: Self::Turn, cx: &mut Context<'_>) -> Result<Outcome, Self::Turn> {
        match turn.as_mut().poll(cx) {
            Poll::Ready(outcome) => Ok(outcome),
            Poll::Pending => Err(turn),
        }
    }
}

/// Executes a step; if another run has it by now, it is to have a turn again.
async fn execute(graph: &Graph, store: &dyn Values, step: u16) -> Outcome {
    let view = View::new(store);
    let slot = graph.slot(view, step);
    let begin = poll_fn(|cx| Poll::Ready(Turn::begin(slot.as_ref(), || graph.start(step, view, &[], cx))));
    match begin.await {
        Begin::Ended(outcome) => outcome,
        Begin::Running(turn) => end_of(turn).await,
        Begin::Elsewhere(_) => Outcome::Again,
    }
}

/// Waits for the run that has a step.
async fn wait(graph: &Graph, store: &dyn Values, step: u16) -> Outcome {
    let turn = match graph.slot(View::new(store), step) {
        Some(listed) => poll_fn(|cx| Poll::Ready(Turn::wait(listed.claim, cx.waker()))).await,
        None => None,
    };
    match turn {
        Some(turn) => end_of(turn).await,
        None => Outcome::Again,
    }
}

/// The end of a turn.
async fn end_of(turn: Turn<'_>) -> Outcome {
    let mut turn = Some(turn);
    poll_fn(|cx| match turn.take().expect("a turn is not polled after its end").poll(cx) {
        Ok(outcome) => Poll::Ready(outcome),
        Err(pending) => {
            turn = Some(pending);
            Poll::Pending
        }
    })
    .await
}

/// A run that is spread over several workers.
pub(crate) struct Spread<C: Crew> {
    crew: C,
    schedule: Mutex<Schedule>,
    /// The turns of the steps, by number.
    seats: Box<[Mutex<Seat<C::Turn>>]>,
    signals: Arc<Signals>,
    /// What came of the run.
    end: Mutex<Option<End>>,
}

/// What came of a run: its result, or the panic of a step.
type End = std::thread::Result<Result<(), RunError>>;

/// The place of a step among the turns.
enum Seat<T> {
    /// It has none.
    Empty,
    /// It is to be polled when it is woken.
    Pending { turn: T, waker: Arc<StepWaker> },
    /// A worker polls it; has it been woken meanwhile?
    Polled { again: bool },
}

/// Locks. Of user code only observers run under a lock, that of the schedule. If one panics, that is the end of the run, and
/// whoever comes to the schedule before the run has stopped may take it as it is.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<C: Crew> Spread<C> {
    /// A run for the target of a crew, if it has one, and for what some sources give.
    pub(crate) fn new(crew: C, sources: &[Source], options: &RunOptions) -> Arc<Self> {
        let schedule = Schedule::new(crew.graph(), sources, options, |step| crew.is_done(step));
        let steps = crew.graph().len();
        Arc::new(Spread {
            crew,
            schedule: Mutex::new(schedule),
            seats: (0..steps).map(|_| Mutex::new(Seat::Empty)).collect(),
            signals: Signals::new(steps),
            end: Mutex::new(None),
        })
    }

    /// How many workers there can be work for at once.
    pub(crate) fn workers(&self, most: usize) -> usize {
        lock(&self.schedule).unfinished().clamp(1, most)
    }

    /// What a worker does when it is polled. The spare waker is that of a step that has ended, for the next step.
    fn work(&self, worker: usize, spare: &mut Option<Arc<StepWaker>>, cx: &mut Context<'_>) -> Poll<()> {
        for look in [false, true].into_iter().cycle().take(BUDGET) {
            let woken = match self.signals.next(look) {
                Next::Stop => return Poll::Ready(()),
                Next::Woken(step) => Some(step),
                Next::Look => None,
            };
            let found = self.guarded(|| match woken {
                Some(step) => {
                    self.go_on(step, spare);
                    true
                }
                None => match self.next_ready() {
                    Some(step) => {
                        self.begin(step, spare);
                        true
                    }
                    None => false,
                },
            });
            if !found && self.signals.idle(worker, cx.waker()) {
                return Poll::Pending;
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Does something that may panic, and tells whether there was something to do: a panic is the end of the run, and is
    /// handed on to its caller.
    fn guarded(&self, work: impl FnOnce() -> bool) -> bool {
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
            self.finish(Err(panic));
            true
        })
    }

    /// The next step that is ready; others are told if there are more.
    fn next_ready(&self) -> Option<u16> {
        let mut schedule = lock(&self.schedule);
        let step = schedule.next();
        let more = schedule.waiting();
        drop(schedule);
        self.signals.ready(more);
        // Where nothing was demanded the run is over before it has begun.
        if step.is_none() {
            self.settle(|_, _| Ok(()));
        }
        step
    }

    /// Begins the turn of a step.
    fn begin(&self, step: u16, spare: &mut Option<Arc<StepWaker>>) {
        *lock(&self.seats[usize::from(step)]) = Seat::Polled { again: false };
        let waker = self.signals.waker(step, spare.take());
        let begun = self.crew.begin(step, &waker_ref(&waker));
        match begun {
            Ok(outcome) => {
                self.end_turn(step, outcome);
                *spare = Some(waker);
            }
            Err((turn, elsewhere)) => {
                if elsewhere {
                    lock(&self.schedule).give_way(self.crew.graph(), step);
                }
                self.poll(step, turn, waker, spare);
            }
        }
    }

    /// Goes on with the turn of a step that was woken.
    fn go_on(&self, step: u16, spare: &mut Option<Arc<StepWaker>>) {
        let mut seat = lock(&self.seats[usize::from(step)]);
        match core::mem::replace(&mut *seat, Seat::Polled { again: true }) {
            Seat::Pending { turn, waker } => {
                *seat = Seat::Polled { again: false };
                drop(seat);
                self.poll(step, turn, waker, spare);
            }
            Seat::Polled { .. } => {}
            // Woken after its end, by a waker that somebody still holds.
            Seat::Empty => *seat = Seat::Empty,
        }
    }

    /// Polls a turn that is out of its seat.
    fn poll(&self, step: u16, turn: C::Turn, waker: Arc<StepWaker>, spare: &mut Option<Arc<StepWaker>>) {
        let polled = self.crew.poll(turn, &mut Context::from_waker(&waker_ref(&waker)));
        match polled {
            Ok(outcome) => {
                self.end_turn(step, outcome);
                *spare = Some(waker);
            }
            Err(turn) => {
                let mut seat = lock(&self.seats[usize::from(step)]);
                match *seat {
                    Seat::Polled { again } if !self.signals.is_over() => {
                        *seat = Seat::Pending { turn, waker };
                        drop(seat);
                        if again {
                            self.signals.wake(step);
                        }
                    }
                    // The run has ended meanwhile: the turn goes as the others went.
                    _ => {}
                }
            }
        }
    }

    /// The turn of a step has come to its end.
    fn end_turn(&self, step: u16, outcome: Outcome) {
        *lock(&self.seats[usize::from(step)]) = Seat::Empty;
        self.settle(|schedule, graph| match outcome {
            Outcome::Done => {
                schedule.finish(graph, step);
                Ok(())
            }
            Outcome::Again => {
                schedule.again(step);
                Ok(())
            }
            Outcome::Failed(error) => schedule.fail(graph, step, error),
        });
    }

    /// Changes the schedule, and sees to what follows: the end of the run, or more steps that are ready.
    fn settle(&self, change: impl FnOnce(&mut Schedule, &Graph) -> Result<(), RunError>) {
        let mut schedule = lock(&self.schedule);
        let end = match change(&mut schedule, self.crew.graph()) {
            Ok(()) => schedule.outcome(self.crew.graph()),
            Err(error) => Poll::Ready(Err(error)),
        };
        let ready = schedule.waiting();
        drop(schedule);
        match end {
            Poll::Ready(result) => self.finish(Ok(result)),
            // One of them is for the worker that is here.
            Poll::Pending => self.signals.ready(ready.saturating_sub(1)),
        }
    }

    /// The run is over: what has not come to its end is dropped, and all workers stop.
    fn finish(&self, end: End) {
        self.end_with(end);
        // First this: whoever puts a turn back into its seat looks at it, so that none comes after what follows.
        self.signals.stop();
        for seat in &self.seats {
            let turn = core::mem::replace(&mut *lock(seat), Seat::Empty);
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(turn))) {
                self.end_with(Err(panic));
            }
        }
    }

    /// What came first stays, but for a panic, which comes before a result.
    fn end_with(&self, end: End) {
        let mut place = lock(&self.end);
        if place.is_none() || (matches!(*place, Some(Ok(_))) && end.is_err()) {
            *place = Some(end);
        }
    }
}

/// A worker of a run, to be spawned on an executor.
pub(crate) struct Worker<C: Crew> {
    spread: Weak<Spread<C>>,
    signals: Arc<Signals>,
    number: usize,
    /// The waker of a step that has ended, for the next step.
    spare: Option<Arc<StepWaker>>,
}

impl<C: Crew> Worker<C> {
    pub(crate) fn new(spread: &Arc<Spread<C>>, number: usize) -> Self {
        Worker { spread: Arc::downgrade(spread), signals: Arc::clone(&spread.signals), number, spare: None }
    }
}

impl<C: Crew> Future for Worker<C> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Worker { spread, signals, number, spare } = self.get_mut();
        let Some(_busy) = signals.busy() else { return Poll::Ready(()) };
        // Gone again before the worker is no longer busy: at the end of the run nobody holds what it ran on.
        let Some(spread) = spread.upgrade() else { return Poll::Ready(()) };
        spread.work(*number, spare, cx)
    }
}

/// The end of a run that is spread; dropping it ends the run.
pub(crate) struct Ending<C: Crew>(pub(crate) Arc<Spread<C>>);

impl<C: Crew> Future for Ending<C> {
    type Output = Result<(), RunError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let spread = &self.0;
        spread.signals.register_caller(cx.waker());
        // Not before all workers are out of the steps: what the run borrows is free again at its end.
        if !spread.signals.is_quiet() {
            return Poll::Pending;
        }
        // Before the caller has the result.
        spread.crew.graph().close();
        match lock(&spread.end).take().expect("a run that is over has come to an end") {
            Ok(result) => Poll::Ready(result),
            Err(panic) => resume_unwind(panic as Box<dyn Any + Send>),
        }
    }
}

impl<C: Crew> Drop for Ending<C> {
    fn drop(&mut self) {
        if !self.0.signals.is_over() {
            self.0.finish(Ok(Ok(())));
        }
    }
}
