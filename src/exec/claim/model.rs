//! Models of the claim, each of two or three runs. Loom executes a model once for each way in which its threads can
//! interleave and each value that a load may then see; a thread that nobody wakes is a deadlock, which it reports.
//!
//! `RUSTFLAGS="--cfg pipeliner_loom" cargo test --release --lib model`

use super::{Claim, Waiting};
use crate::error::SharedError;
use core::future::poll_fn;
use core::task::{Poll, Waker};
use loom::future::block_on;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;

/// A slot, made of what loom watches.
struct Slot {
    claim: Claim,
    /// Whether the outputs are there, with the orderings of the `OnceLock` that holds them.
    filled: AtomicBool,
    /// How often the step was executed.
    executed: AtomicUsize,
}

impl Slot {
    fn new() -> Arc<Self> {
        Arc::new(Slot { claim: Claim::new(), filled: AtomicBool::new(false), executed: AtomicUsize::new(0) })
    }

    /// Executes the step. It counts as if the counter were not atomic: a count is lost if two have the right at once, and
    /// also if the later of them does not see all that the earlier did.
    fn execute(&self) {
        let executed = self.executed.load(Ordering::Relaxed);
        self.executed.store(executed + 1, Ordering::Relaxed);
    }

    /// Stores the outputs.
    fn fill(&self) {
        self.filled.store(true, Ordering::Release);
    }

    fn is_filled(&self) -> bool {
        self.filled.load(Ordering::Acquire)
    }

    /// Waits for whoever has the right, and says what came of it; `None` if nobody has.
    fn wait(&self) -> Option<Result<(), SharedError>> {
        block_on(async {
            let waiting = poll_fn(|cx| Poll::Ready(self.claim.wait(cx.waker()))).await?;
            Some(poll_fn(|_| waiting.over().map_or(Poll::Pending, Poll::Ready)).await)
        })
    }

    /// Gets the step done, as a run does: here, or by waiting for those who have it.
    fn run(&self) -> Result<(), SharedError> {
        loop {
            if let Some(taken) = self.claim.take() {
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

    /// What holds when all runs are over, of which so many executed the step, the last of them to its end.
    fn assert_done(&self, executed: usize) {
        assert_eq!(self.executed.load(Ordering::Relaxed), executed);
        assert!(self.claim.take().is_none());
        assert!(self.claim.wait(Waker::noop()).is_none());
        self.assert_nobody_waits();
    }

    fn assert_nobody_waits(&self) {
        assert!(self.claim.waiting().is_empty());
    }
}

/// Another run, in a thread.
fn spawn<T: 'static>(slot: &Arc<Slot>, run: impl FnOnce(&Slot) -> T + 'static) -> thread::JoinHandle<T> {
    let slot = Arc::clone(slot);
    thread::spawn(move || run(&slot))
}

#[test]
fn one_run_at_a_time_has_the_right() {
    loom::model(|| {
        let take = |slot: &Slot| {
            let taken = slot.claim.take();
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
        assert!(slot.claim.take().is_some());
    });
}

#[test]
fn nobody_takes_what_is_done() {
    loom::model(|| {
        let take = |slot: &Slot| {
            if let Some(taken) = slot.claim.take() {
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
fn whoever_waits_or_comes_too_late_to_wait_sees_what_was_done() {
    loom::model(|| {
        let slot = Slot::new();
        let taken = slot.claim.take().unwrap();
        let other = spawn(&slot, |slot| {
            assert!(slot.claim.take().is_none());
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
fn whoever_waits_for_what_is_given_back_can_take_it() {
    loom::model(|| {
        let slot = Slot::new();
        let taken = slot.claim.take().unwrap();
        let other = spawn(&slot, |slot| {
            assert!(matches!(slot.wait(), None | Some(Ok(()))));
            let taken = slot.claim.take().unwrap();
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
fn all_who_wait_get_the_very_error_and_whoever_comes_later_tries_again() {
    loom::model(|| {
        let slot = Slot::new();
        let taken = slot.claim.take().unwrap();
        let error = SharedError::new("no luck".into());
        let others = [(); 2].map(|()| {
            let expected = SharedError::clone(&error);
            spawn(&slot, move |slot| match slot.wait() {
                Some(Err(error)) => assert!(SharedError::ptr_eq(&error, &expected)),
                Some(Ok(())) => panic!("the step failed"),
                // It comes later.
                None => drop(slot.claim.take()),
            })
        });
        taken.failed(error);
        others.map(|other| other.join().unwrap());

        slot.assert_nobody_waits();
        assert!(slot.claim.take().is_some());
    });
}

/// Waits, gives up at any time, and leaves no trace.
fn give_up(slot: &Slot) {
    let waker = Waker::noop();
    let waiting: Option<Waiting<'_>> = slot.claim.wait(waker);
    drop(waiting);
    assert!(slot.claim.waiting().iter().all(|(_, waiter)| !waiter.waker.will_wake(waker)));
}

#[test]
fn whoever_gives_up_takes_no_wakeup_from_others() {
    loom::model(|| {
        let slot = Slot::new();
        let taken = slot.claim.take().unwrap();
        let one = spawn(&slot, give_up);
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
fn whoever_gives_up_late_takes_no_wakeup_from_those_who_wait_for_the_next() {
    loom::model(|| {
        let slot = Slot::new();
        let taken = slot.claim.take().unwrap();
        let one = spawn(&slot, give_up);
        let other = spawn(&slot, Slot::run);
        slot.execute();
        drop(taken);
        slot.run().unwrap();
        one.join().unwrap();
        other.join().unwrap().unwrap();

        slot.assert_done(2);
    });
}
