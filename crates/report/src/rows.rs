//! The rows of tables and timelines.

use super::{Outcome, RunRecord, StepRecord};
use std::collections::BTreeSet;
use std::time::Duration;
use typed_pipeliner::observe::RunEnd;

/// A step of a run.
pub(super) struct Row<'r> {
    pub(super) run: &'r RunRecord,
    pub(super) step: &'r StepRecord,
    /// The number of runs in child stores that needed its run.
    pub(super) depth: usize,
    /// Whether it is on the critical path, and so is the step that needed its run.
    pub(super) is_critical: bool,
}

/// The order of the steps of a run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// By the time of their first event.
    Time,
    /// By number.
    Number,
}

/// The needed steps of a run; those of a run in a parent store follow the step that needed it, and
/// so do those of an element whose run has not succeeded.
pub(super) fn rows(run: &RunRecord, order: Order) -> Vec<Row<'_>> {
    fn add<'r>(run: &'r RunRecord, order: Order, depth: usize, is_critical: bool, to: &mut Vec<Row<'r>>) {
        let mut steps: Vec<_> = run.steps.iter().enumerate().filter(|(_, step)| step.was_needed()).collect();
        if order == Order::Time {
            steps.sort_by_key(|(_, step)| (step.first_time(), step.start));
        }
        for (number, step) in steps {
            let is_critical = is_critical && run.is_critical(number);
            to.push(Row { run, step, depth, is_critical });
            let is_shown = |run: &&RunRecord| run.element.is_none() || run.end != Some(RunEnd::Succeeded);
            step.runs.iter().filter(is_shown).for_each(|run| add(run, order, depth + 1, is_critical, to));
        }
    }
    let mut rows = Vec::new();
    add(run, order, 0, true, &mut rows);
    rows
}

impl StepRecord {
    fn was_needed(&self) -> bool {
        self.outcome != Outcome::NotNeeded
    }

    /// When it was ready to start, or else when it started.
    fn first_time(&self) -> Option<Duration> {
        self.waits.first().map(|wait| wait.from).or(self.start).or(self.ended)
    }

    /// When its execution ended.
    pub(super) fn end(&self) -> Option<Duration> {
        Some(self.start?.saturating_add(self.duration?))
    }
}

impl RunRecord {
    /// The number of steps for each outcome: `3 of 5 steps ran, 1 failed, 1 not needed`.
    pub(super) fn summary(&self) -> String {
        let count = |is_counted: fn(Outcome) -> bool| self.steps.iter().filter(|step| is_counted(step.outcome)).count();
        // A registered target that returns values is listed twice, under one name.
        let needed: BTreeSet<_> = self.steps.iter().filter(|step| step.was_needed()).map(|step| step.name).collect();
        let not_needed = self.steps.iter().filter(|step| !step.was_needed() && !needed.contains(step.name)).count();
        let all = count(|outcome| outcome != Outcome::NotNeeded) + not_needed;
        let steps = if all == 1 { "step" } else { "steps" };
        let (done, number) = match self.close {
            true => ("closed", count(|outcome| outcome == Outcome::Closed)),
            false => ("ran", count(|outcome| outcome == Outcome::Ran)),
        };
        let mut summary = format!("{number} of {all} {steps} {done}");
        let others = [
            (count(|outcome| outcome == Outcome::Failed), "failed"),
            (count(|outcome| outcome == Outcome::Panicked), "panicked"),
            (count(|outcome| outcome == Outcome::Cancelled), "cancelled"),
            (count(|outcome| outcome == Outcome::RanInOtherRun), "ran in another run"),
            (count(|outcome| outcome == Outcome::Restored), "restored"),
            (count(|outcome| matches!(outcome, Outcome::Skipped(_))), "skipped"),
            (count(|outcome| outcome == Outcome::NotReached), "not reached"),
            (count(|outcome| outcome == Outcome::Running), "running"),
            (count(|outcome| outcome == Outcome::Pending), "pending"),
            (not_needed, "not needed"),
        ];
        for (number, what) in others.into_iter().filter(|&(number, _)| number > 0) {
            summary += &format!(", {number} {what}");
        }
        summary
    }
}
