//! The slots of a list of steps.

use super::slot::Slot;
use super::stored::StoredValues;
use crate::exec::slot::{AnySlot, SlotRef};
use crate::sealed::Seal;
use frunk_core::hlist::{HCons, HNil};

/// The slots of some steps, each typed and in place: along the list of the steps.
pub trait Slots: Send + Sync + 'static {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The number of slots.
    const LEN: usize;
    /// The slot at a place.
    fn slot(&self, place: usize) -> &dyn AnySlot;
    /// The slot at a place, to change it.
    fn slot_mut(&mut self, place: usize) -> &mut dyn AnySlot;
    /// Appends all slots, in order.
    fn list<'s>(&'s self, to: &mut Vec<SlotRef<'s>>);
}

impl<V: StoredValues> Slots for Slot<V> {
    fn seal(_: Seal) {}

    const LEN: usize = 1;
    fn slot(&self, _: usize) -> &dyn AnySlot {
        self
    }
    fn slot_mut(&mut self, _: usize) -> &mut dyn AnySlot {
        self
    }
    fn list<'s>(&'s self, to: &mut Vec<SlotRef<'s>>) {
        to.push(SlotRef::new(self));
    }
}

impl Slots for HNil {
    fn seal(_: Seal) {}

    const LEN: usize = 0;
    fn slot(&self, _: usize) -> &dyn AnySlot {
        unreachable!("a place in the plan is a place in the store")
    }
    fn slot_mut(&mut self, _: usize) -> &mut dyn AnySlot {
        unreachable!("a place in the plan is a place in the store")
    }
    fn list<'s>(&'s self, _: &mut Vec<SlotRef<'s>>) {}
}

impl<Head: Slots, Tail: Slots> Slots for HCons<Head, Tail> {
    fn seal(_: Seal) {}

    const LEN: usize = Head::LEN + Tail::LEN;
    fn slot(&self, place: usize) -> &dyn AnySlot {
        match place < Head::LEN {
            true => self.head.slot(place),
            false => self.tail.slot(place - Head::LEN),
        }
    }
    fn slot_mut(&mut self, place: usize) -> &mut dyn AnySlot {
        match place < Head::LEN {
            true => self.head.slot_mut(place),
            false => self.tail.slot_mut(place - Head::LEN),
        }
    }
    fn list<'s>(&'s self, to: &mut Vec<SlotRef<'s>>) {
        self.head.list(to);
        self.tail.list(to);
    }
}
