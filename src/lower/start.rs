//! Starts a step, whose outputs go into its slot.
//!
//! A step needs each function here for itself, so there are few, and none of them uses combinators:
//! in a debug build these are functions too.

use super::slot::{Slot, StartIn, Stored};
use crate::error::StepError;
use crate::exec::inputs::InputReader;
use crate::exec::task::{Started, StepResult};
use crate::steps::continuation::Continuation;
use crate::steps::lists::{InputList, OutputList};
use crate::steps::{Outputs, Step};
use core::pin::{Pin, pin};
use core::task::{Context, Poll};
use pin_project_lite::pin_project;

/// The function that starts the step `S`.
pub(super) const fn start_in<S: Step>() -> StartIn<Stored<S>> {
    #[cfg(feature = "journal")]
    if S::CODEC.is_some() {
        return super::keep::start_kept::<S>;
    }
    start_unkept::<S>()
}

/// The function that starts the step `S` in a store that is not kept.
pub(super) const fn start_unkept<S: Step>() -> StartIn<Stored<S>> {
    #[cfg(feature = "policy")]
    if S::ATTEMPTS.is_some() {
        return super::attempts::start_with_policy::<S>;
    }
    start::<S>
}

/// Starts the step `S`.
fn start<'s, S: Step>(slot: &'s Slot<Stored<S>>, mut inputs: InputReader<'_, 's>, cx: &mut Context<'_>) -> Started<'s> {
    S::run_then(S::Inputs::gather(&mut inputs), Start::<S> { slot, cx })
}

/// Starts the future of a step.
pub(super) struct Start<'s, 'c, 'w, S: Step> {
    /// The slot for the outputs.
    pub(super) slot: &'s Slot<Stored<S>>,
    /// The task of the run.
    pub(super) cx: &'c mut Context<'w>,
}

impl<'s, S: Step> Continuation<'s, S> for Start<'s, '_, '_, S> {
    type Result = Started<'s>;

    #[inline]
    fn take<F: Future<Output = Result<Outputs<S>, S::Error>> + Send + 's>(self, future: F) -> Started<'s> {
        // A debug build compiles only the branch that a step needs.
        if S::IS_SYNC {
            // Its future needs no allocation: it is polled where it is.
            match pin!(future).poll(self.cx) {
                Poll::Ready(Ok(outputs)) => Started::Ended(Ok(self.slot.fill(S::Outputs::split(outputs).0))),
                Poll::Ready(Err(error)) => Started::Ended(Err(error.boxed())),
                Poll::Pending => unreachable!("a step that is not async is ready at once"),
            }
        } else {
            // Its future shares one allocation with the pointer to its slot.
            Started::poll(Fill::<S, _> { future, slot: self.slot }, self.cx)
        }
    }
}

pin_project! {
    /// The future of the step `S`, and the slot for its outputs.
    struct Fill<'s, S: Step, F> {
        // The future of the step.
        #[pin]
        future: F,
        // The slot for its outputs.
        slot: &'s Slot<Stored<S>>,
    }
}

impl<'s, S: Step, F: Future<Output = Result<Outputs<S>, S::Error>>> Future for Fill<'s, S, F> {
    type Output = StepResult<'s>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        match this.future.poll(cx) {
            Poll::Ready(Ok(outputs)) => Poll::Ready(Ok(this.slot.fill(S::Outputs::split(outputs).0))),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error.boxed())),
            Poll::Pending => Poll::Pending,
        }
    }
}
