//! Closes the outputs of a step.

use super::slot::{Slot, Stored};
use super::stored::StoredValues;
use crate::closing::Closing;
use crate::exec::store_ref::DynStore;
use crate::steps::Step;

/// Begins to close the outputs of the step `S`, if they are there. It is made for steps that have a
/// function for that alone, because rustc pays at each step for a function that any step mentions.
pub(crate) fn close_slot<S: Step>(store: &mut dyn DynStore, step: usize) -> Option<Closing> {
    let stored = store.slot_mut(step).as_any_mut().downcast_mut::<Slot<Stored<S>>>()?.take()?;
    Some(S::CLOSE?(stored.values()))
}
