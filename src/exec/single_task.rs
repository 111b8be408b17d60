//! A run in the task of its caller, under any executor.

pub(crate) mod early_drop;
#[cfg(feature = "journal")]
mod restoring;
mod seats;

use super::claim::Claim;
use super::clock;
use super::fan::Around;
use super::graph::{BorrowedRun, Demand, Graph, StartTarget};
use super::inputs::InputReader;
use super::notify::Notifier;
use super::order::{Order, OrderNode};
use super::plan::{Key, PlannedStep, Source};
use super::schedule::{Pace, Schedule};
use super::slot::SlotRef;
use super::store_ref::StoreRef;
use super::task::{Outcome, StartResult, Started, StepTask};
use super::waits::Polling;
use crate::error::RunError;
use crate::observe::RunEnd;
use crate::options::RunOptions;
use core::pin::Pin;
#[cfg(feature = "journal")]
use core::task::ready;
use core::task::{Context, Poll, Waker};
use futures::task::waker_ref;
#[cfg(feature = "journal")]
use restoring::Restoring;
use seats::{Polled, Seats};

/// The number of steps that one poll of a run starts or polls, which is the budget of a task in
/// tokio. Then the run gives its task back, so that other futures of the task, and other tasks of
/// the thread, have their turn.
const BUDGET: usize = 128;

/// The number of steps that may wake themselves, or pend again, in one poll of a run. Then the run
/// gives its task back. Steps that wake themselves want that. Others pend again, and in vain, when
/// the task has spent its budget in tokio.
const YIELDS: usize = 16;

/// A run: a future that ends when everything is done, or at the first error.
pub(crate) struct SingleTask<'s> {
    /// The graph and the store.
    run: BorrowedRun<'s>,
    /// The order, as long as no step pends beside another.
    in_order: Option<InOrder>,
    /// The schedule of the steps, once the run has left its order.
    schedule: Schedule,
    /// The steps in progress.
    seats: Seats<'s>,
    /// The rest of this poll.
    turn: Turn,
    /// The look into the journal, before anything else.
    #[cfg(feature = "journal")]
    restoring: Option<Box<Restoring<'s>>>,
}

/// The rest of one poll of a run.
struct Turn {
    /// The number of steps to start or to poll.
    budget: usize,
    /// The number of steps that may wake themselves, or pend again.
    yields: usize,
}

impl Turn {
    /// A new turn.
    const FULL: Turn = Turn { budget: BUDGET, yields: YIELDS };

    /// Whether the run has to give its task back.
    #[inline]
    fn is_over(&self) -> bool {
        self.budget == 0 || self.yields == 0
    }

    /// Whether there were such steps. The next poll of the run is the first that polls them again.
    #[inline]
    fn has_yields(&self) -> bool {
        self.yields < YIELDS
    }

    /// Counts a step that pends, if it has woken itself.
    #[inline]
    fn count_yield(&mut self, is_woken: bool) {
        self.yields -= usize::from(is_woken);
    }
}

/// A run that goes along its order.
struct InOrder {
    /// The order.
    order: &'static Order,
    /// The number of steps that are done.
    done: usize,
    /// Whether the next step pends.
    pends: bool,
    /// The options for the schedule.
    pace: Pace,
}

/// The result of going on for as long as possible.
enum Progress {
    /// Every step is done.
    Done,
    /// The rest has to wait.
    Waiting,
    /// The run gives its task back before it goes on.
    Yield,
}

/// A run of everything that is needed for a resource of a store, or of one of its parents. The
/// order belongs to this store.
pub(crate) fn run_resource<'s>(
    mut store: StoreRef<'s>,
    key: Key,
    mut order: Option<&'static Order>,
    options: &RunOptions,
) -> Box<SingleTask<'s>> {
    let source = loop {
        match (store.plan().source(key.id), store.parent()) {
            (Some(source), _) => break source,
            (None, Some(parent)) => (store, order) = (parent, None),
            (None, None) => unreachable!("a store knows each resource that a proved run asks it for"),
        }
    };
    let graph = Graph::new(store, None, options, key.name, start_in_parent);
    SingleTask::new(BorrowedRun::new(graph, store), &[Some(source)], order, options)
}

