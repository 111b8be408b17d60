//! A run in the task of its caller, whatever executor polls that.

use super::job::Job;
use super::plan::Source;
use super::schedule::Schedule;
use super::turn::{Outcome, Turn};
use super::wakeups::{Wakeup, Wakeups};
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
    /// The steps that have their turns, by number.
    turns: Vec<Option<Active<'s>>>,
    /// Which steps were woken.
    wakeups: Arc<Wakeups>,
    /// The waker of a step that did not keep it, for the next step.
    spare: Option<Arc<Wakeup>>,
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
            schedule: Schedule::new(&job, sources, options),
            turns: core::iter::repeat_with(|| None).take(job.len()).collect(),
            wakeups: Wakeups::new(job.len()),
            spare: None,
            job,
        }
    }

    /// Polls a step that was woken, or has just got its turn.
    fn poll_step(&mut self, step: u16) -> Result<(), RunError> {
        let place = &mut self.turns[usize::from(step)];
        // Woken after its end, by a waker that somebody still holds?
        let Some(Active { turn, wakeup }) = place else { return Ok(()) };
        let outcome = match turn.poll(step, &self.job, &mut Context::from_waker(&waker_ref(wakeup))) {
            Poll::Ready(outcome) => outcome,
            Poll::Pending => {
                if turn.is_elsewhere() {
                    self.schedule.give_way(step);
                }
                return Ok(());
            }
        };
        self.spare = place.take().map(|active| active.wakeup);
        match outcome {
            Outcome::Done => self.schedule.finish(&self.job, step),
            Outcome::Again => self.schedule.again(step),
            Outcome::Failed(error) => return Err(self.schedule.error(&self.job, step, error)),
        }
        Ok(())
    }

    /// Lets steps that are ready have their turns, as many as may run.
    fn start_ready(&mut self) -> Result<(), RunError> {
        while let Some(step) = self.schedule.next(&self.job) {
            let spare = self.spare.take().and_then(|mut spare| spare.reuse(step).then_some(spare));
            let wakeup = spare.unwrap_or_else(|| self.wakeups.wakeup(step));
            self.turns[usize::from(step)] = Some(Active { turn: Turn::New, wakeup });
            self.poll_step(step)?;
        }
        Ok(())
    }
}

impl Future for Local<'_> {
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
        if this.schedule.is_over() { Poll::Ready(Ok(())) } else { Poll::Pending }
    }
}
