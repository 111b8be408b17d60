//! Moments that an atomic can hold.

use core::num::NonZero;
use core::time::Duration;
use std::sync::LazyLock;
use web_time::Instant;

/// A moment, as a number: the microseconds since the first one, plus 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment(NonZero<u64>);

/// The first moment.
static FIRST: LazyLock<Instant> = LazyLock::new(Instant::now);

impl Moment {
    /// This moment.
    pub(crate) fn now() -> Self {
        let since_first = u64::try_from(FIRST.elapsed().as_micros()).unwrap_or(u64::MAX);
        Moment(NonZero::<u64>::MIN.saturating_add(since_first))
    }

    /// The moment with a number; `None` for 0.
    pub(crate) fn from_number(number: u64) -> Option<Self> {
        NonZero::new(number).map(Moment)
    }

    /// The number of the moment.
    pub(crate) fn number(self) -> u64 {
        self.0.get()
    }

    /// The time since then.
    pub(crate) fn elapsed(self) -> Duration {
        Duration::from_micros(Self::now().number().saturating_sub(self.number()))
    }
}
