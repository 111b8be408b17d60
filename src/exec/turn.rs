//! The turn of a step in a run: it is executed here, or another run has it and its end is waited for.

use super::claim::{Taken, Waiting};
use super::job::Job;
use super::plan::Running;
use crate::error::SharedError;
use core::task::{Context, Poll, ready};
use std::sync::Arc;

/// The turn of a step, from when its inputs are there.
pub(crate) enum Turn<'s> {
    /// It has not been looked at.
    New,
    /// It is executed. The future goes before the claim, so that nobody takes over before it is gone.
    Running { future: Running<'s>, taken: Option<Taken<'s>> },
    /// Another run of the same store has the step.
    Elsewhere(Waiting<'s>),
}

/// What a turn came to.
pub(crate) enum Outcome {
    /// The outputs are there.
    Done,
    /// The step failed, here or elsewhere.
    Failed(SharedError),
    /// Another run gave the step back: it is to have a turn again.
    Again,
}

impl<'s> Turn<'s> {
    /// Goes on with the turn of a step.
    pub(crate) fn poll(&mut self, step: u16, job: &Job<'s>, cx: &mut Context<'_>) -> Poll<Outcome> {
        if let Turn::New = self {
            match job.slot(step) {
                None => *self = Turn::Running { future: job.start(step), taken: None },
                Some(slot) => match slot.take_claim() {
                    // Done between the look and the claim.
                    Some(taken) if slot.is_filled() => {
                        taken.done();
                        return Poll::Ready(Outcome::Done);
                    }
                    Some(taken) => *self = Turn::Running { future: job.start(step), taken: Some(taken) },
                    None => match slot.wait(cx.waker()) {
                        Some(waiting) => *self = Turn::Elsewhere(waiting),
                        // It was given back or done in between.
                        None => return Poll::Ready(Outcome::Again),
                    },
                },
            }
        }
        match self {
            Turn::New => unreachable!("a turn that was looked at is no longer new"),
            Turn::Elsewhere(waiting) => match waiting.over() {
                None => Poll::Pending,
                Some(Ok(())) => Poll::Ready(Outcome::Again),
                Some(Err(error)) => Poll::Ready(Outcome::Failed(error)),
            },
            Turn::Running { future, .. } => {
                let result = ready!(future.as_mut().poll(cx));
                let Turn::Running { future, taken } = core::mem::replace(self, Turn::New) else { unreachable!() };
                drop(future);
                Poll::Ready(match result {
                    Ok(()) => {
                        taken.map(Taken::done);
                        Outcome::Done
                    }
                    Err(error) => {
                        let error = Arc::new(error);
                        taken.map(|taken| taken.failed(Arc::clone(&error)));
                        Outcome::Failed(error)
                    }
                })
            }
        }
    }

    /// Whether another run has the step.
    pub(crate) fn is_elsewhere(&self) -> bool {
        matches!(self, Turn::Elsewhere(_))
    }
}
