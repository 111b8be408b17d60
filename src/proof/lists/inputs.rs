//! What the proof asks of lists: of the inputs and outputs of a step, and of the steps of a pipeline.

use crate::pipeline::Pipeline;
use crate::proof::check::{Findings, Stores, Verdict};
use crate::proof::ids::digits::Digits;
use crate::proof::ids::number::Number;
use crate::proof::ids::set::{Blank, Listing};
use crate::proof::ids::trie::{Find, Insert, Trie};
use crate::proof::kind::{Group, OfResources, OfSteps, Optional, Returned, Single};
use crate::proof::walk::marks::{Done, Visited};
use crate::proof::walk::source::{Provided, Source};
use crate::proof::walk::{Call, Goal, Machine, Stack, Walk};
use crate::proof::witness::{IsResource, IsStep};
use crate::resource::Return;
use crate::sealed::Seal;
use crate::step::Step;
use crate::store::parent::Above;
use crate::store::supplied::Supply;
use core::marker::PhantomData;
use frunk_core::hlist::{HCons, HNil};

/// A list of inputs.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of resources",
    label = "not a list of resources",
    note = "write a list, even of one: `HList![Base]`"
)]
pub trait Wants: OfResources<Kind = Group> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// One tick of the walk: looks at the first input, or leaves the step `S` if there is none.
    type Tick<W: Trie, S: Step, N: Number, K: Stack, V: Visited, F: Findings>: Machine;
    /// These inputs before those.
    type Append<L: Wants>: Wants;
    /// The set `T` of what the step `S` lists, with these inputs.
    type List<S, T: Listing<S>>: Listing<S>;
    /// Where these inputs come from, in the map `W`, as a tree of [`Comes`].
    type Origins<W: Trie>;
    /// What the walk finds for the target `T` with these inputs, in a store of `P` that was supplied with `G`, below `U`.
    ///
    /// It is asked of the lists one after the other: of the inputs, of the steps, of what is supplied. Where one of them
    /// is not known, in generic code, rustc stops there, and quotes this instead of half the walk.
    type Found<T: Step, P: Pipeline, G: Supply, U: Above>: Findings;
}

// Here and below for the empty list: rustc need not name it among the types that would do.
#[diagnostic::do_not_recommend]
impl Wants for HNil {
    fn seal(_: Seal) {}

    type Tick<W: Trie, S: Step, N: Number, K: Stack, V: Visited, F: Findings> = Walk<K, V::SetMark<N, Done>, F>;
    type Append<L: Wants> = L;
    type List<S, T: Listing<S>> = T;
    type Origins<W: Trie> = HNil;
    type Found<T: Step, P: Pipeline, G: Supply, U: Above> = <P::Steps as Registers>::Found<One<T>, P, G, U>;
}

impl<H: Want, L: Wants> Wants for HCons<H, L> {
    fn seal(_: Seal) {}

    type Tick<W: Trie, S: Step, N: Number, K: Stack, V: Visited, F: Findings> = H::Visit<W, Call<L, S, N, K>, V, F>;
    type Append<M: Wants> = HCons<H, L::Append<M>>;
    type List<S, T: Listing<S>> = L::List<S, H::List<S, T>>;
    type Origins<W: Trie> = Pair<H::Origins<W>, L::Origins<W>>;
    type Found<T: Step, P: Pipeline, G: Supply, U: Above> = <P::Steps as Registers>::Found<One<T>, P, G, U>;
}

/// One element of a list of inputs: a resource, an `Option` of one, or a list of them.
pub trait Want<Kind = <Self as OfResources>::Kind>: OfResources {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Looks at this input, on behalf of the step on top of the stack.
    type Visit<W: Trie, K: Stack, V: Visited, F: Findings>: Machine;
    /// See [`Wants::List`].
    type List<S, T: Listing<S>>: Listing<S>;
    /// See [`Wants::Origins`].
    type Origins<W: Trie>;
}

impl<R: IsResource> Want<Single> for R {
    fn seal(_: Seal) {}

    type Visit<W: Trie, K: Stack, V: Visited, F: Findings> = <Find<W, R::Named> as Source>::Visit<R, K, V, F>;
    type List<S, T: Listing<S>> = T::With<R>;
    type Origins<W: Trie> = Comes<R, <Find<W, R::Named> as Source>::Origin>;
}

/// A resource that the step can do without.
impl<R: IsResource> Want<Optional> for Option<R> {
    fn seal(_: Seal) {}

