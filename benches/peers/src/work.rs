//! What a step does, and how a contender is polled.

use smol::{Executor, Timer};
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// What a step does besides an addition.
pub(crate) trait Work: Send + Sync + 'static {
    const NAME: &str;
    fn work(step: usize) -> impl Future<Output = ()> + Send;
}

/// Nothing.
pub(crate) struct Ready;
impl Work for Ready {
    const NAME: &str = "ready";
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

/// The steps of the crossed chains wait for a timer: A and D for a long time, B and C for a short one.
pub(crate) struct Sleeps;
impl Work for Sleeps {
    const NAME: &str = "sleeps";
    async fn work(step: usize) {
        // By layers: A and C, B and D, E.
        if let Some(&time) = [200, 10, 10, 200].get(step) {
            Timer::after(Duration::from_millis(time)).await;
        }
    }
}

/// The body of each step, whoever runs it: the sum of its inputs, and one.
pub(crate) async fn add<W: Work>(step: usize, sum: u64) -> u64 {
    W::work(step).await;
    black_box(sum) + 1
}

/// Polls a future until it is ready, again and again, so that no time goes into a waker.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    poll_between(future, || {})
}

/// The executor of those who spawn. It lives as long as the program, as executors do.
pub(crate) static EXECUTOR: Executor<'static> = Executor::new();

/// Polls a future as `block_on` does, and the tasks of the executor in between: so it is one that is running already.
pub(crate) fn block_on_executor<F: Future>(future: F) -> F::Output {
    poll_between(future, || while EXECUTOR.try_tick() {})
}

fn poll_between<F: Future>(future: F, between: impl Fn()) -> F::Output {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
        between();
    }
}