/// Starts the run for a resource of a parent store: a
/// [`StartInParent`](super::graph::StartInParent).
pub(crate) fn start_in_parent<'s>(
    parent: StoreRef<'s>,
    key: Key,
    options: &RunOptions,
    cx: &mut Context<'_>,
) -> Started<'s> {
    // The run begins with its first poll, which is at once.
    let run = run_resource(parent, key, None, options);
    let in_step = async move {
        run.await?;
        Ok(None)
    };
    Started::poll(in_step, cx)
}

/// The graph of a demand on a store.
#[inline]
pub(crate) fn graph_of(store: StoreRef<'_>, demand: Demand, options: &RunOptions) -> Graph {
    Graph::new(store, demand.target, options, demand.name, start_in_parent)
}

impl<'s> SingleTask<'s> {
    /// A run of a demand on a store, to which the order belongs.
    pub(crate) fn begin(
        store: StoreRef<'s>,
        demand: Demand,
        order: &'static Order,
        options: Option<&RunOptions>,
    ) -> Box<Self> {
        let (sources, options) = (demand.sources, RunOptions::or_default(options));
        Self::new(BorrowedRun::new(graph_of(store, demand, options), store), sources, Some(order), options)
    }

    /// The run of a demand for an element of a fan-out.
    pub(crate) fn begin_element(
        store: StoreRef<'s>,
        demand: Demand,
        order: &'static Order,
        options: Option<&RunOptions>,
        around: &Around,
    ) -> Box<Self> {
        let (sources, options) = (demand.sources, RunOptions::or_default(options));
        let graph = Graph::of_element(store, demand, options, around);
        Self::new(BorrowedRun::new(graph, store), sources, Some(order), options)
    }

    /// A run for the target of its graph, or for these sources. With an order it goes along that,
    /// if nothing on it was computed; otherwise it has a schedule from the start.
    #[inline(always)]
    pub(crate) fn new(
        run: BorrowedRun<'s>,
        sources: &[Option<Source>],
        order: Option<&'static Order>,
        options: &RunOptions,
    ) -> Box<Self> {
        #[cfg(feature = "journal")]
        if run.graph().keeping().is_some() {
            return Self::restoring(run, sources, options);
        }
        let mut task = Self::empty(run);
        match order.filter(|order| task.run.can_follow(order)) {
            Some(order) => task.in_order = Some(InOrder { order, done: 0, pends: false, pace: Pace::of(options) }),
            None => task.make_schedule(sources, Pace::of(options)),
        }
        task
    }

    /// A run with a schedule from the start.
    fn scheduled(run: BorrowedRun<'s>, sources: &[Option<Source>], options: &RunOptions) -> Box<Self> {
        let mut task = Self::empty(run);
        task.make_schedule(sources, Pace::of(options));
        task
    }

    /// A run without a schedule.
    #[inline(always)]
    fn empty(run: BorrowedRun<'s>) -> Box<Self> {
        Box::new(SingleTask {
            run,
            in_order: None,
            schedule: Schedule::EMPTY,
            seats: Seats::EMPTY,
            turn: Turn::FULL,
            #[cfg(feature = "journal")]
            restoring: None,
        })
    }

    /// Makes the schedule of a run that cannot go along an order.
    #[cold]
    fn make_schedule(&mut self, sources: &[Option<Source>], pace: Pace) {
        let run = &self.run;
        self.schedule = Schedule::new(run.graph(), sources, pace, |step| run.was_done(step));
    }

