//! The values with which a store was supplied: a list of resources, as a type.
//!
//! The list is sorted by identity, so its type does not depend on the order in which the values
//! were supplied.

use crate::drops::Drops;
use crate::exec::plan::{ConstList, Key};
use crate::exec::store_ref::Erased;
use crate::pipelines::Pipeline;
use crate::proof::check::findings::Findings;
use crate::proof::env::SourcesOf;
use crate::proof::ids::digits::{Digits, Equal, Greater, Less};
use crate::proof::ids::trie::{Insert, LeafDecision, Trie};
use crate::proof::walk::goal::Goal;
use crate::proof::walk::source::{FromStore, NoSource, Source};
use crate::proof::walk::{FindingsOf, VerdictOf};
use crate::proof::witness::IsResource;
use crate::resource::Resource;
use crate::sealed::{Seal, Sealed};
use crate::store::parent::ParentStore;
use core::any::Any;
use core::fmt;
use core::mem;
use frunk_core::hlist::{HCons, HNil};

/// The type of the supplied values of a store that was supplied with nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NothingSupplied;

/// The type of the supplied values of a store that was supplied with the resource `R`, and with
/// those in `Rest`.
pub struct With<R: Resource, Rest: SuppliedValues = NothingSupplied> {
    /// The value; only `run_owned` takes it out.
    value: Option<R::Value>,
    /// The number of values with which the store was supplied before.
    place: usize,
    /// The other values.
    rest: Rest,
}

/// Drops the last supplied value first, and all of them even if destructors panic.
impl<R: Resource, Rest: SuppliedValues> Drop for With<R, Rest> {
    #[inline]
    fn drop(&mut self) {
        if const { Self::NEED_DROP } {
            let mut drops = Drops::default();
            while let Some(place) = self.last_place() {
                self.drop_value(place, &mut drops);
            }
        }
    }
}

/// Without values, for a list that was moved out.
#[cfg(feature = "journal")]
impl<R: Resource, Rest: SuppliedValues> With<R, Rest> {
    /// The first value; `None` after it was taken out.
    pub(crate) fn get(&self) -> Option<&R::Value> {
        self.value.as_ref()
    }

    /// The other values.
    pub(crate) fn rest(&self) -> &Rest {
        &self.rest
    }
}

impl<R: Resource, Rest: SuppliedValues> Default for With<R, Rest> {
    fn default() -> Self {
        With { value: None, place: 0, rest: Rest::default() }
    }
}

impl<R: Resource, Rest: SuppliedValues> fmt::Debug for With<R, Rest> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("With").field(&format_args!("{}", R::name())).finish_non_exhaustive()
    }
}

/// The list of the values with which a store was supplied: [`NothingSupplied`], or [`With`].
///
/// You never write it. It maps the list to the list with one more resource, and lays it over a map
/// of sources.
pub trait SuppliedValues: Sealed + Default + Send + Sync + Sized + 'static {
    /// The list with one more resource in its place.
    #[doc(hidden)]
    type Insert<R: IsResource>: SuppliedValues;
    /// The map `Map`, in which the supplied values replace other sources.
    #[doc(hidden)]
    type Overlay<Map: Trie>: Trie;
    /// The findings of the walk for the goal `Sought` in a store of `Pipe` that was supplied with
    /// these values and reads from `Parent`; see
    /// [`InputsProof::Findings`](crate::proof::lists::InputsProof::Findings).
    #[doc(hidden)]
    type Findings<Sought: Goal, Pipe: Pipeline, Parent: ParentStore>: Findings;
    /// The verdict on these findings.
    #[doc(hidden)]
    type Verdict<Sought: Goal, Pipe: Pipeline, Parent: ParentStore>;
    /// The source of the identity `Identity` among these values.
    #[doc(hidden)]
    type Locate<Identity: Digits>: Source;
    /// The resources as data.
    #[doc(hidden)]
    const KEYS: &'static ConstList<Key>;
    /// The number of values.
    #[doc(hidden)]
    const LEN: usize;
    /// Moves the values to the list with one more. There are `place` others.
    #[doc(hidden)]
    fn insert<R: IsResource>(&mut self, value: R::Value, place: usize) -> Self::Insert<R>;
    /// Whether any value has a destructor.
    #[doc(hidden)]
    const NEED_DROP: bool;
    /// Of the last value that is there, the number of values with which the store was supplied
    /// before.
    #[doc(hidden)]
    fn last_place(&self) -> Option<usize>;
    /// Drops the value with which the store was supplied after this many others.
    #[doc(hidden)]
    fn drop_value(&mut self, place: usize, drops: &mut Drops);
    /// The value at a place.
    #[doc(hidden)]
    fn value(&self, place: usize) -> Option<&Erased>;
    /// The `Option` that holds the value at a place.
    #[doc(hidden)]
    fn value_mut(&mut self, place: usize) -> &mut dyn Any;
}

impl Sealed for NothingSupplied {}
impl SuppliedValues for NothingSupplied {
    type Insert<R: IsResource> = <R::CheckedIdentity as Digits>::Alone<R>;
    type Overlay<Map: Trie> = Map;
    type Findings<Sought: Goal, Pipe: Pipeline, Parent: ParentStore> =
        FindingsOf<Sought, Pipe, SourcesOf<Pipe, Self, Parent>>;
    type Verdict<Sought: Goal, Pipe: Pipeline, Parent: ParentStore> =
        VerdictOf<Sought, Pipe, SourcesOf<Pipe, Self, Parent>, Parent>;
    type Locate<Identity: Digits> = NoSource;
    const KEYS: &'static ConstList<Key> = &ConstList::Empty;
    const LEN: usize = 0;
    fn insert<R: IsResource>(&mut self, value: R::Value, place: usize) -> Self::Insert<R> {
        With { value: Some(value), place, rest: NothingSupplied }.into()
    }
    const NEED_DROP: bool = false;
    fn last_place(&self) -> Option<usize> {
        None
    }
    fn drop_value(&mut self, _: usize, _: &mut Drops) {}
    fn value(&self, _: usize) -> Option<&Erased> {
        None
    }
    fn value_mut(&mut self, _: usize) -> &mut dyn Any {
        unreachable!("a place in the plan is a place in the store")
    }
}

