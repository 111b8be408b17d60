//! The times of events.
//!
//! To read the clock costs more than most observers do with an event. So an event that comes right
//! after another one, with nothing of the user in between, has the time of that one.

use core::cell::Cell;
use web_time::Instant;

thread_local! {
    /// The time of the last event in this poll of a run, or at its creation, in this thread.
    static LAST: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Begins a poll of a run, or goes on after that of a step.
#[inline]
pub(super) fn begin() {
    LAST.set(None);
}

/// The time now.
pub(super) fn now() -> Instant {
    let now = Instant::now();
    LAST.set(Some(now));
    now
}

/// The time of the last event, or the time now.
pub(super) fn recent() -> Instant {
    LAST.get().unwrap_or_else(now)
}
