//! A run in the task of its caller, whatever executor polls that.

use super::graph::Job;
use super::plan::Source;
use super::schedule::Schedule;
use super::task::{Begin, Outcome, Turn};
use super::wake_set::{Wakeup, Wakeups};
use crate::error::RunError;
use crate::run::RunOptions;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures::task::waker_ref;
use std::sync::Arc;

/// The run of a job: a future that ends when all of it is done, or at the first error.
pub(crate) struct Local<'s> {
    job: Job<'s>,
    schedule: Schedule,
    /// The steps that have their turns, by number; no room for any until one pends.
    turns: Vec<Option<Active<'s>>>,
    /// Which steps were woken.
    wakeups: Arc<Wakeups>,
    /// The wakers of steps that have pended and come to their ends, for others.
    spares: Vec<Arc<Wakeup>>,
}

/// A step that has its turn.
struct Active<'s> {
    turn: Turn<'s>,
    wakeup: Arc<Wakeup>,
}

impl<'s> Local<'s> {
    /// The run of a job with a target, or else of what some sources give.
    pub(crate) fn new(job: Job<'s>, sources: &[Source], options: &RunOptions) -> Self {
        Local {
            schedule: Schedule::new(job.graph(), sources, options, |step| job.was_done(step)),
            turns: Vec::new(),
            wakeups: Wakeups::new(job.graph().len()),
            spares: Vec::new(),
            job,
        }
    }

    /// Goes on with the turn of a step that was woken.
    fn go_on(&mut self, step: u16) -> Result<(), RunError> {
        // There is none, if it was woken after its end by a waker that somebody still holds.
        let Some(turn) = self.turns.get_mut(usize::from(step)) else { return Ok(()) };
        let Some(Active { turn, wakeup }) = turn.take() else { return Ok(()) };
        match turn.poll(&mut Context::from_waker(&waker_ref(&wakeup))) {
            Ok(outcome) => {
                self.spares.push(wakeup);
                self.end(step, outcome)
            }
            Err(turn) => {
                self.pend(step, turn, wakeup);
                Ok(())
            }
        }
    }

    /// A step is to be polled again when it is woken.
    fn pend(&mut self, step: u16, turn: Turn<'s>, wakeup: Arc<Wakeup>) {
        if self.turns.is_empty() {
            self.turns.resize_with(self.job.graph().len(), || None);
        }
        self.turns[usize::from(step)] = Some(Active { turn, wakeup });
    }

    /// The turn of a step has come to its end.
    #[inline]
    fn end(&mut self, step: u16, outcome: Outcome) -> Result<(), RunError> {
        match outcome {
            Outcome::Done => self.schedule.finish(self.job.graph(), step),
            Outcome::Again => self.schedule.again(step),
            Outcome::Failed(error) => self.schedule.fail(self.job.graph(), step, error)?,
        }
        Ok(())
    }

    /// Lets steps that are ready have their turns, as many as may run.
    fn start_ready(&mut self) -> Result<(), RunError> {
        // The waker of a step that was ready at once, for the next one.
        let mut spare = None;
        while let Some(step) = self.schedule.next() {
            let wakeup = match spare.take().or_else(|| self.spares.pop()) {
                Some(spare) if Wakeup::reuse(&spare, step) => spare,
                _ => self.wakeups.wakeup(step),
            };
            let waker = waker_ref(&wakeup);
            let begin = Turn::begin(self.job.slot(step), || self.job.start(step, &mut Context::from_waker(&waker)));
            let turn = match begin {
                Begin::Ended(outcome) => Err(outcome),
                Begin::Running(turn) => Ok(turn),
                Begin::Elsewhere(claim) => match Turn::wait(claim, &waker) {
                    Some(turn) => {
                        self.schedule.give_way(self.job.graph(), step);
                        Ok(turn)
                    }
                    None => Err(Outcome::Again),
                },
            };
            match turn {
                Ok(turn) => self.pend(step, turn, wakeup),
                Err(outcome) => {
                    self.end(step, outcome)?;
                    spare = Some(wakeup);
                }
            }
        }
        if !self.turns.is_empty() {
            self.spares.extend(spare);
        }
        Ok(())
    }
}

impl Future for Local<'_> {
    type Output = Result<(), RunError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        // Each woken step once: one that wakes itself has its next turn when the run has.
        let mut woken = this.wakeups.take();
        while let Some(step) = woken.next(&this.wakeups) {
            this.go_on(step)?;
        }
        // After that, or a step that wakes itself as it starts would have two turns.
        this.start_ready()?;
        let outcome = this.schedule.outcome(this.job.graph());
        if outcome.is_pending() {
            this.wakeups.register(cx.waker());
        }
        outcome
    }
}
