//! Mistake: two resources have one identity.

use crate::proof::check::ProofCheck;
use crate::proof::check::findings::InMap;
use crate::proof::ids::trie::Trie;
use crate::proof::lists::{ResolvesTo, SoughtResources, TreePair};
use crate::proof::walk::source::{FromParent, FromStore, NoSource, ProvidedBy};
use crate::sealed::Seal;
use frunk_core::hlist::HNil;

/// A tree of origins, each of which is the resource that was sought.
///
/// It is defined on `HNil`, [`TreePair`] and [`ResolvesTo`], and on trees that are to be looked up,
/// [`InMap`]: rustc caches the proof of a trait, and so looks up the inputs of a pipeline once for
/// all targets.
pub trait IdentityMatches {
    #[doc(hidden)]
    fn seal(_: Seal);
}

impl IdentityMatches for HNil {
    fn seal(_: Seal) {}
}

impl<First: IdentityMatches, Second: IdentityMatches> IdentityMatches for TreePair<First, Second> {
    fn seal(_: Seal) {}
}

impl<Tree: SoughtResources<Origins<Map>: IdentityMatches>, Map: Trie> IdentityMatches for InMap<Tree, Map> {
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
