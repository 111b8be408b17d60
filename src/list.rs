//! What lists of resources give at run time: references, values, and what is handed to the caller of `run`.
//!
//! A list's element is a resource, a [`Return`] (among outputs), or a list again: [`HList!`](crate::HList!) makes lists of
//! lists when there are more than 16.

use crate::exec::plan::{Key, Source, Tree};
use crate::exec::view::{Erased, Gather, Values, View};
use crate::proof::digits::Digits;
use crate::proof::is::IsResource;
use crate::proof::kind::{Group, OfResources, Optional, Returned, Single};
use crate::proof::lists::{Give, Gives, Want, Wants};
use crate::proof::verdict::{Stores, Verdict};
use crate::resource::Return;
use frunk_core::hlist::{HCons, HNil};

/// A list of resources that a step takes: `HList![Base, Divisor]`.
///
/// Implemented for lists of resources; you never write it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of resources",
    label = "not a list of resources",
    note = "write a list, even of one: `HList![Base]`"
)]
pub trait InputList: Wants + 'static {
    /// What there is to prove of it, for short errors; see [`is`](crate::proof::is).
    #[doc(hidden)]
    type Proof;
    /// A reference to the value of each.
    type Refs<'s>: Send;
    /// What each is called in the plan.
    #[doc(hidden)]
    const KEYS: &'static Tree<Key>;
    /// Takes the references, in order.
    #[doc(hidden)]
    fn gather<'s>(from: &mut Gather<'_, 's>) -> Self::Refs<'s>;
}

// Here and below for the empty list: rustc need not name it among the types that would do.
#[diagnostic::do_not_recommend]
impl InputList for HNil {
    type Proof = HNil;
    type Refs<'s> = HNil;
    const KEYS: &'static Tree<Key> = &Tree::Empty;
    fn gather<'s>(_: &mut Gather<'_, 's>) -> HNil {
        HNil
    }
}

impl<H: Input, L: InputList> InputList for HCons<H, L> {
    type Proof = (H::Proof, L::Proof);
    type Refs<'s> = HCons<H::Refs<'s>, L::Refs<'s>>;
    const KEYS: &'static Tree<Key> = &Tree::Both(H::KEYS, L::KEYS);
    fn gather<'s>(from: &mut Gather<'_, 's>) -> Self::Refs<'s> {
        HCons { head: H::gather(from), tail: L::gather(from) }
    }
}

/// An element of an [`InputList`].
// Told of a `Return` alone: its impl is not to be recommended, so rustc does not go on to what is wrong in there.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an input",
    label = "handed to the caller of `run`, and never stored",
    note = "let the step that makes the value provide a resource, and take that"
)]
pub trait Input<Kind = <Self as OfResources>::Kind>: Want<Kind> + 'static {
    /// What there is to prove of it, for short errors; see [`is`](crate::proof::is).
    #[doc(hidden)]
    type Proof;
    /// A reference to its value.
    type Refs<'s>: Send;
    #[doc(hidden)]
    const KEYS: &'static Tree<Key>;
    #[doc(hidden)]
    fn gather<'s>(from: &mut Gather<'_, 's>) -> Self::Refs<'s>;
}

impl<R: IsResource> Input<Single> for R {
    type Proof = R::Carried;
    type Refs<'s> = &'s R::Carried;
    const KEYS: &'static Tree<Key> = &Tree::One(Key::of::<R>());
    fn gather<'s>(from: &mut Gather<'_, 's>) -> &'s R::Value {
        from.next()
    }
}

/// A resource that the step can do without: `None` where no step provides it and the store does not hold it.
#[diagnostic::do_not_recommend]
impl<R: IsResource> Input<Optional> for Option<R> {
    type Proof = R::Carried;
    type Refs<'s> = Option<&'s R::Carried>;
    const KEYS: &'static Tree<Key> = &Tree::One(Key { optional: true, ..Key::of::<R>() });
    fn gather<'s>(from: &mut Gather<'_, 's>) -> Option<&'s R::Value> {
        from.next_if_known()
    }
}

