//! Models of the claim: two or three runs share a slot.

use super::{AtomicU64, Claim, FREE, Mutex, Waiter};
use crate::error::SharedError;
use crate::exec::model::{Bell, three_threads, two_threads};
use crate::exec::run_key::RunKey;
use core::task::Waker;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;

impl Claim {
    /// A claim that no run has.
    fn of_model() -> Self {
        Claim { state: AtomicU64::new(FREE), waiting: Mutex::new(None), since: Default::default() }
    }
}

/// A slot made of loom's primitives.
struct Slot {
    /// The claim to execute the step.
    claim: Claim,
    /// Whether the outputs are stored, with the orderings of the `OnceLock` that holds them.
    filled: AtomicBool,
    /// How often the step was executed.
    executed: AtomicUsize,
}

impl Slot {
    /// An empty slot.
    fn new() -> Arc<Self> {
        Arc::new(Slot { claim: Claim::of_model(), filled: AtomicBool::new(false), executed: AtomicUsize::new(0) })
    }

    /// Executes the step. It increments the counter in two operations, so a count is lost if two
    /// runs hold the claim at once, or if the later one does not see the writes of the earlier.
    fn execute(&self) {
        let executed = self.executed.load(Ordering::Relaxed);
        self.executed.store(executed + 1, Ordering::Relaxed);
    }

    /// Stores the outputs.
    fn fill(&self) {
        self.filled.store(true, Ordering::Release);
    }

    /// Whether the outputs are stored.
    fn is_filled(&self) -> bool {
        self.filled.load(Ordering::Acquire)
    }

    /// Waits for the holder of the claim and returns its outcome; `None` if no run holds the claim.
    fn wait(&self) -> Option<Result<(), SharedError>> {
        let bell = Bell::new();
        let waiting = self.claim.wait(&bell.clone().into())?;
        bell.sleep();
        assert!(!self.awaits(&waiting.waiter));
        Some(waiting.over().expect("a waiter has its outcome when it is woken"))
    }

    /// Waits, and drops the waiter at any time.
    fn wait_and_give_up(&self) {
        if let Some(waiting) = self.claim.wait(Waker::noop()) {
            let waiter = waiting.waiter.clone();
            drop(waiting);
            assert!(!self.awaits(&waiter));
        }
    }

    /// Whether this waiter is in the list.
    fn awaits(&self, waiter: &Arc<Waiter>) -> bool {
        self.claim.lock().iter().flat_map(|waiting| waiting.values()).any(|other| Arc::ptr_eq(other, waiter))
    }

    /// Gets the step done as a run does: executes it, or waits for the run that does.
    fn run(&self) -> Result<(), SharedError> {
        loop {
            if let Some(taken) = self.claim.take(RunKey::of(1 << 12).unwrap()) {
                if !self.is_filled() {
                    self.execute();
                    self.fill();
                }
                taken.done();
                return Ok(());
            }
            if self.is_filled() {
                return Ok(());
            }
            self.wait().transpose()?;
        }
    }

    /// Checks the slot after all runs, of which this many executed the step and the last succeeded.
    fn assert_done(&self, executed: usize) {
        assert_eq!(self.executed.load(Ordering::Relaxed), executed);
        assert!(self.claim.take(RunKey::of(1 << 12).unwrap()).is_none());
        assert!(self.claim.wait(Waker::noop()).is_none());
        assert!(self.claim.lock().as_ref().is_none_or(|waiting| waiting.is_empty()));
    }
}

/// Another run, in a thread.
fn spawn<T: 'static>(slot: &Arc<Slot>, run: impl FnOnce(&Slot) -> T + 'static) -> thread::JoinHandle<T> {
    let slot = Arc::clone(slot);
    thread::spawn(move || run(&slot))
}

#[test]
fn claim_belongs_to_one_run_at_a_time() {
    two_threads(|| {
        let take = |slot: &Slot| {
            let taken = slot.claim.take(RunKey::of(1 << 12).unwrap());
            if taken.is_some() {
                slot.execute();
            }
            usize::from(taken.is_some())
        };
        let slot = Slot::new();
        let other = spawn(&slot, take);
        let executed = take(&slot) + other.join().unwrap();

        assert!(executed > 0);
        assert_eq!(slot.executed.load(Ordering::Relaxed), executed);
        assert!(slot.claim.take(RunKey::of(1 << 12).unwrap()).is_some());
    });
}

#[test]
fn done_claim_cannot_be_taken() {
    two_threads(|| {
        let take = |slot: &Slot| {
            if let Some(taken) = slot.claim.take(RunKey::of(1 << 12).unwrap()) {
                slot.execute();
                taken.done();
            }
        };
        let slot = Slot::new();
        let other = spawn(&slot, take);
        take(&slot);
        other.join().unwrap();

        slot.assert_done(1);
    });
}

