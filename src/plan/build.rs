//! How a plan is made: from lists of steps and the state of a store, by the rules that a run goes by.

use super::order::{cycles, waves};
use super::{Plan, Planned, ResourceNode, State, StepNode, Taken};
use crate::exec::plan::{Key, Source, StepSpec as Spec};
use crate::exec::store_ref::StoreRef as View;
use crate::step::Step;
use crate::store::AnyStore as Backing;
use std::collections::HashMap;

/// What a plan is made from.
pub(super) struct Ground<'s> {
    /// The name of the pipeline.
    pub(super) pipeline: &'static str,
    /// The steps, each once, and whether what it stores is there.
    steps: Vec<(&'static Spec, bool)>,
    /// How many of them are registered: all but a target, which comes last.
    registered: usize,
    /// What is supplied.
    supplied: Vec<Key>,
    /// The store above.
    above: Option<View<'s>>,
}

/// What a plan is to lead to.
#[derive(Clone, Copy)]
pub(super) enum Aim {
    /// Everything.
    All,
    /// A target.
    Target {
        /// Its place among the steps.
        step: usize,
        /// Whether it runs even if what it stores is there.
        always: bool,
    },
}

impl Ground<'_> {
    /// What the plan of a pipeline, or of the type of a store, is made from.
    pub(super) fn of<P: Planned>() -> Self {
        let supplied = P::SUPPLIED.list().into_iter().copied().collect();
        let mut ground = Ground { pipeline: P::pipeline(), steps: Vec::new(), registered: 0, supplied, above: None };
        for spec in P::STEPS.list() {
            ground.place(spec, || false);
        }
        ground.registered = ground.steps.len();
        ground
    }

    /// The place of the step `T`; if it is not registered, that is the last one.
    pub(super) fn target<T: Step>(&mut self) -> usize {
        self.place(const { &Spec::of::<T>() }, || false)
    }

    /// The place of a step. A step that is reached through several groups is one.
    fn place(&mut self, spec: &'static Spec, is_filled: impl FnOnce() -> bool) -> usize {
        let known = self.steps.iter().position(|(known, _)| (known.type_id)() == (spec.type_id)());
        known.unwrap_or_else(|| {
            self.steps.push((spec, is_filled()));
            self.steps.len() - 1
        })
    }
}

impl<'s> Ground<'s> {
    /// What the plan of a store is made from.
    pub(super) fn of_store<S: Backing>(store: &'s S) -> Self {
        let view = store.store_ref();
        let (steps, supplied) = (Vec::new(), Vec::new());
        let mut ground = Ground { pipeline: S::pipeline(), steps, registered: 0, supplied, above: view.parent() };
        for (number, step) in view.plan().steps().iter().enumerate() {
            ground.place(step.spec(), || view.slot(number).is_filled());
        }
        ground.registered = ground.steps.len();
        let mut supplied: Vec<_> = view.plan().resources().collect();
        supplied.retain(|(_, source)| matches!(source, Source::Supplied(_)));
        // The table has no order of its own.
        supplied.sort_by_key(|(key, _)| (key.name)());
        ground.supplied.extend(supplied.into_iter().map(|(key, _)| key));
        ground
    }

    /// The plan.
    pub(super) fn plan(&self, title: String, aim: Aim) -> Plan {
        let plan = self.plan_for(aim);
        // A target all of whose outputs are supplied does not run, but the compiler asks that it could.
        let strict = match aim {
            Aim::Target { step, .. } if plan.steps[step].state == State::Supplied => {
                Some(self.plan_for(Aim::Target { step, always: true }))
                    .filter(|plan| plan.steps[step].state == State::Blocked)
            }
            _ => None,
        };
        Plan { title, ..strict.unwrap_or(plan) }
    }

    /// The plan, without a title.
    fn plan_for(&self, aim: Aim) -> Plan {
        let mut draft = Draft::new(self);
        let demanded = draft.demanded(aim);
        for (step, &demanded) in demanded.iter().enumerate() {
            draft.plan.steps[step].state = draft.state_of_step(step, demanded);
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
        waves(&mut plan);
        plan
    }
}

/// A plan while it is made.
struct Draft {
    /// All but the states.
    plan: Plan,
    /// Which steps have their outputs in the store.
    filled: Vec<bool>,
    /// Which resources are supplied.
    supplied: Vec<bool>,
    /// Which resources are known above.
    above: Vec<bool>,
}

impl Draft {
    /// The steps and the resources between them.
    fn new(ground: &Ground<'_>) -> Self {
        let (mut places, mut resources) = (HashMap::new(), Vec::new());
        let mut place = |key: &Key| {
            *places.entry(key.id).or_insert_with(|| {
                let (providers, takers) = (Vec::new(), Vec::new());
                resources.push(ResourceNode {
                    id: key.id,
                    name: (key.name)(),
                    state: State::NotDemanded,
                    providers,
                    takers,
                });
                resources.len() - 1
            })
        };
        let mut steps: Vec<_> = ground.steps.iter().map(|(spec, _)| step_of(spec, &mut place)).collect();
        let given: Vec<_> = ground.supplied.iter().map(place).collect();
        for (number, step) in steps.iter_mut().enumerate() {
            step.registered = number < ground.registered;
            step.takes.iter().for_each(|taken| resources[taken.resource].takers.push(number));
            step.gives.iter().for_each(|&place| resources[place].providers.push(number));
        }
        let mut supplied = vec![false; resources.len()];
        given.into_iter().for_each(|place| supplied[place] = true);
        let above =
            resources.iter().map(|resource| ground.above.is_some_and(|above| above.knows(resource.id))).collect();
        let plan = Plan {
            title: String::new(),
            pipeline: ground.pipeline,
            target: None,
            steps,
            resources,
            cycles: Vec::new(),
        };
        Draft { plan, filled: ground.steps.iter().map(|&(_, filled)| filled).collect(), supplied, above }
    }

