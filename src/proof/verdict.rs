//! The verdict: what the walk found, judged by the traits that carry every message of this library.
//!
//! A trait that carries a message is a leaf: rustc reports the first bound that it cannot descend past, so what stands
//! between a leaf and the call must be nothing but bounds on other traits.

use super::digits::{Digits, Order};
use super::source::{Absent, Listed, NothingStored, Provided, Supplied, Twice};
use super::trie::{Empty, Fork, Leaf};
use super::walk::{Closed, Path, Via};
use crate::resource::Resource;
use crate::step::Step;
use core::marker::PhantomData;

/// A list of what the walk found wrong.
pub trait Findings {
    /// The list with the resource `R` missing, which the step `S` needs. Each missing resource stands there once.
    type Missing<R: Resource, S: Step>: Findings;
    /// The list with the cycle `P`.
    type Cycle<P: Path>: Findings;
}

/// Nothing wrong.
#[derive(Debug)]
pub struct Nothing;

/// The resource `R`, needed by the step `S`, comes from nowhere; and then what is in `F`.
#[derive(Debug)]
pub struct MissingInput<R, S, F>(PhantomData<(R, S, F)>);

/// The steps `P` need each other in a ring; and then what is in `F`.
#[derive(Debug)]
pub struct Cycle<P, F>(PhantomData<(P, F)>);

/// The walk did not come to its end.
#[derive(Debug)]
pub struct Unfinished;

impl Findings for Nothing {
    type Missing<R: Resource, S: Step> = MissingInput<R, S, Nothing>;
    type Cycle<P: Path> = Cycle<P, Nothing>;
}

impl<R0: Resource, S0: Step, F: Findings> Findings for MissingInput<R0, S0, F> {
    type Missing<R: Resource, S: Step> =
        <<R::Identity as Digits>::Compare<R0::Identity> as Order>::Note<R, S, R0, S0, F>;
    type Cycle<P: Path> = MissingInput<R0, S0, F::Cycle<P>>;
}

impl<P0: Path, F: Findings> Findings for Cycle<P0, F> {
    type Missing<R: Resource, S: Step> = Cycle<P0, F::Missing<R, S>>;
    type Cycle<P: Path> = Cycle<P0, F::Cycle<P>>;
}

/// Findings with nothing wrong in them.
#[diagnostic::on_unimplemented(
    message = "the pipeline is too large to be checked",
    label = "more than 65,536 inputs are needed by this target",
    note = "let steps provide larger resources, or cut the pipeline in two"
)]
pub trait Sound {}

impl Sound for Nothing {}
impl<R: SuppliedTo<S>, S, F: Sound> Sound for MissingInput<R, S, F> {}
impl<P: Acyclic, F: Sound> Sound for Cycle<P, F> {}

/// Never so: the resource is missing.
#[diagnostic::on_unimplemented(
    message = "step `{S}` needs `{Self}`, which no registered step provides and the store does not hold",
    label = "`{Self}` is missing",
    note = "supply it: `.with({Self}, value)` – or register a step whose `Outputs` contain `{Self}`"
)]
pub trait SuppliedTo<S> {}

/// Never so: each length of a cycle has a message that spells it out.
pub trait Acyclic {}

macro_rules! cycle {
    ($trait:ident, $message:literal, [$($param:ident)*], $path:ty) => {
        #[diagnostic::on_unimplemented(
            message = $message,
            label = "this target needs the cycle",
            note = "supply a resource that one of these steps takes from another, or let one of them do without it"
        )]
        #[doc = concat!("Never so: ", $message)]
        pub trait $trait<$($param),*> {}
        impl<Step: $trait<$($param),*>, $($param),*> Acyclic for $path {}
    };
}
cycle!(NeedsItself, "dependency cycle: `{Self}` needs itself", [], Via<Step, Closed>);
cycle!(
    Cycle2,
    "dependency cycle: `{Self}` needs `{A}`, which needs `{Self}`",
    [A],
    Via<Step, Via<A, Closed>>
);
cycle!(
    Cycle3,
    "dependency cycle: `{Self}` → `{A}` → `{B}` → `{Self}` (each needs the next)",
    [A B],
    Via<Step, Via<A, Via<B, Closed>>>
);
cycle!(
    Cycle4,
    "dependency cycle: `{Self}` → `{A}` → `{B}` → `{C}` → `{Self}` (each needs the next)",
    [A B C],
    Via<Step, Via<A, Via<B, Via<C, Closed>>>>
);

/// A map in which nothing is provided by two steps.
pub trait Undisputed {}
impl Undisputed for Empty {}
impl<A: Undisputed, B: Undisputed, C: Undisputed, D: Undisputed> Undisputed for Fork<A, B, C, D> {}
impl<E: Undisputed, Rest> Undisputed for Leaf<E, Rest> {}
impl<R, S, N> Undisputed for Provided<R, S, N> {}
impl<R: ProvidedOnce<Q, A, B>, Q, A, B, N, M> Undisputed for Twice<Provided<R, A, N>, Provided<Q, B, M>> {}
impl<R: ProvidedOnce<Q, A, B>, Q, A, B, N, M, Old> Undisputed
    for Twice<Twice<Old, Provided<R, A, N>>, Provided<Q, B, M>>
where
    Twice<Old, Provided<R, A, N>>: Undisputed,
{
}

