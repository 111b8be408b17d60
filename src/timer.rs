//! The timer of a run.

use core::fmt;
use core::time::Duration;
use futures::future::BoxFuture;
use futures_timer::Delay;
use std::sync::Arc;

/// Makes futures that wait: the timer of a run, for the delays and timeouts of its steps.
///
/// A run without one takes the timer of the crate
/// [futures-timer](https://docs.rs/futures-timer), which works under any executor. It has a thread
/// of its own, which starts at the first use. Another timer is handed in with
/// [`Run::timer`](crate::Run::timer): that of the runtime at hand, or a clock of a test.
///
/// ```
/// use typed_pipeliner::policy::Timer;
///
/// let timer = Timer::new(tokio::time::sleep);
/// # let _ = timer;
/// ```
#[derive(Clone)]
pub struct Timer(Arc<Sleep>);

/// A function that makes a future that waits.
type Sleep = dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync;

impl Timer {
    /// A timer from the function that makes a future that waits for a time.
    pub fn new<F: Future<Output = ()> + Send + 'static>(sleep: impl Fn(Duration) -> F + Send + Sync + 'static) -> Self {
        Timer(Arc::new(move |time| Box::pin(sleep(time))))
    }

    /// Waits with a timer, or with the default one.
    pub(crate) fn sleep(timer: Option<&Self>, time: Duration) -> BoxFuture<'static, ()> {
        match timer {
            Some(Timer(sleep)) => sleep(time),
            None => Box::pin(Delay::new(time)),
        }
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer").finish_non_exhaustive()
    }
}
