//! The lists of inputs and outputs of a step, with their values.
//!
//! An element is a resource, a [`Return`] (among outputs), or a list itself:
//! [`HList!`](crate::HList!) makes lists of lists when there are more than 16 elements.
//!
//! This file is the knot of the layers: the one place where they depend on each other. A step has
//! lists, the proof and the executor read them, and both start from a step. So these traits name
//! all three layers; nothing else does.

use crate::drops::Drops;
use crate::exec::inputs::InputReader;
use crate::exec::plan::{ConstList, Key, Source};
use crate::exec::store_ref::{DynStore, Erased, Lends, StoreRef};
use crate::lower::numbers::{Element, Numbers};
use crate::lower::stored::{One, StoredValues};
use crate::proof::check::ProofCheck;
use crate::proof::check::target::StoresReturn;
use crate::proof::kind::{Group, OfResources, Optional, Returned, Single};
use crate::proof::lists::{InputProof, InputsProof, OutputProof, OutputsProof};
use crate::proof::witness::IsResource;
use crate::resource::{Resource, Return};
use crate::sealed::Seal;
use crate::tuple::Tuple;
use core::any::Any;
use frunk_core::hlist::{HCons, HNil};

/// A list of resources that a step takes: `HList![Base, Divisor]`.
///
/// You never write it. It maps a list to the references to its values. `HNil` and `HCons` implement
/// it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of resources",
    label = "not a list of resources",
    note = "write a list, even of one: `HList![Base]`"
)]
pub trait InputList: InputsProof + 'static {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The witness; see [`witness`](crate::proof::witness).
    #[doc(hidden)]
    type Witness;
    /// References to the values of the elements.
    type Refs<'s>: Send + Clone;
    /// The resources as data.
    #[doc(hidden)]
    const KEYS: &'static ConstList<Key>;
    /// Their numbers, for the certificate.
    #[doc(hidden)]
    const NUMBERS: Numbers;
    /// Takes the references, in order.
    #[doc(hidden)]
    fn gather<'s>(from: &mut InputReader<'_, 's>) -> Self::Refs<'s>;
    /// Appends the references without their types.
    #[doc(hidden)]
    fn erase<'s>(refs: Self::Refs<'s>, to: &mut Vec<&'s Erased>);
}

// Here and below: otherwise rustc lists the empty list among the types that implement the trait.
#[diagnostic::do_not_recommend]
impl InputList for HNil {
    fn seal(_: Seal) {}

    type Witness = HNil;
    type Refs<'s> = HNil;
    const KEYS: &'static ConstList<Key> = &ConstList::Empty;
    const NUMBERS: Numbers = Numbers::NONE;
    fn gather<'s>(_: &mut InputReader<'_, 's>) -> HNil {
        HNil
    }
    fn erase(HNil: HNil, _: &mut Vec<&Erased>) {}
}

impl<Head: Input, Tail: InputList> InputList for HCons<Head, Tail> {
    fn seal(_: Seal) {}

    type Witness = (Head::Witness, Tail::Witness);
    type Refs<'s> = HCons<Head::Refs<'s>, Tail::Refs<'s>>;
    const KEYS: &'static ConstList<Key> = &ConstList::Both(Head::KEYS, Tail::KEYS);
    const NUMBERS: Numbers = Tail::NUMBERS.with(Head::ELEMENT);
    fn gather<'s>(from: &mut InputReader<'_, 's>) -> Self::Refs<'s> {
        HCons { head: Head::gather(from), tail: Tail::gather(from) }
    }
    fn erase<'s>(refs: Self::Refs<'s>, to: &mut Vec<&'s Erased>) {
        Head::erase(refs.head, to);
        Tail::erase(refs.tail, to);
    }
}

/// An element of an [`InputList`], of the kind `Kind`.
///
/// You never write it.
// Only a `Return` gets this message. Its impl is `do_not_recommend`, so rustc does not report the
// error inside it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an input",
    label = "returned to the caller of `run`, and never stored",
    note = "let the step that makes the value provide a resource, and take that"
)]
pub trait Input<Kind = <Self as OfResources>::Kind>: InputProof<Kind> + 'static {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The witness; see [`witness`](crate::proof::witness).
    #[doc(hidden)]
    type Witness;
    /// A reference to its value.
    type Refs<'s>: Send + Clone;
    #[doc(hidden)]
    const KEYS: &'static ConstList<Key>;
    /// Their numbers, for the certificate.
    #[doc(hidden)]
    const ELEMENT: Element;
    #[doc(hidden)]
    fn gather<'s>(from: &mut InputReader<'_, 's>) -> Self::Refs<'s>;
    #[doc(hidden)]
    fn erase<'s>(refs: Self::Refs<'s>, to: &mut Vec<&'s Erased>);
}

