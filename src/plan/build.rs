//! Building a plan from the list of steps and the state of a store, by the rules of a run.

use super::journal::{Keep, keeps};
use super::topology::{cycles, set_levels};
use super::{InputEdge, Plan, PlanSource, ResourceNode, State, StepNode};
use crate::exec::plan::{ConstList, Key, Source, StepSpec};
use crate::exec::store_ref::StoreRef;
use crate::steps::Step;
use crate::store::AnyStore;
use core::any::TypeId;
use std::collections::HashMap;

/// The input of a plan.
pub(super) struct Ground<'s> {
    /// The name of the pipeline.
    pub(super) pipeline: &'static str,
    /// The steps, each once.
    steps: Vec<Placed>,
    /// The number of registered steps: all but a target, which comes last.
    registered: usize,
    /// The supplied resources.
    supplied: Vec<Key>,
    /// The parent store.
    parent: Option<StoreRef<'s>>,
    /// The steps in whose plans this one is, each for the elements of a collection.
    around: Vec<TypeId>,
}

/// A step in the input of a plan.
struct Placed {
    /// The step.
    spec: &'static StepSpec,
    /// Whether its outputs are in the store.
    is_filled: bool,
    /// How they are kept.
    keep: Keep,
}

impl Placed {
    /// A step without a store.
    fn new(spec: &'static StepSpec) -> Self {
        Placed { spec, is_filled: false, keep: Keep::of(spec) }
    }
}

/// The goal of a plan.
#[derive(Clone, Copy)]
pub(super) enum Aim {
    /// All steps.
    All,
    /// A target.
    Target {
        /// Its index among the steps.
        step: usize,
        /// Whether it runs even if its outputs are in the store.
        always: bool,
    },
}

impl Ground<'_> {
    /// The input for a pipeline, or for the type of a store.
    pub(super) fn of<P: PlanSource>() -> Self {
        let supplied = P::SUPPLIED.list().into_iter().copied().collect();
        Ground::of_list(P::pipeline(), P::STEPS, supplied, Vec::new())
    }

    /// The input for a list of steps.
    fn of_list(
        pipeline: &'static str,
        steps: &'static ConstList<StepSpec>,
        supplied: Vec<Key>,
        around: Vec<TypeId>,
    ) -> Self {
        let mut ground = Ground { pipeline, steps: Vec::new(), registered: 0, supplied, parent: None, around };
        for spec in steps.list() {
            ground.place(spec, || Placed::new(spec));
        }
        ground.registered = ground.steps.len();
        ground
    }

    /// The index of the step `T`; the last one if it is not registered.
    pub(super) fn target<T: Step>(&mut self) -> usize {
        let spec = const { &StepSpec::of::<T>() };
        self.place(spec, || Placed::new(spec))
    }

    /// The index of a step. A step that several groups list is one step.
    fn place(&mut self, spec: &'static StepSpec, placed: impl FnOnce() -> Placed) -> usize {
        let known = self.steps.iter().position(|known| (known.spec.type_id)() == (spec.type_id)());
        known.unwrap_or_else(|| {
            self.steps.push(placed());
            self.steps.len() - 1
        })
    }
}

#[cfg(test)]
impl Ground<'_> {
    /// The input for a pipeline of invented steps, which are different ones.
    pub(super) fn of_specs(pipeline: &'static str, steps: impl Iterator<Item = &'static StepSpec>) -> Self {
        let steps: Vec<_> = steps.map(Placed::new).collect();
        Ground { pipeline, registered: steps.len(), steps, supplied: Vec::new(), parent: None, around: Vec::new() }
    }
}

impl<'s> Ground<'s> {
    /// The input for a store.
    pub(super) fn of_store<S: AnyStore>(store: &'s S) -> Self {
        let store = store.store_ref();
        let (steps, supplied) = (Vec::new(), Vec::new());
        let (parent, around) = (store.parent(), Vec::new());
        let mut ground = Ground { pipeline: S::pipeline(), steps, registered: 0, supplied, parent, around };
        let mut keep = keeps(store);
        for (number, step) in (0..).zip(store.plan().steps()) {
            let (spec, is_filled) = (step.spec(), || store.slot(number.into()).is_filled());
            ground.place(spec, || Placed { spec, is_filled: is_filled(), keep: keep(number, spec) });
        }
        drop(keep);
        ground.registered = ground.steps.len();
        let mut supplied: Vec<_> = store.plan().resources().collect();
        supplied.retain(|(_, source)| matches!(source, Source::Supplied(_)));
        // The plan lists them in the order of a hash table.
        supplied.sort_by_key(|(key, _)| (key.name)());
        ground.supplied.extend(supplied.into_iter().map(|(key, _)| key));
        ground
    }

