//! The slot of a step: room in the store for what it stores, written once, by the run that claimed it.

use super::claim::{Claim, Taken, Waiting};
use super::view::Erased;
use crate::list::OutputList;
use core::any::Any;
use core::fmt;
use core::task::Waker;
use std::sync::OnceLock;

/// Room for the stored outputs `O` of one step. They come and go together.
pub struct Slot<O: OutputList> {
    /// Which run executes the step.
    claim: Claim,
    /// What the step stored.
    stored: OnceLock<O::Stored>,
}

impl<O: OutputList> Slot<O> {
    /// A slot with nothing in it.
    pub(crate) fn new() -> Self {
        Slot { claim: Claim::new(), stored: OnceLock::new() }
    }

    /// Stores what the step gave. What is there already stays.
    pub(crate) fn fill(&self, stored: O::Stored) {
        let _ = self.stored.set(stored);
    }

    /// Takes out what was stored.
    pub(crate) fn take(&mut self) -> Option<O::Stored> {
        self.claim = Claim::new();
        self.stored.take()
    }
}

impl<O: OutputList> fmt::Debug for Slot<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("filled", &self.is_filled()).finish_non_exhaustive()
    }
}

/// A slot of any step.
pub trait AnySlot: Any + Send + Sync {
    /// Whether the outputs are there.
    fn is_filled(&self) -> bool;
    /// The stored output at a place.
    fn output(&self, place: usize) -> Option<&Erased>;
    /// Takes the right to execute the step.
    #[doc(hidden)]
    fn take_claim(&self) -> Option<Taken<'_>>;
    /// Whether a run has that right.
    #[doc(hidden)]
    fn is_claimed(&self) -> bool;
    /// Waits for that right.
    #[doc(hidden)]
    fn wait(&self, waker: &Waker) -> Option<Waiting<'_>>;
    /// Drops what is stored.
    fn clear(&mut self);
    /// This slot, to find out what step it is of.
    fn as_any(&self) -> &Erased;
    /// This slot, to find out what step it is of.
    fn as_any_mut(&mut self) -> &mut dyn Any;
}

impl<O: OutputList> AnySlot for Slot<O> {
    fn is_filled(&self) -> bool {
        self.stored.get().is_some()
    }
    fn output(&self, place: usize) -> Option<&Erased> {
        self.stored.get().map(|stored| O::stored(stored, place))
    }
    fn take_claim(&self) -> Option<Taken<'_>> {
        self.claim.take()
    }
    fn is_claimed(&self) -> bool {
        self.claim.is_taken()
    }
    fn wait(&self, waker: &Waker) -> Option<Waiting<'_>> {
        self.claim.wait(waker)
    }
    fn clear(&mut self) {
        self.take();
    }
    fn as_any(&self) -> &Erased {
        self
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}