    /// Goes along the order, as long as no step pends beside another. Returns `None` if the run has
    /// left the order. `OBSERVED` is whether the run has observers.
    #[inline(always)]
    fn follow<const OBSERVED: bool>(&mut self) -> Result<Option<Progress>, RunError> {
        while let Some(in_order) = &mut self.in_order {
            let Some(step) = in_order.next(self.run.graph()) else {
                if OBSERVED {
                    self.run.graph().end(RunEnd::Succeeded);
                }
                return Ok(Some(Progress::Done));
            };
            if self.turn.budget == 0 {
                return Ok(Some(Progress::Yield));
            }
            let begun = if in_order.pends {
                // The next poll of the run is the first that polls a step again.
                if self.turn.has_yields() {
                    return Ok(Some(self.rest()));
                }
                match poll_alone(&mut self.run, &mut self.seats, &mut self.turn) {
                    Some(begun) => begun,
                    None => return Ok(Some(self.rest())),
                }
            } else {
                self.turn.budget -= 1;
                match self.run.graph().planned(step) {
                    Some(planned) => start_planned::<OBSERVED>(&mut self.run, &mut self.seats, step, planned),
                    None => start_any(&mut self.run, &mut self.seats, step),
                }
            };
            match begun {
                Begun::Done => {
                    in_order.done += 1;
                    in_order.pends = false;
                    if OBSERVED {
                        in_order.notify_of_end(self.run.graph(), step);
                    }
                }
                Begun::Pending { is_woken } if in_order.is_alone() => {
                    in_order.pends = true;
                    self.turn.count_yield(is_woken);
                }
                begun => self.leave_order(step, begun)?,
            }
        }
        Ok(None)
    }

    /// Leaves the order after the start or the end of a step.
    #[cold]
    fn leave_order(&mut self, step: u16, begun: Begun<'s>) -> Result<(), RunError> {
        if let Some(in_order) = self.in_order.take() {
            self.schedule = in_order.schedule(&self.run);
            let next = self.schedule.next();
            debug_assert_eq!(next, Some(step), "the order is that of the schedule");
        }
        self.handle(step, begun)
    }

    /// The progress of a run in which nothing can start.
    #[inline]
    fn rest(&self) -> Progress {
        if self.turn.has_yields() && self.seats.is_any_woken() { Progress::Yield } else { Progress::Waiting }
    }

    /// Goes along the order in a run with observers.
    #[cold]
    fn follow_observed(&mut self) -> Result<Option<Progress>, RunError> {
        // It begins in its first poll, which starts at least one step.
        if let (Some(in_order @ InOrder { done: 0, pends: false, .. }), Some(notifier)) =
            (&self.in_order, self.run.graph().notifier())
        {
            in_order.notify_of_demand(self.run.graph(), notifier);
        }
        self.follow::<true>()
    }

    /// Goes on for as long as possible: along the order, then by the schedule.
    fn go_on(&mut self) -> Result<Progress, RunError> {
        let followed = match self.run.graph().notifier() {
            None => self.follow::<false>()?,
            Some(_) => self.follow_observed()?,
        };
        if let Some(progress) = followed {
            return Ok(progress);
        }
        loop {
            // A step whose reply is there waits for a few others at most.
            if !self.turn.has_yields() {
                self.poll_woken()?;
            }
            if self.turn.is_over() {
                return Ok(Progress::Yield);
            }
            let Some(step) = self.schedule.next() else {
                return Ok(self.rest());
            };
            let begun = start(&mut self.run, &mut self.seats, &mut self.turn, step);
            self.handle(step, begun)?;
        }
    }

    /// Polls the steps that were woken.
    #[inline]
    fn poll_woken(&mut self) -> Result<(), RunError> {
        let Some(mut woken) = self.seats.take_woken() else { return Ok(()) };
        while let Some(seat) = self.seats.next(&mut woken) {
            if self.turn.is_over() {
                self.seats.wake_set().into_iter().for_each(|wake_set| wake_set.put_back(seat));
                continue;
            }
            let Some((step, polled)) = self.seats.poll(seat, self.run.graph()) else { continue };
            self.turn.budget -= 1;
            match polled {
                Polled::Pending => self.turn.yields -= 1,
                Polled::Done(first) => {
                    self.run.enter(step, first);
                    self.schedule.finish(self.run.graph(), step);
                }
                Polled::Ended(outcome) => self.finish(step, outcome)?,
            }
        }
        Ok(())
    }