    /// Which steps a run would execute, if nothing was missing.
    fn demanded(&self, aim: Aim) -> Vec<bool> {
        let mut demanded = vec![false; self.plan.steps.len()];
        let mut next: Vec<usize> = match aim {
            Aim::All => (0..demanded.len()).filter(|&step| self.is_due(step)).collect(),
            Aim::Target { step, always } if always || self.is_due(step) => vec![step],
            Aim::Target { .. } => Vec::new(),
        };
        while let Some(step) = next.pop() {
            if !core::mem::replace(&mut demanded[step], true) {
                let inputs = self.plan.steps[step].takes.iter().map(|taken| taken.resource);
                let absent = inputs.filter(|&resource| !self.supplied[resource]);
                let providers = absent.flat_map(|resource| &self.plan.resources[resource].providers);
                next.extend(providers.filter(|&&provider| !self.filled[provider]));
            }
        }
        demanded
    }

    /// Whether a step would run if it was asked for. One that stores nothing always does.
    fn is_due(&self, step: usize) -> bool {
        let outputs = &self.plan.steps[step].gives;
        outputs.is_empty() || !self.filled[step] && outputs.iter().any(|&output| !self.supplied[output])
    }

    /// The state of a step, when it is known which ones are demanded.
    fn state_of_step(&self, step: usize, demanded: bool) -> State {
        let outputs = &self.plan.steps[step].gives;
        if demanded {
            State::Runs
        } else if outputs.is_empty() {
            State::NotDemanded
        } else if outputs.iter().all(|&output| self.supplied[output]) {
            State::Supplied
        } else if self.filled[step] {
            State::Computed
        } else {
            State::NotDemanded
        }
    }

    /// The state of a resource, when those of the steps are known.
    fn state_of_resource(&self, place: usize) -> State {
        let resource = &self.plan.resources[place];
        let state_of = |&step: &usize| self.plan.steps[step].state;
        match resource.providers.as_slice() {
            _ if self.supplied[place] => State::Supplied,
            // What was computed stays, also where its step runs once more for what it returns.
            [step] if self.filled[*step] => State::Computed,
            [step] => state_of(step),
            [_, _, ..] => State::Disputed,
            [] if self.above[place] => State::Above,
            [] => {
                let running = resource.takers.iter().filter(|step| state_of(step) == State::Runs);
                let takes = running.flat_map(|&step| &self.plan.steps[step].takes);
                let takes: Vec<_> = takes.filter(|taken| taken.resource == place).collect();
                match takes.iter().all(|taken| taken.optional) {
                    true if takes.is_empty() => State::NotDemanded,
                    true => State::LeftOut,
                    false => State::Missing,
                }
            }
        }
    }
}

impl Plan {
    /// Finds the steps that cannot run: what they need is missing, or in a cycle, or of such a step.
    fn block(&mut self) {
        let mut next: Vec<usize> = self.cycles.concat();
        next.extend((0..self.steps.len()).filter(|&step| self.steps[step].is_unregistered()));
        for resource in &self.resources {
            if matches!(resource.state, State::Missing | State::Disputed) {
                next.extend(&resource.takers);
            }
        }
        while let Some(step) = next.pop() {
            if self.steps[step].state == State::Runs {
                self.steps[step].state = State::Blocked;
                for &output in &self.steps[step].gives {
                    let resource = &mut self.resources[output];
                    if resource.state == State::Runs {
                        resource.state = State::Blocked;
                        next.extend(&resource.takers);
                    }
                }
            }
        }
    }
}

impl StepNode {
    /// Whether it stores its outputs and is no step of the pipeline: as a target it is refused.
    pub(super) fn is_unregistered(&self) -> bool {
        !self.registered && !self.gives.is_empty()
    }
}

/// A step with the places of its resources.
fn step_of(spec: &'static Spec, place: &mut impl FnMut(&Key) -> usize) -> StepNode {
    let mut takes: Vec<Taken> = Vec::new();
    for (key, &optional) in spec.inputs.list().into_iter().zip(spec.optional.list()) {
        let resource = place(key);
        // One that is listed twice is refused where a store is made.
        match takes.iter_mut().find(|taken| taken.resource == resource) {
            Some(taken) => taken.optional &= optional,
            None => takes.push(Taken { resource, optional }),
        }
    }
    let mut gives: Vec<usize> = spec.outputs.list().into_iter().map(&mut *place).collect();
    let mut seen = Vec::new();
    gives.retain(|&output| {
        let is_new = !seen.contains(&output);
        seen.push(output);
        is_new
    });
    StepNode {
        id: (spec.type_id)(),
        name: (spec.name)(),
        registered: true,
        state: State::NotDemanded,
        takes,
        gives,
        wave: None,
        duration: None,
        critical: false,
    }
}
