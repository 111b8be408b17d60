//! The turn of a step in a run: it is executed here, or another run has it and its end is waited for.

use super::claim::{Taken, Waiting};
use super::plan::Running;
use super::slot::AnySlot;
use crate::error::SharedError;
use core::task::{Context, Poll, Waker};
use std::sync::Arc;

/// The turn of a step whose inputs are there.
pub(crate) enum Turn<'s> {
    /// It is executed. The future goes before the claim, so that nobody takes over before it is gone. Without a claim
    /// it is the target, which has no slot.
    Running { future: Running<'s>, taken: Option<Taken<'s>> },
    /// Another run of the same store has the step.
    Elsewhere(Waiting<'s>),
}

/// How a turn begins.
pub(crate) enum Begin<'s> {
    /// With its end: the outputs are there.
    Done,
    /// With a future to poll.
    Running(Turn<'s>),
    /// Another run has the step, whose slot is this.
    Elsewhere(&'s dyn AnySlot),
}

/// What a turn comes to.
pub(crate) enum Outcome {
    /// The outputs are there.
    Done,
    /// The step failed, here or elsewhere.
    Failed(SharedError),
    /// Another run gave the step back: it is to have a turn again.
    Again,
}

impl<'s> Turn<'s> {
    /// Begins the turn of the step of this slot – or of a target, which has none.
    pub(crate) fn begin(slot: Option<&'s dyn AnySlot>, start: impl FnOnce() -> Running<'s>) -> Begin<'s> {
        let Some(slot) = slot else {
            return Begin::Running(Turn::Running { future: start(), taken: None });
        };
        match slot.take_claim() {
            Some(taken) if slot.is_filled() => {
                taken.done();
                Begin::Done
            }
            Some(taken) => Begin::Running(Turn::Running { future: start(), taken: Some(taken) }),
            None if slot.is_filled() => Begin::Done,
            None => Begin::Elsewhere(slot),
        }
    }

    /// Waits for the run that has the step of this slot; `None` if it gave the step back in between.
    pub(crate) fn wait(slot: &'s dyn AnySlot, waker: &Waker) -> Option<Self> {
        slot.wait(waker).map(Turn::Elsewhere)
    }

    /// Goes on with the turn, and gives it back if it has not come to its end.
    pub(crate) fn poll(mut self, cx: &mut Context<'_>) -> Result<Outcome, Self> {
        match &mut self {
            Turn::Elsewhere(waiting) => match waiting.over() {
                None => Err(self),
                Some(Ok(())) => Ok(Outcome::Again),
                Some(Err(error)) => Ok(Outcome::Failed(error)),
            },
            Turn::Running { future, .. } => {
                let Poll::Ready(result) = future.as_mut().poll(cx) else { return Err(self) };
                let Turn::Running { future, taken } = self else { unreachable!("it was running just now") };
                // Whoever waits is told when all is gone that the step held.
                drop(future);
                Ok(match result {
                    Ok(()) => {
                        taken.into_iter().for_each(Taken::done);
                        Outcome::Done
                    }
                    Err(error) => {
                        let error = Arc::new(error);
                        taken.into_iter().for_each(|taken| taken.failed(Arc::clone(&error)));
                        Outcome::Failed(error)
                    }
                })
            }
        }
    }
}
