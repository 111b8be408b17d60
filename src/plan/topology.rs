//! Levels, cycles and the critical path.

use super::{Plan, State, StepNode};
use core::time::Duration;
use std::collections::VecDeque;

impl Plan {
    /// Returns the steps that would run, by level. Those of the first level wait for nothing. Those
    /// of each further level depend on at least one step of the level before.
    ///
    /// Levels are an order for readers, not a schedule: a step starts as soon as its own inputs are
    /// there, and does not wait for the other steps of a level.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, In, Out, Pipeline, Plan, resource, step};
    /// # resource! { Config: u8; Pool: u8; Log: u8; }
    /// # #[step]
    /// # fn read_config() -> Out<Config> { 1 }
    /// # #[step]
    /// # fn open_log() -> Out<Log> { 1 }
    /// # #[step]
    /// # fn connect(config: In<'_, Config>) -> Out<Pool> { *config }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![Connect, ReadConfig, OpenLog]; }
    /// let plan = Plan::of::<App>();
    /// let mut levels = plan.levels().map(|level| level.iter().map(|step| step.name()).collect::<Vec<_>>());
    /// assert_eq!(levels.next(), Some(vec!["ReadConfig", "OpenLog"]));
    /// assert_eq!(levels.next(), Some(vec!["Connect"]));
    /// ```
    pub fn levels(&self) -> impl Iterator<Item = Vec<&StepNode>> {
        let last = self.steps.iter().filter_map(|step| step.level).max();
        let levels = 0..last.map_or(0, |last| last + 1);
        levels.map(|level| self.steps.iter().filter(|step| step.level == Some(level)).collect())
    }

    /// Adds the durations of steps, by name, for example from an earlier run. They determine the
    /// critical path: the chain of steps that takes longest.
    ///
    /// A step without a duration counts as zero. Between chains of equal duration, the one with
    /// more steps counts.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, In, Out, Pipeline, Plan, resource, step};
    /// # resource! { Config: u8; Pool: u8; Log: u8; }
    /// # #[step]
    /// # fn read_config() -> Out<Config> { 1 }
    /// # #[step]
    /// # fn open_log() -> Out<Log> { 1 }
    /// # #[step]
    /// # fn connect(config: In<'_, Config>, log: In<'_, Log>) -> Out<Pool> { config + log }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![Connect, ReadConfig, OpenLog]; }
    /// use std::collections::HashMap;
    /// use std::time::Duration;
    ///
    /// let known = HashMap::from([("ReadConfig", 2), ("OpenLog", 30), ("Connect", 100)]);
    /// let plan = Plan::of::<App>().with_durations(|step| known.get(step).copied().map(Duration::from_millis));
    ///
    /// let path: Vec<_> = plan.critical_path().iter().map(|step| step.name()).collect();
    /// assert_eq!(path, ["OpenLog", "Connect"]);
    /// assert_eq!(plan.critical_time(), Duration::from_millis(130));
    /// ```
    #[must_use]
    pub fn with_durations(mut self, mut duration: impl FnMut(&str) -> Option<Duration>) -> Plan {
        for step in &mut self.steps {
            (step.duration, step.critical) = (duration(step.name), false);
        }
        let mut order: Vec<usize> = (0..self.steps.len()).filter(|&step| self.steps[step].level.is_some()).collect();
        order.sort_by_key(|&step| self.steps[step].level);
        // The longest chain that ends with each step, and the step before it in that chain.
        let mut chains = vec![((Duration::ZERO, 0), None); self.steps.len()];
        for &step in &order {
            let before = running_before(&self, step).map(|before| (chains[before].0, before));
            let longest = before.max_by_key(|&(length, before)| (length, core::cmp::Reverse(before)));
            let ((time, steps), before) =
                longest.map_or(((Duration::ZERO, 0), None), |(length, at)| (length, Some(at)));
            let time = time.saturating_add(self.steps[step].duration.unwrap_or_default());
            chains[step] = ((time, steps + 1), before);
        }
        let mut next = order.into_iter().max_by_key(|&step| (chains[step].0, core::cmp::Reverse(step)));
        while let Some(step) = next {
            self.steps[step].critical = true;
            next = chains[step].1;
        }
        self
    }

