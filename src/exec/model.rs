//! Helpers of the models. Loom executes a model once for each interleaving of its threads and each
//! value that a load may see. It reports a thread that is never woken as a deadlock.
//!
//! `RUSTFLAGS="--cfg typed_pipeliner_loom" cargo test -p typed-pipeliner --lib model`

use core::task::Waker;
use loom::sync::{Condvar, Mutex};
use std::sync::Arc;
use std::task::Wake;

/// Checks all interleavings of a model of two threads.
pub(super) fn two_threads(model: fn()) {
    loom::model(model);
}

/// Checks a model of three threads, with at most four preemptions.
pub(super) fn three_threads(model: fn()) {
    preempted(4, model);
}

/// Checks a model with at most this many preemptions, or `LOOM_MAX_PREEMPTIONS`. Each preemption
/// multiplies the time by about five.
pub(super) fn preempted(times: usize, model: fn()) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound.get_or_insert(times);
    builder.check(model);
}

/// A bell. A waiting thread sleeps until it rings.
pub(super) struct Bell {
    /// Whether it has rung.
    rung: Mutex<bool>,
    /// Wakes the sleeping thread.
    rings: Condvar,
}

impl Bell {
    /// A bell that has not rung.
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Bell { rung: Mutex::new(false), rings: Condvar::new() })
    }

    /// Sleeps until the bell rings.
    pub(super) fn sleep(&self) {
        let mut rung = self.rung.lock().unwrap();
        while !*rung {
            rung = self.rings.wait(rung).unwrap();
        }
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        *self.rung.lock().unwrap() = true;
        self.rings.notify_one();
    }
}

/// Replaces the `AtomicWaker` of futures. The one of loom spins and prints its operations.
#[derive(Debug)]
pub(super) struct AtomicWaker(Mutex<Option<Waker>>);

impl AtomicWaker {
    pub(super) fn new() -> Self {
        AtomicWaker(Mutex::new(None))
    }

    pub(super) fn register(&self, waker: &Waker) {
        *self.0.lock().unwrap() = Some(waker.clone());
    }

    pub(super) fn wake(&self) {
        let waker = self.0.lock().unwrap().take();
        waker.into_iter().for_each(Waker::wake);
    }
}
