//! The claim of a step: which run may execute it, and who waits for that.

use super::sync::{Arc, AtomicU8, Mutex, MutexGuard, Ordering};
use crate::error::SharedError;
use core::task::Waker;

#[cfg(all(test, typed_pipeliner_loom))]
mod model;

/// No run has the step.
const FREE: u8 = 0;
/// A run has the step, and nobody waits.
const TAKEN: u8 = 1;
/// A run has the step, and others wait.
const AWAITED: u8 = 2;
/// The step has been done; there is nothing left to claim.
const DONE: u8 = 3;

/// The right to execute a step, held by one run at a time.
#[derive(Debug)]
pub struct Claim {
    /// `FREE`, `TAKEN`, `AWAITED` or `DONE`. It becomes `AWAITED`, and ceases to be, under the lock of `waiting`.
    state: AtomicU8,
    /// Who waits, in the order in which they came; nobody unless `AWAITED`.
    waiting: Mutex<Vec<(Ticket, Arc<Waiter>)>>,
}

/// The place of a run among those who wait; the later, the larger.
type Ticket = u64;

/// A run that waits.
#[derive(Debug)]
struct Waiter {
    waker: Waker,
    /// What came of it, once that is so.
    over: Mutex<Option<Result<(), SharedError>>>,
}

impl Claim {
    pub(crate) fn new() -> Self {
        Claim { state: AtomicU8::new(FREE), waiting: Mutex::new(Vec::new()) }
    }

    /// Takes the right, if it is free.
    #[inline]
    pub fn take(&self) -> Option<Taken<'_>> {
        self.state.compare_exchange(FREE, TAKEN, Ordering::Acquire, Ordering::Relaxed).ok().map(|_| Taken(self))
    }

    /// Whether a run has the right now.
    #[cfg(feature = "executor")]
    pub(crate) fn is_taken(&self) -> bool {
        matches!(self.state.load(Ordering::Relaxed), TAKEN | AWAITED)
    }

    /// Waits until whoever has the right gives it back or is done; `None` if that is so already.
    pub fn wait(&self, waker: &Waker) -> Option<Waiting<'_>> {
        let mut waiting = self.waiting();
        match self.state.compare_exchange(TAKEN, AWAITED, Ordering::Relaxed, Ordering::Acquire) {
            Ok(_) | Err(AWAITED) => {}
            Err(_) => return None,
        }
        let waiter = Arc::new(Waiter { waker: waker.clone(), over: Mutex::new(None) });
        let ticket = waiting.last().map_or(0, |(last, _)| last + 1);
        waiting.push((ticket, Arc::clone(&waiter)));
        Some(Waiting { claim: self, ticket, waiter })
    }

    /// Gives the right back in the state `to`, and tells all who wait.
    ///
    /// All, and not one of them: whoever is told may not be polled for a long time, and the others would hang with it.
    #[inline]
    fn leave(&self, to: u8, error: Option<SharedError>) {
        if self.state.compare_exchange(TAKEN, to, Ordering::Release, Ordering::Relaxed).is_err() {
            self.tell(to, error);
        }
    }

    /// Gives the right back, and tells those who wait.
    #[cold]
    fn tell(&self, to: u8, error: Option<SharedError>) {
        let told = {
            let mut waiting = self.waiting();
            self.state.store(to, Ordering::Release);
            core::mem::take(&mut *waiting)
        };
        for (_, waiter) in told {
            *waiter.over.lock().expect(NO_PANIC) = Some(error.clone().map_or(Ok(()), Err));
            waiter.waker.wake_by_ref();
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<(Ticket, Arc<Waiter>)>> {
        self.waiting.lock().expect(NO_PANIC)
    }
}

/// Why no lock here is ever poisoned.
const NO_PANIC: &str = "nothing panics while it holds this lock";

/// The right to execute a step. Dropping it gives it back, so that another run can take over.
#[derive(Debug)]
pub struct Taken<'s>(&'s Claim);

impl<'s> Taken<'s> {
    /// The step is done.
    #[inline]
    pub fn done(self) {
        self.into_claim().leave(DONE, None);
    }

    /// The step has failed: all who wait get that error, and later runs try again.
    pub fn failed(self, error: SharedError) {
        self.into_claim().leave(FREE, Some(error));
    }

    /// The claim, to be left otherwise than by dropping this.
    #[inline]
    fn into_claim(self) -> &'s Claim {
        let claim = self.0;
        core::mem::forget(self);
        claim
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.0.leave(FREE, None);
    }
}

/// A place among those who wait. Dropping it gives it up.
#[derive(Debug)]
pub struct Waiting<'s> {
    claim: &'s Claim,
    ticket: Ticket,
    waiter: Arc<Waiter>,
}

impl Waiting<'_> {
    /// Whether the wait is over. Then it is either time to look again, or the step has failed.
    pub fn over(&self) -> Option<Result<(), SharedError>> {
        self.waiter.over.lock().expect(NO_PANIC).clone()
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut waiting = self.claim.waiting();
        match waiting.binary_search_by_key(&self.ticket, |&(ticket, _)| ticket) {
            // The ticket may have been given out anew since all were told.
            Ok(place) if Arc::ptr_eq(&waiting[place].1, &self.waiter) => drop(waiting.remove(place)),
            _ => {}
        }
    }
}
