//! The seats of a run whose steps were woken since the run was last polled.
//!
//! Each step in progress has a seat, and each seat a waker of its own, which sets a bit and wakes
//! the task that polls the run. So a step is polled only if it was woken itself, and never because
//! a sibling was. A summary finds the bits, so a wake-up costs the same among a thousand steps as
//! among two.

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

/// The number of seats that have a bit in the summary. Few runs have more steps in progress at
/// once.
const FIRST: usize = 31;

/// The number of bits of the summary for the words of the other seats.
const WORDS: usize = 32;

/// The wake-ups of a run.
#[derive(Debug)]
pub(crate) struct WakeSet {
    /// The task that polls the run.
    task: AtomicWaker,
    /// The first seats that were woken, then the words to look at: the first bit of these is that
    /// of the words 0, 32, 64 and so on. So up to the 2,079th seat it is exactly one word. And the
    /// bit [`AWAKE`].
    summary: AtomicU64,
    /// A bit for each of the other seats; none in a small run, which needs no allocation for them.
    words: Box<[AtomicU64]>,
}

impl WakeSet {
    /// The wake-ups of a run with up to this many seats. The task polls it now.
    fn new(seats: usize) -> Self {
        let words = (0..seats.saturating_sub(FIRST).div_ceil(BITS)).map(|_| AtomicU64::new(0)).collect();
        WakeSet { task: AtomicWaker::new(), summary: AtomicU64::new(AWAKE), words }
    }

    /// Registers the task to wake. Wakes it at once if a seat has been woken since the last look.
    pub(crate) fn register(&self, task: &Waker) {
        self.task.register(task);
        // A wake-up after this finds the registration. One before it has set its bit.
        if self.summary.fetch_and(!AWAKE, Ordering::AcqRel) != AWAKE {
            self.task.wake();
        }
    }

    /// Marks a seat as woken, and wakes the task if the mark is the first one. The task then takes
    /// all marks.
    #[inline]
    fn wake(&self, seat: usize) {
        if self.mark(seat) {
            self.task.wake();
        }
    }

    /// Marks a seat as woken, and returns whether the task has to be woken. A seat with a word is
    /// marked there first; the call that sets the first bit of the word goes on to the summary.
    #[inline]
    fn mark(&self, seat: usize) -> bool {
        let mut bit = seat;
        if let Some(other) = seat.checked_sub(FIRST) {
            let word = other / BITS;
            if self.words[word].fetch_or(1 << (other % BITS), Ordering::Release) != 0 {
                return false;
            }
            bit = FIRST + word % WORDS;
        }
        self.summary.fetch_or(1 << bit, Ordering::AcqRel) == 0
    }

    /// Marks a seat as woken that was taken and not polled.
    pub(crate) fn put_back(&self, seat: u16) {
        self.mark(seat.into());
    }

    /// Takes the mark from a seat that nobody can wake at the moment.
    #[inline]
    fn unmark(&self, seat: u16) {
        if self.is_woken(seat) {
            let (bits, bit) = self.bit(seat);
            bits.fetch_and(!bit, Ordering::Relaxed);
        }
    }

    /// Whether a seat has been woken. Another thread may have woken one just now.
    #[inline]
    pub(crate) fn is_any_woken(&self) -> bool {
        self.summary.load(Ordering::Relaxed) != AWAKE
    }

    /// Whether this seat has been woken, as far as this thread knows.
    #[inline]
    fn is_woken(&self, seat: u16) -> bool {
        let (bits, bit) = self.bit(seat);
        bits.load(Ordering::Relaxed) & bit != 0
    }

    /// The bit of a seat, and where it is.
    #[inline]
    fn bit(&self, seat: u16) -> (&AtomicU64, u64) {
        match usize::from(seat).checked_sub(FIRST) {
            None => (&self.summary, 1 << seat),
            Some(other) => (&self.words[other / BITS], 1 << (other % BITS)),
        }
    }

    /// Takes the seats that were woken; the task is awake from now on. It empties the summary
    /// first, then the words. A call of `wake` in between finds the word taken or the summary
    /// empty. So its seat is among those that are taken, or the next look finds it.
    #[inline]
    pub(crate) fn take(&self) -> Woken {
        let summary = match self.summary.load(Ordering::Relaxed) {
            AWAKE => 0,
            _ => self.summary.swap(AWAKE, Ordering::AcqRel) & !AWAKE,
        };
        Woken { bits: summary & ((1 << FIRST) - 1), first: 0, summary: summary >> FIRST, word: self.words.len() }
    }
}

/// Woken seats that have been taken and whose steps have not yet been polled.
pub(crate) struct Woken {
    /// The current bits that are left.
    bits: u64,
    /// The seat of the first of these bits.
    first: usize,
    /// The bits of the words that are left.
    summary: u64,
    /// The current word.
    word: usize,
}

impl Woken {
    /// The next of them.
    #[inline]
    pub(crate) fn next(&mut self, wake_set: &WakeSet) -> Option<u16> {
        loop {
            if let Some(bit) = pop(&mut self.bits) {
                return Some((self.first + bit) as u16);
            }
            // The other words of the same bit of the summary, then those of the next bit.
            self.word += WORDS;
            if self.word >= wake_set.words.len() {
                self.word = pop(&mut self.summary)?;
            }
            self.bits = wake_set.words[self.word].swap(0, Ordering::Acquire);
            self.first = FIRST + self.word * BITS;
        }
    }
}

/// Takes out the lowest bit that is set.
#[inline]
fn pop(bits: &mut u64) -> Option<usize> {
    let lowest = bits.trailing_zeros();
    *bits &= bits.checked_sub(1)?;
    Some(lowest as usize)
}