impl<R: IsResource> Input<Single> for R {
    fn seal(_: Seal) {}

    type Witness = R::CheckedValue;
    type Refs<'s> = &'s R::CheckedValue;
    const KEYS: &'static ConstList<Key> = &ConstList::One(Key::of::<R>());
    const ELEMENT: Element = Element::of::<R>();
    fn gather<'s>(from: &mut InputReader<'_, 's>) -> &'s R::Value {
        from.next()
    }
    fn erase<'s>(value: &'s R::Value, to: &mut Vec<&'s Erased>) {
        to.push(value);
    }
}

/// A resource that the step can do without: `None` if no step provides it and the store was not
/// supplied with it.
#[diagnostic::do_not_recommend]
impl<R: IsResource> Input<Optional> for Option<R> {
    fn seal(_: Seal) {}

    type Witness = R::CheckedValue;
    type Refs<'s> = Option<&'s R::CheckedValue>;
    const KEYS: &'static ConstList<Key> = &ConstList::One(Key { optional: true, ..Key::of::<R>() });
    const ELEMENT: Element = Element::of_optional::<R>();
    fn gather<'s>(from: &mut InputReader<'_, 's>) -> Option<&'s R::Value> {
        from.next_if_known()
    }
    fn erase<'s>(value: Option<&'s R::Value>, to: &mut Vec<&'s Erased>) {
        if let Some(value) = value {
            to.push(value);
        }
    }
}

impl<List: InputList> Input<Group> for List {
    fn seal(_: Seal) {}

    type Witness = <List as InputList>::Witness;
    type Refs<'s> = <List as InputList>::Refs<'s>;
    const KEYS: &'static ConstList<Key> = <List as InputList>::KEYS;
    const ELEMENT: Element = Element::List(&<List as InputList>::NUMBERS);
    fn gather<'s>(from: &mut InputReader<'_, 's>) -> Self::Refs<'s> {
        <List as InputList>::gather(from)
    }
    fn erase<'s>(refs: Self::Refs<'s>, to: &mut Vec<&'s Erased>) {
        <List as InputList>::erase(refs, to);
    }
}

/// Refused with the message of [`Input`]: a [`Return`] is never stored, so no step can take it.
#[diagnostic::do_not_recommend]
impl<V: 'static> Input<Returned> for Return<V>
where
    ProofCheck: StoresReturn<V>,
{
    fn seal(_: Seal) {}

    type Witness = HNil;
    type Refs<'s> = ();
    const KEYS: &'static ConstList<Key> = &ConstList::Empty;
    const ELEMENT: Element = Element::Nothing;
    fn gather<'s>(_: &mut InputReader<'_, 's>) {}
    fn erase((): (), _: &mut Vec<&Erased>) {}
}

/// A list of the outputs of a step: resources, and [`Return`]s.
///
/// You never write it. It maps a list to the values of its elements. `HNil` and `HCons` implement
/// it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of resources",
    label = "not a list of resources",
    note = "write a list, even of one: `HList![Quotient]`"
)]
pub trait OutputList: OutputsProof + 'static {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The witness; see [`witness`](crate::proof::witness).
    #[doc(hidden)]
    type Witness;
    /// The values that the step returns.
    type Values: Send + 'static;
    /// The stored part of the values.
    type Stored: StoredValues;
    /// The part of the values that the caller of `run` gets.
    type Returned: Send;
    /// These values before others, as a run returns them: references to the stored ones.
    type RunOutput<Borrow: Lends, Rest: Tuple>: Tuple;
    /// These values before others, as a run returns them that consumes the store.
    type OwnedOutput<Rest: Tuple>: Tuple;

    /// The stored outputs as data.
    #[doc(hidden)]
    const KEYS: &'static ConstList<Key>;
    /// Their numbers, for the certificate.
    #[doc(hidden)]
    const NUMBERS: Numbers;
    /// Whether nothing is returned by value.
    #[doc(hidden)]
    const NOTHING_RETURNED: bool;
    /// Whether there are outputs, and all are stored. If so, a target need not run once its outputs
    /// are there.
    #[doc(hidden)]
    const ALL_STORED: bool = Self::NOTHING_RETURNED && Self::Stored::LEN > 0;

    /// Splits the values into those that are stored and those that are returned.
    #[doc(hidden)]
    fn split(values: Self::Values) -> (Self::Stored, Self::Returned);
    /// Takes the stored value of a resource, and drops the others one by one.
    #[doc(hidden)]
    fn take<R: Resource>(stored: Self::Stored, drops: &mut Drops) -> Option<R::Value>;
    /// The `Returned` value of a list without `Return`s; `None` if the list has any.
    #[doc(hidden)]
    fn nothing_returned() -> Option<Self::Returned>;
    /// Puts these values before others, if all stored ones are there.
    #[doc(hidden)]
    fn run_output<'s, Rest: Tuple>(
        store: StoreRef<'s>,
        sources: &mut OutputSources,
        returned: Self::Returned,
        rest: Rest,
    ) -> Option<Self::RunOutput<StoreRef<'s>, Rest>>;
    /// Puts these values before others: the supplied values, otherwise the stored ones.
    #[doc(hidden)]
    fn owned_output<Rest: Tuple>(
        store: &mut dyn DynStore,
        stored: Option<Self::Stored>,
        returned: Self::Returned,
        rest: Rest,
    ) -> Option<Self::OwnedOutput<Rest>>;
}