    type Visit<W: Trie, K: Stack, V: Visited, F: Findings> = <Find<W, R::Named> as Source>::VisitOption<R, K, V, F>;
    type List<S, T: Listing<S>> = T::With<R>;
    type Origins<W: Trie> = Comes<R, <Find<W, R::Named> as Source>::Origin>;
}

impl<L: Wants> Want<Group> for L {
    fn seal(_: Seal) {}

    type Visit<W: Trie, K: Stack, V: Visited, F: Findings> = Walk<K::Prepend<Self>, V, F>;
    type List<S, T: Listing<S>> = <L as Wants>::List<S, T>;
    type Origins<W: Trie> = <L as Wants>::Origins<W>;
}

/// Refused: nobody can take a [`Return`].
#[diagnostic::do_not_recommend]
impl<V> Want<Returned> for Return<V>
where
    Verdict: Stores<V>,
{
    fn seal(_: Seal) {}

    type Visit<W: Trie, K: Stack, M: Visited, F: Findings> = Walk<K, M, F>;
    type List<S, T: Listing<S>> = T;
    type Origins<W: Trie> = HNil;
}

/// A list of outputs.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of resources",
    label = "not a list of resources",
    note = "write a list, even of one: `HList![Quotient]`"
)]
pub trait Gives: OfResources<Kind = Group> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The map `T`, in which the step `S`, number `N`, provides these outputs.
    type Provide<T: Trie, S: Step, N: Number>: Trie;
    /// The source, in the map `T`, of the first of these outputs that is stored, or else `Rest`.
    type Home<T: Trie, Rest: Source>: Source;
    /// The identity of the first of these outputs that is stored, or else `Rest`.
    type First<Rest: Digits>: Digits;
    /// The set `T` of what the step `S` lists, with these outputs.
    type List<S, T: Listing<S>>: Listing<S>;
    /// Where what is stored of these outputs comes from, in the map `W`, as a tree of [`Comes`].
    type Origins<W: Trie>;
}

#[diagnostic::do_not_recommend]
impl Gives for HNil {
    fn seal(_: Seal) {}

    type Provide<T: Trie, S: Step, N: Number> = T;
    type Home<T: Trie, Rest: Source> = Rest;
    type First<Rest: Digits> = Rest;
    type List<S, T: Listing<S>> = T;
    type Origins<W: Trie> = HNil;
}

impl<H: Give, L: Gives> Gives for HCons<H, L> {
    fn seal(_: Seal) {}

    type Provide<T: Trie, S: Step, N: Number> = L::Provide<H::Provide<T, S, N>, S, N>;
    type Home<T: Trie, Rest: Source> = H::Home<T, L::Home<T, Rest>>;
    type First<Rest: Digits> = H::First<L::First<Rest>>;
    type List<S, T: Listing<S>> = L::List<S, H::List<S, T>>;
    type Origins<W: Trie> = Pair<H::Origins<W>, L::Origins<W>>;
}

/// One element of a list of outputs: a resource, a [`Return`], or a list of them.
pub trait Give<Kind = <Self as OfResources>::Kind>: OfResources {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// See [`Gives::Provide`].
    type Provide<T: Trie, S: Step, N: Number>: Trie;
    /// See [`Gives::Home`].
    type Home<T: Trie, Rest: Source>: Source;
    /// See [`Gives::First`].
    type First<Rest: Digits>: Digits;
    /// See [`Gives::List`].
    type List<S, T: Listing<S>>: Listing<S>;
    /// See [`Gives::Origins`].
    type Origins<W: Trie>;
}

impl<R: IsResource> Give<Single> for R {
    fn seal(_: Seal) {}

    type Provide<T: Trie, S: Step, N: Number> = Insert<T, Provided<R, S, N>>;
    type Home<T: Trie, Rest: Source> = Find<T, R::Named>;
    type First<Rest: Digits> = R::Named;
    type List<S, T: Listing<S>> = T::With<R>;
    type Origins<W: Trie> = Comes<R, <Find<W, R::Named> as Source>::Origin>;
}

impl<V: 'static> Give<Returned> for Return<V> {
    fn seal(_: Seal) {}

    type Provide<T: Trie, S: Step, N: Number> = T;
    type Home<T: Trie, Rest: Source> = Rest;
    type First<Rest: Digits> = Rest;
    type List<S, T: Listing<S>> = T;
    type Origins<W: Trie> = HNil;
}

impl<L: Gives> Give<Group> for L {
    fn seal(_: Seal) {}

