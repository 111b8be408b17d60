//! What the proof asks of lists: of the inputs and outputs of a step, and of the steps of a pipeline.

use super::digits::Digits;
use super::source::{Listed, Provided, Source};
use super::trie::Trie;
use super::verdict::{Findings, Kept};
use super::visited::{Done, Visited};
use super::walk::{Call, Machine, Stack, Walk, World};
use crate::resource::{Resource, Return};
use crate::step::Step;
use frunk::{HCons, HNil};

/// A list of inputs.
pub trait Wants {
    /// One tick of the walk: looks at the first input, or leaves the step `S` if there is none.
    type Tick<W: World, S: Step, N: Digits, K: Stack, V: Visited, F: Findings>: Machine;
    /// These inputs before those.
    type Append<L: Wants>: Wants;
    /// The map `T` with these inputs listed.
    type List<T: Trie>: Trie;
}

impl Wants for HNil {
    type Tick<W: World, S: Step, N: Digits, K: Stack, V: Visited, F: Findings> = Walk<K, V::SetMark<N, Done>, F>;
    type Append<L: Wants> = L;
    type List<T: Trie> = T;
}

impl<H: Want, L: Wants> Wants for HCons<H, L> {
    type Tick<W: World, S: Step, N: Digits, K: Stack, V: Visited, F: Findings> = H::Visit<W, Call<L, S, N, K>, V, F>;
    type Append<M: Wants> = HCons<H, L::Append<M>>;
    type List<T: Trie> = L::List<H::List<T>>;
}

/// One element of a list of inputs: a resource, or a list of them.
pub trait Want {
    /// Looks at this input, on behalf of the step on top of the stack.
    type Visit<W: World, K: Stack, V: Visited, F: Findings>: Machine;
    /// The map `T` with this input listed.
    type List<T: Trie>: Trie;
}

impl<R: Resource> Want for R {
    type Visit<W: World, K: Stack, V: Visited, F: Findings> =
        <<W::Sources as Trie>::Find<R::Identity> as Source>::Visit<W, R, K, V, F>;
    type List<T: Trie> = T::Insert<R::Identity, Listed<R>>;
}

impl Want for HNil {
    type Visit<W: World, K: Stack, V: Visited, F: Findings> = Walk<K, V, F>;
    type List<T: Trie> = T;
}

impl<H: Want, L: Wants> Want for HCons<H, L> {
    type Visit<W: World, K: Stack, V: Visited, F: Findings> = Walk<K::Prepend<Self>, V, F>;
    type List<T: Trie> = <Self as Wants>::List<T>;
}

/// Refused: nobody can take a [`Return`].
impl<V> Want for Return<V>
where
    Self: Kept,
{
    type Visit<W: World, K: Stack, M: Visited, F: Findings> = Walk<K, M, F>;
    type List<T: Trie> = T;
}

/// A list of outputs, or one element of it: a resource, a [`Return`], or a list.
pub trait Gives {
    /// The map `T`, in which the step `S`, number `N`, provides these outputs.
    type Provide<T: Trie, S: Step, N: Digits>: Trie;
    /// The source, in the map `T`, of the first of these outputs that is stored, or else `Rest`.
    type Home<T: Trie, Rest: Source>: Source;
    /// The map `T` with these outputs listed.
    type List<T: Trie>: Trie;
}

impl<R: Resource> Gives for R {
    type Provide<T: Trie, S: Step, N: Digits> = T::Insert<R::Identity, Provided<R, S, N>>;
    type Home<T: Trie, Rest: Source> = T::Find<R::Identity>;
    type List<T: Trie> = T::Insert<R::Identity, Listed<R>>;
}

impl<V> Gives for Return<V> {
    type Provide<T: Trie, S: Step, N: Digits> = T;
    type Home<T: Trie, Rest: Source> = Rest;
    type List<T: Trie> = T;
}

impl Gives for HNil {
    type Provide<T: Trie, S: Step, N: Digits> = T;
    type Home<T: Trie, Rest: Source> = Rest;
    type List<T: Trie> = T;
}

impl<H: Gives, L: Gives> Gives for HCons<H, L> {
    type Provide<T: Trie, S: Step, N: Digits> = L::Provide<H::Provide<T, S, N>, S, N>;
    type Home<T: Trie, Rest: Source> = H::Home<T, L::Home<T, Rest>>;
    type List<T: Trie> = L::List<H::List<T>>;
}

/// The steps of a pipeline: a step, or a list of steps and lists.
pub trait Registers {
    /// The map `T` with these steps registered, from number `N` on.
    type Register<T: Trie, N: Digits>: Trie;
    /// The number after these steps.
    type Next<N: Digits>: Digits;
}

impl<S: Step> Registers for S {
    type Register<T: Trie, N: Digits> = <S::Outputs as Gives>::Provide<T, S, N>;
    type Next<N: Digits> = N::Next;
}

impl Registers for HNil {
    type Register<T: Trie, N: Digits> = T;
    type Next<N: Digits> = N;
}

impl<H: Registers, L: Registers> Registers for HCons<H, L> {
    type Register<T: Trie, N: Digits> = L::Register<H::Register<T, N>, H::Next<N>>;
    type Next<N: Digits> = L::Next<H::Next<N>>;
}