    /// Builds the plan.
    pub(super) fn plan(&self, title: String, aim: Aim) -> Plan {
        let plan = self.plan_for(aim);
        // A target whose outputs are all supplied does not run, but the compiler requires that it
        // could run.
        let strict = match aim {
            Aim::Target { step, .. } if plan.steps[step].state == State::Supplied => {
                Some(self.plan_for(Aim::Target { step, always: true }))
                    .filter(|plan| plan.steps[step].state == State::Blocked)
            }
            _ => None,
        };
        let mut plan = Plan { title, ..strict.unwrap_or(plan) };
        for (node, placed) in plan.steps.iter_mut().zip(&self.steps) {
            node.each = self.each(placed.spec).map(Box::new);
        }
        plan
    }

    /// The plan for each element, if a step runs one. A pipeline may run for each element of what
    /// its own steps provide; then it has a plan once.
    fn each(&self, spec: &'static StepSpec) -> Option<Plan> {
        let (fan, id) = (spec.fan?, (spec.type_id)());
        if self.around.contains(&id) {
            return None;
        }
        let given: Vec<_> = (fan.given)().list().into_iter().copied().collect();
        let (over, item) = (spec.inputs.list().first()?.name, given.first()?.name);
        let title = format!("{}, for each {} of {}", (fan.pipeline)(), item(), over());
        let around = self.around.iter().copied().chain([id]).collect();
        let mut ground = Ground::of_list((fan.pipeline)(), (fan.steps)(), given, around);
        let target = (fan.target)();
        let step = ground.place(target, || Placed::new(target));
        Some(ground.plan(title, Aim::Target { step, always: true }))
    }

    /// Builds the plan, without a title.
    fn plan_for(&self, aim: Aim) -> Plan {
        let mut draft = Draft::new(self);
        let reached = draft.reached(aim);
        for (step, &is_reached) in reached.iter().enumerate() {
            draft.plan.steps[step].state = draft.state_of_step(step, is_reached);
        }
        for resource in 0..draft.plan.resources.len() {
            draft.plan.resources[resource].state = draft.state_of_resource(resource);
        }
        let mut plan = draft.plan;
        plan.target = match aim {
            Aim::All => None,
            Aim::Target { step, .. } => Some(step),
        };
        plan.cycles = cycles(&plan);
        plan.block();
        set_levels(&mut plan);
        plan
    }
}

/// A plan while it is built.
struct Draft {
    /// The plan, complete but for the states.
    plan: Plan,
    /// Whether the outputs of each step are in the store.
    filled: Vec<bool>,
    /// Whether a run takes the outputs of each step from the journal, if it needs them.
    fresh: Vec<bool>,
    /// Whether each resource is supplied.
    supplied: Vec<bool>,
    /// Whether the parent store has or can compute each resource.
    in_parent: Vec<bool>,
}

impl Draft {
    /// Lists the steps and the resources between them.
    fn new(ground: &Ground<'_>) -> Self {
        let (mut places, mut resources) = (HashMap::new(), Vec::new());
        let mut place = |key: &Key| {
            *places.entry(key.id).or_insert_with(|| {
                let (providers, consumers) = (Vec::new(), Vec::new());
                resources.push(ResourceNode {
                    id: key.id,
                    name: (key.name)(),
                    state: State::NotNeeded,
                    providers,
                    consumers,
                });
                resources.len() - 1
            })
        };
        let mut steps: Vec<_> = ground.steps.iter().map(|step| step_of(step, &mut place)).collect();
        let keys: Vec<_> = ground.supplied.iter().map(place).collect();
        for (number, step) in steps.iter_mut().enumerate() {
            step.registered = number < ground.registered;
            step.inputs.iter().for_each(|input| resources[input.resource].consumers.push(number));
            step.outputs.iter().for_each(|&place| resources[place].providers.push(number));
        }
        let mut supplied = vec![false; resources.len()];
        keys.into_iter().for_each(|place| supplied[place] = true);
        let knows = |resource: &ResourceNode| ground.parent.is_some_and(|parent| parent.knows(resource.id));
        let in_parent = resources.iter().map(knows).collect();
        let plan = Plan {
            title: String::new(),
            pipeline: ground.pipeline,
            target: None,
            steps,
            resources,
            cycles: Vec::new(),
        };
        let filled = ground.steps.iter().map(|step| step.is_filled).collect();
        let fresh = ground.steps.iter().map(|step| step.keep.is_fresh).collect();
        Draft { plan, filled, fresh, supplied, in_parent }
    }

