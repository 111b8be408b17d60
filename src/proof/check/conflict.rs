//! Mistake: two steps provide one resource, or a step lists one twice.

use super::ProofCheck;
use crate::pipelines::{Pipeline, StepList};
use crate::proof::check::NeverMatches;
use crate::proof::lists::StepsProof;
use crate::proof::walk::source::{ListedBy, ProvidedBy, SourceConflict};
use crate::proof::witness::Proven;
use crate::sealed::Seal;
use crate::store::parent::Scoped;

/// A pipeline whose registration is right: no resource has two providers, no step lists one twice,
/// and every replaced step fits.
pub trait ValidPipeline: WithoutConflicts {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// That of its list of steps; see [`witness`](crate::proof::witness).
    type Witness;
}

impl<P: WithoutConflicts> ValidPipeline for P {
    fn seal(_: Seal) {}

    type Witness = <P::Steps as StepList>::Witness;
}

/// A valid pipeline whose stores are scopes.
pub trait ValidScope: ValidPipeline + Scoped {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Always [`Proven`].
    type Witness;
}

impl<P: ValidPipeline + Scoped> ValidScope for P {
    fn seal(_: Seal) {}

    type Witness = Proven;
}

/// A pipeline without conflicts.
///
/// It is apart from [`ValidPipeline`] for the reason that
/// [`SatisfiesTarget`](super::store::SatisfiesTarget) has.
pub trait WithoutConflicts: Pipeline {
    #[doc(hidden)]
    fn seal(_: Seal);
}

impl<P: Pipeline> WithoutConflicts for P
where
    ConflictsOf<P>: NoConflicts,
{
    fn seal(_: Seal) {}
}

/// The conflicts among the steps of the pipeline `P`.
pub type ConflictsOf<P> = <<P as Pipeline>::Steps as StepsProof>::Conflicts<P>;

/// A list of conflicts, each of which turns out to be none.
///
/// It is defined on [`AllListed`] and [`SourceConflict`]. It is needed because the map joins equal
/// identities without an error, and a step that is reached through two groups is no mistake.
#[diagnostic::on_unimplemented(
    message = "cannot prove here that no two steps of the pipeline provide one resource",
    label = "the steps are not known in full here",
    note = "make the store where they are, and accept any that can run the target: `store: &impl Runs<Target>`"
)]
pub trait NoConflicts {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// The end of a list of conflicts.
#[derive(Debug)]
pub struct AllListed;

impl NoConflicts for AllListed {
    fn seal(_: Seal) {}
}

impl<First, A, Second, B, Rest: NoConflicts> NoConflicts
    for SourceConflict<ProvidedBy<First, A>, ProvidedBy<Second, B>, Rest>
where
    ProofCheck: OneIdentity<First, Second, A, B, Reporter: SameStep<A, B, First>>,
{
    fn seal(_: Seal) {}
}

impl<First, Second, Owner, Rest: NoConflicts> NoConflicts
    for SourceConflict<ListedBy<First, Owner>, ListedBy<Second, Owner>, Rest>
where
    ProofCheck: ListedOnce<First, Second, Owner>,
{
    fn seal(_: Seal) {}
}

/// Holds if `First`, which the step `A` provides, and `Second`, which the step `B` provides, are
/// one resource.
#[diagnostic::on_unimplemented(
    message = "`{First}` and `{Second}` have the same identity",
    label = "two resources with one identity are registered here",
    note = "give one of them another name, or another identity: `type Identity = identity!(\"a name of its own\")`"
)]
pub trait OneIdentity<First, Second, A, B> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The type that checks the steps, if the resources are one.
    type Reporter;
}

#[diagnostic::do_not_recommend]
impl<Same, A, B> OneIdentity<Same, Same, A, B> for ProofCheck {
    fn seal(_: Seal) {}

    type Reporter = ProofCheck;
}

#[diagnostic::do_not_recommend]
impl OneIdentity<NeverMatches, ProofCheck, NeverMatches, NeverMatches> for ProofCheck {
    fn seal(_: Seal) {}

    type Reporter = ProofCheck;
}

same_type! {
    /// Holds if the steps `A` and `B`, which provide the resource `Res`, are one.
    #[diagnostic::on_unimplemented(
        message = "`{Res}` is provided by two steps, `{A}` and `{B}`",
        label = "both providers of `{Res}` are registered here",
        note = "register one of them, or let one provide a resource of its own"
    )]
    SameStep<A, B, Res>
}

/// Never holds: the step `Owner` lists `First` and `Second` under one identity. Either they are two
/// resources, or one that is listed twice.
#[diagnostic::on_unimplemented(
    message = "`{First}` and `{Second}` have the same identity",
    label = "step `{Owner}`, which lists both, is registered here",
    note = "give one of them another name, or another identity: `type Identity = identity!(\"a name of its own\")`"
)]
pub trait ListedOnce<First, Second, Owner> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

impl<Same, Owner> ListedOnce<Same, Same, Owner> for ProofCheck
where
    ProofCheck: ListsOnce<Same, Owner>,
{
    fn seal(_: Seal) {}
}

/// Never holds: the step `Owner` lists the resource `Res` twice.
#[diagnostic::on_unimplemented(
    message = "step `{Owner}` lists `{Res}` twice",
    label = "`{Owner}` is registered here",
    note = "name each resource once in `Inputs`, and once in `Outputs`"
)]
pub trait ListsOnce<Res, Owner> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
