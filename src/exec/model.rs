//! What the models have in common. Loom executes a model once for each way in which its threads can interleave, and each
//! value that a load may then see. Whoever is not woken is a deadlock, and reported.
//!
//! `RUSTFLAGS="--cfg typed_pipeliner_loom" cargo test -p typed-pipeliner --lib model`

use core::task::Waker;
use loom::sync::{Condvar, Mutex};
use std::sync::Arc;
use std::task::Wake;

/// Checks a model of two threads, in full.
pub(super) fn two_threads(model: fn()) {
    loom::model(model);
}

/// Checks a model of three threads, which are preempted four times at most.
pub(super) fn three_threads(model: fn()) {
    preempted(4, model);
}

/// Checks a model of threads that are preempted so many times at most, or `LOOM_MAX_PREEMPTIONS` times: the time it takes
/// grows fivefold with each.
pub(super) fn preempted(times: usize, model: fn()) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound.get_or_insert(times);
    builder.check(model);
}

/// What whoever waits sleeps on.
pub(super) struct Bell {
    rung: Mutex<bool>,
    rings: Condvar,
}

impl Bell {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Bell { rung: Mutex::new(false), rings: Condvar::new() })
    }

    /// Sleeps until it is rung.
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

/// The cell for the waker of a task, in place of the one of futures. Loom has one too, which spins and prints what it does.
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