    /// The critical path, from the first step to the last; empty without
    /// [durations](Plan::with_durations).
    pub fn critical_path(&self) -> Vec<&StepNode> {
        let mut path: Vec<_> = self.steps.iter().filter(|step| step.critical).collect();
        path.sort_by_key(|step| step.level);
        path
    }

    /// The sum of the known durations on the critical path, [`Duration::MAX`] at most.
    pub fn critical_time(&self) -> Duration {
        let durations = self.critical_path().into_iter().filter_map(|step| step.duration);
        durations.fold(Duration::ZERO, Duration::saturating_add)
    }
}

/// The steps that provide the absent inputs of a step.
fn running_before(plan: &Plan, step: usize) -> impl Iterator<Item = usize> {
    let absent = plan.steps[step].inputs.iter().map(|input| &plan.resources[input.resource]);
    // An ambiguous resource comes from any of its providers.
    let absent = absent.filter(|resource| matches!(resource.state, State::Runs | State::Blocked | State::Ambiguous));
    absent.flat_map(|resource| resource.providers.iter().copied())
}

/// The steps that would run, each after those that it depends on. Those in a cycle, and those that
/// depend on one or on a blocked step, are left out.
fn in_order(plan: &Plan) -> Vec<usize> {
    let running = |step: usize| plan.steps[step].state == State::Runs;
    let mut waiting: Vec<usize> = (0..plan.steps.len()).map(|step| running_before(plan, step).count()).collect();
    let mut order: Vec<usize> = (0..plan.steps.len()).filter(|&step| running(step) && waiting[step] == 0).collect();
    let mut at = 0;
    while let Some(&step) = order.get(at) {
        at += 1;
        let outputs = plan.steps[step].outputs.iter().map(|&output| &plan.resources[output]);
        for &consumer in outputs.filter(|output| output.state == State::Runs).flat_map(|output| &output.consumers) {
            waiting[consumer] -= 1;
            if waiting[consumer] == 0 && running(consumer) {
                order.push(consumer);
            }
        }
    }
    order
}

/// Sets the level of each step that can run. The blocked steps have to be marked before.
pub(super) fn set_levels(plan: &mut Plan) {
    for step in in_order(plan) {
        let before = running_before(plan, step).filter_map(|before| plan.steps[before].level).max();
        plan.steps[step].level = Some(before.map_or(0, |before| before + 1));
    }
}

/// Cycles among the steps that would run. Each step that is in a cycle is in one of the returned
/// cycles.
pub(super) fn cycles(plan: &Plan) -> Vec<Vec<usize>> {
    let mut cycles: Vec<Vec<usize>> = Vec::new();
    // A step with a place in an order is in no cycle, so a plan without cycles needs no search.
    let mut may_circle: Vec<bool> = plan.steps.iter().map(|step| step.state == State::Runs).collect();
    in_order(plan).into_iter().for_each(|step| may_circle[step] = false);
    for step in (0..plan.steps.len()).filter(|&step| may_circle[step]) {
        if !cycles.iter().any(|cycle| cycle.contains(&step)) {
            cycles.extend(cycle_of(plan, step));
        }
    }
    cycles
}

/// A shortest cycle through a step: the step, one that it depends on, and so on.
fn cycle_of(plan: &Plan, step: usize) -> Option<Vec<usize>> {
    let mut after = vec![None; plan.steps.len()];
    let mut next = VecDeque::from([step]);
    while let Some(consumer) = next.pop_front() {
        for provider in running_before(plan, consumer) {
            if provider == step {
                let mut cycle = vec![consumer];
                let mut at = consumer;
                while at != step {
                    at = after[at]?;
                    cycle.push(at);
                }
                cycle.reverse();
                return Some(cycle);
            }
            if plan.steps[provider].state == State::Runs && after[provider].is_none() {
                after[provider] = Some(consumer);
                next.push_back(provider);
            }
        }
    }
    None
}
