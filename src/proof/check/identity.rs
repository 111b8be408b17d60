//! Mistake: two resources have one identity.

use crate::pipeline::Pipeline;
use crate::proof::check::ProofCheck;
use crate::proof::env::{OriginsOf, ProofEnvOf, SourcesOf};
use crate::proof::lists::{OriginPair, ResolvesTo};
use crate::proof::walk::source::{FromParent, FromStore, NoSource, ProvidedBy};
use crate::sealed::Seal;
use crate::store::parent::ParentStore;
use crate::store::supplied::SuppliedValues;
use frunk_core::hlist::HNil;

/// An environment in which every input of every step is the resource that the step means.
///
/// It is defined on [`ProofEnvOf`]. It is a trait of its own because it is the same for all
/// targets: rustc caches the proof of a trait, and so proves it once for all of them.
pub trait InputsMatch {
    #[doc(hidden)]
    fn seal(_: Seal);
}

impl<Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> InputsMatch for ProofEnvOf<Pipe, Supplied, Parent>
where
    OriginsOf<Pipe, SourcesOf<Pipe, Supplied, Parent>>: IdentityMatches,
{
    fn seal(_: Seal) {}
}

/// A tree of origins, each of which is the resource that was sought.
///
/// It is defined on `HNil`, [`OriginPair`] and [`ResolvesTo`].
pub trait IdentityMatches {
    #[doc(hidden)]
    fn seal(_: Seal);
}

impl IdentityMatches for HNil {
    fn seal(_: Seal) {}
}

impl<First: IdentityMatches, Second: IdentityMatches> IdentityMatches for OriginPair<First, Second> {
    fn seal(_: Seal) {}
}

impl<Res, Origin: OriginMatches<Res>> IdentityMatches for ResolvesTo<Res, Origin> {
    fn seal(_: Seal) {}
}

/// The origin of the resource `Res` in a map: it names that resource.
///
/// It is defined on origins. It is needed because an identity is a hash, and a hash may clash.
pub trait OriginMatches<Res> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

impl<Res> OriginMatches<Res> for NoSource {
    fn seal(_: Seal) {}
}

impl<Res, Entered> OriginMatches<Res> for FromStore<Entered>
where
    ProofCheck: SameResource<Entered, Res>,
{
    fn seal(_: Seal) {}
}

impl<Res, Entered> OriginMatches<Res> for FromParent<Entered>
where
    ProofCheck: SameResource<Entered, Res>,
{
    fn seal(_: Seal) {}
}

impl<Res, Entered, Owner> OriginMatches<Res> for ProvidedBy<Entered, Owner>
where
    ProofCheck: SameResource<Entered, Res>,
{
    fn seal(_: Seal) {}
}

same_type! {
    /// Holds if `Entered` and `Sought`, which have the same identity, are one resource.
    #[diagnostic::on_unimplemented(
        message = "`{Entered}` and `{Sought}` have the same identity",
        label = "these two resources meet here",
        note = "give one of them another name, or another identity: `type Identity = identity!(\"a name of its own\")`"
    )]
    SameResource<Entered, Sought>
}
