//! What a run took its time for.

use super::{CriticalPath, Outcome, StepRecord};
use crate::observe::RunEnd;
use core::time::Duration;

/// The chain of steps back from the one that ended last, each before it the one that it needs and that ended last.
///
/// What was there from the start is not part of it: it took no time. Nor is what was given up as the run came to an end for
/// another reason.
pub(super) fn critical_path(steps: &[StepRecord], run: Option<RunEnd>) -> CriticalPath {
    let has_end = matches!(run, Some(RunEnd::Succeeded | RunEnd::Failed | RunEnd::Panicked));
    let end = |&step: &usize| -> Option<(Duration, usize)> {
        let record = &steps[step];
        let took_time = record.start.is_some() || !record.waits.is_empty();
        let was_given_up = matches!(record.outcome, Outcome::Cancelled | Outcome::NotReached);
        record.ended.filter(|_| took_time && !(has_end && was_given_up)).map(|ended| (ended, step))
    };
    let last = |of: &mut dyn Iterator<Item = usize>| of.filter_map(|step| end(&step)).max().map(|(_, step)| step);
    let first = last(&mut (0..steps.len()));
    let mut path: Vec<_> = core::iter::successors(first, |&step| last(&mut steps[step].needs.iter().copied()))
        .map(|step| (step, steps[step].name))
        .collect();
    path.reverse();
    CriticalPath(path)
}
