//! The stored outputs of a step.

use crate::drops::Drops;
use crate::exec::store_ref::Erased;
use crate::sealed::Seal;
use frunk_core::hlist::{HCons, HNil};

/// The stored outputs of a step: a list of values, each in a [`One`], in lists where the outputs
/// are.
///
/// You never write it. It maps a list of values to the values without their types. It is defined on
/// the values, and not on the outputs, so that steps with outputs of the same types share its code.
pub trait StoredValues: Send + Sync + 'static {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The values themselves, in the same lists.
    type Values: Send + 'static;

    /// The number of values.
    const LEN: usize;
    /// The value at a place; without values, anything.
    fn value(&self, place: usize) -> &Erased;
    /// Drops the values one by one.
    fn drop_each(self, drops: &mut Drops);
    /// The values themselves, for the function that closes them.
    fn values(self) -> Self::Values;
}

/// A value among [`StoredValues`]. The value of a resource may itself be a list.
#[derive(Debug)]
pub struct One<V>(pub(crate) V);

impl<V: Send + Sync + 'static> StoredValues for One<V> {
    fn seal(_: Seal) {}

    type Values = V;
    const LEN: usize = 1;
    fn value(&self, _: usize) -> &Erased {
        &self.0
    }
    fn drop_each(self, drops: &mut Drops) {
        drops.drop(self.0);
    }
    fn values(self) -> V {
        self.0
    }
}

impl StoredValues for HNil {
    fn seal(_: Seal) {}

    type Values = HNil;
    const LEN: usize = 0;
    fn value(&self, _: usize) -> &Erased {
        self
    }
    fn drop_each(self, _: &mut Drops) {}
    fn values(self) -> HNil {
        HNil
    }
}

impl<Head: StoredValues, Tail: StoredValues> StoredValues for HCons<Head, Tail> {
    fn seal(_: Seal) {}

    type Values = HCons<Head::Values, Tail::Values>;
    const LEN: usize = Head::LEN + Tail::LEN;
    fn value(&self, place: usize) -> &Erased {
        match place < Head::LEN {
            true => self.head.value(place),
            false => self.tail.value(place - Head::LEN),
        }
    }
    fn drop_each(self, drops: &mut Drops) {
        self.head.drop_each(drops);
        self.tail.drop_each(drops);
    }
    fn values(self) -> Self::Values {
        HCons { head: self.head.values(), tail: self.tail.values() }
    }
}