    type Provide<T: Trie, S: Step, N: Number> = <L as Gives>::Provide<T, S, N>;
    type Home<T: Trie, Rest: Source> = <L as Gives>::Home<T, Rest>;
    type First<Rest: Digits> = <L as Gives>::First<Rest>;
    type List<S, T: Listing<S>> = <L as Gives>::List<S, T>;
    type Origins<W: Trie> = <L as Gives>::Origins<W>;
}

/// The steps of a pipeline.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of steps",
    label = "not a list of steps",
    note = "write a list, even of one: `HList![Divide]`"
)]
pub trait Registers: OfSteps<Kind = Group> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The map `T` with these steps registered, from number `N` on.
    type Register<T: Trie, N: Number>: Trie;
    /// The number after these steps.
    type Next<N: Number>: Number;
    /// Where the inputs of these steps come from, in the map `W`, as a tree of [`Comes`].
    type Origins<W: Trie>;
    /// The resources that one of these steps lists twice, [in dispute](Source::Disputes), and then what is in `D`.
    type Repeats<D>;
    /// What the walk finds for the goal `Q` among these steps of `P`; see [`Wants::Found`].
    type Found<Q: Goal, P: Pipeline, G: Supply, U: Above>: Findings;
}

#[diagnostic::do_not_recommend]
impl Registers for HNil {
    fn seal(_: Seal) {}

    type Register<T: Trie, N: Number> = T;
    type Next<N: Number> = N;
    type Origins<W: Trie> = HNil;
    type Repeats<D> = D;
    type Found<Q: Goal, P: Pipeline, G: Supply, U: Above> = G::Found<Q, P, U>;
}

impl<H: Register, L: Registers> Registers for HCons<H, L> {
    fn seal(_: Seal) {}

    type Register<T: Trie, N: Number> = L::Register<H::Register<T, N>, H::Next<N>>;
    type Next<N: Number> = L::Next<H::Next<N>>;
    type Origins<W: Trie> = Pair<H::Origins<W>, L::Origins<W>>;
    type Repeats<D> = H::Repeats<L::Repeats<D>>;
    type Found<Q: Goal, P: Pipeline, G: Supply, U: Above> = G::Found<Q, P, U>;
}

/// One element of the list of steps: a step, or a list of them.
pub trait Register<Kind = <Self as OfSteps>::Kind>: OfSteps {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// See [`Registers::Register`].
    type Register<T: Trie, N: Number>: Trie;
    /// See [`Registers::Next`].
    type Next<N: Number>: Number;
    /// See [`Registers::Origins`].
    type Origins<W: Trie>;
    /// See [`Registers::Repeats`].
    type Repeats<D>;
}

impl<S: IsStep> Register<Single> for S {
    fn seal(_: Seal) {}

    type Register<T: Trie, N: Number> = <S::Given as Gives>::Provide<T, S, N>;
    type Next<N: Number> = N::Next;
    type Origins<W: Trie> = <S::Inputs as Wants>::Origins<W>;
    type Repeats<D> = <InputsOf<S> as Listing<S>>::Disputes<<OutputsOf<S> as Listing<S>>::Disputes<D>>;
}

/// The inputs of the step `S`, as a set in which repetition shows.
type InputsOf<S> = <<S as Step>::Inputs as Wants>::List<S, Blank>;
/// The outputs of the step `S`, as a set in which repetition shows.
type OutputsOf<S> = <<S as Step>::Outputs as Gives>::List<S, Blank>;

impl<L: Registers> Register<Group> for L {
    fn seal(_: Seal) {}

    type Register<T: Trie, N: Number> = <L as Registers>::Register<T, N>;
    type Next<N: Number> = <L as Registers>::Next<N>;
    type Origins<W: Trie> = <L as Registers>::Origins<W>;
    type Repeats<D> = <L as Registers>::Repeats<D>;
}

/// The step `S`, where something else might stand.
#[derive(Debug)]
pub struct One<S>(PhantomData<S>);

/// The resource `R`, as a tree of origins: it comes from the origin `O`.
#[derive(Debug)]
pub struct Comes<R, O>(PhantomData<(R, O)>);

/// A tree of two trees.
///
/// The verdict judges trees: where a trait has an impl for lists beside one for all steps or resources, rustc cannot
/// tell which was meant, and its error stops there instead of going on to the element that is at fault.
#[derive(Debug)]
pub struct Pair<A, B>(PhantomData<(A, B)>);