#[diagnostic::do_not_recommend]
impl OutputList for HNil {
    fn seal(_: Seal) {}

    type Witness = HNil;
    type Values = HNil;
    type Stored = HNil;
    type Returned = HNil;
    type RunOutput<Borrow: Lends, Rest: Tuple> = Rest;
    type OwnedOutput<Rest: Tuple> = Rest;
    const KEYS: &'static ConstList<Key> = &ConstList::Empty;
    const NUMBERS: Numbers = Numbers::NONE;
    const NOTHING_RETURNED: bool = true;

    fn split(HNil: HNil) -> (HNil, HNil) {
        (HNil, HNil)
    }
    fn take<R: Resource>(HNil: HNil, _: &mut Drops) -> Option<R::Value> {
        None
    }
    fn nothing_returned() -> Option<HNil> {
        Some(HNil)
    }
    fn run_output<'s, Rest: Tuple>(_: StoreRef<'s>, _: &mut OutputSources, HNil: HNil, rest: Rest) -> Option<Rest> {
        Some(rest)
    }
    fn owned_output<Rest: Tuple>(_: &mut dyn DynStore, _: Option<HNil>, HNil: HNil, rest: Rest) -> Option<Rest> {
        Some(rest)
    }
}

impl<Head: Output, Tail: OutputList> OutputList for HCons<Head, Tail> {
    fn seal(_: Seal) {}

    type Witness = (Head::Witness, Tail::Witness);
    type Values = HCons<Head::Values, Tail::Values>;
    type Stored = HCons<Head::Stored, Tail::Stored>;
    type Returned = HCons<Head::Returned, Tail::Returned>;
    type RunOutput<Borrow: Lends, Rest: Tuple> = Head::RunOutput<Borrow, Tail::RunOutput<Borrow, Rest>>;
    type OwnedOutput<Rest: Tuple> = Head::OwnedOutput<Tail::OwnedOutput<Rest>>;
    const KEYS: &'static ConstList<Key> = &ConstList::Both(Head::KEYS, Tail::KEYS);
    const NUMBERS: Numbers = Tail::NUMBERS.with(Head::ELEMENT);
    const NOTHING_RETURNED: bool = Head::NOTHING_RETURNED && Tail::NOTHING_RETURNED;

    fn split(values: Self::Values) -> (Self::Stored, Self::Returned) {
        let (head, head_returned) = Head::split(values.head);
        let (tail, tail_returned) = Tail::split(values.tail);
        (HCons { head, tail }, HCons { head: head_returned, tail: tail_returned })
    }
    fn take<R: Resource>(stored: Self::Stored, drops: &mut Drops) -> Option<R::Value> {
        let head = Head::take::<R>(stored.head, drops);
        let tail = Tail::take::<R>(stored.tail, drops);
        head.or(tail)
    }
    fn nothing_returned() -> Option<Self::Returned> {
        Some(HCons { head: Head::nothing_returned()?, tail: Tail::nothing_returned()? })
    }
    fn run_output<'s, Rest: Tuple>(
        store: StoreRef<'s>,
        sources: &mut OutputSources,
        returned: Self::Returned,
        rest: Rest,
    ) -> Option<Self::RunOutput<StoreRef<'s>, Rest>> {
        // From the last to the first, as the sources.
        let rest = Tail::run_output(store, sources, returned.tail, rest)?;
        Head::run_output(store, sources, returned.head, rest)
    }
    fn owned_output<Rest: Tuple>(
        store: &mut dyn DynStore,
        stored: Option<Self::Stored>,
        returned: Self::Returned,
        rest: Rest,
    ) -> Option<Self::OwnedOutput<Rest>> {
        let (head, tail) = stored.map(|HCons { head, tail }| (head, tail)).unzip();
        let rest = Tail::owned_output(store, tail, returned.tail, rest)?;
        Head::owned_output(store, head, returned.head, rest)
    }
}

