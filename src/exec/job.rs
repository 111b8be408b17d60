//! What a run is about: a store, and a target if that is not itself one of the steps of the store.

use super::plan::{Plan, Running, Source, Start};
use super::slot::AnySlot;
use super::view::{Gather, View};
use core::any::Any;

/// What stays the same throughout a run.
pub(crate) struct Job<'s> {
    view: View<'s>,
    plan: &'static Plan,
    /// The slots of all steps, by number.
    slots: Vec<&'s dyn AnySlot>,
    /// The target, if it runs at every call. Its number is the one after those of all steps.
    target: Option<Target<'s>>,
}

/// A target that runs at every call, since it hands something over by value or stores nothing.
pub(crate) struct Target<'s> {
    pub(crate) name: fn() -> &'static str,
    /// Where its inputs come from.
    pub(crate) inputs: Vec<Source>,
    pub(crate) start: Start,
    /// Where it puts its outputs.
    pub(crate) outputs: &'s (dyn Any + Send + Sync),
}

impl<'s> Job<'s> {
    pub(crate) fn new(view: View<'s>, target: Option<Target<'s>>) -> Self {
        Job { view, plan: view.plan(), slots: view.slots(), target }
    }

    /// How many steps there are, the target included.
    pub(crate) fn len(&self) -> usize {
        self.slots.len() + usize::from(self.target.is_some())
    }

    /// The number of the target, if it is none of the steps of the store.
    pub(crate) fn target(&self) -> Option<u16> {
        self.target.is_some().then_some(self.slots.len() as u16)
    }

    /// The slot of a step; the target has none.
    pub(crate) fn slot(&self, step: u16) -> Option<&'s dyn AnySlot> {
        self.slots.get(usize::from(step)).copied()
    }

    /// Whether the outputs of a step are there.
    pub(crate) fn is_done(&self, step: u16) -> bool {
        self.slot(step).is_some_and(|slot| slot.is_filled())
    }

    /// Where the inputs of a step come from.
    pub(crate) fn inputs(&self, step: u16) -> &[Source] {
        match &self.target {
            Some(target) if usize::from(step) == self.slots.len() => &target.inputs,
            _ => self.plan.inputs(step.into()),
        }
    }

    /// The steps that take what a step provides, once for each input; without the target.
    pub(crate) fn dependents(&self, step: u16) -> &'static [u16] {
        if usize::from(step) == self.slots.len() { &[] } else { self.plan.dependents(step.into()) }
    }

    /// The name of a step.
    pub(crate) fn name(&self, step: u16) -> &'static str {
        match &self.target {
            Some(target) if usize::from(step) == self.slots.len() => (target.name)(),
            _ => (self.plan.steps()[usize::from(step)].spec().name)(),
        }
    }

    /// Starts a step, whose inputs are there.
    pub(crate) fn start(&self, step: u16) -> Running<'s> {
        let inputs = Gather::new(self.inputs(step), &self.slots, self.view);
        match &self.target {
            Some(target) if usize::from(step) == self.slots.len() => (target.start)(inputs, target.outputs),
            _ => (self.plan.steps()[usize::from(step)].spec().start)(inputs, self.slots[usize::from(step)].as_any()),
        }
    }
}
