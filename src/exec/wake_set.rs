//! The steps of a run that were woken since it was last polled.
//!
//! Each step has a waker of its own, which sets a bit and wakes the task that polls the run. So a
//! step is polled only if it was woken itself, and never because a sibling was. A summary finds the
//! bits, so a wake-up costs the same among a thousand steps as among two.

use super::sync::{AtomicU64, AtomicWaker};
use core::sync::atomic::{AtomicU16, Ordering, fence};
use core::task::Waker;
use futures::task::ArcWake;
use std::sync::Arc;

#[cfg(all(test, typed_pipeliner_loom))]
mod model;

/// The number of bits in a word.
const BITS: usize = 64;

/// The bit of the summary in which the task needs no wake-up: it polls the run, or will poll it
/// anyway. It looks at the other bits before this one goes.
const AWAKE: u64 = 1 << 63;

/// The number of the other bits.
const SUMMARY_BITS: usize = 63;

/// The wake-ups of a run.
#[derive(Debug)]
pub(crate) struct WakeSet {
    /// The task that polls the run.
    task: AtomicWaker,
    /// The steps that were woken, if there are no words. Otherwise the words to look at: bit 1 is
    /// that of the words 1, 64, 127 and so on. So up to the 4,032nd step it is exactly one word.
    /// And the bit [`AWAKE`].
    summary: AtomicU64,
    /// A bit for each step; none in a small run, which needs no allocation for them.
    words: Box<[AtomicU64]>,
}

impl WakeSet {
    /// The wake-ups of a run with this many steps. The task polls it now.
    pub(crate) fn new(steps: usize) -> Arc<Self> {
        let words = if steps <= SUMMARY_BITS { 0 } else { steps.div_ceil(BITS) };
        let words = (0..words).map(|_| AtomicU64::new(0)).collect();
        Arc::new(WakeSet { task: AtomicWaker::new(), summary: AtomicU64::new(AWAKE), words })
    }

    /// Registers the task to wake. Wakes it at once if a step has been woken since the last look.
    pub(crate) fn register(&self, task: &Waker) {
        self.task.register(task);
        // A wake-up after this finds the registration. One before it has set its bit.
        if self.summary.fetch_and(!AWAKE, Ordering::AcqRel) != AWAKE {
            self.task.wake();
        }
    }

    /// Marks a step as woken: first in its word, then in the summary. The call that sets the first
    /// bit of a word goes on to the summary, and the one that sets the first bit of that wakes the
    /// task, which then takes all bits.
    fn wake(&self, step: usize) {
        if self.mark(step) {
            self.task.wake();
        }
    }

    /// Marks a step as woken, and returns whether the task has to be woken.
    fn mark(&self, step: usize) -> bool {
        let mut place = step;
        if !self.words.is_empty() {
            place = step / BITS;
            if self.words[place].fetch_or(1 << (step % BITS), Ordering::Release) != 0 {
                return false;
            }
        }
        self.summary.fetch_or(1 << (place % SUMMARY_BITS), Ordering::AcqRel) == 0
    }

    /// Marks a step as woken that was taken and not polled.
    pub(crate) fn put_back(&self, step: u16) {
        self.mark(step.into());
    }

    /// Whether a step has been woken. Another thread may have woken one just now.
    #[inline]
    pub(crate) fn is_any_woken(&self) -> bool {
        self.summary.load(Ordering::Relaxed) != AWAKE
    }

    /// Whether this step has been woken, as far as this thread knows.
    #[inline]
    pub(crate) fn is_woken(&self, step: u16) -> bool {
        let step = usize::from(step);
        match self.words.get(step / BITS) {
            None => self.summary.load(Ordering::Relaxed) & 1 << step != 0,
            Some(word) => word.load(Ordering::Relaxed) & 1 << (step % BITS) != 0,
        }
    }

    /// Takes the steps that were woken; the task is awake from now on. It empties the summary
    /// first, then the words. A call of `wake` in between finds the word taken or the summary
    /// empty. So its step is among those that are taken, or the next look finds it.
    pub(crate) fn take(&self) -> Woken {
        let summary = match self.summary.load(Ordering::Relaxed) {
            AWAKE => 0,
            _ => self.summary.swap(AWAKE, Ordering::AcqRel) & !AWAKE,
        };
        match self.words.len() {
            0 => Woken { summary: 0, word: 0, bits: summary },
            words => Woken { summary, word: words, bits: 0 },
        }
    }

    /// A waker for a step.
    pub(crate) fn waker(self: &Arc<Self>, step: u16) -> Arc<StepWake> {
        Arc::new(StepWake { wake_set: Arc::clone(self), step: AtomicU16::new(step) })
    }
}

/// Woken steps that have been taken and not yet been polled.
pub(crate) struct Woken {
    /// The words that are left.
    summary: u64,
    /// The current word.
    word: usize,
    /// The steps of it that are left.
    bits: u64,
}

impl Woken {
    /// The next of them.
    pub(crate) fn next(&mut self, wake_set: &WakeSet) -> Option<u16> {
        loop {
            if let Some(bit) = pop(&mut self.bits) {
                return Some((self.word * BITS + bit) as u16);
            }
            // The other words of the same bit of the summary, then those of the next bit.
            self.word += SUMMARY_BITS;
            if self.word >= wake_set.words.len() {
                self.word = pop(&mut self.summary)?;
            }
            self.bits = wake_set.words[self.word].swap(0, Ordering::Acquire);
        }
    }
}

