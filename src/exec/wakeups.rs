//! Wake-ups: which steps of a run were woken since it was last polled.
//!
//! Each step has a waker of its own, which sets a bit and wakes the task that polls the run. So a step is polled when it
//! was woken, and never because a sibling was.

use core::sync::atomic::{AtomicU16, AtomicU64, Ordering, fence};
use core::task::Waker;
use futures::task::{ArcWake, AtomicWaker};
use std::sync::Arc;

/// The wake-ups of a run.
#[derive(Debug)]
pub(crate) struct Wakeups {
    /// The task that polls the run.
    task: AtomicWaker,
    /// A bit for each of the first steps. These have no allocation of their own.
    first: AtomicU64,
    /// A bit for each of the others.
    others: Box<[AtomicU64]>,
}

impl Wakeups {
    /// Wake-ups for so many steps.
    pub(crate) fn new(steps: usize) -> Arc<Self> {
        let others = (1..steps.div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
        Arc::new(Wakeups { task: AtomicWaker::new(), first: AtomicU64::new(0), others })
    }

    /// Whom to wake from now on; at once, if a step has been woken since it was last looked.
    pub(crate) fn register(&self, task: &Waker) {
        self.task.register(task);
        if (0..self.words()).any(|word| self.word(word).load(Ordering::Acquire) != 0) {
            self.task.wake();
        }
    }

    /// How many words of bits there are.
    pub(crate) fn words(&self) -> usize {
        1 + self.others.len()
    }

    /// A word of bits.
    fn word(&self, word: usize) -> &AtomicU64 {
        match word.checked_sub(1) {
            None => &self.first,
            Some(word) => &self.others[word],
        }
    }

    /// Takes the steps that were woken out of a word of bits.
    pub(crate) fn take(&self, word: usize) -> impl Iterator<Item = u16> + use<> {
        let word_of_bits = self.word(word);
        let mut bits = match word_of_bits.load(Ordering::Relaxed) {
            0 => 0,
            _ => word_of_bits.swap(0, Ordering::Acquire),
        };
        core::iter::from_fn(move || {
            let bit = bits.trailing_zeros();
            bits &= bits.checked_sub(1)?;
            Some((word * 64) as u16 + bit as u16)
        })
    }

    /// A waker for a step.
    pub(crate) fn wakeup(self: &Arc<Self>, step: u16) -> Arc<Wakeup> {
        Arc::new(Wakeup { wakeups: Arc::clone(self), step: AtomicU16::new(step) })
    }
}

/// The waker of a step.
#[derive(Debug)]
pub(crate) struct Wakeup {
    wakeups: Arc<Wakeups>,
    step: AtomicU16,
}

impl Wakeup {
    /// Makes this the waker of another step, if nobody else holds it.
    pub(crate) fn reuse(self: &Arc<Self>, step: u16) -> bool {
        if Arc::strong_count(self) > 1 {
            return false;
        }
        // Whoever held it has read its step before letting go.
        fence(Ordering::Acquire);
        self.step.store(step, Ordering::Relaxed);
        true
    }
}

impl ArcWake for Wakeup {
    fn wake_by_ref(this: &Arc<Self>) {
        let step = this.step.load(Ordering::Relaxed);
        let (word, bit) = (usize::from(step) / 64, 1 << (step % 64));
        // Whoever set the first bit of a word has woken the task, which then takes all of them.
        if this.wakeups.word(word).fetch_or(bit, Ordering::Release) == 0 {
            this.wakeups.task.wake();
        }
    }
}
