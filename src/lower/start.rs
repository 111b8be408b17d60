//! Starts a step: its future, and the place for its outputs.

use crate::error::StepError;
use crate::exec::inputs::InputReader;
use crate::exec::store_ref::Erased;
use crate::exec::task::{Started, StepResult};
use crate::steps::lists::InputList;
use crate::steps::{Outputs, Step};
use core::pin::{Pin, pin};
use core::task::{Context, Poll, ready};
use pin_project_lite::pin_project;

/// Starts a step. Its future shares one allocation with `put`, which takes the outputs. The future
/// of a step that is not async needs none: it is polled where it is.
#[inline]
pub(crate) fn start<'s, S: Step>(
    inputs: InputReader<'_, 's>,
    cx: &mut Context<'_>,
    put: impl FnMut(Outputs<S>) -> Option<&'s Erased> + Send + 's,
) -> Started<'s> {
    // Two functions, so that a debug build compiles only the one that a step needs.
    match S::IS_SYNC {
        true => start_sync::<S>(inputs, cx, put),
        false => start_async::<S>(inputs, cx, put),
    }
}

/// Starts a step that is async.
#[inline]
fn start_async<'s, S: Step>(
    mut inputs: InputReader<'_, 's>,
    cx: &mut Context<'_>,
    put: impl FnMut(Outputs<S>) -> Option<&'s Erased> + Send + 's,
) -> Started<'s> {
    Started::poll(Fill { future: S::run(S::Inputs::gather(&mut inputs)), put }, cx)
}

/// Starts a step that is not async.
#[inline]
fn start_sync<'s, S: Step>(
    mut inputs: InputReader<'_, 's>,
    cx: &mut Context<'_>,
    mut put: impl FnMut(Outputs<S>) -> Option<&'s Erased>,
) -> Started<'s> {
    match pin!(S::run(S::Inputs::gather(&mut inputs))).poll(cx) {
        Poll::Ready(Ok(outputs)) => Started::Ended(Ok(put(outputs))),
        Poll::Ready(Err(error)) => Started::Ended(Err(error.boxed())),
        Poll::Pending => unreachable!("a step that is not async is ready at once"),
    }
}

pin_project! {
    /// The future of a step, and the function that takes its outputs.
    struct Fill<F, P> {
        // The future of the step.
        #[pin]
        future: F,
        // The function that takes its outputs.
        put: P,
    }
}

impl<'s, F, P, V, E> Future for Fill<F, P>
where
    F: Future<Output = Result<V, E>>,
    P: FnMut(V) -> Option<&'s Erased>,
    E: StepError,
{
    type Output = StepResult<'s>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let values = ready!(this.future.poll(cx)).map_err(StepError::boxed)?;
        Poll::Ready(Ok((this.put)(values)))
    }
}
