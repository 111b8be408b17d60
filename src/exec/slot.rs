//! The slot of a step: room in the store for what it stores, written once, by the run that claimed it.

use super::claim::Claim;
use super::start::{Started, start};
use super::store_ref::{Erased, Gather};
use crate::step::Step;
use crate::step::lists::OutputList;
use core::any::Any;
use core::fmt;
use core::task::Context;
use std::sync::OnceLock;

/// Room for the stored outputs of the step `S`. They come and go together.
pub struct Slot<S: Step> {
    /// Which run executes the step.
    claim: Claim,
    /// What the step stored.
    stored: OnceLock<Stored<S>>,
}

/// What the step `S` stores.
pub type Stored<S> = <<S as Step>::Outputs as OutputList>::Stored;

impl<S: Step> Slot<S> {
    /// A slot with nothing in it.
    pub(crate) fn new() -> Self {
        Slot { claim: Claim::new(), stored: OnceLock::new() }
    }

    /// Stores what the step gave. What is there already stays.
    pub(crate) fn fill(&self, stored: Stored<S>) {
        let _ = self.stored.set(stored);
    }

    /// Takes out what was stored.
    pub(crate) fn take(&mut self) -> Option<Stored<S>> {
        self.claim = Claim::new();
        self.stored.take()
    }
}

impl<S: Step> fmt::Debug for Slot<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("filled", &self.is_filled()).finish_non_exhaustive()
    }
}

/// A slot of any step.
pub trait AnySlot: Send + Sync {
    /// Whether the outputs are there.
    fn is_filled(&self) -> bool;
    /// The stored output at a place.
    fn output(&self, place: usize) -> Option<&Erased>;
    /// The right to execute the step.
    #[doc(hidden)]
    fn claim(&self) -> &Claim;
    /// Starts the step, whose inputs are there, for the run that has that right – unless the outputs are there too.
    #[doc(hidden)]
    fn start<'s>(&'s self, inputs: Gather<'_, 's>, cx: &mut Context<'_>) -> Started<'s>;
    /// Drops what is stored.
    fn clear(&mut self);
    /// This slot, to be asked for its type.
    fn as_any(&self) -> &dyn Any;
    /// The same, to be changed.
    fn as_any_mut(&mut self) -> &mut dyn Any;
}

impl<S: Step> AnySlot for Slot<S> {
    fn is_filled(&self) -> bool {
        self.stored.get().is_some()
    }
    fn output(&self, place: usize) -> Option<&Erased> {
        self.stored.get().map(|stored| S::Outputs::stored(stored, place))
    }
    fn claim(&self) -> &Claim {
        &self.claim
    }
    fn start<'s>(&'s self, inputs: Gather<'_, 's>, cx: &mut Context<'_>) -> Started<'s> {
        if self.is_filled() {
            return Started::Ended(Ok(()));
        }
        start::<S>(inputs, cx, |values| self.fill(S::Outputs::split(values).0))
    }
    fn clear(&mut self) {
        self.take();
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// A slot in the list that a run makes of them, with what it would ask each by a call.
#[derive(Clone, Copy)]
pub struct Listed<'s> {
    /// The slot itself.
    pub(crate) slot: &'s dyn AnySlot,
    /// Its claim.
    pub(crate) claim: &'s Claim,
    /// Whether the outputs were there when the list was made.
    pub(crate) was_filled: bool,
}

impl<'s> Listed<'s> {
    /// A slot. Inlined, so that nothing is called by pointer where its type is known.
    #[inline]
    pub(crate) fn new(slot: &'s dyn AnySlot) -> Self {
        Listed { slot, claim: slot.claim(), was_filled: slot.is_filled() }
    }
}
