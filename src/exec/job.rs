//! What a run is about: a graph of steps, and the store that it runs on.

use super::plan::{Plan, Running, Source};
use super::slot::AnySlot;
use super::view::{Erased, Gather, View};
use std::sync::Arc;

/// The steps of a run: those of the plan of a store, and a target if that is none of them.
pub(crate) struct Graph {
    plan: &'static Plan,
    /// Its number is the one after those of all steps.
    target: Option<Target>,
}

/// A target that runs at every call, since it hands something over by value or stores nothing.
pub(crate) struct Target {
    pub(crate) name: fn() -> &'static str,
    /// Where its inputs come from.
    pub(crate) inputs: Vec<Source>,
    /// Starts it.
    pub(crate) start: for<'s> fn(Gather<'_, 's>, &Arc<Erased>) -> Running<'s>,
    /// Where it puts its outputs.
    pub(crate) outputs: Arc<Erased>,
}

impl Graph {
    pub(crate) fn new(plan: &'static Plan, target: Option<Target>) -> Self {
        Graph { plan, target }
    }

    /// How many steps there are, the target included.
    pub(crate) fn len(&self) -> usize {
        self.plan.steps().len() + usize::from(self.target.is_some())
    }

    /// The number of the target, if it is none of the steps of the store.
    pub(crate) fn target(&self) -> Option<u16> {
        self.target.is_some().then_some(self.plan.steps().len() as u16)
    }

    /// The target, if that is the step with this number.
    fn as_target(&self, step: u16) -> Option<&Target> {
        self.target.as_ref().filter(|_| usize::from(step) == self.plan.steps().len())
    }

    /// Where the inputs of a step come from.
    pub(crate) fn inputs(&self, step: u16) -> &[Source] {
        self.as_target(step).map_or_else(|| self.plan.inputs(step.into()), |target| &target.inputs)
    }

    /// The steps that take what a step provides, once for each input; without the target.
    pub(crate) fn dependents(&self, step: u16) -> &'static [u16] {
        if self.as_target(step).is_some() { &[] } else { self.plan.dependents(step.into()) }
    }

    /// The name of a step.
    pub(crate) fn name(&self, step: u16) -> &'static str {
        self.as_target(step).map_or_else(|| self.plan.steps()[usize::from(step)].spec().name, |target| target.name)()
    }

    /// The slot of a step in a store; the target has none.
    #[cfg(feature = "executor")]
    pub(crate) fn slot<'s>(&self, view: View<'s>, step: u16) -> Option<&'s dyn AnySlot> {
        self.as_target(step).is_none().then(|| view.slot(step.into()))
    }

    /// Starts a step, whose inputs are there.
    pub(crate) fn start<'s>(&self, step: u16, inputs: Gather<'_, 's>, slot: Option<&'s dyn AnySlot>) -> Running<'s> {
        match (self.as_target(step), slot) {
            (None, Some(slot)) => (self.plan.steps()[usize::from(step)].spec().start)(inputs, slot.as_any()),
            (Some(target), None) => (target.start)(inputs, &target.outputs),
            _ => unreachable!("all but the target have a slot"),
        }
    }
}

/// A run on a store that is borrowed for as long.
pub(crate) struct Job<'s> {
    graph: Graph,
    view: View<'s>,
    /// The slots of all steps, by number.
    slots: Vec<&'s dyn AnySlot>,
}

impl<'s> Job<'s> {
    pub(crate) fn new(graph: Graph, view: View<'s>) -> Self {
        Job { graph, view, slots: view.slots() }
    }

    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The slot of a step; the target has none.
    pub(crate) fn slot(&self, step: u16) -> Option<&'s dyn AnySlot> {
        self.slots.get(usize::from(step)).copied()
    }

    /// Starts a step, whose inputs are there.
    pub(crate) fn start(&self, step: u16) -> Running<'s> {
        let inputs = Gather::new(self.graph.inputs(step), Some(&self.slots), self.view);
        self.graph.start(step, inputs, self.slot(step))
    }
}
