//! The slot of a step as the executor sees it: room for the outputs, and the claim to fill it.

use super::claim::Claim;
use super::inputs::InputReader;
use super::store_ref::Erased;
use super::task::Started;
use crate::drops::Drops;
use core::any::Any;
use core::task::Context;

/// A slot of any step. The outputs in it come and go together.
pub trait AnySlot: Send + Sync {
    /// The stored output at a place, if the outputs are there; of a step that stores nothing, any
    /// value.
    fn output(&self, place: usize) -> Option<&Erased>;
    /// The right to execute the step.
    fn claim(&self) -> &Claim;
    /// Starts the step, whose inputs are there, for the run that has the claim. Does nothing if the
    /// outputs are there too.
    fn start<'s>(&'s self, inputs: InputReader<'_, 's>, cx: &mut Context<'_>) -> Started<'s>;
    /// Drops the outputs.
    fn clear(&mut self, drops: &mut Drops);
    /// This slot as `Any`, for a downcast.
    fn as_any(&self) -> &dyn Any;
    /// This slot as a mutable `Any`, for a downcast.
    fn as_any_mut(&mut self) -> &mut dyn Any;
}

impl dyn AnySlot + '_ {
    /// Whether the outputs are there.
    #[inline]
    pub(crate) fn is_filled(&self) -> bool {
        self.output(0).is_some()
    }
}

/// A slot in the list of a run, with answers that would otherwise cost virtual calls.
#[derive(Clone, Copy)]
pub struct SlotRef<'s> {
    /// The slot itself.
    pub(crate) slot: &'s dyn AnySlot,
    /// Its claim.
    pub(crate) claim: &'s Claim,
    /// The first output, if it was there when the list was made, or was entered later.
    pub(crate) first: Option<&'s Erased>,
}

impl<'s> SlotRef<'s> {
    /// Lists a slot. It is inlined, so that no call is virtual where the type of the slot is known.
    #[inline]
    pub(crate) fn new(slot: &'s dyn AnySlot) -> Self {
        SlotRef { slot, claim: slot.claim(), first: slot.output(0) }
    }
}
