//! A store as the executor sees it: numbered places, and values without their types.

use super::plan::{Plan, Source};
use super::slot::{AnySlot, Listed};
use crate::sealed::Sealed;
use core::any::Any;

/// A value without its type.
pub type Erased = dyn Any + Send + Sync;

/// What the executor asks of a store.
pub trait Values: Send + Sync {
    /// Where everything is.
    fn plan(&self) -> &'static Plan;
    /// The slot of a step.
    fn slot(&self, step: usize) -> &dyn AnySlot;
    /// The slot of a step, to change it.
    fn slot_mut(&mut self, step: usize) -> &mut dyn AnySlot;
    /// Appends the slots of all steps.
    fn slots<'s>(&'s self, to: &mut Vec<Listed<'s>>);
    /// The supplied value at a place.
    fn supplied(&self, place: usize) -> Option<&Erased>;
    /// The store above this one.
    fn above(&self) -> Option<View<'_>>;
    /// The `Option` that holds the supplied value at a place.
    fn supplied_mut(&mut self, place: usize) -> &mut dyn Any;
}

/// A store, or a pointer to one, that a run can borrow.
///
/// A trait of its own, without any proof: code generation solves the bounds of an impl again for each function that it
/// calls through it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not known to be a store",
    label = "not a store, as far as it is known here",
    note = "take the store by a reference: `&Store<Calc, …>`, or in generic code `store: &impl Runs<Target>` or `&impl Provides<Resource>`"
)]
pub trait Backing: Sealed + Sync {
    /// What is known of the store by its type.
    type World;
    /// The store as the executor sees it.
    fn view(&self) -> View<'_>;
    /// The name of its pipeline.
    fn pipeline() -> &'static str;
}

impl<B: Backing> Sealed for &B {}
impl<B: Backing> Backing for &B {
    type World = B::World;
    fn view(&self) -> View<'_> {
        B::view(self)
    }
    fn pipeline() -> &'static str {
        B::pipeline()
    }
}

impl<B: Backing> Sealed for std::sync::Arc<B> {}
impl<B: Backing + Send> Backing for std::sync::Arc<B> {
    type World = B::World;
    fn view(&self) -> View<'_> {
        B::view(self)
    }
    fn pipeline() -> &'static str {
        B::pipeline()
    }
}

/// A store, borrowed for a run.
#[derive(Clone, Copy)]
pub struct View<'s> {
    store: &'s dyn Values,
}

impl<'s> View<'s> {
    pub(crate) fn new(store: &'s dyn Values) -> Self {
        View { store }
    }

    pub(crate) fn plan(&self) -> &'static Plan {
        self.store.plan()
    }

    /// The store above.
    pub(crate) fn above(&self) -> Option<View<'s>> {
        self.store.above()
    }

    /// The value of the resource with a key, if it is there: in this store, or if that does not know it, above.
    pub(crate) fn value(&self, key: u64) -> Option<&'s Erased> {
        match self.plan().source(key) {
            Some(Source::Supplied(place)) => self.store.supplied(place.into()),
            Some(Source::Step { step, output }) => self.store.slot(step.into()).output(output.into()),
            Some(Source::Above(_)) | None => self.above()?.value(key),
        }
    }

    /// Whether the resource with a key can be had: in this store, or above.
    pub(crate) fn knows(&self, key: u64) -> bool {
        self.plan().source(key).is_some() || self.above().is_some_and(|above| above.knows(key))
    }

    /// The slot of a step.
    pub(crate) fn slot(&self, step: usize) -> &'s dyn AnySlot {
        self.store.slot(step)
    }

    /// The slots of all steps, by their numbers.
    pub(crate) fn slots(&self) -> Vec<Listed<'s>> {
        let mut slots = Vec::with_capacity(self.plan().steps().len());
        self.store.slots(&mut slots);
        slots
    }

    /// The supplied value at a place.
    pub(crate) fn supplied(&self, place: usize) -> Option<&'s Erased> {
        self.store.supplied(place)
    }
}

/// The inputs of a step on their way to it.
pub struct Gather<'a, 's> {
    /// Where the inputs that are left come from.
    sources: core::slice::Iter<'a, Source>,
    /// The slots of all steps, by number, if somebody has listed them.
    slots: &'a [Listed<'s>],
    view: View<'s>,
    /// The keys of what is above, by place.
    above: &'a dyn Fn(u16) -> u64,
}

impl<'a, 's> Gather<'a, 's> {
    pub(crate) fn new(
        sources: &'a [Source],
        slots: &'a [Listed<'s>],
        view: View<'s>,
        above: &'a dyn Fn(u16) -> u64,
    ) -> Self {
        Gather { sources: sources.iter(), slots, view, above }
    }

    /// The next input.
    ///
    /// # Panics
    ///
    /// If it is not there, or not of the type: then the schedule is wrong.
    pub(crate) fn next<V: 'static>(&mut self) -> &'s V {
        self.next_if_known().expect("a step starts when its inputs are there")
    }

    /// The next input, if any store knows it.
    ///
    /// # Panics
    ///
    /// If it is not of the type: then the schedule is wrong.
    pub(crate) fn next_if_known<V: 'static>(&mut self) -> Option<&'s V> {
        let value = match *self.sources.next()? {
            Source::Supplied(place) => self.view.supplied(place.into()),
            Source::Step { step, output } => {
                let slot = match self.slots.get(usize::from(step)) {
                    Some(listed) => listed.slot,
                    None => self.view.slot(step.into()),
                };
                slot.output(output.into())
            }
            Source::Above(place) => self.view.above().and_then(|above| above.value((self.above)(place))),
        };
        value.map(|value| value.downcast_ref().expect("a value has the type of its resource"))
    }
}
