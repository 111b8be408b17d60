//! The slot of a step: room in the store for its outputs, written once, by the run that has the
//! claim.

use super::start::start;
use crate::drops::Drops;
use crate::exec::claim::Claim;
use crate::exec::inputs::InputReader;
use crate::exec::slot::AnySlot;
use crate::exec::store_ref::Erased;
use crate::exec::task::Started;
use crate::steps::Step;
use crate::steps::lists::OutputList;
use core::any::Any;
use core::fmt;
use core::mem;
use core::task::Context;
use spin::Once;

/// Room for the stored outputs of the step `S`. They come and go together.
pub struct Slot<S: Step> {
    /// The right to execute the step.
    claim: Claim,
    /// The stored outputs.
    stored: Once<Stored<S>>,
}

/// The stored outputs of the step `S`.
pub(crate) type Stored<S> = <<S as Step>::Outputs as OutputList>::Stored;

impl<S: Step> Slot<S> {
    /// A slot without outputs.
    pub(crate) fn new() -> Self {
        Slot { claim: Claim::new(), stored: Once::new() }
    }

    /// Stores the outputs, and returns the first one. Outputs that are there already stay.
    pub(crate) fn fill(&self, stored: Stored<S>) -> Option<&Erased> {
        let (stored, others) = put(&self.stored, stored);
        if const { mem::needs_drop::<Stored<S>>() } {
            if let Some(others) = others {
                S::Outputs::drop_each(others, &mut Drops::default());
            }
        }
        Some(S::Outputs::stored(stored, 0))
    }

    /// Takes the outputs out.
    pub(crate) fn take(&mut self) -> Option<Stored<S>> {
        self.claim = Claim::new();
        take(&mut self.stored)
    }
}

/// Takes the value out of a cell.
fn take<V>(cell: &mut Once<V>) -> Option<V> {
    mem::replace(cell, Once::new()).try_into_inner()
}

/// Puts a value into a cell. Returns the value in the cell, and the other one if there was one
/// already. It is a function of the value, so that steps with outputs of the same type share it.
#[inline]
fn put<V>(cell: &Once<V>, value: V) -> (&V, Option<V>) {
    match cell.get() {
        None => (cell.call_once(move || value), None),
        Some(first) => (first, Some(value)),
    }
}

impl<S: Step> fmt::Debug for Slot<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("filled", &self.is_filled()).finish_non_exhaustive()
    }
}

impl<S: Step> AnySlot for Slot<S> {
    fn is_filled(&self) -> bool {
        self.stored.get().is_some()
    }
    fn output(&self, place: usize) -> Option<&Erased> {
        // No `map`: its closure would be one more function for each step.
        match self.stored.get() {
            Some(stored) => Some(S::Outputs::stored(stored, place)),
            None => None,
        }
    }
    fn claim(&self) -> &Claim {
        &self.claim
    }
    fn start<'s>(&'s self, inputs: InputReader<'_, 's>, cx: &mut Context<'_>) -> Started<'s> {
        if self.is_filled() {
            return Started::Ended(Ok(self.output(0)));
        }
        start::<S>(inputs, cx, |values| self.fill(S::Outputs::split(values).0))
    }
    fn clear(&mut self, drops: &mut Drops) {
        if let Some(stored) = self.take() {
            if const { mem::needs_drop::<Stored<S>>() } {
                S::Outputs::drop_each(stored, drops);
            }
        }
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}