    /// Whether a run would need each step, and its outputs are not in the store: it would execute
    /// the step if nothing was missing, or take the outputs from the journal.
    fn reached(&self, aim: Aim) -> Vec<bool> {
        let mut reached = vec![false; self.plan.steps.len()];
        let mut next: Vec<usize> = match aim {
            Aim::All => (0..reached.len()).filter(|&step| self.is_due(step)).collect(),
            Aim::Target { step, always } if always || self.is_due(step) => vec![step],
            Aim::Target { .. } => Vec::new(),
        };
        while let Some(step) = next.pop() {
            if !core::mem::replace(&mut reached[step], true) && !self.fresh[step] {
                let inputs = self.plan.steps[step].inputs.iter().map(|input| input.resource);
                let absent = inputs.filter(|&resource| !self.supplied[resource]);
                let providers = absent.flat_map(|resource| &self.plan.resources[resource].providers);
                next.extend(providers.filter(|&&provider| !self.filled[provider]));
            }
        }
        reached
    }

    /// Whether a step would run as a target. A step that stores nothing always does.
    fn is_due(&self, step: usize) -> bool {
        let outputs = &self.plan.steps[step].outputs;
        outputs.is_empty() || !self.filled[step] && outputs.iter().any(|&output| !self.supplied[output])
    }

    /// The state of a step, given whether it is [reached](Draft::reached).
    fn state_of_step(&self, step: usize, is_reached: bool) -> State {
        let outputs = &self.plan.steps[step].outputs;
        if is_reached {
            if self.fresh[step] { State::InJournal } else { State::Runs }
        } else if outputs.is_empty() {
            State::NotNeeded
        } else if outputs.iter().all(|&output| self.supplied[output]) {
            State::Supplied
        } else if self.filled[step] {
            State::Computed
        } else {
            State::NotNeeded
        }
    }

    /// The state of a resource, given those of the steps.
    fn state_of_resource(&self, place: usize) -> State {
        let resource = &self.plan.resources[place];
        let state_of = |&step: &usize| self.plan.steps[step].state;
        match resource.providers.as_slice() {
            _ if self.supplied[place] => State::Supplied,
            // It stays computed if its step runs once more for a returned value.
            [step] if self.filled[*step] => State::Computed,
            [step] => state_of(step),
            [_, _, ..] => State::Ambiguous,
            [] if self.in_parent[place] => State::InParent,
            [] => {
                let running = resource.consumers.iter().filter(|step| state_of(step) == State::Runs);
                let inputs = running.flat_map(|&step| &self.plan.steps[step].inputs);
                let inputs: Vec<_> = inputs.filter(|input| input.resource == place).collect();
                match inputs.iter().all(|input| input.optional) {
                    true if inputs.is_empty() => State::NotNeeded,
                    true => State::OptionalMissing,
                    false => State::Missing,
                }
            }
        }
    }
}

impl Plan {
    /// Marks the steps that cannot run: those in a cycle, and those that depend on a missing or an
    /// ambiguous resource or on such a step.
    fn block(&mut self) {
        let mut next: Vec<usize> = self.cycles.concat();
        next.extend((0..self.steps.len()).filter(|&step| self.steps[step].is_unregistered()));
        for resource in &self.resources {
            if matches!(resource.state, State::Missing | State::Ambiguous) {
                next.extend(&resource.consumers);
            }
        }
        while let Some(step) = next.pop() {
            if self.steps[step].state == State::Runs {
                self.steps[step].state = State::Blocked;
                for &output in &self.steps[step].outputs {
                    let resource = &mut self.resources[output];
                    if resource.state == State::Runs {
                        resource.state = State::Blocked;
                        next.extend(&resource.consumers);
                    }
                }
            }
        }
    }
}

impl StepNode {
    /// Whether it stores its outputs and is not registered: the compiler rejects such a target.
    pub(super) fn is_unregistered(&self) -> bool {
        !self.registered && !self.outputs.is_empty()
    }
}

/// A step with the indices of its resources.
fn step_of(Placed { spec, keep, .. }: &Placed, place: &mut impl FnMut(&Key) -> usize) -> StepNode {
    let mut inputs: Vec<InputEdge> = Vec::new();
    for key in spec.inputs.list() {
        let (resource, optional) = (place(key), key.optional);
        // `Store::new` rejects a resource that is listed twice; a plan has no store.
        match inputs.iter_mut().find(|input| input.resource == resource) {
            Some(input) => input.optional &= optional,
            None => inputs.push(InputEdge { resource, optional }),
        }
    }
    let mut outputs: Vec<usize> = spec.outputs.list().into_iter().map(&mut *place).collect();
    let mut seen = Vec::new();
    outputs.retain(|&output| {
        let is_new = !seen.contains(&output);
        seen.push(output);
        is_new
    });
    StepNode {
        id: (spec.type_id)(),
        name: (spec.name)(),
        registered: true,
        state: State::NotNeeded,
        inputs,
        outputs,
        closes: spec.close.is_some(),
        attempts: spec.policy.attempts,
        timeout: spec.policy.timeout,
        fallback: spec.policy.fallback,
        kept: keep.is_kept,
        absent: keep.is_absent,
        stale: keep.stale.clone(),
        level: None,
        duration: None,
        critical: false,
        each: None,
    }
}