#[test]
fn waiting_or_late_run_sees_the_outputs() {
    two_threads(|| {
        let slot = Slot::new();
        let taken = slot.claim.take(RunKey::of(1 << 12).unwrap()).unwrap();
        let other = spawn(&slot, |slot| {
            assert!(slot.claim.take(RunKey::of(1 << 12).unwrap()).is_none());
            assert!(matches!(slot.wait(), None | Some(Ok(()))));
            assert!(slot.is_filled());
        });
        slot.execute();
        slot.fill();
        taken.done();
        other.join().unwrap();

        slot.assert_done(1);
    });
}

#[test]
fn waiting_run_can_take_a_released_claim() {
    two_threads(|| {
        let slot = Slot::new();
        let taken = slot.claim.take(RunKey::of(1 << 12).unwrap()).unwrap();
        let other = spawn(&slot, |slot| {
            assert!(matches!(slot.wait(), None | Some(Ok(()))));
            let taken = slot.claim.take(RunKey::of(1 << 12).unwrap()).unwrap();
            slot.execute();
            taken.done();
        });
        slot.execute();
        drop(taken);
        other.join().unwrap();

        slot.assert_done(2);
    });
}

#[test]
fn waiting_runs_share_the_error_and_later_runs_may_take() {
    three_threads(|| {
        let slot = Slot::new();
        let taken = slot.claim.take(RunKey::of(1 << 12).unwrap()).unwrap();
        let error = SharedError::new("no luck".into());
        let others = [(); 2].map(|()| {
            let expected = error.clone();
            spawn(&slot, move |slot| {
                if let Some(result) = slot.wait() {
                    assert!(SharedError::ptr_eq(&result.unwrap_err(), &expected));
                }
            })
        });
        taken.failed(&error);
        for other in others {
            other.join().unwrap();
        }

        assert!(slot.claim.lock().as_ref().is_none_or(|waiting| waiting.is_empty()));
        assert!(slot.claim.take(RunKey::of(1 << 12).unwrap()).is_some());
    });
}

#[test]
fn run_waiting_for_the_next_holder_does_not_get_the_last_error() {
    three_threads(|| {
        let slot = Slot::new();
        let taken = slot.claim.take(RunKey::of(1 << 12).unwrap()).unwrap();
        let one = spawn(&slot, Slot::wait_and_give_up);
        let other = spawn(&slot, |slot| {
            if let Some(taken) = slot.claim.take(RunKey::of(1 << 12).unwrap()) {
                let waiting = slot.claim.wait(Waker::noop()).unwrap();
                drop(taken);
                assert!(matches!(waiting.over(), Some(Ok(()))));
            }
        });
        taken.failed(&SharedError::new("no luck".into()));
        one.join().unwrap();
        other.join().unwrap();

        assert!(slot.claim.lock().as_ref().is_none_or(|waiting| waiting.is_empty()));
        assert!(slot.claim.take(RunKey::of(1 << 12).unwrap()).is_some());
    });
}

#[test]
fn dropped_waiter_is_removed_from_among_later_ones() {
    loom::model(|| {
        let slot = Slot::new();
        let _taken = slot.claim.take(RunKey::of(1 << 12).unwrap()).unwrap();
        let wait = || slot.claim.wait(Waker::noop()).unwrap();
        let (first, second) = (wait(), wait());
        drop(first);
        let third = wait();
        for waiting in [second, third] {
            let waiter = waiting.waiter.clone();
            drop(waiting);
            assert!(!slot.awaits(&waiter));
        }
    });
}

#[test]
fn dropped_waiter_takes_no_wakeup_from_others() {
    three_threads(|| {
        let slot = Slot::new();
        let taken = slot.claim.take(RunKey::of(1 << 12).unwrap()).unwrap();
        let one = spawn(&slot, Slot::wait_and_give_up);
        let other = spawn(&slot, Slot::run);
        slot.execute();
        slot.fill();
        taken.done();
        one.join().unwrap();
        other.join().unwrap().unwrap();

        slot.assert_done(1);
    });
}

#[test]
fn waiter_dropped_late_takes_no_wakeup_from_later_ones() {
    three_threads(|| {
        let slot = Slot::new();
        let taken = slot.claim.take(RunKey::of(1 << 12).unwrap()).unwrap();
        let one = spawn(&slot, Slot::wait_and_give_up);
        let other = spawn(&slot, Slot::run);
        slot.execute();
        drop(taken);
        slot.run().unwrap();
        one.join().unwrap();
        other.join().unwrap().unwrap();

        slot.assert_done(2);
    });
}