impl<L: InputList> Input<Group> for L {
    type Proof = <L as InputList>::Proof;
    type Refs<'s> = <L as InputList>::Refs<'s>;
    const KEYS: &'static Tree<Key> = <L as InputList>::KEYS;
    fn gather<'s>(from: &mut Gather<'_, 's>) -> Self::Refs<'s> {
        <L as InputList>::gather(from)
    }
}

/// Refused, with a message of its own: a [`Return`] is never stored, so nobody can take it.
#[diagnostic::do_not_recommend]
impl<V: 'static> Input<Returned> for Return<V>
where
    Verdict: Stores<V>,
{
    type Proof = HNil;
    type Refs<'s> = ();
    const KEYS: &'static Tree<Key> = &Tree::Empty;
    fn gather<'s>(_: &mut Gather<'_, 's>) {}
}

/// A list of what a step gives: resources, and [`Return`]s.
///
/// Implemented for lists of these; you never write it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of resources",
    label = "not a list of resources",
    note = "write a list, even of one: `HList![Quotient]`"
)]
pub trait OutputList: Gives + 'static {
    /// What there is to prove of it, for short errors; see [`is`](crate::proof::is).
    #[doc(hidden)]
    type Proof;
    /// What the step returns.
    type Values: Send + 'static;
    /// What the store keeps of that.
    type Stored: Send + Sync + 'static;
    /// What is handed to the caller of `run` by value.
    type Returned: Send;
    /// What the caller of `run` gets: references to what is stored, the rest by value.
    type Handed<'s>: Send;

    /// What each stored output is called in the plan.
    #[doc(hidden)]
    const KEYS: &'static Tree<Key>;
    /// How many outputs are stored.
    #[doc(hidden)]
    const STORED: usize;
    /// Whether nothing is handed over by value.
    #[doc(hidden)]
    const NOTHING_RETURNED: bool;
    /// Whether everything is stored, and there is something: then a target need not run once its outputs are there.
    #[doc(hidden)]
    const ALL_STORED: bool = Self::NOTHING_RETURNED && Self::STORED > 0;

    /// Parts what is stored from what is handed over.
    #[doc(hidden)]
    fn split(values: Self::Values) -> (Self::Stored, Self::Returned);
    /// The stored output at a place.
    #[doc(hidden)]
    fn stored(stored: &Self::Stored, place: usize) -> &Erased;
    /// What is handed over where nothing is: none, if there is something to hand over.
    #[doc(hidden)]
    fn nothing_returned() -> Option<Self::Returned>;
    /// What the caller gets, if all that is stored is there.
    #[doc(hidden)]
    fn hand<'s>(view: View<'s>, returned: Self::Returned) -> Option<Self::Handed<'s>>;
    /// What the caller gets by value: what was supplied, else what the step stored.
    #[doc(hidden)]
    fn own(store: &mut dyn Values, stored: Option<Self::Stored>, returned: Self::Returned) -> Option<Self::Values>;
}

#[diagnostic::do_not_recommend]
impl OutputList for HNil {
    type Proof = HNil;
    type Values = HNil;
    type Stored = HNil;
    type Returned = HNil;
    type Handed<'s> = HNil;
    const KEYS: &'static Tree<Key> = &Tree::Empty;
    const STORED: usize = 0;
    const NOTHING_RETURNED: bool = true;

    fn split(HNil: HNil) -> (HNil, HNil) {
        (HNil, HNil)
    }
    fn stored(stored: &HNil, _: usize) -> &Erased {
        stored
    }
    fn nothing_returned() -> Option<HNil> {
        Some(HNil)
    }
    fn hand<'s>(_: View<'s>, HNil: HNil) -> Option<HNil> {
        Some(HNil)
    }
    fn own(_: &mut dyn Values, _: Option<HNil>, HNil: HNil) -> Option<HNil> {
        Some(HNil)
    }
}

