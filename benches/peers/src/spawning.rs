//! The executor of the contenders that spawn.

use crate::work::poll_between;
use smol::Executor;

/// The executor. It lives as long as the program, as executors do.
pub(crate) static EXECUTOR: Executor<'static> = Executor::new();

/// Polls a future as `block_on` does, and the tasks of the executor in between, as if it were
/// running already.
pub(crate) fn block_on_executor<F: Future>(future: F) -> F::Output {
    poll_between(future, || while EXECUTOR.try_tick() {})
}
