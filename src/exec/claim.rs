//! The claim of a step: the right to execute it, and the runs that wait for it.

use super::moment::Moment;
use super::run_key::RunKey;
use super::sync::{Arc, AtomicU64, Mutex, MutexGuard, Ordering};
use crate::error::SharedError;
use core::task::Waker;
use std::collections::BTreeMap;

#[cfg(all(test, typed_pipeliner_loom))]
mod model;

/// No run has the claim. The next state is `taken`.
const FREE: u64 = 0;
/// The step has succeeded; there is nothing left to claim.
const DONE: u64 = 1;

/// In place of a moment: the outputs of the step are those of a fallback.
#[cfg(feature = "policy")]
const FALLBACK: u64 = u64::MAX;

/// The bit of a state in which others wait for the run that has the claim. In all other states, the
/// run that has it is the state itself: a [`RunKey`]. The next state is with this bit, or `DONE`,
/// or `FREE` if the step failed or was dropped. All waiting runs are woken when it goes.
const AWAITED: u64 = 2;

/// The right to execute a step, held by one run at a time.
#[derive(Debug)]
pub struct Claim {
    /// `FREE`, `DONE`, or the run that has the claim, with the bit `AWAITED` if others wait. This
    /// bit changes under the lock of `waiting`.
    state: AtomicU64,
    /// The waiting runs, in the order of their arrival; none unless `AWAITED`. They are boxed,
    /// because few steps are ever awaited.
    waiting: Mutex<Option<Box<Waiting>>>,
    /// When the run that has the claim began to wait for the step, as a [`Moment`]; 0 if it has
    /// not; [`FALLBACK`] once outputs of a fallback are there. It orders nothing.
    since: core::sync::atomic::AtomicU64,
}

/// The waiting runs, in the order of their arrival. It is a map, so that one that gives up costs as
/// much among many as among few.
type Waiting = BTreeMap<Ticket, Arc<Waiter>>;

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
    #[cfg(not(all(test, typed_pipeliner_loom)))]
    pub(crate) const fn new() -> Self {
        let since = core::sync::atomic::AtomicU64::new(0);
        Claim { state: AtomicU64::new(FREE), waiting: Mutex::new(None), since }
    }

    /// Loom has no constants: its models make their claims with `of_model`, and no store.
    #[cfg(all(test, typed_pipeliner_loom))]
    pub(crate) const fn new() -> Self {
        unreachable!()
    }

    /// Takes the claim for a run, if it is free.
    #[inline]
    pub fn take(&self, run: RunKey) -> Option<ClaimGuard<'_>> {
        let taken = self.state.compare_exchange(FREE, run.get(), Ordering::Acquire, Ordering::Relaxed);
        taken.ok().map(|_| ClaimGuard(self))
    }

    /// When the run that has the claim began to wait for the step, if it has.
    pub(crate) fn since(&self) -> Option<Moment> {
        Moment::from_number(self.since.load(Ordering::Relaxed))
    }

    /// Marks the outputs of the step, which are about to be stored, as those of a fallback.
    #[cfg(feature = "policy")]
    pub(crate) fn mark_fallback(&self) {
        self.since.store(FALLBACK, Ordering::Relaxed);
    }

    /// Whether the outputs of the step, which are there, are those of a fallback.
    #[cfg(feature = "policy")]
    pub(crate) fn has_fallback(&self) -> bool {
        self.since.load(Ordering::Relaxed) == FALLBACK
    }

    /// The run that has the claim now, if one has.
    pub(crate) fn holder(&self) -> Option<RunKey> {
        RunKey::of(self.state.load(Ordering::Relaxed))
    }

    /// Waits until the run that has the claim gives it back or is done; `None` if it already has.
    pub fn wait(&self, waker: &Waker) -> Option<ClaimWait<'_>> {
        let mut waiting = self.lock();
        // Between the load and the exchange, the claim may go to another run.
        let holder = loop {
            let state = self.state.load(Ordering::Acquire);
            let run = RunKey::of(state)?;
            let awaited = state | AWAITED;
            if state == awaited
                || self.state.compare_exchange(state, awaited, Ordering::Relaxed, Ordering::Relaxed).is_ok()
            {
                break run;
            }
        };
        let waiter = Arc::new(Waiter { waker: waker.clone(), over: Mutex::new(None) });
        let waiting = waiting.get_or_insert_default();
        let ticket = waiting.last_key_value().map_or(0, |(last, _)| last + 1);
        waiting.insert(ticket, Arc::clone(&waiter));
        Some(ClaimWait { claim: self, ticket, waiter, holder })
    }

    /// Gives the claim back in the state `to`, and wakes every waiting run.
    ///
    /// It does not wake just one of them: that one might not be polled for a long time, and the
    /// others would be stuck behind it.
    #[inline]
    fn release(&self, to: u64, error: Option<&SharedError>) {
        let alone = self.state.load(Ordering::Relaxed) & !AWAITED;
        if self.state.compare_exchange(alone, to, Ordering::Release, Ordering::Relaxed).is_err() {
            self.notify_all(to, error);
        }
    }

    /// Gives the claim back, and wakes every waiting run.
    #[cold]
    fn notify_all(&self, to: u64, error: Option<&SharedError>) {
        let waiters = {
            let mut waiting = self.lock();
            self.state.store(to, Ordering::Release);
            waiting.take()
        };
        for (_, waiter) in waiters.into_iter().flat_map(|waiters| *waiters) {
            *waiter.over.lock().expect(NO_PANIC) = Some(error.cloned().map_or(Ok(()), Err));
            waiter.waker.wake_by_ref();
        }
    }

    /// Locks the list of waiting runs.
    fn lock(&self) -> MutexGuard<'_, Option<Box<Waiting>>> {
        self.waiting.lock().expect(NO_PANIC)
    }
}