impl<H: Output, L: OutputList> OutputList for HCons<H, L> {
    type Proof = (H::Proof, L::Proof);
    type Values = HCons<H::Values, L::Values>;
    type Stored = HCons<H::Stored, L::Stored>;
    type Returned = HCons<H::Returned, L::Returned>;
    type Handed<'s> = HCons<H::Handed<'s>, L::Handed<'s>>;
    const KEYS: &'static Tree<Key> = &Tree::Both(H::KEYS, L::KEYS);
    const STORED: usize = H::STORED + L::STORED;
    const NOTHING_RETURNED: bool = H::NOTHING_RETURNED && L::NOTHING_RETURNED;

    fn split(values: Self::Values) -> (Self::Stored, Self::Returned) {
        let (head, head_returned) = H::split(values.head);
        let (tail, tail_returned) = L::split(values.tail);
        (HCons { head, tail }, HCons { head: head_returned, tail: tail_returned })
    }
    fn stored(stored: &Self::Stored, place: usize) -> &Erased {
        match place.checked_sub(H::STORED) {
            None => H::stored(&stored.head, place),
            Some(place) => L::stored(&stored.tail, place),
        }
    }
    fn nothing_returned() -> Option<Self::Returned> {
        Some(HCons { head: H::nothing_returned()?, tail: L::nothing_returned()? })
    }
    fn hand<'s>(view: View<'s>, returned: Self::Returned) -> Option<Self::Handed<'s>> {
        Some(HCons { head: H::hand(view, returned.head)?, tail: L::hand(view, returned.tail)? })
    }
    fn own(store: &mut dyn Values, stored: Option<Self::Stored>, returned: Self::Returned) -> Option<Self::Values> {
        let (head, tail) = stored.map(|HCons { head, tail }| (head, tail)).unzip();
        Some(HCons { head: H::own(store, head, returned.head)?, tail: L::own(store, tail, returned.tail)? })
    }
}

/// An element of an [`OutputList`]: a resource, a [`Return`], or a list of them.
// Told of an `Option`, which has no impl, and of a `Return`: if its value is not `Send`, rustc does not go on to that.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an output",
    label = "neither a resource, nor a `Return` of what can be sent to another thread",
    note = "what a `Return` hands over may come from another thread: give an `Arc` and not an `Rc`, a `Mutex` and not a `RefCell`; a step gives each of its outputs, so instead of an `Option` of a resource let the resource carry one"
)]
pub trait Output<Kind = <Self as OfResources>::Kind>: Give<Kind> + 'static {
    /// What there is to prove of it, for short errors; see [`is`](crate::proof::is).
    #[doc(hidden)]
    type Proof;
    /// What the step returns for it.
    type Values: Send + 'static;
    /// What the store keeps of that.
    type Stored: Send + Sync + 'static;
    /// What is handed to the caller of `run` by value.
    type Returned: Send;
    /// What the caller of `run` gets: references to what is stored, the rest by value.
    type Handed<'s>: Send;

    /// What each stored output is called in the plan.
    #[doc(hidden)]
    const KEYS: &'static Tree<Key>;
    /// How many outputs are stored.
    #[doc(hidden)]
    const STORED: usize;
    /// Whether nothing is handed over by value.
    #[doc(hidden)]
    const NOTHING_RETURNED: bool;

    /// Parts what is stored from what is handed over.
    #[doc(hidden)]
    fn split(values: Self::Values) -> (Self::Stored, Self::Returned);
    /// The stored output at a place.
    #[doc(hidden)]
    fn stored(stored: &Self::Stored, place: usize) -> &Erased;
    /// What is handed over where nothing is: none, if there is something to hand over.
    #[doc(hidden)]
    fn nothing_returned() -> Option<Self::Returned>;
    /// What the caller gets, if all that is stored is there.
    #[doc(hidden)]
    fn hand<'s>(view: View<'s>, returned: Self::Returned) -> Option<Self::Handed<'s>>;
    /// What the caller gets by value: what was supplied, else what the step stored.
    #[doc(hidden)]
    fn own(store: &mut dyn Values, stored: Option<Self::Stored>, returned: Self::Returned) -> Option<Self::Values>;
}

