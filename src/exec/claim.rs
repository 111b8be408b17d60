//! The claim of a step: which run may execute it, and who waits for that.

use super::sync::{AtomicU8, Mutex, Ordering};
use core::task::Waker;

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
    /// `FREE`, `TAKEN`, `AWAITED` or `DONE`.
    state: AtomicU8,
    /// Whom to wake when the right is given back; empty unless `AWAITED`.
    waiting: Mutex<Vec<Waker>>,
}

impl Claim {
    pub const fn new() -> Self {
        Claim { state: AtomicU8::new(FREE), waiting: Mutex::new(Vec::new()) }
    }

    /// Takes the right, if it is free.
    pub fn take(&self) -> Option<Taken<'_>> {
        self.state
            .compare_exchange(FREE, TAKEN, Ordering::Acquire, Ordering::Relaxed)
            .ok()
            .map(|_| Taken { claim: self, leave: FREE })
    }

    /// Has `waker` woken when the right is given back or the step is done; `false` if that is so already.
    pub fn wait(&self, waker: &Waker) -> bool {
        let mut waiting = self.waiting.lock().expect("nothing panics while it waits");
        let taken = match self.state.compare_exchange(TAKEN, AWAITED, Ordering::Acquire, Ordering::Acquire) {
            Ok(_) => true,
            Err(state) => state == AWAITED,
        };
        if taken {
            waiting.push(waker.clone());
        }
        taken
    }

    /// Gives the right back in the state `to`, and wakes all who wait.
    fn leave(&self, to: u8) {
        if self.state.swap(to, Ordering::AcqRel) == AWAITED {
            let woken = core::mem::take(&mut *self.waiting.lock().expect("nothing panics while it waits"));
            woken.into_iter().for_each(Waker::wake);
        }
    }
}

/// The right to execute a step. Dropping it gives it back, so that another run can take over.
#[derive(Debug)]
pub struct Taken<'s> {
    claim: &'s Claim,
    /// The state to leave the claim in.
    leave: u8,
}

impl Taken<'_> {
    /// The step is done.
    pub fn done(mut self) {
        self.leave = DONE;
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.claim.leave(self.leave);
    }
}