/// The reason why no lock here is ever poisoned.
const NO_PANIC: &str = "nothing panics while it holds this lock";

/// The claim of this run. Dropping the guard gives the claim back, so that another run can take
/// over.
#[derive(Debug)]
pub struct ClaimGuard<'s>(&'s Claim);

impl ClaimGuard<'_> {
    /// Ends the claim after the step has succeeded.
    #[inline]
    pub fn done(self) {
        self.release(DONE, None);
    }

    /// Records when this run began to wait for the step.
    #[inline]
    pub(crate) fn pends(&self, since: Moment) {
        self.0.since.store(since.number(), Ordering::Relaxed);
    }

    /// Gives the claim back after the step has failed. All waiting runs get its error, and later
    /// runs try again.
    pub fn failed(self, error: &SharedError) {
        self.0.since.store(0, Ordering::Relaxed);
        self.release(FREE, Some(error));
    }

    /// Gives the claim back in the state `to`.
    #[inline]
    fn release(self, to: u64, error: Option<&SharedError>) {
        let claim = self.0;
        core::mem::forget(self);
        claim.release(to, error);
    }
}

impl Drop for ClaimGuard<'_> {
    fn drop(&mut self) {
        self.0.since.store(0, Ordering::Relaxed);
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
    /// The run that had the claim when the wait began.
    holder: RunKey,
}

impl ClaimWait<'_> {
    /// The run that has the claim.
    pub(crate) fn holder(&self) -> RunKey {
        self.holder
    }

    /// The result of the wait, if it is over: `Ok` if the run has to look again, or the error of
    /// the step.
    pub fn over(&self) -> Option<Result<(), SharedError>> {
        self.waiter.over.lock().expect(NO_PANIC).clone()
    }
}

impl Drop for ClaimWait<'_> {
    fn drop(&mut self) {
        let mut waiting = self.claim.lock();
        let Some(waiting) = waiting.as_mut() else { return };
        // Since all runs were woken, the ticket may have been given to another run.
        if waiting.get(&self.ticket).is_some_and(|waiter| Arc::ptr_eq(waiter, &self.waiter)) {
            waiting.remove(&self.ticket);
        }
    }
}
