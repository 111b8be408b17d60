//! In which order steps can start: waves, cycles, the critical path.

use super::{Plan, State, StepNode};
use core::time::Duration;
use std::collections::VecDeque;

impl Plan {
    /// The steps that would run, by when they can start: those of the first wave at once, each of the next as soon as what
    /// it takes of those before is there.
    ///
    /// It is an order to read, and not a schedule: a step does not wait for a wave, only for its own inputs.
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
    /// let mut waves = plan.waves().map(|wave| wave.iter().map(|step| step.name()).collect::<Vec<_>>());
    /// assert_eq!(waves.next(), Some(vec!["ReadConfig", "OpenLog"]));
    /// assert_eq!(waves.next(), Some(vec!["Connect"]));
    /// ```
    pub fn waves(&self) -> impl Iterator<Item = Vec<&StepNode>> {
        let last = self.steps.iter().filter_map(|step| step.wave).max();
        let waves = 0..last.map_or(0, |last| last + 1);
        waves.map(|wave| self.steps.iter().filter(|step| step.wave == Some(wave)).collect())
    }

    /// The plan with what is known of how long steps take, by their names, as an earlier run has shown; and so with the
    /// critical path: the chain of steps that decides how long the run takes.
    ///
    /// A step of which nothing is known counts as none; of chains that take as long, the one of more steps counts.
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
    pub fn with_durations(mut self, mut of: impl FnMut(&str) -> Option<Duration>) -> Plan {
        for step in &mut self.steps {
            (step.duration, step.critical) = (of(step.name), false);
        }
        let mut order: Vec<usize> = (0..self.steps.len()).filter(|&step| self.steps[step].wave.is_some()).collect();
        order.sort_by_key(|&step| self.steps[step].wave);
        // The longest chain that ends with each step, and the step before it in that.
        let mut chains = vec![((Duration::ZERO, 0), None); self.steps.len()];
        for &step in &order {
            let before = running_before(&self, step).map(|before| (chains[before].0, before));
            let longest = before.max_by_key(|&(length, before)| (length, core::cmp::Reverse(before)));
            let ((time, steps), before) =
                longest.map_or(((Duration::ZERO, 0), None), |(length, at)| (length, Some(at)));
            chains[step] = ((time + self.steps[step].duration.unwrap_or_default(), steps + 1), before);
        }
        let mut next = order.into_iter().max_by_key(|&step| (chains[step].0, core::cmp::Reverse(step)));
        while let Some(step) = next {
            self.steps[step].critical = true;
            next = chains[step].1;
        }
        self
    }

    /// The chain of steps that decides how long the run takes, in order; empty but [with durations](Plan::with_durations).
    pub fn critical_path(&self) -> Vec<&StepNode> {
        let mut path: Vec<_> = self.steps.iter().filter(|step| step.critical).collect();
        path.sort_by_key(|step| step.wave);
        path
    }

    /// How long the critical path takes, as far as that is known.
    pub fn critical_time(&self) -> Duration {
        self.critical_path().into_iter().filter_map(|step| step.duration).sum()
    }
}

/// The steps that would run and of which a step takes something that is not there yet.
fn running_before(plan: &Plan, step: usize) -> impl Iterator<Item = usize> {
    let absent = plan.steps[step].takes.iter().map(|taken| &plan.resources[taken.resource]);
    // A resource that two steps provide is one of both.
    let absent = absent.filter(|resource| matches!(resource.state, State::Runs | State::Blocked | State::Disputed));
    absent.flat_map(|resource| resource.providers.iter().copied())
}

/// Enters when each step can start, once it is known which ones cannot.
pub(super) fn waves(plan: &mut Plan) {
    let running = |plan: &Plan, step: usize| plan.steps[step].state == State::Runs;
    let mut waiting: Vec<usize> = (0..plan.steps.len()).map(|step| running_before(plan, step).count()).collect();
    let mut ready: VecDeque<usize> =
        (0..plan.steps.len()).filter(|&step| running(plan, step) && waiting[step] == 0).collect();
    while let Some(step) = ready.pop_front() {
        let before = running_before(plan, step).filter_map(|before| plan.steps[before].wave).max();
        plan.steps[step].wave = Some(before.map_or(0, |before| before + 1));
        for &output in &plan.steps[step].gives {
            let resource = &plan.resources[output];
            if resource.state == State::Runs {
                for &taker in &resource.takers {
                    waiting[taker] -= 1;
                    if waiting[taker] == 0 && running(plan, taker) {
                        ready.push_back(taker);
                    }
                }
            }
        }
    }
}

/// The cycles among the steps that would run: each step that is in any is in one of these.
pub(super) fn cycles(plan: &Plan) -> Vec<Vec<usize>> {
    let mut cycles: Vec<Vec<usize>> = Vec::new();
    for step in 0..plan.steps.len() {
        if plan.steps[step].state == State::Runs && !cycles.iter().any(|cycle| cycle.contains(&step)) {
            cycles.extend(cycle_of(plan, step));
        }
    }
    cycles
}

/// A shortest cycle through a step: it, a step of which it needs something, and so on.
fn cycle_of(plan: &Plan, step: usize) -> Option<Vec<usize>> {
    let mut after = vec![None; plan.steps.len()];
    let mut next = VecDeque::from([step]);
    while let Some(taker) = next.pop_front() {
        for giver in running_before(plan, taker) {
            if giver == step {
                let mut cycle = vec![taker];
                let mut at = taker;
                while at != step {
                    at = after[at]?;
                    cycle.push(at);
                }
                cycle.reverse();
                return Some(cycle);
            }
            if plan.steps[giver].state == State::Runs && after[giver].is_none() {
                after[giver] = Some(taker);
                next.push_back(giver);
            }
        }
    }
    None
}