impl<R: IsResource> Output<Single> for R {
    type Proof = R::Carried;
    type Values = R::Carried;
    type Stored = R::Carried;
    type Returned = ();
    type Handed<'s> = &'s R::Carried;
    const KEYS: &'static Tree<Key> = &Tree::One(Key::of::<R>());
    const STORED: usize = 1;
    const NOTHING_RETURNED: bool = true;

    fn split(value: R::Value) -> (R::Value, ()) {
        (value, ())
    }
    fn stored(stored: &R::Value, _: usize) -> &Erased {
        stored
    }
    fn nothing_returned() -> Option<()> {
        Some(())
    }
    fn hand<'s>(view: View<'s>, (): ()) -> Option<&'s R::Value> {
        view.value(<R::Identity as Digits>::KEY)?.downcast_ref()
    }
    fn own(store: &mut dyn Values, stored: Option<R::Value>, (): ()) -> Option<R::Value> {
        match store.plan().source(<R::Identity as Digits>::KEY) {
            Some(Source::Supplied(place)) => {
                store.supplied_mut(place.into()).downcast_mut::<Option<R::Value>>()?.take()
            }
            _ => stored,
        }
    }
}

#[diagnostic::do_not_recommend]
impl<V: Send + 'static> Output<Returned> for Return<V> {
    type Proof = HNil;
    type Values = Return<V>;
    type Stored = ();
    type Returned = Return<V>;
    type Handed<'s> = Return<V>;
    const KEYS: &'static Tree<Key> = &Tree::Empty;
    const STORED: usize = 0;
    const NOTHING_RETURNED: bool = false;

    fn split(value: Return<V>) -> ((), Return<V>) {
        ((), value)
    }
    fn stored(stored: &(), _: usize) -> &Erased {
        stored
    }
    fn nothing_returned() -> Option<Return<V>> {
        None
    }
    fn hand<'s>(_: View<'s>, returned: Return<V>) -> Option<Return<V>> {
        Some(returned)
    }
    fn own(_: &mut dyn Values, _: Option<()>, returned: Return<V>) -> Option<Return<V>> {
        Some(returned)
    }
}

impl<L: OutputList> Output<Group> for L {
    type Proof = <L as OutputList>::Proof;
    type Values = <L as OutputList>::Values;
    type Stored = <L as OutputList>::Stored;
    type Returned = <L as OutputList>::Returned;
    type Handed<'s> = <L as OutputList>::Handed<'s>;
    const KEYS: &'static Tree<Key> = <L as OutputList>::KEYS;
    const STORED: usize = <L as OutputList>::STORED;
    const NOTHING_RETURNED: bool = <L as OutputList>::NOTHING_RETURNED;

    fn split(values: Self::Values) -> (Self::Stored, Self::Returned) {
        <L as OutputList>::split(values)
    }
    fn stored(stored: &Self::Stored, place: usize) -> &Erased {
        <L as OutputList>::stored(stored, place)
    }
    fn nothing_returned() -> Option<Self::Returned> {
        <L as OutputList>::nothing_returned()
    }
    fn hand<'s>(view: View<'s>, returned: Self::Returned) -> Option<Self::Handed<'s>> {
        <L as OutputList>::hand(view, returned)
    }
    fn own(store: &mut dyn Values, stored: Option<Self::Stored>, returned: Self::Returned) -> Option<Self::Values> {
        <L as OutputList>::own(store, stored, returned)
    }
}
