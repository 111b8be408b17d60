//! How a step starts: its future, and where that puts what it returns.

use super::store_ref::Gather;
use crate::step::lists::InputList;
use crate::step::{BoxError, Outputs, Step, StepError};
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures::future::BoxFuture;
use pin_project_lite::pin_project;

/// A step's future, which puts its outputs where they belong.
pub type Running<'s> = BoxFuture<'s, Result<(), BoxError>>;

/// How far a step has come that was started.
pub enum Started<'s> {
    /// To its end.
    Ended(Result<(), BoxError>),
    /// It is to be polled again when it is woken.
    Running(Running<'s>),
}

impl<'s> Started<'s> {
    /// Polls the future of a step for the first time.
    ///
    /// Here its type is still known: a step that is ready at once is polled and dropped without a call by pointer, and
    /// where the compiler sees that it always is, without an allocation too.
    #[inline]
    pub(crate) fn poll(future: impl Future<Output = Result<(), BoxError>> + Send + 's, cx: &mut Context<'_>) -> Self {
        let mut future = Box::pin(future);
        match future.as_mut().poll(cx) {
            Poll::Ready(result) => Started::Ended(result),
            Poll::Pending => Started::Running(future),
        }
    }
}

/// Starts a step. Its future is in one allocation with where to put what it returns.
#[inline]
pub(crate) fn start<'s, S: Step>(
    mut inputs: Gather<'_, 's>,
    cx: &mut Context<'_>,
    put: impl FnMut(Outputs<S>) + Send + 's,
) -> Started<'s> {
    Started::poll(Fill { future: S::run(S::Inputs::gather(&mut inputs)), put }, cx)
}

pin_project! {
    /// A step's own future, and what takes what that returns.
    struct Fill<F, P> {
        #[pin]
        future: F,
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