/// The waker of the step in a seat.
#[derive(Debug)]
pub(crate) struct StepWake {
    /// The number of the seat, or [`RETIRED`](Self::RETIRED).
    seat: AtomicU16,
    /// The wake-ups of the run.
    place: Place,
}

/// Where the wake-ups of a run are.
#[derive(Debug)]
enum Place {
    /// In the first waker. So a run in which steps pend one at a time has one allocation for both.
    Here(WakeSet),
    /// In that waker.
    In(Arc<StepWake>),
}

impl StepWake {
    /// A number that no seat has.
    const RETIRED: u16 = u16::MAX;

    /// The waker for the first of up to this many seats. The task polls the run now.
    pub(crate) fn first(seats: usize) -> Arc<Self> {
        Arc::new(StepWake { seat: AtomicU16::new(0), place: Place::Here(WakeSet::new(seats)) })
    }

    /// A waker for a seat of the same run.
    pub(crate) fn sibling(self: &Arc<Self>, seat: u16) -> Arc<Self> {
        let first = match &self.place {
            Place::Here(_) => self,
            Place::In(first) => first,
        };
        Arc::new(StepWake { seat: AtomicU16::new(seat), place: Place::In(Arc::clone(first)) })
    }

    /// The wake-ups of the run.
    #[inline]
    pub(crate) fn wake_set(&self) -> &WakeSet {
        match &self.place {
            Place::Here(wake_set) => wake_set,
            Place::In(first) => first.wake_set(),
        }
    }

    /// Resets this waker for the next step in its seat, which is not woken yet. Returns whether
    /// that is possible: nobody else may hold the waker, and no wake-ups of others be in it.
    #[inline]
    pub(crate) fn reset(self: &Arc<Self>) -> bool {
        if Arc::strong_count(self) > 1 {
            return false;
        }
        // Any other holder has made its last wake-up before it let go.
        fence(Ordering::Acquire);
        self.wake_set().unmark(self.seat.load(Ordering::Relaxed));
        true
    }

    /// Whether the seat has been woken.
    #[inline]
    pub(crate) fn is_woken(&self) -> bool {
        self.wake_set().is_woken(self.seat.load(Ordering::Relaxed))
    }

    /// Leaves this waker to a step that has ended. From now on it wakes nothing.
    pub(crate) fn retire(&self) {
        let seat = self.seat.swap(Self::RETIRED, Ordering::Relaxed);
        self.wake_set().unmark(seat);
    }
}

impl ArcWake for StepWake {
    #[inline]
    fn wake_by_ref(this: &Arc<Self>) {
        let seat = this.seat.load(Ordering::Relaxed);
        if seat != StepWake::RETIRED {
            this.wake_set().wake(seat.into());
        }
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
    fn woken_seats_are_taken_once_and_wake_the_task_once() {
        for seats in [1, 2, 31, 32, 33, 95, 96, 159, 160, 1_000, 2_078, 2_079, 2_080, 2_143, 2_144, 20_000, 65_535] {
            let (wakeups, task) = (WakeSet::new(seats), Arc::new(Task::default()));
            wakeups.register(&task.clone().into());
            let last = seats - 1;
            let mut some = vec![0, last / 3, last / 2, last.saturating_sub(64), last.saturating_sub(2_048), last];
            for &seat in &some {
                wakeups.wake(seat);
                wakeups.wake(seat);
            }
            assert_eq!(task.0.load(Ordering::Relaxed), 1, "{seats} seats");
            some.sort();
            some.dedup();
            let mut taken = take(&wakeups);
            taken.sort();
            assert_eq!(taken, some.iter().map(|&seat| seat as u16).collect::<Vec<_>>(), "{seats} seats");
            assert!(take(&wakeups).is_empty(), "{seats} seats");
        }
    }

    #[test]
    fn wake_up_looks_at_one_word_up_to_2079_seats() {
        for seats in [32, 96, 1_000, 2_079] {
            let wakeups = WakeSet::new(seats);
            wakeups.wake(seats - 1);
            let mut woken = wakeups.take();
            assert_eq!(woken.next(&wakeups), Some((seats - 1) as u16));
            // Nothing else is left to look at.
            assert_eq!((woken.summary, woken.bits), (0, 0));
        }
    }

    #[test]
    fn wake_up_looks_at_two_words_up_to_4127_seats() {
        for (seats, words) in [(2_080, 2), (4_000, 2), (4_127, 2), (4_128, 3)] {
            let wakeups = WakeSet::new(seats);
            wakeups.wake(FIRST);
            let mut woken = wakeups.take();
            assert_eq!(woken.next(&wakeups), Some(FIRST as u16));
            // The other words of the same bit are left to look at.
            assert_eq!((woken.summary, woken.bits, woken.word), (0, 0, 0));
            assert_eq!((woken.word..wakeups.words.len()).step_by(WORDS).count(), words);
        }
    }

    #[test]
    fn seat_woken_while_others_are_taken_is_taken_too_or_wakes_the_task() {
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

    #[test]
    fn mark_of_a_seat_is_taken_back() {
        let wakeups = WakeSet::new(40);
        for seat in [3, 35] {
            wakeups.wake(seat.into());
            wakeups.unmark(seat);
            assert!(!wakeups.is_woken(seat));
            assert!(take(&wakeups).is_empty());
        }
    }

    #[test]
    fn retired_waker_wakes_nothing() {
        let first = StepWake::first(3);
        assert!(first.reset());
        let (wake, other) = (first.sibling(1), first.sibling(2));
        let kept = Arc::clone(&wake);
        assert!(!wake.reset() && other.reset() && !first.reset());
        wake.retire();
        first.retire();
        [&kept, &first, &other].into_iter().for_each(ArcWake::wake_by_ref);
        assert_eq!(take(other.wake_set()), [2]);
    }
}
