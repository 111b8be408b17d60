//! The steps of a run line by line, as tables and pictures show them.

use super::{Outcome, RunRecord, StepRecord};
use core::time::Duration;
use std::collections::BTreeSet;

/// A step in a line.
pub(super) struct Row<'r> {
    pub(super) run: &'r RunRecord,
    pub(super) step: &'r StepRecord,
    /// How many runs down from the one that was asked for.
    pub(super) depth: usize,
    /// Whether it is on the critical path, and the step that its run is for as well.
    pub(super) is_critical: bool,
}

/// In which order the steps of a run are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// As something first happened to them.
    Time,
    /// By number.
    Number,
}

/// The steps of a run that were needed, those of runs above behind the step that they are for.
pub(super) fn rows(run: &RunRecord, order: Order) -> Vec<Row<'_>> {
    fn add<'r>(run: &'r RunRecord, order: Order, depth: usize, is_critical: bool, to: &mut Vec<Row<'r>>) {
        let mut steps: Vec<_> = run.steps.iter().enumerate().filter(|(_, step)| step.was_needed()).collect();
        if order == Order::Time {
            steps.sort_by_key(|(_, step)| (step.first_time(), step.start));
        }
        for (number, step) in steps {
            let is_critical = is_critical && run.is_critical(number);
            to.push(Row { run, step, depth, is_critical });
            step.runs.iter().for_each(|run| add(run, order, depth + 1, is_critical, to));
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

    /// When it could have begun, or else did.
    fn first_time(&self) -> Option<Duration> {
        self.waits.first().map(|wait| wait.from).or(self.start).or(self.ended)
    }

    /// When its execution ended here.
    pub(super) fn end(&self) -> Option<Duration> {
        Some(self.start? + self.duration?)
    }
}

impl RunRecord {
    /// How many steps became what: `3 of 5 steps ran, 1 failed, 1 not needed`.
    pub(super) fn summary(&self) -> String {
        let count = |is_counted: fn(Outcome) -> bool| self.steps.iter().filter(|step| is_counted(step.outcome)).count();
        // A target that hands something over runs for itself, beside the step of its name that is registered.
        let needed: BTreeSet<_> = self.steps.iter().filter(|step| step.was_needed()).map(|step| step.name).collect();
        let not_needed = self.steps.iter().filter(|step| !step.was_needed() && !needed.contains(step.name)).count();
        let all = count(|outcome| outcome != Outcome::NotNeeded) + not_needed;
        let steps = if all == 1 { "step" } else { "steps" };
        let mut summary = format!("{} of {all} {steps} ran", count(|outcome| outcome == Outcome::Ran));
        let others = [
            (count(|outcome| outcome == Outcome::Failed), "failed"),
            (count(|outcome| outcome == Outcome::Panicked), "panicked"),
            (count(|outcome| outcome == Outcome::Cancelled), "cancelled"),
            (count(|outcome| outcome == Outcome::Waited), "ran elsewhere"),
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
