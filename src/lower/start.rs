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

/// Starts a step. Its future shares one allocation with `put`, which takes the outputs. The
/// future of a step that is not async needs none: it is polled where it is.
#[inline]
pub(crate) fn start<'s, S: Step>(
    mut inputs: InputReader<'_, 's>,
    cx: &mut Context<'_>,
    put: impl FnMut(Outputs<S>) -> Option<&'s Erased> + Send + 's,
) -> Started<'s> {
    if S::IS_SYNC {
        let future = pin!(S::run(S::Inputs::gather(&mut inputs)));
        let Poll::Ready(result) = future.poll(cx) else { unreachable!("a step that is not async is ready at once") };
        return Started::Ended(result.map(put).map_err(StepError::boxed));
    }
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