    /// Handles the start of a step.
    #[inline]
    fn handle(&mut self, step: u16, begun: Begun<'s>) -> Result<(), RunError> {
        match begun {
            Begun::Done => self.schedule.finish(self.run.graph(), step),
            Begun::Pending { is_woken } => self.turn.count_yield(is_woken),
            Begun::Ended(outcome) => self.finish(step, outcome)?,
            Begun::InOtherRun(claim) => self.wait(step, claim)?,
        }
        Ok(())
    }

    /// Waits for a step that another run executes.
    #[cold]
    fn wait(&mut self, step: u16, claim: &'s Claim) -> Result<(), RunError> {
        let graph = self.run.graph();
        let seat = self.seats.seat_for_start(graph);
        match StepTask::wait(graph, step, claim, &waker_ref(&seat.wake)) {
            Ok((task, other)) => {
                let taken = seat.keep(step, task);
                self.turn.count_yield(self.seats.take(taken));
                self.schedule.park_in_other_run(graph, step, other);
            }
            Err(outcome) => self.finish(step, outcome)?,
        }
        Ok(())
    }

    /// Handles the end of a step. Most steps end in a more direct way.
    #[cold]
    fn finish(&mut self, step: u16, outcome: Outcome) -> Result<(), RunError> {
        match outcome {
            Outcome::Done => self.schedule.finish(self.run.graph(), step),
            Outcome::Retry => self.schedule.requeue(step),
            Outcome::Failed(error) => self.schedule.fail(self.run.graph(), step, error)?,
        }
        Ok(())
    }
}

impl InOrder {
    /// The next step. The target, which takes values of all others, is the last one.
    #[inline]
    fn next(&self, graph: &Graph) -> Option<u16> {
        match self.order.steps.get(self.done) {
            Some(&step) => Some(step),
            None if self.done == self.order.steps.len() => graph.target(),
            None => None,
        }
    }

    /// The schedule in which the steps so far are done.
    #[cold]
    fn schedule(&self, run: &BorrowedRun<'_>) -> Schedule {
        let mut schedule = Schedule::in_order(run.graph(), self.order, self.pace);
        for &step in &self.order.steps[..self.done] {
            let next = schedule.next();
            debug_assert_eq!(next, Some(step), "the order is that of the schedule");
            schedule.finish_silently(run.graph(), step);
        }
        schedule
    }

    /// The number of steps on the order that are ready once this number of them is done, or were.
    fn ready(&self, done: usize) -> usize {
        let Order { steps, nodes, .. } = self.order;
        match done.checked_sub(1) {
            None => steps.iter().take_while(|&&step| nodes[usize::from(step)].unmet == 0).count(),
            Some(last) => nodes[usize::from(steps[last])].ready.into(),
        }
    }

    /// Whether no other step is ready besides the next one.
    #[inline]
    fn is_alone(&self) -> bool {
        // If the next one is the target, all steps are done.
        self.ready(self.done) <= self.done + 1
    }

    /// Notifies the observers of the steps that are demanded, and of those that are ready.
    fn notify_of_demand(&self, graph: &Graph, notifier: &Notifier) {
        let Order { nodes, demanded, .. } = self.order;
        let mut demanded = demanded.iter().copied().peekable();
        // Notifies of the steps that one step demands first, or that the goal does.
        let mut notify_of_inputs = |needed_by, by: Option<u16>| {
            while let Some(step) = demanded.next_if(|&step| nodes[usize::from(step)].needed_by == needed_by) {
                notifier.demanded(step, by);
            }
        };
        let target = graph.target();
        if let Some(target) = target {
            notifier.demanded(target, None);
        }
        notify_of_inputs(OrderNode::NONE, target);
        if let Some(target) = target.filter(|_| self.order.steps.is_empty()) {
            notifier.ready(target);
        }
        for &step in self.order.demanded {
            notify_of_inputs(step, Some(step));
            if nodes[usize::from(step)].unmet == 0 {
                notifier.ready(step);
            }
        }
    }

