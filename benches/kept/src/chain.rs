//! The chain: the values of its steps, and the line that a process reports for a run of it.

use std::fmt::Display;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The number of steps.
pub(crate) const STEPS: u32 = 24;

/// The size of a value in bytes.
const SIZE: usize = 1000;

/// How many steps this process has executed.
static EXECUTED: AtomicU32 = AtomicU32::new(0);

/// The value of a step, from that of the step before, or from the key of the run.
pub(crate) fn text(number: u32, input: &impl Display) -> String {
    EXECUTED.fetch_add(1, Ordering::Relaxed);
    let mut text = format!("{number} {input}");
    text.truncate(SIZE);
    text.extend(std::iter::repeat_n('x', SIZE - text.len()));
    text
}

/// A run of the chain.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    /// The time from the request to the value of the last step.
    pub(crate) time: Duration,
    /// How many steps were executed.
    pub(crate) executed: u32,
}

impl Run {
    /// The line of a run: the word `chain`, the nanoseconds, the number of steps. Other lines are
    /// logs of a contender.
    pub(crate) fn from_line(line: &str) -> Option<Run> {
        let (nanos, executed) = line.strip_prefix("chain ")?.split_once(' ')?;
        Some(Run { time: Duration::from_nanos(nanos.parse().ok()?), executed: executed.parse().ok()? })
    }
}

/// Calls a function that runs the chain with a key, and prints the line.
pub(crate) fn report(key: u64, run: impl FnOnce() -> String) {
    let before = EXECUTED.load(Ordering::Relaxed);
    let begin = Instant::now();
    let value = run();
    let time = begin.elapsed();
    assert_eq!(value.len(), SIZE, "{value}");
    assert!(value.starts_with(&format!("{STEPS} ")) && value.contains(&format!(" 1 {key}x")), "{value}");
    println!("chain {} {}", time.as_nanos(), EXECUTED.load(Ordering::Relaxed) - before);
}