impl<R: Resource, Rest: SuppliedValues> Sealed for With<R, Rest> {}
impl<First: Resource, Rest: SuppliedValues> SuppliedValues for With<First, Rest> {
    type Insert<R: IsResource> =
        <<R::CheckedIdentity as Digits>::Compare<First::Identity> as SupplyDecision>::Insert<R, First, Rest>;
    type Overlay<Map: Trie> = Rest::Overlay<Insert<Map, FromStore<First>>>;
    type Findings<Sought: Goal, Pipe: Pipeline, Parent: ParentStore> =
        FindingsOf<Sought, Pipe, SourcesOf<Pipe, Self, Parent>>;
    type Verdict<Sought: Goal, Pipe: Pipeline, Parent: ParentStore> =
        VerdictOf<Sought, Pipe, SourcesOf<Pipe, Self, Parent>, Parent>;
    type Locate<Identity: Digits> =
        <<Identity::Compare<First::Identity> as LeafDecision>::Found<FromStore<First>> as Source>::Or<
            Rest::Locate<Identity>,
        >;
    const KEYS: &'static ConstList<Key> = &ConstList::Both(&ConstList::One(Key::of::<First>()), Rest::KEYS);
    const LEN: usize = 1 + Rest::LEN;
    fn insert<R: IsResource>(&mut self, value: R::Value, place: usize) -> Self::Insert<R> {
        <<R::Identity as Digits>::Compare<First::Identity> as SupplyDecision>::insert(value, place, self)
    }
    const NEED_DROP: bool = mem::needs_drop::<First::Value>() || Rest::NEED_DROP;
    fn last_place(&self) -> Option<usize> {
        self.value.as_ref().map(|_| self.place).max(self.rest.last_place())
    }
    fn drop_value(&mut self, place: usize, drops: &mut Drops) {
        match self.place == place {
            true => drops.drop(self.value.take()),
            false => self.rest.drop_value(place, drops),
        }
    }
    fn value(&self, place: usize) -> Option<&Erased> {
        match place.checked_sub(1) {
            None => self.value.as_ref().map(|value| value as &Erased),
            Some(place) => self.rest.value(place),
        }
    }
    fn value_mut(&mut self, place: usize) -> &mut dyn Any {
        match place.checked_sub(1) {
            None => &mut self.value,
            Some(place) => self.rest.value_mut(place),
        }
    }
}

/// The result of a comparison in the sorted list of supplied values: `R` goes before `First` or
/// after it.
///
/// You never write it.
pub trait SupplyDecision {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The list with `R` added in order.
    #[doc(hidden)]
    type Insert<R: IsResource, First: IsResource, Rest: SuppliedValues>: SuppliedValues;
    /// Moves the values to the list with the value in its place.
    #[doc(hidden)]
    fn insert<R: IsResource, First: IsResource, Rest: SuppliedValues>(
        value: R::Value,
        place: usize,
        list: &mut With<First, Rest>,
    ) -> Self::Insert<R, First, Rest>;
}

impl SupplyDecision for Less {
    fn seal(_: Seal) {}

    type Insert<R: IsResource, First: IsResource, Rest: SuppliedValues> = With<R, With<First, Rest>>;
    fn insert<R: IsResource, First: IsResource, Rest: SuppliedValues>(
        value: R::Value,
        place: usize,
        list: &mut With<First, Rest>,
    ) -> With<R, With<First, Rest>> {
        With { value: Some(value), place, rest: mem::take(list) }
    }
}

// This impl is used only where `R` is refused, because it is supplied twice.
impl SupplyDecision for Equal {
    fn seal(_: Seal) {}

    type Insert<R: IsResource, First: IsResource, Rest: SuppliedValues> = With<R, Rest>;
    fn insert<R: IsResource, First: IsResource, Rest: SuppliedValues>(
        value: R::Value,
        place: usize,
        list: &mut With<First, Rest>,
    ) -> With<R, Rest> {
        With { value: Some(value), place, rest: mem::take(&mut list.rest) }
    }
}

impl SupplyDecision for Greater {
    fn seal(_: Seal) {}

    type Insert<R: IsResource, First: IsResource, Rest: SuppliedValues> = With<First, Rest::Insert<R>>;
    fn insert<R: IsResource, First: IsResource, Rest: SuppliedValues>(
        value: R::Value,
        place: usize,
        list: &mut With<First, Rest>,
    ) -> With<First, Rest::Insert<R>> {
        With { value: list.value.take(), place: list.place, rest: list.rest.insert::<R>(value, place) }
    }
}

/// A list of resources in the type of a store: `StoreOf<Calc, HList![Base, Divisor]>`.
///
/// You never write it. It maps a list to the sorted list. `HNil` and `HCons` implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of resources",
    label = "not a list of resources",
    note = "write a list, even of one: `HList![Base]`"
)]
pub trait ResourceList {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The sorted list.
    type Sorted: SuppliedValues;
}

impl ResourceList for HNil {
    fn seal(_: Seal) {}

    type Sorted = NothingSupplied;
}

impl<R: IsResource, Rest: ResourceList> ResourceList for HCons<R, Rest> {
    fn seal(_: Seal) {}

    type Sorted = <Rest::Sorted as SuppliedValues>::Insert<R>;
}
