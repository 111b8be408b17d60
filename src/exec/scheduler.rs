//! The scheduler: who is needed, who is ready, who was woken.

use super::claim::Taken;
use super::plan::{Plan, Running, Source};
use super::slot::AnySlot;
use super::view::{Gather, View};
use super::wakeups::{Wakeup, Wakeups};
use crate::error::RunError;
use crate::run::RunOptions;
use crate::step::BoxError;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures::task::waker_ref;
use std::collections::VecDeque;
use std::sync::Arc;

/// The run of what a target needs: a future that ends when all of it is there, or at the first error.
pub(crate) struct Scheduler<'s> {
    view: View<'s>,
    plan: &'static Plan,
    /// The slots of all steps, by number.
    slots: Vec<&'s dyn AnySlot>,
    /// How far each step is, by number.
    nodes: Vec<Node<'s>>,
    /// Demanded steps whose inputs are there, in the order in which they became so.
    ready: VecDeque<u16>,
    /// How many steps are running here.
    running: usize,
    /// How many steps may run here at once.
    limit: usize,
    /// How many demanded steps are not done.
    unfinished: usize,
    /// Which steps were woken.
    wakeups: Arc<Wakeups>,
    /// The waker of a step that did not keep it, for the next step.
    spare: Option<Arc<Wakeup>>,
    /// The name of the target, if it is not itself one of the steps.
    target: Option<fn() -> &'static str>,
}

/// A step in a run.
struct Node<'s> {
    state: State<'s>,
    /// How many of its inputs are still to come from other steps.
    unmet: u16,
    /// The step that demanded it first, unless the target did.
    needed_by: Option<u16>,
}

/// How far a step is.
enum State<'s> {
    /// Nobody has asked for it.
    Idle,
    /// It is needed: it waits for its inputs or for its turn.
    Demanded,
    /// It runs here. The future goes before the claim, so that nobody takes over before it is gone.
    Running { future: Running<'s>, taken: Taken<'s>, wakeup: Arc<Wakeup> },
    /// Another run of the same store has it.
    Elsewhere,
    /// Its outputs are there.
    Done,
}

impl<'s> Scheduler<'s> {
    pub(crate) fn new(view: View<'s>, options: &RunOptions, target: Option<fn() -> &'static str>) -> Self {
        let plan = view.plan();
        let steps = plan.steps().len();
        let idle = || Node { state: State::Idle, unmet: 0, needed_by: None };
        Scheduler {
            view,
            plan,
            slots: view.slots(),
            nodes: core::iter::repeat_with(idle).take(steps).collect(),
            ready: VecDeque::with_capacity(steps),
            running: 0,
            limit: options.limit.unwrap_or(usize::MAX),
            unfinished: 0,
            wakeups: Wakeups::new(steps),
            spare: None,
            target,
        }
    }

    /// The slots of all steps, by number.
    pub(crate) fn slots(&self) -> &[&'s dyn AnySlot] {
        &self.slots
    }

    /// Demands what some sources give, and all that this needs.
    pub(crate) fn demand(&mut self, sources: &[Source]) {
        // The queue of steps to look at, breadth first: so the way to a target that an error tells is a shortest one.
        // It becomes the queue of steps that are ready once those that have to wait are taken out.
        for &source in sources {
            self.demand_source(source, None);
        }
        let mut at = 0;
        while let Some(&step) = self.ready.get(at) {
            for &source in self.plan.inputs(step.into()) {
                if self.demand_source(source, Some(step)) {
                    self.nodes[usize::from(step)].unmet += 1;
                }
            }
            at += 1;
        }
        self.unfinished = self.ready.len();
        let nodes = &self.nodes;
        self.ready.retain(|&step| nodes[usize::from(step)].unmet == 0);
    }

    /// Demands the step of a source, if there is need; whether the source is still to be waited for.
    fn demand_source(&mut self, source: Source, needed_by: Option<u16>) -> bool {
        let Source::Step { step, .. } = source else { return false };
        let node = &mut self.nodes[usize::from(step)];
        if let State::Idle = node.state {
            // Decided once: a step that another run finishes from here on is skipped when its turn comes.
            if self.slots[usize::from(step)].is_filled() {
                node.state = State::Done;
            } else {
                *node = Node { state: State::Demanded, unmet: 0, needed_by };
                self.ready.push_back(step);
            }
        }
        matches!(node.state, State::Demanded)
    }