/// The sources of the outputs of a step, from the last to the first, where they are known; see
/// [`Order`](crate::exec::order::Order).
pub(crate) type OutputSources = core::slice::Iter<'static, Option<Source>>;

/// An element of an [`OutputList`], of the kind `Kind`: a resource, a [`Return`], or a list of
/// them.
///
/// You never write it.
// This message is for an `Option`, which has no impl, and for a `Return` whose value is not `Send`:
// rustc does not report that bound.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an output",
    label = "expected a resource, or `Return<V>` where `V: Send`",
    note = "returned values may cross threads, so use `Arc`, not `Rc`, and `Mutex`, not `RefCell`; an output cannot be optional: make the value of the resource an `Option`"
)]
pub trait Output<Kind = <Self as OfResources>::Kind>: OutputProof<Kind> + 'static {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The witness; see [`witness`](crate::proof::witness).
    #[doc(hidden)]
    type Witness;
    /// The values that the step returns for this element.
    type Values: Send + 'static;
    /// The stored part of the values.
    type Stored: StoredValues;
    /// The part of the values that the caller of `run` gets.
    type Returned: Send;
    /// These values before others, as a run returns them: references to the stored ones.
    type RunOutput<Borrow: Lends, Rest: Tuple>: Tuple;
    /// These values before others, as a run returns them that consumes the store.
    type OwnedOutput<Rest: Tuple>: Tuple;

    /// The stored outputs as data.
    #[doc(hidden)]
    const KEYS: &'static ConstList<Key>;
    /// Their numbers, for the certificate.
    #[doc(hidden)]
    const ELEMENT: Element;
    /// Whether nothing is returned by value.
    #[doc(hidden)]
    const NOTHING_RETURNED: bool;

    /// Splits the values into those that are stored and those that are returned.
    #[doc(hidden)]
    fn split(values: Self::Values) -> (Self::Stored, Self::Returned);
    /// Takes the stored value of a resource, and drops the others one by one.
    #[doc(hidden)]
    fn take<R: Resource>(stored: Self::Stored, drops: &mut Drops) -> Option<R::Value>;
    /// The `Returned` value of a list without `Return`s; `None` if the list has any.
    #[doc(hidden)]
    fn nothing_returned() -> Option<Self::Returned>;
    /// Puts these values before others, if all stored ones are there.
    #[doc(hidden)]
    fn run_output<'s, Rest: Tuple>(
        store: StoreRef<'s>,
        sources: &mut OutputSources,
        returned: Self::Returned,
        rest: Rest,
    ) -> Option<Self::RunOutput<StoreRef<'s>, Rest>>;
    /// Puts these values before others: the supplied values, otherwise the stored ones.
    #[doc(hidden)]
    fn owned_output<Rest: Tuple>(
        store: &mut dyn DynStore,
        stored: Option<Self::Stored>,
        returned: Self::Returned,
        rest: Rest,
    ) -> Option<Self::OwnedOutput<Rest>>;
}

impl<R: IsResource> Output<Single> for R {
    fn seal(_: Seal) {}

    type Witness = R::CheckedValue;
    type Values = R::CheckedValue;
    type Stored = One<R::CheckedValue>;
    type Returned = ();
    type RunOutput<Borrow: Lends, Rest: Tuple> = Rest::Prepend<Borrow::Ref<R::CheckedValue>>;
    type OwnedOutput<Rest: Tuple> = Rest::Prepend<R::CheckedValue>;
    const KEYS: &'static ConstList<Key> = &ConstList::One(Key::of::<R>());
    const ELEMENT: Element = Element::of::<R>();
    const NOTHING_RETURNED: bool = true;

