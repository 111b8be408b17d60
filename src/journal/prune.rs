//! Which runs of a journal are to be removed.

use super::shelf::RunSummary;
use std::time::{Duration, SystemTime};

/// A rule for the runs of a journal that are removed. By default it removes none.
///
/// ```
/// use typed_pipeliner::journal::Prune;
/// use std::time::Duration;
///
/// /// A month, but no more than ten gigabytes, and always the last three.
/// const MONTH: Prune =
///     Prune::new().older_than(Duration::from_secs(30 * 24 * 3600)).larger_than(10_000_000_000).but_latest(3);
/// # let _ = MONTH;
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prune {
    /// The longest time since the last entry was written.
    age: Option<Duration>,
    /// The largest size of all runs together, in bytes.
    bytes: Option<u64>,
    /// The number of latest runs that stay in any case.
    latest: usize,
}

impl Prune {
    /// A rule that removes nothing.
    pub const fn new() -> Self {
        Prune { age: None, bytes: None, latest: 0 }
    }

    /// Removes the runs whose last entry was written longer ago than this.
    #[must_use]
    pub const fn older_than(mut self, age: Duration) -> Self {
        self.age = Some(age);
        self
    }

    /// Removes the oldest runs, until all others together take at most this number of bytes.
    #[must_use]
    pub const fn larger_than(mut self, bytes: u64) -> Self {
        self.bytes = Some(bytes);
        self
    }

    /// Never removes the latest runs, up to this number of them.
    #[must_use]
    pub const fn but_latest(mut self, runs: usize) -> Self {
        self.latest = runs;
        self
    }

    /// The runs to remove, from the oldest on. A run in use stays, and so does one without entries,
    /// because it may have begun just now.
    pub(super) fn choose(&self, mut runs: Vec<RunSummary>, now: SystemTime) -> Vec<RunSummary> {
        runs.sort_by(|a, b| b.written.cmp(&a.written).then_with(|| a.run.cmp(&b.run)));
        let (mut kept, mut chosen) = (0_u64, Vec::new());
        for (place, run) in runs.into_iter().enumerate() {
            let age = run.written.map(|written| now.duration_since(written).unwrap_or_default());
            let is_old = age.zip(self.age).is_some_and(|(age, longest)| age > longest);
            let is_large = self.bytes.is_some_and(|most| kept.saturating_add(run.bytes) > most);
            let may_go = place >= self.latest && !run.is_in_use && run.written.is_some();
            match may_go && (is_old || is_large) {
                true => chosen.push(run),
                false => kept = kept.saturating_add(run.bytes),
            }
        }
        chosen.reverse();
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run of this size whose last entry was written this many seconds ago.
    fn run(name: &str, bytes: u64, age: u64, now: SystemTime) -> RunSummary {
        RunSummary { bytes, entries: 1, written: Some(now - Duration::from_secs(age)), ..RunSummary::new(name) }
    }

    #[test]
    fn old_and_large_runs_go_from_the_oldest_on() {
        let now = SystemTime::now();
        let chosen = |rule: Prune| {
            let mut in_use = run("in use", 100, 90, now);
            in_use.is_in_use = true;
            let runs = vec![run("c", 10, 30, now), run("a", 10, 10, now), in_use, run("b", 10, 20, now)];
            let runs = [runs, vec![RunSummary::new("empty")]].concat();
            rule.choose(runs, now).into_iter().map(|run| run.run).collect::<Vec<_>>()
        };
        assert_eq!(chosen(Prune::new()), [""; 0]);
        assert_eq!(chosen(Prune::new().older_than(Duration::from_secs(15))), ["c", "b"]);
        assert_eq!(chosen(Prune::new().older_than(Duration::from_secs(15)).but_latest(2)), ["c"]);
        assert_eq!(chosen(Prune::new().larger_than(25)), ["c"]);
        assert_eq!(chosen(Prune::new().larger_than(0)), ["c", "b", "a"]);
        assert_eq!(chosen(Prune::new().larger_than(0).but_latest(1)), ["c", "b"]);
    }
}
