//! What a store was given: a list of resources with their values, as a type.
//!
//! The list is sorted by identity, so that its type does not depend on the order in which the values were supplied.

use crate::exec::plan::{Key, Tree};
use crate::exec::store_ref::Erased;
use crate::pipeline::Pipeline;
use crate::proof::SourcesOf;
use crate::proof::check::Findings;
use crate::proof::ids::digits::{Digits, Order};
use crate::proof::ids::trie::{Insert, Trie};
use crate::proof::walk::source;
use crate::proof::walk::{self, Goal};
use crate::proof::witness::IsResource;
use crate::resource::Resource;
use crate::sealed::Seal;
use crate::sealed::Sealed;
use crate::store::parent::Above;
use core::any::Any;
use core::fmt;
use frunk_core::hlist::{HCons, HNil};

/// Nothing supplied.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

/// The resource `R` supplied, and what is in `Rest`.
pub struct With<R: Resource, Rest = Nothing> {
    /// The value; taken out only by `run_owned`.
    pub(crate) value: Option<R::Value>,
    /// What else is supplied.
    pub(crate) rest: Rest,
}

impl<R: Resource, Rest> fmt::Debug for With<R, Rest> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("With").field(&format_args!("{}", R::name())).finish_non_exhaustive()
    }
}

/// A list of what is supplied: [`Nothing`], or [`With`].
///
/// Sealed; you never write it.
pub trait Supply: Sealed + Send + Sync + Sized + 'static {
    /// The list with one more resource in its place.
    type Insert<R: IsResource>: Supply;
    /// The map `T`, with what is supplied in place of what it had.
    type Overlay<T: Trie>: Trie;
    /// What the walk for the goal `Q` finds in a store of `P`, below `U`, that was supplied with these; see
    /// [`Wants::Found`](crate::proof::lists::inputs::Wants::Found).
    type Found<Q: Goal, P: Pipeline, U: Above>: Findings;
    /// What each is called in the plan.
    #[doc(hidden)]
    const KEYS: &'static Tree<Key>;
    /// Puts a value into its place.
    #[doc(hidden)]
    fn insert<R: IsResource>(self, value: R::Value) -> Self::Insert<R>;
    /// The value at a place.
    #[doc(hidden)]
    fn value(&self, place: usize) -> Option<&Erased>;
    /// The `Option` that holds the value at a place.
    #[doc(hidden)]
    fn value_mut(&mut self, place: usize) -> &mut dyn Any;
}

impl Sealed for Nothing {}
impl Supply for Nothing {
    type Insert<R: IsResource> = <R::Named as Digits>::Alone<R>;
    type Overlay<T: Trie> = T;
    type Found<Q: Goal, P: Pipeline, U: Above> = walk::Found<Q, P, SourcesOf<P, Self, U>>;
    const KEYS: &'static Tree<Key> = &Tree::Empty;
    fn insert<R: IsResource>(self, value: R::Value) -> Self::Insert<R> {
        With { value: Some(value), rest: self }.into()
    }
    fn value(&self, _: usize) -> Option<&Erased> {
        None
    }
    fn value_mut(&mut self, _: usize) -> &mut dyn Any {
        unreachable!("a place in the plan is a place in the store")
    }
}

impl<R: Resource, Rest> Sealed for With<R, Rest> {}
impl<R0: Resource, Rest: Supply> Supply for With<R0, Rest> {
    type Insert<R: IsResource> = <<R::Named as Digits>::Compare<R0::Identity> as Order>::Place<R, R0, Rest>;
    type Overlay<T: Trie> = Rest::Overlay<Insert<T, source::Held<R0>>>;
    type Found<Q: Goal, P: Pipeline, U: Above> = walk::Found<Q, P, SourcesOf<P, Self, U>>;
    const KEYS: &'static Tree<Key> = &Tree::Both(&Tree::One(Key::of::<R0>()), Rest::KEYS);
    fn insert<R: IsResource>(self, value: R::Value) -> Self::Insert<R> {
        <<R::Identity as Digits>::Compare<R0::Identity> as Order>::place(value, self)
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

/// A list of resources, as the type of a store names them: `StoreOf<Calc, HList![Base, Divisor]>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of resources",
    label = "not a list of resources",
    note = "write a list, even of one: `HList![Base]`"
)]
pub trait SupplyList {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The sorted list.
    type Sorted: Supply;
}

impl SupplyList for HNil {
    fn seal(_: Seal) {}

    type Sorted = Nothing;
}

impl<R: IsResource, L: SupplyList> SupplyList for HCons<R, L> {
    fn seal(_: Seal) {}

    type Sorted = <L::Sorted as Supply>::Insert<R>;
}
