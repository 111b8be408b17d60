//! The policy of a step: what a run does besides executing it once.

use crate::error::BoxError;
use crate::retry::Retry;
use crate::steps::Step;
use crate::steps::lists::{InputList, OutputList};
use core::fmt;
use core::time::Duration;

/// The policy of the step `S`, a constant: [`Step::POLICY`].
pub type Policy<S> = PolicyOf<<S as Step>::Inputs, <S as Step>::Outputs, <S as Step>::Error>;

/// The policy of a step with the inputs `I`, the outputs `O` and the error `E`: the time of each
/// attempt, the attempts, and the outputs in place of those that failed.
pub struct PolicyOf<I: InputList, O: OutputList, E> {
    /// The attempts after the first one.
    pub(crate) retry: Option<Retry>,
    /// Whether to try again after an error.
    pub(crate) retry_if: Option<fn(&E) -> bool>,
    /// The time of each attempt.
    pub(crate) timeout: Option<Duration>,
    /// The outputs after the last attempt.
    pub(crate) fallback: Option<Fallback<I, O>>,
}

/// The reason why a timeout of no time is refused.
pub(crate) const NO_TIME: &str = "an attempt that is given no time never succeeds: leave `timeout` out";

/// A function that gives outputs in place of those of a step that failed, or `None`.
pub type Fallback<I, O> = for<'s> fn(<I as InputList>::Refs<'s>, &BoxError) -> Option<<O as OutputList>::Values>;

impl<I: InputList, O: OutputList, E> PolicyOf<I, O, E> {
    /// One attempt, however long it takes.
    ///
    /// ```
    /// # use typed_pipeliner::{BoxError, HList, Inputs, Outputs, Step, hlist, hlist_pat, resource};
    /// use typed_pipeliner::policy::{Policy, Retry};
    /// use std::io;
    /// use std::time::Duration;
    ///
    /// # resource! { Url: String; Page: String; }
    /// # struct Fetch;
    /// impl Step for Fetch {
    ///     const POLICY: Option<Policy<Self>> = Some(
    ///         Policy::<Self>::new()
    ///             .retry(Retry::times(2))
    ///             .retry_if(|error| error.kind() == io::ErrorKind::ConnectionReset)
    ///             .timeout(Duration::from_secs(30))
    ///             .fallback(|hlist_pat![url], _error| url.is_empty().then(|| hlist![String::new()])),
    ///     );
    ///     type Error = io::Error;
    ///     // …
    /// #   type Inputs = HList![Url];
    /// #   type Outputs = HList![Page];
    /// #   async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
    /// #       Ok(hlist![String::new()])
    /// #   }
    /// }
    /// ```
    #[expect(clippy::new_without_default, reason = "a policy is a constant")]
    pub const fn new() -> Self {
        PolicyOf { retry: None, retry_if: None, timeout: None, fallback: None }
    }

    /// Tries again after a failure. A panic is no failure: it reaches the caller of the run.
    #[must_use]
    pub const fn retry(mut self, retry: Retry) -> Self {
        self.retry = Some(retry);
        self
    }

    /// Tries again only after an error of which this returns `true`. A timeout is not asked about:
    /// after one, the step is always tried again.
    #[must_use]
    pub const fn retry_if(mut self, is_transient: fn(&E) -> bool) -> Self {
        self.retry_if = Some(is_transient);
        self
    }

    /// Gives each attempt this time. One that takes longer is dropped, and fails with
    /// [`TimedOut`](crate::policy::TimedOut).
    ///
    /// # Panics
    ///
    /// If the time is 0.
    #[must_use]
    #[track_caller]
    pub const fn timeout(mut self, each: Duration) -> Self {
        assert!(!each.is_zero(), "{}", NO_TIME);
        self.timeout = Some(each);
        self
    }

    /// After the last attempt, takes the outputs of this function in place of those of the step.
    /// It gets the inputs of the step, and the error of the last attempt. If it returns `None`, the
    /// step fails with that error.
    #[must_use]
    pub const fn fallback(mut self, fallback: Fallback<I, O>) -> Self {
        self.fallback = Some(fallback);
        self
    }
}

impl<I: InputList, O: OutputList, E> Clone for PolicyOf<I, O, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<I: InputList, O: OutputList, E> Copy for PolicyOf<I, O, E> {}

impl<I: InputList, O: OutputList, E> fmt::Debug for PolicyOf<I, O, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy").field("retry", &self.retry).field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
