//! The attempts of a step that has a policy, as data: none of this knows the type of the step.

use super::store_ref::Erased;
use super::surroundings::Surroundings;
use super::task::StepResult;
use crate::error::{BoxError, Exhausted};
use crate::observe::StepEventKind;
use crate::retry::{Retry, TimedOut};
use crate::timer::Timer;
use core::time::Duration;
use futures::future::{BoxFuture, Either, select};

/// A step that can be attempted several times, with its inputs and the place for its outputs.
pub trait Attempts<'s>: Send {
    /// The attempts after the first one, and the time of each.
    fn limits(&self) -> Limits;
    /// Attempts the step once, and stores its outputs.
    fn attempt(&mut self) -> BoxFuture<'_, Attempted<'s>>;
    /// Stores the outputs in place of those that failed, if there are any.
    fn fall_back(&mut self, error: &BoxError) -> Option<Option<&'s Erased>>;
}

/// The part of a policy that is the same for all steps.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The attempts after the first one.
    pub(crate) retry: Option<Retry>,
    /// The time of each attempt.
    pub(crate) timeout: Option<Duration>,
}

/// The end of an attempt: the first stored output, or an error and whether to try again.
pub(crate) type Attempted<'s> = Result<Option<&'s Erased>, (BoxError, bool)>;

impl Surroundings {
    /// Waits.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Timer::sleep(self.timer.as_ref(), time)
    }

    /// Notes, for the journal of the store, whether the outputs of the step are those that its
    /// inputs determine.
    fn mark(&self, is_certain: bool) {
        #[cfg(feature = "journal")]
        match &self.keeping {
            Some(keeping) if is_certain => keeping.mark_certain(self.step),
            Some(keeping) => keeping.mark_uncertain(self.step),
            None => {}
        }
        let _ = is_certain;
    }

    /// Attempts a step until it succeeds, or there is no attempt left; then falls back.
    pub(crate) async fn execute<'s>(self, mut attempts: Box<dyn Attempts<'s> + 's>) -> StepResult<'s> {
        let Limits { retry, timeout } = attempts.limits();
        let mut delays = retry.into_iter().flat_map(Retry::delays);
        let of = retry.map_or(1, Retry::attempts);
        let mut failed: Vec<BoxError> = Vec::new();
        self.mark(true);
        loop {
            let attempted = match timeout {
                None => attempts.attempt().await,
                Some(each) => match select(attempts.attempt(), self.sleep(each)).await {
                    Either::Left((attempted, _)) => attempted,
                    Either::Right(_) => Err((TimedOut::new(each).into(), true)),
                },
            };
            let (error, again) = match attempted {
                Ok(first) => return Ok(first),
                Err(failure) => failure,
            };
            let Some(delay) = delays.next().filter(|_| again) else {
                // Before others can see the outputs.
                self.mark(false);
                if let Some(first) = attempts.fall_back(&error) {
                    self.notify(StepEventKind::FellBack(&*error));
                    return Ok(first);
                }
                return Err(Exhausted::of(failed, error));
            };
            let attempt = u32::try_from(failed.len() + 2).unwrap_or(u32::MAX);
            self.notify(StepEventKind::Retrying { attempt, of, delay, error: &*error });
            failed.push(error);
            if !delay.is_zero() {
                self.sleep(delay).await;
            }
        }
    }
}
