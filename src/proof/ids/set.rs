//! A set on the level of types: the resources that one list of a step names, in which repetition
//! shows.
//!
//! It is a search tree of identities. Identities are hashes, so the tree is as deep as one of
//! random numbers. For a few resources it costs less than a [`Trie`](super::trie), and for many it
//! is not deep. A list may name hundreds.

use crate::proof::ids::digits::{Digits, Equal, Greater, Less};
use crate::proof::walk::source::{ListedBy, SourceConflict};
use crate::proof::witness::IsResource;
use crate::sealed::Seal;
use core::marker::PhantomData;

/// A set of the resources that the step `Owner` lists.
///
/// It is defined on [`EmptyResourceSet`], [`SetNode`] and [`ListedTwice`]. It is needed because a
/// list cannot be compared with itself pair by pair: a hundred inputs would exceed the recursion
/// limit.
pub trait ResourceSet<Owner> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The set with the resource `R`, or with the note that it is there already.
    type With<R: IsResource>: ResourceSet<Owner>;
    /// A [`SourceConflict`] for each note, before those in `Rest`.
    type Conflicts<Rest>;
}

/// The set without a resource.
#[derive(Debug)]
pub struct EmptyResourceSet;

/// The resource `Res`, those before it, and those after it.
#[derive(Debug)]
pub struct SetNode<Res, Before, After>(PhantomData<(Res, Before, After)>);

/// The set `Set`, with the note that a step lists `Res` and then `Again`, which has its identity.
#[derive(Debug)]
pub struct ListedTwice<Res, Again, Set>(PhantomData<(Res, Again, Set)>);

impl<Owner> ResourceSet<Owner> for EmptyResourceSet {
    fn seal(_: Seal) {}

    type With<R: IsResource> = SetNode<R, EmptyResourceSet, EmptyResourceSet>;
    type Conflicts<Rest> = Rest;
}

impl<Owner, Res: IsResource, Before: ResourceSet<Owner>, After: ResourceSet<Owner>> ResourceSet<Owner>
    for SetNode<Res, Before, After>
{
    fn seal(_: Seal) {}

    type With<R: IsResource> = <<R::CheckedIdentity as Digits>::Compare<Res::CheckedIdentity> as SetDecision>::Insert<
        Owner,
        R,
        Res,
        Before,
        After,
    >;
    type Conflicts<Rest> = Before::Conflicts<After::Conflicts<Rest>>;
}

impl<Owner, Res, Again, Set: ResourceSet<Owner>> ResourceSet<Owner> for ListedTwice<Res, Again, Set> {
    fn seal(_: Seal) {}

    type With<R: IsResource> = ListedTwice<Res, Again, Set::With<R>>;
    type Conflicts<Rest> = SourceConflict<ListedBy<Res, Owner>, ListedBy<Again, Owner>, Set::Conflicts<Rest>>;
}

/// The decision of a comparison at a node of a set.
pub trait SetDecision {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// `New` goes among the resources before `Res` or those after it, or is noted as listed twice.
    type Insert<Owner, New: IsResource, Res: IsResource, Before: ResourceSet<Owner>, After: ResourceSet<Owner>>: ResourceSet<Owner>;
}

impl SetDecision for Less {
    fn seal(_: Seal) {}

    type Insert<Owner, New: IsResource, Res: IsResource, Before: ResourceSet<Owner>, After: ResourceSet<Owner>> =
        SetNode<Res, Before::With<New>, After>;
}

impl SetDecision for Equal {
    fn seal(_: Seal) {}

    type Insert<Owner, New: IsResource, Res: IsResource, Before: ResourceSet<Owner>, After: ResourceSet<Owner>> =
        ListedTwice<Res, New, SetNode<Res, Before, After>>;
}

impl SetDecision for Greater {
    fn seal(_: Seal) {}

    type Insert<Owner, New: IsResource, Res: IsResource, Before: ResourceSet<Owner>, After: ResourceSet<Owner>> =
        SetNode<Res, Before, After::With<New>>;
}

#[cfg(test)]
mod tests {
    use super::{EmptyResourceSet, ResourceSet};
    use crate::proof::testing::same;
    use crate::proof::walk::source::{ListedBy, SourceConflict};

    crate::resource! { A: (); B: (); C: (); D: (); }

    struct Owner;
    type With<Set, R> = <Set as ResourceSet<Owner>>::With<R>;
    type Four = With<With<With<With<EmptyResourceSet, A>, B>, C>, D>;
    type Conflicts<Set> = <Set as ResourceSet<Owner>>::Conflicts<()>;
    type Twice<R, Rest> = SourceConflict<ListedBy<R, Owner>, ListedBy<R, Owner>, Rest>;

    #[test]
    fn different_resources_have_no_conflict() {
        assert!(same::<Conflicts<Four>, ()>() && same::<Conflicts<EmptyResourceSet>, ()>());
    }

    #[test]
    fn each_repetition_is_one_conflict() {
        assert!(same::<Conflicts<With<Four, C>>, Twice<C, ()>>());
        assert!(same::<Conflicts<With<Four, A>>, Twice<A, ()>>());
        type Repeated = Conflicts<With<With<Four, B>, B>>;
        assert!(same::<Repeated, Twice<B, Twice<B, ()>>>());
    }
}