    /// Notifies the observers that the last step that is done has finished, and of the steps that
    /// are ready because of that.
    #[inline]
    fn notify_of_end(&self, graph: &Graph, step: u16) {
        let Some(notifier) = graph.notifier() else { return };
        notifier.finished(step);
        let Order { steps, nodes, .. } = self.order;
        // Nothing follows the target.
        if self.done > steps.len() {
            return;
        }
        for &ready in &steps[self.ready(self.done - 1)..usize::from(nodes[usize::from(step)].ready)] {
            notifier.ready(ready);
        }
        if let Some(target) = graph.target().filter(|_| self.done == steps.len()) {
            notifier.ready(target);
        }
    }
}

/// Polls the only step that pends, in a run that goes along its order. Returns `None` if it was not
/// woken, or pends again.
#[inline]
fn poll_alone<'s>(run: &mut BorrowedRun<'s>, seats: &mut Seats<'s>, turn: &mut Turn) -> Option<Begun<'s>> {
    let mut woken = seats.take_woken()?;
    while let Some(seat) = seats.next(&mut woken) {
        let Some((step, polled)) = seats.poll(seat, run.graph()) else { continue };
        turn.budget -= 1;
        match polled {
            Polled::Pending => turn.yields -= 1,
            Polled::Done(first) => {
                run.enter(step, first);
                return Some(Begun::Done);
            }
            Polled::Ended(outcome) => return Some(Begun::Ended(outcome)),
        }
    }
    None
}

/// A step after its start. The tag is not among the bits of the rare cases, so that a look at it is
/// one comparison.
#[repr(u8)]
enum Begun<'s> {
    /// Its outputs are there.
    Done,
    /// It pends, and has a seat; it may have woken itself.
    Pending { is_woken: bool },
    /// It has ended in any way.
    Ended(Outcome),
    /// Another run executes it, and has this claim.
    InOtherRun(&'s Claim),
}

/// Starts a node.
#[inline(always)]
fn start<'s>(run: &mut BorrowedRun<'s>, seats: &mut Seats<'s>, turn: &mut Turn, step: u16) -> Begun<'s> {
    turn.budget -= 1;
    match run.graph().unobserved(step) {
        Some(planned) => start_planned::<false>(run, seats, step, planned),
        None => start_other(run, seats, step),
    }
}

/// Starts a node that is not a step of the plan, or one of a run with observers.
#[cold]
fn start_other<'s>(run: &mut BorrowedRun<'s>, seats: &mut Seats<'s>, step: u16) -> Begun<'s> {
    match run.graph().planned(step) {
        Some(planned) => start_planned::<true>(run, seats, step, planned),
        None => start_any(run, seats, step),
    }
}

