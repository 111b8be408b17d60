//! The slot of a step: room in the store for its outputs, written once, by the run that has the
//! claim.

use super::start::start_in;
use super::stored::StoredValues;
use crate::drops::Drops;
use crate::exec::claim::Claim;
use crate::exec::inputs::InputReader;
use crate::exec::slot::AnySlot;
use crate::exec::store_ref::Erased;
use crate::exec::task::Started;
use crate::steps::Step;
use crate::steps::lists::OutputList;
use core::any::Any;
use core::convert::Infallible;
use core::fmt;
use core::mem;
use core::task::Context;
use spin::Once;

/// Room for the stored outputs `V` of a step. They come and go together.
///
/// It has a pointer to the step and not its type, so that steps with outputs of the same types
/// share its code.
pub struct Slot<V: StoredValues> {
    /// The right to execute the step.
    claim: Claim,
    /// The stored outputs.
    stored: Once<V>,
    /// Starts the step.
    start: StartIn<V>,
}

/// Starts a step, whose outputs go into a slot.
pub(crate) type StartIn<V> = for<'s> fn(&'s Slot<V>, InputReader<'_, 's>, &mut Context<'_>) -> Started<'s>;

/// The stored outputs of the step `S`.
pub(crate) type Stored<S> = <<S as Step>::Outputs as OutputList>::Stored;

impl<V: StoredValues> Slot<V> {
    /// The slot of the step `S`, without outputs.
    pub(crate) const fn of<S: Step<Outputs: OutputList<Stored = V>>>() -> Self {
        Slot { claim: Claim::new(), stored: Once::new(), start: start_in::<S>() }
    }

    /// Stores the outputs, and returns the first one. Outputs that are there already stay.
    pub(crate) fn fill(&self, stored: V) -> Option<&Erased> {
        let filled = match self.stored.get() {
            // `call_once` would be two more functions for each type of outputs.
            None => match self.stored.try_call_once(move || Ok::<V, Infallible>(stored)) {
                Ok(filled) => filled,
                Err(never) => match never {},
            },
            Some(filled) => {
                if const { mem::needs_drop::<V>() } {
                    stored.drop_each(&mut Drops::default());
                }
                filled
            }
        };
        Some(filled.value(0))
    }

    /// Stores the outputs of a fallback, and returns the first one. Outputs that are there already
    /// stay.
    #[cfg(feature = "policy")]
    pub(crate) fn fill_by_fallback(&self, stored: V) -> Option<&Erased> {
        if self.stored.is_completed() {
            return self.fill(stored);
        }
        let marked = move || {
            self.claim.mark_fallback();
            Ok::<V, Infallible>(stored)
        };
        match self.stored.try_call_once(marked) {
            Ok(filled) => Some(filled.value(0)),
            Err(never) => match never {},
        }
    }

    /// Takes the outputs out.
    pub(crate) fn take(&mut self) -> Option<V> {
        self.claim = Claim::new();
        mem::replace(&mut self.stored, Once::new()).try_into_inner()
    }
}

impl<V: StoredValues> fmt::Debug for Slot<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("filled", &self.stored.is_completed()).finish_non_exhaustive()
    }
}

impl<V: StoredValues> AnySlot for Slot<V> {
    fn output(&self, place: usize) -> Option<&Erased> {
        // No `map`: its closure would be one more function for each type of outputs.
        match self.stored.get() {
            Some(stored) => Some(stored.value(place)),
            None => None,
        }
    }
    fn claim(&self) -> &Claim {
        &self.claim
    }
    fn start<'s>(&'s self, inputs: InputReader<'_, 's>, cx: &mut Context<'_>) -> Started<'s> {
        match self.stored.get() {
            Some(stored) => Started::Ended(Ok(Some(stored.value(0)))),
            None => (self.start)(self, inputs, cx),
        }
    }
    fn clear(&mut self, drops: &mut Drops) {
        if let Some(stored) = self.take() {
            if const { mem::needs_drop::<V>() } {
                stored.drop_each(drops);
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
