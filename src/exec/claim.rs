//! The claim of a step: the right to execute it, and the runs that wait for it.

use super::sync::{Arc, AtomicU8, Mutex, MutexGuard, Ordering};
use crate::error::SharedError;
use core::task::Waker;

#[cfg(all(test, typed_pipeliner_loom))]
mod model;

/// No run has the claim. The next state is `TAKEN`.
const FREE: u8 = 0;
/// A run has the claim, and none waits. The next state is `AWAITED`, `DONE`, or `FREE` if the step
/// failed or was dropped.
const TAKEN: u8 = 1;
/// A run has the claim, and others wait. The next state is `DONE` or `FREE`, and all waiting runs
/// are woken.
const AWAITED: u8 = 2;
/// The step has succeeded; there is nothing left to claim.
const DONE: u8 = 3;

/// The right to execute a step, held by one run at a time.
#[derive(Debug)]
pub struct Claim {
    /// `FREE`, `TAKEN`, `AWAITED` or `DONE`. It changes to and from `AWAITED` under the lock of
    /// `waiting`.
    state: AtomicU8,
    /// The waiting runs, in the order of their arrival; none unless `AWAITED`.
    waiting: Mutex<Vec<(Ticket, Arc<Waiter>)>>,
}

/// The number of a waiting run; a later run has a larger one.
type Ticket = u64;

/// A waiting run.
#[derive(Debug)]
struct Waiter {
    /// The waker of the run.
    waker: Waker,
    /// The result of the wait, once it is over.
    over: Mutex<Option<Result<(), SharedError>>>,
}

impl Claim {
    /// A claim that no run has.
    pub(crate) fn new() -> Self {
        Claim { state: AtomicU8::new(FREE), waiting: Mutex::new(Vec::new()) }
    }

    /// Takes the claim, if it is free.
    #[inline]
    pub fn take(&self) -> Option<ClaimGuard<'_>> {
        self.state.compare_exchange(FREE, TAKEN, Ordering::Acquire, Ordering::Relaxed).ok().map(|_| ClaimGuard(self))
    }

    /// Whether a run has the claim now.
    #[cfg(feature = "executor")]
    pub(crate) fn is_taken(&self) -> bool {
        matches!(self.state.load(Ordering::Relaxed), TAKEN | AWAITED)
    }

    /// Waits until the run that has the claim gives it back or is done; `None` if it already has.
    pub fn wait(&self, waker: &Waker) -> Option<ClaimWait<'_>> {
        let mut waiting = self.waiting();
        match self.state.compare_exchange(TAKEN, AWAITED, Ordering::Relaxed, Ordering::Acquire) {
            Ok(_) | Err(AWAITED) => {}
            Err(_) => return None,
        }
        let waiter = Arc::new(Waiter { waker: waker.clone(), over: Mutex::new(None) });
        let ticket = waiting.last().map_or(0, |(last, _)| last + 1);
        waiting.push((ticket, Arc::clone(&waiter)));
        Some(ClaimWait { claim: self, ticket, waiter })
    }

    /// Gives the claim back in the state `to`, and wakes every waiting run.
    ///
    /// It does not wake just one of them: that one might not be polled for a long time, and the
    /// others would be stuck behind it.
    #[inline]
    fn release(&self, to: u8, error: Option<SharedError>) {
        if self.state.compare_exchange(TAKEN, to, Ordering::Release, Ordering::Relaxed).is_err() {
            self.notify_all(to, error);
        }
    }

    /// Gives the claim back, and wakes every waiting run.
    #[cold]
    fn notify_all(&self, to: u8, error: Option<SharedError>) {
        let waiters = {
            let mut waiting = self.waiting();
            self.state.store(to, Ordering::Release);
            core::mem::take(&mut *waiting)
        };
        for (_, waiter) in waiters {
            *waiter.over.lock().expect(NO_PANIC) = Some(error.clone().map_or(Ok(()), Err));
            waiter.waker.wake_by_ref();
        }
    }

    /// Locks the list of waiting runs.
    fn waiting(&self) -> MutexGuard<'_, Vec<(Ticket, Arc<Waiter>)>> {
        self.waiting.lock().expect(NO_PANIC)
    }
}

/// The reason why no lock here is ever poisoned.
const NO_PANIC: &str = "nothing panics while it holds this lock";

/// The claim of this run. Dropping the guard gives the claim back, so that another run can take
/// over.
#[derive(Debug)]
pub struct ClaimGuard<'s>(&'s Claim);

impl<'s> ClaimGuard<'s> {
    /// Ends the claim after the step has succeeded.
    #[inline]
    pub fn done(self) {
        self.into_claim().release(DONE, None);
    }

    /// Gives the claim back after the step has failed. All waiting runs get its error, and later
    /// runs try again.
    pub fn failed(self, error: SharedError) {
        self.into_claim().release(FREE, Some(error));
    }

    /// The claim, without giving it back.
    #[inline]
    fn into_claim(self) -> &'s Claim {
        let claim = self.0;
        core::mem::forget(self);
        claim
    }
}

impl Drop for ClaimGuard<'_> {
    fn drop(&mut self) {
        self.0.release(FREE, None);
    }
}

/// A place among the waiting runs. Dropping it gives the place up.
#[derive(Debug)]
pub struct ClaimWait<'s> {
    /// The claim that another run has.
    claim: &'s Claim,
    /// The number of this run in the list of waiting runs.
    ticket: Ticket,
    /// The entry of this run in that list.
    waiter: Arc<Waiter>,
}

impl ClaimWait<'_> {
    /// The result of the wait, if it is over: `Ok` if the run has to look again, or the error of
    /// the step.
    pub fn over(&self) -> Option<Result<(), SharedError>> {
        self.waiter.over.lock().expect(NO_PANIC).clone()
    }
}

impl Drop for ClaimWait<'_> {
    fn drop(&mut self) {
        let mut waiting = self.claim.waiting();
        match waiting.binary_search_by_key(&self.ticket, |&(ticket, _)| ticket) {
            // Since all runs were woken, the ticket may have been given to another run.
            Ok(place) if Arc::ptr_eq(&waiting[place].1, &self.waiter) => drop(waiting.remove(place)),
            _ => {}
        }
    }
}
