//! The executor of those who spawn, and how it is run.

use crate::work::poll_between;
use smol::Executor;

/// The executor. It lives as long as the program, as executors do.
pub(crate) static EXECUTOR: Executor<'static> = Executor::new();

/// Polls a future as `block_on` does, and the tasks of the executor in between: so it is one that is running already.
pub(crate) fn block_on_executor<F: Future>(future: F) -> F::Output {
    poll_between(future, || while EXECUTOR.try_tick() {})
}
