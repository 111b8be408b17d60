//! Where a resource comes from: the answers of the map of a store.

use crate::proof::check::Findings;
use crate::proof::ids::digits::{Digits, End};
use crate::proof::ids::number::{Number, Unregistered};
use crate::proof::walk::marks::Visited;
use crate::proof::walk::{Machine, Optionally, Stack, Walk};
use crate::proof::witness::IsResource;
use crate::sealed::Seal;
use crate::step::Step;
use core::marker::PhantomData;

/// Where a resource comes from.
pub trait Source {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// What the verdict looks at: who it is, and not its number.
    ///
    /// It names the resource too, which has to be the one that was looked for: an identity is only a hint.
    type Origin;
    /// The identity under which it stands in a map.
    type Identity: Digits;
    /// The number of the step it comes from.
    type Number: Number;
    /// This source and a newer one under the same identity.
    type Join<N: Source>: Source;
    /// This source as the newer of two.
    type After<Old: Source>: Source;
    /// Sees to the resource `R` with this source, on behalf of the step on top of the stack.
    type Visit<R: IsResource, K: Stack, V: Visited, F: Findings>: Machine;
    /// Sees to the resource `R` with this source, which the step on top of the stack takes if it can be had.
    type VisitOption<R: IsResource, K: Stack, V: Visited, F: Findings>: Machine;
    /// The list with a [`Dispute`] for each newer source, the first against it, and then what is in `D`.
    type Disputes<D>;
    /// This source as it is seen from a store below.
    type Below: Source;
}

/// Two sources, `A` and `B`, have met under one identity; and then what is in `D`.
#[derive(Debug)]
pub struct Dispute<A, B, D>(PhantomData<(A, B, D)>);

/// From nowhere: no registered step provides it and the store does not hold it.
#[derive(Debug)]
pub struct Absent;

impl Source for Absent {
    fn seal(_: Seal) {}

    type Origin = Absent;
    type Identity = End;
    type Number = Unregistered;
    type Join<N: Source> = N;
    type After<Old: Source> = Old;
    type Visit<R: IsResource, K: Stack, V: Visited, F: Findings> = Walk<K, V, K::Missing<R, F>>;
    type VisitOption<R: IsResource, K: Stack, V: Visited, F: Findings> = Walk<K, V, F>;
    type Disputes<D> = D;
    type Below = Absent;
}

/// From the store, which was supplied with it.
#[derive(Debug)]
pub struct Held<R>(PhantomData<R>);

impl<R0: IsResource> Source for Held<R0> {
    fn seal(_: Seal) {}

    type Origin = Self;
    type Identity = R0::Named;
    type Number = Unregistered;
    type Join<N: Source> = N::After<Self>;
    type After<Old: Source> = Self;
    type Visit<R: IsResource, K: Stack, V: Visited, F: Findings> = Walk<K, V, F>;
    type VisitOption<R: IsResource, K: Stack, V: Visited, F: Findings> = Self::Visit<R, K, V, F>;
    type Disputes<D> = D;
    type Below = Above<R0>;
}

/// The step `S` with the number `N`, which provides the resource `R`.
#[derive(Debug)]
pub struct Provided<R, S, N>(PhantomData<(R, S, N)>);

/// From the step `S`, as the resource `R`.
#[derive(Debug)]
pub struct ProvidedBy<R, S>(PhantomData<(R, S)>);

impl<R0: IsResource, S: Step, N0: Number> Source for Provided<R0, S, N0> {
    fn seal(_: Seal) {}

    type Origin = ProvidedBy<R0, S>;
    type Identity = R0::Named;
    type Number = N0;
    type Join<N: Source> = N::After<Self>;
    type After<Old: Source> = Twice<Old, Self>;
    type Visit<R: IsResource, K: Stack, V: Visited, F: Findings> = <V::Mark<N0> as Visited>::Visit<S, N0, K, V, F>;
    type VisitOption<R: IsResource, K: Stack, V: Visited, F: Findings> = Self::Visit<R, Optionally<R, K>, V, F>;
    type Disputes<D> = D;
    type Below = Above<R0>;
}

/// From two steps. That is right where they are one step, reached through two groups; it counts as the older.
#[derive(Debug)]
pub struct Twice<Old, New>(PhantomData<(Old, New)>);

impl<Old: Source, New: Source> Source for Twice<Old, New> {
    fn seal(_: Seal) {}

    type Origin = Old::Origin;
    type Identity = Old::Identity;
    type Number = Old::Number;
    type Join<N: Source> = N::After<Self>;
    type After<Older: Source> = Twice<Older, Self>;
    type Visit<R: IsResource, K: Stack, V: Visited, F: Findings> = Old::Visit<R, K, V, F>;
    type VisitOption<R: IsResource, K: Stack, V: Visited, F: Findings> = Old::VisitOption<R, K, V, F>;
    type Disputes<D> = Old::Disputes<Dispute<Old::Origin, New::Origin, D>>;
    type Below = Old::Below;
}

/// From the store above. What is here wins over it.
#[derive(Debug)]
pub struct Above<R>(PhantomData<R>);

impl<R0: IsResource> Source for Above<R0> {
    fn seal(_: Seal) {}

    type Origin = Self;
    type Identity = R0::Named;
    type Number = Unregistered;
    type Join<N: Source> = N;
    type After<Old: Source> = Old;
    type Visit<R: IsResource, K: Stack, V: Visited, F: Findings> = Walk<K, V, F::Above<R>>;
    type VisitOption<R: IsResource, K: Stack, V: Visited, F: Findings> = Self::Visit<R, K, V, F>;
    type Disputes<D> = D;
    type Below = Self;
}

/// Listed by the step `S`, as the resource `R`: what is in [`Dispute`] where a list has an identity twice.
#[derive(Debug)]
pub struct Listed<R, S>(PhantomData<(R, S)>);

/// What stands for the step of a target that stores nothing: there is none to look for.
#[derive(Debug)]
pub struct NothingStored;

impl Source for NothingStored {
    fn seal(_: Seal) {}

    type Origin = NothingStored;
    type Identity = End;
    type Number = Unregistered;
    type Join<N: Source> = N;
    type After<Old: Source> = Old;
    type Visit<R: IsResource, K: Stack, V: Visited, F: Findings> = Walk<K, V, F>;
    type VisitOption<R: IsResource, K: Stack, V: Visited, F: Findings> = Self::Visit<R, K, V, F>;
    type Disputes<D> = D;
    type Below = Self;
}