    fn split(value: R::Value) -> (One<R::Value>, ()) {
        (One(value), ())
    }
    fn take<Taken: Resource>(One(stored): One<R::Value>, drops: &mut Drops) -> Option<Taken::Value> {
        if Key::of::<Taken>().id != Key::of::<R>().id {
            drops.drop(stored);
            return None;
        }
        let stored: &mut dyn Any = &mut Some(stored);
        stored.downcast_mut::<Option<Taken::Value>>()?.take()
    }
    fn nothing_returned() -> Option<()> {
        Some(())
    }
    fn run_output<'s, Rest: Tuple>(
        store: StoreRef<'s>,
        sources: &mut OutputSources,
        (): (),
        rest: Rest,
    ) -> Option<Rest::Prepend<&'s R::CheckedValue>> {
        let source = sources.next_back().copied().flatten();
        let value: &R::Value = store.find(Key::of::<R>().id, source)?.downcast_ref()?;
        Some(rest.prepend(value))
    }
    fn owned_output<Rest: Tuple>(
        store: &mut dyn DynStore,
        stored: Option<One<R::Value>>,
        (): (),
        rest: Rest,
    ) -> Option<Rest::Prepend<R::CheckedValue>> {
        let value = match store.plan().source(Key::of::<R>().id) {
            Some(Source::Supplied(place)) => {
                store.supplied_mut(place.into()).downcast_mut::<Option<R::Value>>()?.take()
            }
            _ => stored.map(|One(value)| value),
        };
        Some(rest.prepend(value?))
    }
}

#[diagnostic::do_not_recommend]
impl<V: Send + 'static> Output<Returned> for Return<V> {
    fn seal(_: Seal) {}

    type Witness = HNil;
    type Values = Return<V>;
    type Stored = HNil;
    type Returned = Return<V>;
    type RunOutput<Borrow: Lends, Rest: Tuple> = Rest::Prepend<V>;
    type OwnedOutput<Rest: Tuple> = Rest::Prepend<V>;
    const KEYS: &'static ConstList<Key> = &ConstList::Empty;
    const ELEMENT: Element = Element::Nothing;
    const NOTHING_RETURNED: bool = false;

    fn split(value: Return<V>) -> (HNil, Return<V>) {
        (HNil, value)
    }
    fn take<R: Resource>(HNil: HNil, _: &mut Drops) -> Option<R::Value> {
        None
    }
    fn nothing_returned() -> Option<Return<V>> {
        None
    }
    fn run_output<'s, Rest: Tuple>(
        _: StoreRef<'s>,
        _: &mut OutputSources,
        Return(value): Return<V>,
        rest: Rest,
    ) -> Option<Rest::Prepend<V>> {
        Some(rest.prepend(value))
    }
    fn owned_output<Rest: Tuple>(
        _: &mut dyn DynStore,
        _: Option<HNil>,
        Return(value): Return<V>,
        rest: Rest,
    ) -> Option<Rest::Prepend<V>> {
        Some(rest.prepend(value))
    }
}

impl<List: OutputList> Output<Group> for List {
    fn seal(_: Seal) {}

    type Witness = <List as OutputList>::Witness;
    type Values = <List as OutputList>::Values;
    type Stored = <List as OutputList>::Stored;
    type Returned = <List as OutputList>::Returned;
    type RunOutput<Borrow: Lends, Rest: Tuple> = <List as OutputList>::RunOutput<Borrow, Rest>;
    type OwnedOutput<Rest: Tuple> = <List as OutputList>::OwnedOutput<Rest>;
    const KEYS: &'static ConstList<Key> = <List as OutputList>::KEYS;
    const ELEMENT: Element = Element::List(&<List as OutputList>::NUMBERS);
    const NOTHING_RETURNED: bool = <List as OutputList>::NOTHING_RETURNED;

    fn split(values: Self::Values) -> (Self::Stored, Self::Returned) {
        <List as OutputList>::split(values)
    }
    fn take<R: Resource>(stored: Self::Stored, drops: &mut Drops) -> Option<R::Value> {
        <List as OutputList>::take::<R>(stored, drops)
    }
    fn nothing_returned() -> Option<Self::Returned> {
        <List as OutputList>::nothing_returned()
    }
    fn run_output<'s, Rest: Tuple>(
        store: StoreRef<'s>,
        sources: &mut OutputSources,
        returned: Self::Returned,
        rest: Rest,
    ) -> Option<Self::RunOutput<StoreRef<'s>, Rest>> {
        <List as OutputList>::run_output(store, sources, returned, rest)
    }
    fn owned_output<Rest: Tuple>(
        store: &mut dyn DynStore,
        stored: Option<Self::Stored>,
        returned: Self::Returned,
        rest: Rest,
    ) -> Option<Self::OwnedOutput<Rest>> {
        <List as OutputList>::owned_output(store, stored, returned, rest)
    }
}
