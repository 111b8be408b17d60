//! Starts a step: its future, and the place for its outputs.

use crate::error::StepError;
use crate::exec::inputs::InputReader;
use crate::exec::store_ref::Erased;
use crate::exec::task::{Started, StepResult};
use crate::steps::continuation::Continuation;
use crate::steps::lists::InputList;
use crate::steps::{Outputs, Step};
use core::pin::{Pin, pin};
use core::task::{Context, Poll, ready};
use pin_project_lite::pin_project;

/// Starts a step. Its future shares one allocation with `put`, which takes the outputs. The future
/// of a step that is not async needs none: it is polled where it is.
#[inline]
pub(crate) fn start<'s, S: Step>(
    mut inputs: InputReader<'_, 's>,
    cx: &mut Context<'_>,
    put: impl FnMut(Outputs<S>) -> Option<&'s Erased> + Send + 's,
) -> Started<'s> {
    S::run_then(S::Inputs::gather(&mut inputs), Start { cx, put })
}

/// Starts the future of a step.
struct Start<'c, 'w, P> {
    /// The task of the run.
    cx: &'c mut Context<'w>,
    /// Takes the outputs.
    put: P,
}

impl<'s, S: Step, P> Continuation<'s, S> for Start<'_, '_, P>
where
    P: FnMut(Outputs<S>) -> Option<&'s Erased> + Send + 's,
{
    type Result = Started<'s>;

    #[inline]
    fn take<F: Future<Output = Result<Outputs<S>, S::Error>> + Send + 's>(self, future: F) -> Started<'s> {
        // Two functions, so that a debug build compiles only the one that a step needs.
        match S::IS_SYNC {
            true => poll_once(future, self),
            false => Started::poll(Fill { future, put: self.put }, self.cx),
        }
    }
}

/// Polls the future of a step that is not async.
#[inline]
fn poll_once<'s, V, E: StepError>(
    future: impl Future<Output = Result<V, E>>,
    Start { cx, mut put }: Start<'_, '_, impl FnMut(V) -> Option<&'s Erased>>,
) -> Started<'s> {
    match pin!(future).poll(cx) {
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
