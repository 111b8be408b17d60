//! The values of the inputs of steps.

use super::fan::Around;
use super::graph::Graph;
#[cfg(feature = "journal")]
use super::keeping::{FanKeeping, execute::KeptStep};
use super::plan::Source;
use super::run_key::RunKey;
use super::slot::{AnySlot, SlotRef};
use super::store_ref::{Erased, StoreRef};
use super::surroundings::Surroundings;
use super::waits::NestedRun;
use core::any::Any;
use core::slice;
use std::sync::Arc;

/// The values from which the steps of a run take their inputs.
#[derive(Clone, Copy)]
pub(crate) struct InputValues<'a, 's> {
    /// The graph of the run.
    pub(crate) graph: &'a Graph,
    /// The store.
    pub(crate) store: StoreRef<'s>,
    /// The slots of all steps, by number, if they have been listed.
    pub(crate) slots: &'a [SlotRef<'s>],
}

impl<'a, 's> InputValues<'a, 's> {
    /// The slot of a step.
    #[inline]
    pub(crate) fn slot(&self, step: u16) -> &'s dyn AnySlot {
        match self.slots.get(usize::from(step)) {
            Some(listed) => listed.slot,
            None => self.store.slot(step.into()),
        }
    }

    /// Reads the inputs with these sources.
    #[inline]
    pub(crate) fn read(self, sources: &'a [Source]) -> InputReader<'a, 's> {
        InputReader { sources: sources.iter(), values: self }
    }

    /// The value of a source, if it is there. It is not inlined, because most inputs are listed.
    #[inline(never)]
    fn get(&self, source: Source) -> Option<&'s Erased> {
        match source {
            Source::Step { step, output } => self.slot(step).output(output.into()),
            Source::Supplied(place) => self.store.supplied(place.into()),
            Source::Parent(place) => self.of_parent(place),
        }
    }

    /// The value of the resource of the parent store at a place.
    fn of_parent(&self, place: u16) -> Option<&'s Erased> {
        self.store.parent()?.value(self.graph.parent_key(place.into()).id)
    }
}

/// Reads the inputs of a step, one after the other.
pub struct InputReader<'a, 's> {
    /// The sources of the inputs that are left.
    sources: slice::Iter<'a, Source>,
    /// The values.
    values: InputValues<'a, 's>,
}

impl<'s> InputReader<'_, 's> {
    /// The surroundings of the step, which starts now.
    pub(crate) fn surroundings(&self) -> Surroundings {
        Surroundings::of(self.values.graph)
    }

    /// The step that starts now, if its outputs are kept.
    #[cfg(feature = "journal")]
    pub(crate) fn kept(&self) -> Option<KeptStep> {
        let InputValues { graph, store, .. } = self.values;
        graph.keeping()?;
        KeptStep::new(graph, store, self.surroundings())
    }

    /// The next input.
    ///
    /// # Panics
    ///
    /// If the input is missing or has another type. Either is a bug in the schedule.
    #[inline]
    pub(crate) fn next<V: 'static>(&mut self) -> &'s V {
        typed(self.next_erased().expect("a step starts when its inputs are there"))
    }

    /// The next input, if a store knows it.
    ///
    /// # Panics
    ///
    /// If the input has another type. That is a bug in the schedule.
    #[inline]
    pub(crate) fn next_if_known<V: 'static>(&mut self) -> Option<&'s V> {
        match self.next_erased() {
            Some(value) => Some(typed(value)),
            None => None,
        }
    }

    /// The run around the step, which starts now.
    pub(crate) fn around(&self) -> Around {
        let (surroundings, key) = (self.surroundings(), RunKey::next());
        let fan = self.values.graph.fans().iter().find(|(step, _)| *step == surroundings.step);
        let fan = fan.map(|(_, fan)| Arc::clone(fan));
        #[cfg(feature = "journal")]
        let keeping = self
            .values
            .graph
            .keeping()
            .and_then(|keeping| FanKeeping::new(keeping, self.values.store, surroundings.step, self.sources.len()));
        Around {
            fan,
            key,
            nested: NestedRun::new(key),
            surroundings,
            #[cfg(feature = "journal")]
            keeping,
        }
    }

    /// The next input without its type.
    #[inline]
    fn next_erased(&mut self) -> Option<&'s Erased> {
        let &source = self.sources.next()?;
        if let Source::Step { step, output: 0 } = source {
            if let Some(&SlotRef { first: Some(value), .. }) = self.values.slots.get(usize::from(step)) {
                return Some(value);
            }
        }
        self.values.get(source)
    }
}

/// A value with its type.
///
/// # Panics
///
/// If the value has another type.
#[inline]
fn typed<V: 'static>(value: &Erased) -> &V {
    // Without combinators, and not as an `Erased`: these would be functions for each type.
    let value: &dyn Any = value;
    match value.downcast_ref() {
        Some(value) => value,
        None => panic!("a value has the type of its resource"),
    }
}
