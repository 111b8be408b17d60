//! Starts a step, whose outputs go into its slot.
//!
//! A step needs each function here for itself, so there are few, and none of them uses combinators:
//! in a debug build these are functions too.

use super::slot::{Slot, StartIn, Stored};
use crate::error::StepError;
use crate::exec::inputs::InputReader;
use crate::exec::task::{Started, StepResult};
use crate::steps::lists::{InputList, OutputList};
use crate::steps::{Outputs, Step};
use core::pin::{Pin, pin};
use core::task::{Context, Poll};
use pin_project_lite::pin_project;

/// The function that starts the step `S`.
pub(super) const fn start_in<S: Step>() -> StartIn<Stored<S>> {
    // Two functions, so that a debug build compiles only the one that a step needs.
    match S::IS_SYNC {
        true => start_sync::<S>,
        false => start_async::<S>,
    }
}

/// Starts a step that is async. Its future shares one allocation with the pointer to its slot.
fn start_async<'s, S: Step>(
    slot: &'s Slot<Stored<S>>,
    mut inputs: InputReader<'_, 's>,
    cx: &mut Context<'_>,
) -> Started<'s> {
    Started::poll(Fill::<S, _> { future: S::run(S::Inputs::gather(&mut inputs)), slot }, cx)
}

/// Starts a step that is not async. Its future needs no allocation: it is polled where it is.
fn start_sync<'s, S: Step>(
    slot: &'s Slot<Stored<S>>,
    mut inputs: InputReader<'_, 's>,
    cx: &mut Context<'_>,
) -> Started<'s> {
    match pin!(S::run(S::Inputs::gather(&mut inputs))).poll(cx) {
        Poll::Ready(Ok(outputs)) => Started::Ended(Ok(slot.fill(S::Outputs::split(outputs).0))),
        Poll::Ready(Err(error)) => Started::Ended(Err(error.boxed())),
        Poll::Pending => unreachable!("a step that is not async is ready at once"),
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
