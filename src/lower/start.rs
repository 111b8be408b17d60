//! Starts a step: its future, and the place for its outputs.

use crate::error::{BoxError, StepError};
use crate::exec::store_ref::InputReader;
use crate::exec::task::Started;
use crate::steps::lists::InputList;
use crate::steps::{Outputs, Step};
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use pin_project_lite::pin_project;

/// Starts a step. The future shares one allocation with `put`, which takes the outputs.
#[inline]
pub(crate) fn start<'s, S: Step>(
    mut inputs: InputReader<'_, 's>,
    cx: &mut Context<'_>,
    put: impl FnMut(Outputs<S>) + Send + 's,
) -> Started<'s> {
    Started::poll(Fill { future: S::run(S::Inputs::gather(&mut inputs)), put }, cx)
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

impl<F, P, V, E> Future for Fill<F, P>
where
    F: Future<Output = Result<V, E>>,
    P: FnMut(V),
    E: StepError,
{
    type Output = Result<(), BoxError>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let values = ready!(this.future.poll(cx)).map_err(StepError::boxed)?;
        (this.put)(values);
        Poll::Ready(Ok(()))
    }
}
