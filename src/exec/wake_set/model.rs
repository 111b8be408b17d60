//! Models of the wake-ups: threads wake steps while the run takes the woken ones.

use super::WakeSet;
use crate::exec::model::{Bell, three_threads, two_threads};
use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread;
use std::sync::Arc;

/// A run of this many steps, some of which are woken, each after an event of its own.
struct Run<const N: usize> {
    /// The wake-ups under test.
    wakeups: WakeSet,
    /// For each event, the step that it wakes, and whether it has happened.
    woken: [(usize, AtomicBool); N],
}

impl<const N: usize> Run<N> {
    /// A run before its first wake-up.
    fn new(steps: usize, woken: [usize; N]) -> Arc<Self> {
        let woken = woken.map(|step| (step, AtomicBool::new(false)));
        Arc::new(Run { wakeups: WakeSet::new(steps), woken })
    }

    /// Starts a thread in which the event happens and its step is woken.
    fn wake(self: &Arc<Self>, event: usize) {
        let run = Arc::clone(self);
        thread::spawn(move || {
            let (step, happened) = &run.woken[event];
            // Only the wake-up orders this store.
            happened.store(true, Ordering::Relaxed);
            run.wakeups.wake(*step);
        });
    }

    /// Polls the woken steps until each has seen its events. Returns the number of polls.
    fn poll(&self) -> usize {
        let mut seen = [false; N];
        let mut polls = 0;
        loop {
            let mut taken = self.wakeups.take();
            while let Some(step) = taken.next(&self.wakeups) {
                let step = usize::from(step);
                let events = self.woken.iter().zip(&mut seen).filter(|((of, _), _)| *of == step);
                let mut is_known = false;
                for ((_, happened), seen) in events {
                    is_known = true;
                    *seen |= happened.load(Ordering::Relaxed);
                }
                assert!(is_known, "step {step} was not woken");
                polls += 1;
            }
            if seen == [true; N] {
                return polls;
            }
            let bell = Bell::new();
            self.wakeups.register(&bell.clone().into());
            bell.sleep();
        }
    }

    /// Checks that each step was polled, and no more often than it was woken.
    fn assert_polled(&self) {
        let mut steps: Vec<_> = self.woken.iter().map(|(step, _)| step).collect();
        steps.dedup();
        let polls = self.poll();
        assert!((steps.len()..=N).contains(&polls), "{polls}");
    }
}

/// Wakes one step in a run of this many.
fn one(steps: usize, step: usize) {
    let run = Run::new(steps, [step]);
    run.wake(0);
    run.assert_polled();
}

/// Wakes two steps, or one step twice.
fn two(steps: usize, woken: [usize; 2]) {
    let run = Run::new(steps, woken);
    run.wake(0);
    run.wake(1);
    run.assert_polled();
}

#[test]
fn woken_step_of_a_small_run_is_polled() {
    two_threads(|| one(31, 30));
}

#[test]
fn woken_step_of_a_large_run_is_polled() {
    two_threads(|| one(160, 159));
}

#[test]
fn two_woken_steps_of_a_small_run_are_polled() {
    three_threads(|| two(31, [0, 30]));
}

#[test]
fn two_woken_steps_of_one_word_are_polled() {
    three_threads(|| two(160, [95, 96]));
}

#[test]
fn two_woken_steps_of_two_words_are_polled() {
    three_threads(|| two(160, [94, 95]));
}

#[test]
fn two_woken_steps_that_share_a_summary_bit_are_polled() {
    three_threads(|| two(2_080, [31, 2_079]));
}

#[test]
fn woken_steps_with_a_word_and_without_are_polled() {
    three_threads(|| two(32, [30, 31]));
}

#[test]
fn step_woken_twice_sees_both_events() {
    three_threads(|| two(160, [95, 95]));
    three_threads(|| two(31, [0, 0]));
}
