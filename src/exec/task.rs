//! The turn of a step in a run: it is executed here, or another run has it and its end is waited for.

use super::claim::{Claim, Taken, Waiting};
use super::slot::Listed;
use super::start::{Running, Started};
use crate::error::SharedError;
use crate::step::BoxError;
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
    /// With its end.
    Ended(Outcome),
    /// With a future that is to be polled again.
    Running(Turn<'s>),
    /// Another run has the step, of which this is the claim.
    Elsewhere(&'s Claim),
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

impl Outcome {
    /// The outcome of a step that was executed, for all who wait for it too.
    #[inline]
    fn of(result: Result<(), BoxError>, taken: Option<Taken<'_>>) -> Self {
        match result {
            Ok(()) => {
                taken.into_iter().for_each(Taken::done);
                Outcome::Done
            }
            Err(error) => {
                let error = Arc::new(error);
                taken.into_iter().for_each(|taken| taken.failed(Arc::clone(&error)));
                Outcome::Failed(error)
            }
        }
    }
}

impl<'s> Turn<'s> {
    /// Begins the turn of the step of this slot – or of a target, which has none.
    #[inline]
    pub(crate) fn begin(slot: Option<&Listed<'s>>, start: impl FnOnce() -> Started<'s>) -> Begin<'s> {
        let taken = match slot {
            None => None,
            Some(listed) => match listed.claim.take() {
                Some(taken) => Some(taken),
                None if listed.slot.is_filled() => return Begin::Ended(Outcome::Done),
                None => return Begin::Elsewhere(listed.claim),
            },
        };
        match start() {
            Started::Ended(result) => Begin::Ended(Outcome::of(result, taken)),
            Started::Running(future) => Begin::Running(Turn::Running { future, taken }),
        }
    }

    /// Waits for the run that has this claim; `None` if it gave the step back in between.
    pub(crate) fn wait(claim: &'s Claim, waker: &Waker) -> Option<Self> {
        claim.wait(waker).map(Turn::Elsewhere)
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
                Ok(Outcome::of(result, taken))
            }
        }
    }
}
