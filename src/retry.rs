//! How often a step is tried again, and when; and the error of an attempt that took too long.

use backon::{BackoffBuilder as _, ExponentialBuilder};
use core::error::Error;
use core::fmt;
use core::time::Duration;

/// How often a step is tried again after a failure, and after which delays.
///
/// ```
/// use typed_pipeliner::policy::Retry;
/// use std::time::Duration;
///
/// /// Four attempts: after about 200 ms, 400 ms and 800 ms.
/// const PATIENTLY: Retry =
///     Retry::times(3).after(Duration::from_millis(200)).doubling_to(Duration::from_secs(10)).jitter();
/// # assert_eq!(PATIENTLY.attempts(), 4);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// The number of attempts after the first one; at least 1.
    times: u32,
    /// The delay before the second attempt.
    first: Duration,
    /// The longest delay, if each one doubles the one before.
    doubling_to: Option<Duration>,
    /// Whether each delay is extended by chance.
    jitter: bool,
}

impl Retry {
    /// Up to this number of attempts after the first one, without delays.
    ///
    /// # Panics
    ///
    /// If `times` is 0. In a constant of `#[step]` rustc reports that.
    #[track_caller]
    pub const fn times(times: u32) -> Self {
        assert!(times > 0, "a step that is retried 0 times is not retried: leave `retry` out");
        assert!(times < u32::MAX, "there are at most 4,294,967,295 attempts");
        Retry { times, first: Duration::ZERO, doubling_to: None, jitter: false }
    }

    /// Waits for this time before each attempt after the first one.
    #[must_use]
    pub const fn after(mut self, delay: Duration) -> Self {
        self.first = delay;
        self
    }

    /// Doubles each delay, up to this one.
    #[must_use]
    pub const fn doubling_to(mut self, longest: Duration) -> Self {
        self.doubling_to = Some(longest);
        self
    }

    /// Extends each delay by a random part of itself, so that steps that failed together do not
    /// come back together.
    #[must_use]
    pub const fn jitter(mut self) -> Self {
        self.jitter = true;
        self
    }

    /// The number of attempts, the first one included.
    pub const fn attempts(self) -> u32 {
        self.times + 1
    }

    /// The delays before the attempts after the first one.
    ///
    /// ```
    /// use typed_pipeliner::policy::Retry;
    /// use std::time::Duration;
    ///
    /// let second = Duration::from_secs(1);
    /// let retry = Retry::times(4).after(second).doubling_to(3 * second);
    /// assert!(retry.delays().eq([second, 2 * second, 3 * second, 3 * second]));
    /// ```
    pub fn delays(self) -> impl Iterator<Item = Duration> + Send + 'static {
        let (factor, longest) = match self.doubling_to {
            Some(longest) => (2.0, longest),
            None => (1.0, Duration::MAX),
        };
        let delays = ExponentialBuilder::new()
            .with_min_delay(if self.first < longest { self.first } else { longest })
            .with_max_delay(longest)
            .with_factor(factor)
            .with_max_times(usize::try_from(self.times).unwrap_or(usize::MAX));
        if self.jitter { delays.with_jitter().build() } else { delays.build() }
    }
}

/// The error of an attempt that took longer than the [`timeout`](crate::policy::PolicyOf::timeout)
/// of its step.
///
/// ```
/// # use typed_pipeliner::{HList, Out, Pipeline, Store, resource, step};
/// use typed_pipeliner::policy::TimedOut;
/// use std::time::Duration;
///
/// # resource! { Page: String; }
/// #[step(timeout = Duration::from_millis(5))]
/// async fn fetch() -> Out<Page> {
///     std::future::pending().await
/// }
/// # struct App;
/// # impl Pipeline for App { type Steps = HList![Fetch]; }
///
/// let error = smol::block_on(Store::<App>::new().resource::<Page>()).unwrap_err();
/// assert_eq!(error.downcast_ref::<TimedOut>().unwrap().after(), Duration::from_millis(5));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedOut {
    /// The time that the attempt was given.
    after: Duration,
}

impl TimedOut {
    /// An attempt that was given this time.
    pub(crate) fn new(after: Duration) -> Self {
        TimedOut { after }
    }

    /// The time that the attempt was given.
    pub fn after(&self) -> Duration {
        self.after
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "timed out after {:?}", self.after)
    }
}

impl Error for TimedOut {}