/// `Self` from the step `A` and `R` from the step `B` are one resource from one step.
#[diagnostic::on_unimplemented(
    message = "`{Self}` and `{R}` have the same identity",
    label = "two resources with one identity are registered here",
    note = "give one of them another: `type Identity = identity!(\"a name of its own\")`"
)]
pub trait ProvidedOnce<R, A, B> {}
impl<R, A: SameProvider<B, R>, B> ProvidedOnce<R, A, B> for R {}

/// The providers `Self` and `S` of the resource `R` are one step.
#[diagnostic::on_unimplemented(
    message = "`{R}` is provided by two steps, `{Self}` and `{S}`",
    label = "two providers of `{R}` are registered here",
    note = "register one of them, or let one provide a resource of its own"
)]
pub trait SameProvider<S, R> {}
impl<S, R> SameProvider<S, R> for S {}

/// The map of the resources that the step `S` lists in one of its lists, with none in it twice.
pub trait Distinct<S> {}
impl<S> Distinct<S> for Empty {}
impl<S, A: Distinct<S>, B: Distinct<S>, C: Distinct<S>, D: Distinct<S>> Distinct<S> for Fork<A, B, C, D> {}
impl<S, E: Distinct<S>, Rest> Distinct<S> for Leaf<E, Rest> {}
impl<S, R> Distinct<S> for Listed<R> {}
impl<S, Old, R: ListedOnce<S>> Distinct<S> for Twice<Old, Listed<R>> {}

/// Never so: the step `S` lists the resource twice.
#[diagnostic::on_unimplemented(
    message = "step `{S}` lists `{Self}` twice",
    label = "`{Self}` stands twice in one list of `{S}`",
    note = "name `{Self}` once in `Inputs` and once in `Outputs` at the most"
)]
pub trait ListedOnce<S> {}

/// The source of the resource `R` in a map: one that is meant for `R`.
pub trait SourceOf<R> {}
impl<R> SourceOf<R> for Absent {}
impl<R, Q: SameResource<R>> SourceOf<R> for Supplied<Q> {}
impl<R, Q: SameResource<R>, S, N> SourceOf<R> for Provided<Q, S, N> {}
impl<R, Old: SourceOf<R>, New> SourceOf<R> for Twice<Old, New> {}

/// Two types of one identity are one type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` and `{R}` have the same identity",
    label = "these two resources meet here",
    note = "give one of them another: `type Identity = identity!(\"a name of its own\")`"
)]
pub trait SameResource<R> {}
impl<R> SameResource<R> for R {}

/// The source of the resource `R` in the map of a store of `P`: one that can give it.
pub trait Known<R, P> {}
impl<R: KnownTo<P>, P> Known<R, P> for Absent {}
impl<R, P, Q: SameResource<R>> Known<R, P> for Supplied<Q> {}
impl<R, P, Q: SameResource<R>, S, N> Known<R, P> for Provided<Q, S, N> {}
impl<R, P, Old: Known<R, P>, New> Known<R, P> for Twice<Old, New> {}

/// Never so: the resource is unknown.
#[diagnostic::on_unimplemented(
    message = "`{P}` has no step that provides `{Self}`, and the store does not hold it",
    label = "`{Self}` is unknown here",
    note = "supply it: `.with({Self}, value)` – or register a step whose `Outputs` contain `{Self}`"
)]
pub trait KnownTo<P> {}

/// The source of the outputs of the target `T` among the steps of `P`: that very step.
pub trait HomeOf<T, P> {}
impl<T, P> HomeOf<T, P> for NothingStored {}
impl<T: RegisteredIn<P>, P> HomeOf<T, P> for Absent {}
impl<T, P, R, S: IsTarget<T, R, P>, N> HomeOf<T, P> for Provided<R, S, N> {}
impl<T, P, Old: HomeOf<T, P>, New> HomeOf<T, P> for Twice<Old, New> {}

/// Never so: the target is not registered.
#[diagnostic::on_unimplemented(
    message = "step `{Self}` stores its outputs, and `{P}` does not register it",
    label = "`{Self}` is not in the `Steps` of `{P}`",
    note = "add `{Self}` to `type Steps` of `{P}`"
)]
pub trait RegisteredIn<P> {}

/// The provider of the resource `R` in `P` is the target `T`.
#[diagnostic::on_unimplemented(
    message = "step `{T}` stores `{R}`, which `{P}` takes from `{Self}`",
    label = "`{T}` is not in the `Steps` of `{P}`",
    note = "run `{Self}` instead, or register `{T}` in its place"
)]
pub trait IsTarget<T, R, P> {}
impl<T, R, P> IsTarget<T, R, P> for T {}

/// Never so: the resource is in the store already.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is supplied twice",
    label = "the store holds `{Self}` already",
    note = "supply each resource once; a value in a store is never overwritten"
)]
pub trait SuppliedOnce {}

/// Never so: a returned value is not kept.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an input: it is handed to the caller of `run` and never stored",
    label = "no step can take this",
    note = "let the step that makes the value provide a resource: `resource! {{ pub Report: String; }}`"
)]
pub trait Kept {}

/// What a store holds under the identity of `R`: nothing.
pub trait Unsupplied<R> {}
impl<R> Unsupplied<R> for Absent {}
impl<R: SuppliedOnce, Q: SameResource<R>> Unsupplied<R> for Supplied<Q> {}