/// Takes out the lowest bit that is set.
fn pop(bits: &mut u64) -> Option<usize> {
    let lowest = bits.trailing_zeros();
    *bits &= bits.checked_sub(1)?;
    Some(lowest as usize)
}

/// The waker of a step.
#[derive(Debug)]
pub(crate) struct StepWake {
    /// The wake-ups of the run.
    wake_set: Arc<WakeSet>,
    /// The number of the step.
    step: AtomicU16,
}

impl StepWake {
    /// Makes this the waker of another step, if nobody else holds it.
    pub(crate) fn reuse(self: &Arc<Self>, step: u16) -> bool {
        if Arc::strong_count(self) > 1 {
            return false;
        }
        // Any other holder has read its step before it let go.
        fence(Ordering::Acquire);
        self.step.store(step, Ordering::Relaxed);
        true
    }
}

impl ArcWake for StepWake {
    fn wake_by_ref(this: &Arc<Self>) {
        this.wake_set.wake(this.step.load(Ordering::Relaxed).into());
    }
}

#[cfg(all(test, not(typed_pipeliner_loom)))]
mod tests {
    use super::*;
    use core::iter;
    use std::task::Wake;

    /// Counts how often the task is woken.
    #[derive(Default)]
    struct Task(core::sync::atomic::AtomicUsize);

    impl Wake for Task {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn task_that_is_awake_is_not_woken() {
        let (wakeups, task) = (WakeSet::new(3), Arc::new(Task::default()));
        let woken = || task.0.load(Ordering::Relaxed);
        wakeups.wake(2);
        assert!(wakeups.is_any_woken() && wakeups.is_woken(2) && !wakeups.is_woken(1));
        assert_eq!(take(&wakeups), [2]);
        assert!(!wakeups.is_any_woken() && !wakeups.is_woken(2));
        wakeups.register(&task.clone().into());
        assert_eq!(woken(), 0);
        wakeups.wake(0);
        wakeups.wake(1);
        assert_eq!(woken(), 1);
        // It polls again, and sees the third wake-up before it registers.
        assert_eq!(take(&wakeups), [0, 1]);
        wakeups.wake(2);
        assert_eq!(woken(), 1);
        wakeups.put_back(0);
        assert_eq!(take(&wakeups), [0, 2]);
        // It registers without a look.
        wakeups.wake(1);
        wakeups.register(&task.clone().into());
        assert_eq!(woken(), 2);
        assert_eq!(take(&wakeups), [1]);
    }

    fn take(wakeups: &WakeSet) -> Vec<u16> {
        let mut woken = wakeups.take();
        iter::from_fn(|| woken.next(wakeups)).collect()
    }

    #[test]
    fn woken_steps_are_taken_once_and_wake_the_task_once() {
        for steps in [1, 2, 62, 63, 64, 65, 128, 129, 1_000, 4_031, 4_032, 4_033, 4_096, 4_097, 20_000, 65_535] {
            let (wakeups, task) = (WakeSet::new(steps), Arc::new(Task::default()));
            wakeups.register(&task.clone().into());
            let last = steps - 1;
            let mut some = vec![0, last / 3, last / 2, last.saturating_sub(64), last.saturating_sub(4_032), last];
            for &step in &some {
                wakeups.wake(step);
                wakeups.wake(step);
            }
            assert_eq!(task.0.load(Ordering::Relaxed), 1, "{steps} steps");
            some.sort();
            some.dedup();
            let mut taken = take(&wakeups);
            taken.sort();
            assert_eq!(taken, some.iter().map(|&step| step as u16).collect::<Vec<_>>(), "{steps} steps");
            assert!(take(&wakeups).is_empty(), "{steps} steps");
        }
    }

    #[test]
    fn wake_up_looks_at_one_word_up_to_4032_steps() {
        for steps in [64, 65, 1_000, 4_032] {
            let wakeups = WakeSet::new(steps);
            wakeups.wake(steps - 1);
            let mut woken = wakeups.take();
            assert_eq!(woken.next(&wakeups), Some((steps - 1) as u16));
            // Nothing else is left to look at.
            assert_eq!((woken.summary, woken.bits), (0, 0));
        }
    }

    #[test]
    fn step_woken_while_others_are_taken_is_taken_too_or_wakes_the_task() {
        let (wakeups, task) = (WakeSet::new(200), Arc::new(Task::default()));
        wakeups.wake(70);
        wakeups.wake(130);
        let mut woken = wakeups.take();
        assert_eq!(woken.next(&wakeups), Some(70));
        wakeups.wake(131);
        wakeups.wake(71);
        assert_eq!(woken.next(&wakeups), Some(130));
        assert_eq!(woken.next(&wakeups), Some(131));
        assert_eq!(woken.next(&wakeups), None);
        // The run is about to pend.
        wakeups.register(&task.clone().into());
        assert_eq!(task.0.load(Ordering::Relaxed), 1);
        assert_eq!(take(&wakeups), [71]);
    }
}
