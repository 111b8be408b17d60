//! The proofs of a store: it knows a resource, it can provide one, it can run a target.
//!
//! The bounds that users write, [`Runs`](crate::Runs) and [`Provides`](crate::Provides), rest on
//! these.

use super::findings::Verdict;
use super::identity::IdentityMatches;
use super::target::{IsKnown, ProvidesTarget};
use super::{NoFindings, ProofCheck, ProofQuery};
use crate::pipelines::Pipeline;
use crate::proof::env::ProofEnvOf;
use crate::proof::ids::digits::Digits;
use crate::proof::lists::{InputsProof, StepsProof};
use crate::proof::walk::goal::{ResourceGoal, TargetGoal};
use crate::proof::walk::source::Source;
use crate::proof::witness::{IsResource, Proven};
use crate::resource::Resource;
use crate::sealed::Seal;
use crate::steps::Step;
use crate::store::any_store::AnyStore;
use crate::store::parent::ParentStore;
use crate::store::supplied::SuppliedValues;

/// The origin of the resource `Res` in the environment `Env`.
pub type OriginIn<Env, Res> = <ProofCheck as FindsResource<Res, Env>>::Origin;

/// A store that knows the resource `R`: it was supplied with it, or a step of its pipeline provides
/// it.
pub trait Knows<R: Resource>: HasOrigin<R> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Always [`Proven`].
    type Witness;
}

impl<R: Resource, S: HasOrigin<R>> Knows<R> for S {
    fn seal(_: Seal) {}

    type Witness = Proven;
}

/// A store in which the origin of the resource `R` is known.
///
/// It is apart from [`Knows`] for the reason that [`SatisfiesTarget`] has.
pub trait HasOrigin<R: Resource> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

// For any type, and not for `Store`: rustc would quote those impls in each error.
impl<R: Resource, S: AnyStore> HasOrigin<R> for S
where
    ProofCheck: FindsResource<R, S::ProofEnv, Origin: IsKnown<R, S::ProofEnv>>,
{
    fn seal(_: Seal) {}
}

/// The proof that a store can provide the resource `R`: a function from a store to [`Proven`],
/// defined where nothing is missing.
pub trait CanProvide<R: IsResource>: Knows<R> + SatisfiesResource<R> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Always [`Proven`].
    type Witness;
}

impl<R: IsResource, S: Knows<R> + SatisfiesResource<R>> CanProvide<R> for S {
    fn seal(_: Seal) {}

    type Witness = Proven;
}

/// A store in which the walk for the resource `R` finds no mistake.
///
/// It is apart from [`CanProvide`] for the reason that [`SatisfiesTarget`] has.
pub trait SatisfiesResource<R: Resource>: AnyStore {
    #[doc(hidden)]
    fn seal(_: Seal);
}

impl<R, S> SatisfiesResource<R> for S
where
    R: Resource,
    S: AnyStore,
    ProofCheck: FindsResource<
            R,
            S::ProofEnv,
            Verdict: Verdict<Found: NoFindings<ResourceQuery<R, S>>, Resources: IdentityMatches>,
        >,
{
    fn seal(_: Seal) {}
}

/// A function from an environment to the verdict on the walk for a resource.
///
/// It is defined on [`ProofEnvOf`]. It is a trait of [`ProofCheck`], like a leaf: for one of the
/// environment, rustc advises a bound on it where the environment is not known.
#[diagnostic::on_unimplemented(
    message = "cannot prove here that the store can provide `{R}`",
    label = "nothing in the type of the store says so: add the bound `Provides<{R}>`",
    note = "add it to the store: `store: &impl Provides<{R}>`, or if that does more, `S: Runs<Target> + Provides<{R}>`"
)]
pub trait FindsResource<R: Resource, Env> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The origin of the resource `R`.
    type Origin;
    /// The verdict on the walk for the resource `R`.
    type Verdict;
}

impl<Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore, R: Resource>
    FindsResource<R, ProofEnvOf<Pipe, Supplied, Parent>> for ProofCheck
{
    fn seal(_: Seal) {}

    type Origin = <<R::Identity as Digits>::SourceIn<ProofEnvOf<Pipe, Supplied, Parent>> as Source>::Origin;
    type Verdict = <Pipe::Steps as StepsProof>::Verdict<ResourceGoal<R>, Pipe, Supplied, Parent>;
}

/// The proof that a store can run the target `T`: a function from a store to [`Proven`], defined
/// where nothing is missing.
pub trait CanRun<T: Step>: AnyStore<ProofEnv: SatisfiesTarget<T>> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Always [`Proven`].
    type Witness;
}

// For any type, and not for `Store` and `Arc`: rustc would quote those impls in each error.
impl<T: Step, S: AnyStore<ProofEnv: SatisfiesTarget<T>>> CanRun<T> for S {
    fn seal(_: Seal) {}

    type Witness = Proven;
}

/// An environment in which the walk from the target `T` finds no mistake.
///
/// It is apart from [`CanRun`] because rustc caches the proof of a trait, but walks anew wherever
/// it computes a type that needs the walk. It is a trait of the environment, and not of the store,
/// so that a bound on the parent of a store can name it; see [`Opens`](crate::Opens).
// The message is that of `FindsTarget`, for bounds in which rustc does not descend to it.
#[diagnostic::on_unimplemented(
    message = "cannot prove here that the store can run `{T}`",
    label = "nothing in its type says so: add the bound `Runs<{T}>`, or for a scope made here, `Opens<Scope, HList![Supplied], {T}>`",
    note = "if a scope is made here, within a store `app` of any type, add the bound to that: `app: impl Opens<Scope, HList![Supplied], {T}>`, as `guide::web_services` does"
)]
pub trait SatisfiesTarget<T: Step> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

impl<T, Env> SatisfiesTarget<T> for Env
where
    T: Step,
    ProofCheck: FindsTarget<
            T,
            Env,
            Verdict: Verdict<
                Found: NoFindings<ProofQuery<TargetGoal<T>, Env>>,
                Provider: ProvidesTarget<T, Env>,
                Resources: IdentityMatches,
            >,
        >,
{
    fn seal(_: Seal) {}
}

/// The query for the resource `R` in the store `S`.
pub type ResourceQuery<R, S> = ProofQuery<ResourceGoal<R>, <S as AnyStore>::ProofEnv>;

/// A function from an environment to the verdict on the walk from a target.
///
/// It is defined on [`ProofEnvOf`], and is a trait of [`ProofCheck`] as [`FindsResource`] is.
#[diagnostic::on_unimplemented(
    message = "cannot prove here that the store can run `{T}`",
    label = "nothing in its type says so: add the bound `Runs<{T}>`, or for a scope made here, `Opens<Scope, HList![Supplied], {T}>`",
    note = "add a bound: `store: &impl Runs<{T}>`, or for a store that does more, `S: Runs<First> + Runs<{T}>`",
    note = "if a scope is made here, within a store `app` of any type, add the bound to that: `app: impl Opens<Scope, HList![Supplied], {T}>`, as `guide::web_services` does"
)]
pub trait FindsTarget<T: Step, Env> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The verdict on the walk from the target `T`.
    type Verdict;
}

impl<Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore, T: Step>
    FindsTarget<T, ProofEnvOf<Pipe, Supplied, Parent>> for ProofCheck
{
    fn seal(_: Seal) {}

    type Verdict = <T::Inputs as InputsProof>::Verdict<T, Pipe, Supplied, Parent>;
}
