//! The future of a function with `#[step]`.

use core::pin::Pin;
use core::task::{Context, Poll};

/// The future of a function with `#[step]`, whose output it converts to the result of a step.
///
/// Each step has one. It is neither an `async` block nor a `FutureExt::map`, because those take
/// rustc longer.
#[pin_project::pin_project]
#[derive(Debug)]
pub(crate) struct Listed<F, T, L> {
    /// The future of the function.
    #[pin]
    future: F,
    /// The conversion of its output.
    list: fn(T) -> L,
}

impl<F: Future, L> Future for Listed<F, F::Output, L> {
    type Output = L;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<L> {
        let this = self.project();
        this.future.poll(cx).map(*this.list)
    }
}

/// Converts the output of a future to the result of a step.
pub(crate) fn listed<F: Future, L>(future: F, list: fn(F::Output) -> L) -> Listed<F, F::Output, L> {
    Listed { future, list }
}
