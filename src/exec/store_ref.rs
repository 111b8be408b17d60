//! A store as the executor sees it: numbered places, and values without their types.

#[cfg(feature = "journal")]
use super::keeping::Keeping;
use super::plan::{ExecPlan, Source};
use super::slot::{AnySlot, SlotRef};
use crate::options::Observers;
use core::any::Any;
#[cfg(feature = "journal")]
use std::sync::Arc;

/// A value without its type.
pub(crate) type Erased = dyn Any + Send + Sync;

/// A store without its type: the interface that the executor uses.
pub trait DynStore: Send + Sync {
    /// The plan: where everything is.
    fn plan(&self) -> &'static ExecPlan;
    /// The slot of a step.
    fn slot(&self, step: usize) -> &dyn AnySlot;
    /// The slot of a step, to change it.
    fn slot_mut(&mut self, step: usize) -> &mut dyn AnySlot;
    /// Appends the slots of all steps.
    fn slots<'s>(&'s self, to: &mut Vec<SlotRef<'s>>);
    /// The supplied value at a place.
    fn supplied(&self, place: usize) -> Option<&Erased>;
    /// The `Option` that holds the supplied value at a place.
    fn supplied_mut(&mut self, place: usize) -> &mut dyn Any;
    /// The parent store.
    fn parent(&self) -> Option<StoreRef<'_>>;
    /// The observers of all runs on this store; those of its parents are among them.
    fn observers(&self) -> Option<&Observers>;
    /// Marks the store as one that may have computed values. Returns whether it has not been marked
    /// before.
    fn begin_run(&self) -> bool;
    /// The journal of the store, if it is kept.
    #[cfg(feature = "journal")]
    fn keeping(&self) -> Option<&Arc<Keeping>> {
        None
    }
}

/// A store, or a pointer to one, that a run can borrow.
pub trait BorrowStore: Send + Sync {
    /// The store.
    fn store_ref(&self) -> StoreRef<'_>;
}

/// A store, borrowed for a run.
#[derive(Clone, Copy)]
pub struct StoreRef<'s> {
    /// The store without its type.
    store: &'s dyn DynStore,
}

/// A borrow of a store: the type of its references to values.
///
/// You never write it. It is a function from a value to a reference with the lifetime of the
/// borrow. It is needed because a lifetime as a parameter of `Output::RunOutput`, before a type,
/// makes rustdoc panic: it takes the lifetime for the `Self` of the default of `Output`.
pub trait Lends {
    /// A reference to a value.
    type Ref<V: Send + Sync + 'static>: Send;
}

impl<'s> Lends for StoreRef<'s> {
    type Ref<V: Send + Sync + 'static> = &'s V;
}

impl<'s> StoreRef<'s> {
    /// Borrows a store.
    pub(crate) fn new(store: &'s dyn DynStore) -> Self {
        StoreRef { store }
    }

    /// The plan of the store.
    pub(crate) fn plan(&self) -> &'static ExecPlan {
        self.store.plan()
    }

    /// The parent store.
    pub(crate) fn parent(&self) -> Option<StoreRef<'s>> {
        self.store.parent()
    }

    /// Marks the store as one that may have computed values. Returns whether it has not been marked
    /// before.
    #[inline]
    pub(crate) fn begin_run(&self) -> bool {
        self.store.begin_run()
    }

    /// The journal of the store, if it is kept.
    #[cfg(feature = "journal")]
    #[inline]
    pub(crate) fn keeping(&self) -> Option<&'s Arc<Keeping>> {
        self.store.keeping()
    }

    /// The observers of all runs on the store.
    #[inline]
    pub(crate) fn observers(&self) -> Option<&'s Observers> {
        self.store.observers()
    }

    /// The value of a source in this store, if it is there.
    #[inline]
    fn at(&self, source: Source) -> Option<&'s Erased> {
        match source {
            Source::Supplied(place) => self.store.supplied(place.into()),
            Source::Step { step, output } => self.store.slot(step.into()).output(output.into()),
            Source::Parent(_) => None,
        }
    }

    /// The value of the resource with a key, if it is there. `source` is that of the resource, if
    /// it is known already.
    #[inline]
    pub(crate) fn find(&self, key: u64, source: Option<Source>) -> Option<&'s Erased> {
        match source {
            Some(source) => self.at(source),
            None => self.value(key),
        }
    }

    /// The value of the resource with a key, if it is there: in this store, or in a parent if this
    /// store does not know it.
    pub(crate) fn value(&self, key: u64) -> Option<&'s Erased> {
        match self.plan().source(key) {
            Some(Source::Parent(_)) | None => self.parent()?.value(key),
            Some(source) => self.at(source),
        }
    }

    /// Whether this store, or a parent, has a source for the resource with a key.
    pub(crate) fn knows(&self, key: u64) -> bool {
        self.plan().source(key).is_some() || self.parent().is_some_and(|parent| parent.knows(key))
    }

    /// Whether the value of the resource with a key is there, and is that of a fallback.
    #[cfg(feature = "policy")]
    pub(crate) fn is_fallback(&self, key: u64) -> bool {
        match self.plan().source(key) {
            Some(Source::Step { step, .. }) => {
                let slot = self.slot(step.into());
                slot.is_filled() && slot.claim().has_fallback()
            }
            Some(Source::Supplied(_)) => false,
            Some(Source::Parent(_)) | None => self.parent().is_some_and(|parent| parent.is_fallback(key)),
        }
    }

    /// The slot of a step.
    pub(crate) fn slot(&self, step: usize) -> &'s dyn AnySlot {
        self.store.slot(step)
    }

    /// The slots of all steps, by their numbers.
    pub(crate) fn slots(&self) -> Vec<SlotRef<'s>> {
        let mut slots = Vec::with_capacity(self.plan().steps().len());
        self.store.slots(&mut slots);
        slots
    }

    /// The supplied value at a place.
    pub(crate) fn supplied(&self, place: usize) -> Option<&'s Erased> {
        self.store.supplied(place)
    }
}
