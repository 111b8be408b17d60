//! The work of a step, and how a contender is polled.

use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// The work of a step besides an addition.
pub(crate) trait Work: Send + Sync + 'static {
    const NAME: &str;
    /// Whether the step is not async. By hand it is a future all the same, since others await it.
    const IS_SYNC: bool = false;
    fn work(step: usize) -> impl Future<Output = ()> + Send;
}

/// Nothing.
pub(crate) struct Ready;
impl Work for Ready {
    const NAME: &str = "ready";
    async fn work(_: usize) {}
}

/// Nothing, in a step that is not async.
pub(crate) struct Plain;
impl Work for Plain {
    const NAME: &str = "not async";
    const IS_SYNC: bool = true;
    async fn work(_: usize) {}
}

/// It is woken once before it goes on.
pub(crate) struct Yields;
impl Work for Yields {
    const NAME: &str = "yields";
    fn work(_: usize) -> impl Future<Output = ()> + Send {
        Yield { woken: false }
    }
}

/// A future that wakes itself, and is ready when it is polled again.
struct Yield {
    woken: bool,
}
impl Future for Yield {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.woken {
            return Poll::Ready(());
        }
        self.woken = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// The body of each step, for all contenders: the sum of its inputs, and one.
pub(crate) async fn add<W: Work>(step: usize, sum: u64) -> u64 {
    W::work(step).await;
    black_box(sum) + 1
}

/// Polls a future until it is ready, again and again, so that no time goes into a waker.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    poll_between(future, || {})
}

/// Polls a future, and does something in between.
pub(crate) fn poll_between<F: Future>(future: F, between: impl Fn()) -> F::Output {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
        between();
    }
}
