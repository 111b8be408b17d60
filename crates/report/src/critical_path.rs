//! The critical path of a run.

use super::{CriticalPath, Outcome, StepRecord};
use std::time::Duration;
use typed_pipeliner::observe::RunEnd;

/// The step that ended last, before it the one of its dependencies that ended last, and so on.
///
/// Steps that took no time are not part of it, nor are steps that were cancelled because the run
/// ended for another reason.
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
    let mut path: Vec<_> = std::iter::successors(first, |&step| last(&mut steps[step].needs.iter().copied()))
        .map(|step| (step, steps[step].name))
        .collect();
    path.reverse();
    CriticalPath(path)
}