/// Starts a step of the plan, with a waker if it may pend. `OBSERVED` is whether the run has
/// observers.
#[inline(always)]
fn start_planned<'s, const OBSERVED: bool>(
    run: &mut BorrowedRun<'s>,
    seats: &mut Seats<'s>,
    step: u16,
    planned: &PlannedStep,
) -> Begun<'s> {
    let values = run.values();
    let graph = values.graph;
    let Some(listed) = values.slots.get(usize::from(step)) else { return start_any(run, seats, step) };
    // A step whose outputs are there does not count as started.
    if OBSERVED && listed.slot.is_filled() {
        return start_any(run, seats, step);
    }
    let Some(guard) = listed.claim.take(graph.key()) else { return start_any(run, seats, step) };
    Polling::note(Some(graph.key().step(step)));
    let inputs = values.read(graph.inputs_of(planned));
    let (result, guard) = if planned.spec().is_sync {
        match first_poll::<OBSERVED>(graph, step, listed, inputs, Waker::noop()) {
            Started::Ended(result) => (result, guard),
            Started::Running(_) => unreachable!("{SYNC}"),
        }
    } else {
        // The seat is looked up once. The borrow checker refuses this as a function.
        let seat = match seats.free_seat() {
            Some(seat) if seat.wake.reset() => seat,
            _ => seats.make_waker(graph),
        };
        match first_poll::<OBSERVED>(graph, step, listed, inputs, &waker_ref(&seat.wake)) {
            Started::Ended(result) => (result, guard),
            Started::Running(future) => {
                guard.pends(graph.pending_since());
                let taken = seat.keep(step, StepTask::Running { future, guard: Some(guard) });
                return Begun::Pending { is_woken: seats.take(taken) };
            }
        }
    };
    match result {
        Ok(first) => {
            guard.done();
            run.enter(step, first);
            Begun::Done
        }
        Err(error) => Begun::Ended(Outcome::of(Err(error), Some(guard))),
    }
}

/// The reason why a step that is not async never pends.
const SYNC: &str = "a step that is not async is ready at once";

/// Polls a step of the plan for the first time.
#[inline(always)]
fn first_poll<'s, const OBSERVED: bool>(
    graph: &Graph,
    step: u16,
    listed: &SlotRef<'s>,
    inputs: InputReader<'_, 's>,
    waker: &Waker,
) -> Started<'s> {
    let start = || listed.slot.start(inputs, &mut Context::from_waker(waker));
    match graph.notifier().filter(|_| OBSERVED) {
        None => start(),
        Some(notifier) => notifier.start(step, start),
    }
}

/// Starts any node: the target, a resource of the parent, or a step that another run has begun.
fn start_any<'s>(run: &mut BorrowedRun<'s>, seats: &mut Seats<'s>, step: u16) -> Begun<'s> {
    let values = run.values();
    let graph = values.graph;
    let node = graph.node(step);
    let start = |waker: &Waker| {
        let start = || graph.start(step, node, values, &mut Context::from_waker(waker));
        StepTask::start(graph, values.slots.get(usize::from(step)), start)
    };
    let (started, seat) = match node.is_sync() {
        true => (start(Waker::noop()), None),
        false => {
            let seat = seats.seat_for_start(graph);
            (start(&waker_ref(&seat.wake)), Some(seat))
        }
    };
    match started {
        StartResult::Ended(Outcome::Done) => {
            run.look(step);
            Begun::Done
        }
        StartResult::Ended(outcome) => Begun::Ended(outcome),
        StartResult::InOtherRun(claim) => Begun::InOtherRun(claim),
        StartResult::Running(task) => {
            let taken = seat.expect(SYNC).keep(step, task);
            Begun::Pending { is_woken: seats.take(taken) }
        }
    }
}

impl SingleTask<'_> {
    /// The cell for the outputs of the target, if the run has one.
    pub(crate) fn target_cell(&self) -> Option<&dyn StartTarget> {
        self.run.graph().target_cell().map(|cell| &**cell)
    }
}

impl Future for SingleTask<'_> {
    type Output = Result<(), RunError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        #[cfg(feature = "journal")]
        if this.restoring.is_some() {
            ready!(this.poll_restoring(cx))?;
        }
        let _polling = Polling::begin();
        clock::begin();
        this.turn = Turn::FULL;
        match this.go_on()? {
            Progress::Done => return Poll::Ready(Ok(())),
            Progress::Waiting => {}
            Progress::Yield => {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
        }
        let outcome = match this.in_order {
            Some(_) => Poll::Pending,
            None => this.schedule.outcome(this.run.graph()),
        };
        if let (Poll::Pending, Some(wake_set)) = (&outcome, this.seats.wake_set()) {
            wake_set.register(cx.waker());
        }
        outcome
    }
}