    /// Starts steps that are ready, as many as may run.
    fn start_ready(&mut self) -> Result<(), RunError> {
        while self.running < self.limit
            && let Some(step) = self.ready.pop_front()
        {
            self.start(step)?;
        }
        Ok(())
    }

    /// Starts a step – unless its outputs are there by now, or another run has it.
    fn start(&mut self, step: u16) -> Result<(), RunError> {
        let slot = self.slots[usize::from(step)];
        if slot.is_filled() {
            self.finish(step);
            return Ok(());
        }
        let spare = self.spare.take().and_then(|mut spare| spare.reuse(step).then_some(spare));
        let wakeup = spare.unwrap_or_else(|| self.wakeups.wakeup(step));
        let Some(taken) = slot.take_claim() else {
            if slot.wait(&waker_ref(&wakeup)) {
                self.nodes[usize::from(step)].state = State::Elsewhere;
            } else {
                // It was given back or done in between.
                self.ready.push_back(step);
            }
            return Ok(());
        };
        // Done between the look and the claim.
        if slot.is_filled() {
            taken.done();
            self.finish(step);
            return Ok(());
        }
        let planned = &self.plan.steps()[usize::from(step)];
        let inputs = Gather::new(self.plan.inputs(step.into()), &self.slots, self.view);
        let future = (planned.spec().start)(inputs, slot);
        self.running += 1;
        self.nodes[usize::from(step)].state = State::Running { future, taken, wakeup };
        self.poll_step(step)
    }

    /// Polls a step that was woken, or has just started.
    fn poll_step(&mut self, step: u16) -> Result<(), RunError> {
        let node = &mut self.nodes[usize::from(step)];
        match &mut node.state {
            State::Running { future, wakeup, .. } => {
                let waker = waker_ref(wakeup);
                match future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    Poll::Pending => Ok(()),
                    Poll::Ready(Ok(())) => {
                        drop(waker);
                        self.running -= 1;
                        if let State::Running { future, taken, wakeup } =
                            core::mem::replace(&mut node.state, State::Done)
                        {
                            drop(future);
                            taken.done();
                            self.spare = Some(wakeup);
                        }
                        self.finish(step);
                        Ok(())
                    }
                    Poll::Ready(Err(source)) => Err(self.error(step, source)),
                }
            }
            State::Elsewhere => {
                node.state = State::Demanded;
                self.ready.push_back(step);
                Ok(())
            }
            // Woken after its end, by a waker that somebody still holds.
            State::Idle | State::Demanded | State::Done => Ok(()),
        }
    }

    /// The outputs of a step are there: whoever waited for nothing else is ready.
    fn finish(&mut self, step: u16) {
        self.nodes[usize::from(step)].state = State::Done;
        self.unfinished -= 1;
        for &dependent in self.plan.dependents(step.into()) {
            let node = &mut self.nodes[usize::from(dependent)];
            if let State::Demanded = node.state {
                node.unmet -= 1;
                if node.unmet == 0 {
                    self.ready.push_back(dependent);
                }
            }
        }
    }

    /// The error of a step, with the way from it to the target.
    fn error(&self, step: u16, source: BoxError) -> RunError {
        let steps = self.plan.steps();
        let path = core::iter::successors(Some(step), |&step| self.nodes[usize::from(step)].needed_by)
            .map(|step| (steps[usize::from(step)].spec().name)())
            .chain(self.target.map(|name| name()))
            .collect();
        RunError::new(path, source)
    }
}

impl Future for Scheduler<'_> {
    type Output = Result<(), RunError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        this.wakeups.register(cx.waker());
        for word in 0..this.wakeups.words() {
            // Each woken step once: one that wakes itself has its next turn when the run has.
            for step in this.wakeups.take(word) {
                this.poll_step(step)?;
            }
        }
        // After that, or a step that wakes itself as it starts would have two turns.
        this.start_ready()?;
        if this.unfinished == 0 { Poll::Ready(Ok(())) } else { Poll::Pending }
    }
}
