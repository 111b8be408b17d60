//! Findings: the list in which a walk collects the mistakes.

use crate::pipelines::Pipeline;
use crate::proof::env::SoughtBy;
use crate::proof::ids::digits::{Digits, Equal, Greater, Less};
use crate::proof::ids::trie::Trie;
use crate::proof::lists::TreePair;
use crate::proof::walk::Path;
use crate::proof::walk::goal::{Goal, RequestedResources};
use crate::proof::walk::source::NothingStored;
use crate::proof::witness::IsResource;
use crate::sealed::Seal;
use crate::store::parent::ParentStore;
use core::marker::PhantomData;
use frunk_core::hlist::HNil;

/// A list of findings: the functions by which a walk adds to it.
///
/// It is defined on [`NoMore`], [`MissingInput`] and [`CycleFound`]. It is needed because the walk
/// goes on after a finding, so that all errors are reported at once.
pub trait Findings {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The list with the missing resource `Res`, which `By` needs: [`NeededBy`] a step, or by an
    /// [`OptionalProvider`]. Each missing resource is in it once.
    type Missing<Res: IsResource, By>: Findings;
    /// The list with the cycle `Cycle`.
    type Cycle<Cycle: Path>: Findings;
    /// The list with the resource `Res`, which the parent store has to provide. Each is in it once.
    type FromParent<Res: IsResource>: Findings;
    /// The list, and then the findings in the store `Parent` for the resources that it has to
    /// provide.
    type WithParent<Parent: ParentStore>;
    /// The [`VerdictOn`] these findings, of the walk for the goal `Sought` in a store of `Pipe`.
    /// It has the map `Map` and reads from `Parent`.
    type Verdict<Sought: Goal, Pipe: Pipeline, Map: Trie, Parent: ParentStore>;
}

/// No further finding. The parent store has to provide the resources `Requested`.
#[derive(Debug)]
pub struct NoMore<Requested = HNil>(PhantomData<Requested>);

/// The resource `Res`, which `By` needs, has no source. `Rest` are further findings.
#[derive(Debug)]
pub struct MissingInput<Res, By, Rest>(PhantomData<(Res, By, Rest)>);

/// The steps of `Cycle` need each other. `Rest` are further findings.
#[derive(Debug)]
pub struct CycleFound<Cycle, Rest>(PhantomData<(Cycle, Rest)>);

/// The findings `Found` in the parent store, for the query `Query`.
#[derive(Debug)]
pub struct FoundInParent<Found, Query>(PhantomData<(Found, Query)>);

/// The resources of the tree `Tree`, which are sought in the map `Map`.
#[derive(Debug)]
pub struct InMap<Tree, Map>(PhantomData<(Tree, Map)>);

/// All that a walk hands to the checks: its findings; and, if it has none, the origin of the
/// outputs of the target, and a tree of all resources [in a map](InMap).
#[derive(Debug)]
pub struct VerdictOn<Found, Provider, Resources>(PhantomData<(Found, Provider, Resources)>);

/// A verdict: a function to its parts.
///
/// It is defined on [`VerdictOn`]. It is needed because each part is checked by a bound of its own,
/// and an error quotes only this part.
#[diagnostic::on_unimplemented(
    message = "cannot prove here that the store can provide everything the target needs",
    label = "the type of the store is not known in full here",
    note = "accept any store that can: `store: &impl Runs<Target>`, or for a resource `store: &impl Provides<Resource>`"
)]
pub trait Verdict {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The findings, of the store and of its parent.
    type Found;
    /// The origin of the outputs of the target.
    type Provider;
    /// The inputs of all steps, and the inputs and outputs of the target.
    type Resources;
}

impl<Found, Provider, Resources> Verdict for VerdictOn<Found, Provider, Resources> {
    fn seal(_: Seal) {}

    type Found = Found;
    type Provider = Provider;
    type Resources = Resources;
}

/// The step `Owner`, which needs a resource.
#[derive(Debug)]
pub struct NeededBy<Owner>(PhantomData<Owner>);

/// The step `Owner`, which needs a resource. It need not be registered: it provides `Offered`, and
/// the step that takes that can do without it.
#[derive(Debug)]
pub struct OptionalProvider<Owner, Offered>(PhantomData<(Owner, Offered)>);

impl<Requested: RequestedResources> Findings for NoMore<Requested> {
    fn seal(_: Seal) {}

    type Missing<Res: IsResource, By> = MissingInput<Res, By, Self>;
    type Cycle<Cycle: Path> = CycleFound<Cycle, Self>;
    type FromParent<Res: IsResource> = NoMore<Requested::And<Res>>;
    type WithParent<Parent: ParentStore> = Parent::Findings<Requested>;
    type Verdict<Sought: Goal, Pipe: Pipeline, Map: Trie, Parent: ParentStore> = VerdictOn<
        Parent::Findings<Requested>,
        Sought::Provider<Pipe>,
        TreePair<TreePair<InMap<Sought::Sought, Map>, InMap<SoughtBy<Pipe>, Map>>, Parent::Inputs>,
    >;
}

impl<First: IsResource, FirstBy, Rest: Findings> Findings for MissingInput<First, FirstBy, Rest> {
    fn seal(_: Seal) {}

    type Missing<Res: IsResource, By> =
        <<Res::CheckedIdentity as Digits>::Compare<First::CheckedIdentity> as MissingDecision>::Missing<
            Res,
            By,
            First,
            FirstBy,
            Rest,
        >;
    type Cycle<Cycle: Path> = MissingInput<First, FirstBy, Rest::Cycle<Cycle>>;
    type FromParent<Res: IsResource> = MissingInput<First, FirstBy, Rest::FromParent<Res>>;
    type WithParent<Parent: ParentStore> = MissingInput<First, FirstBy, Rest::WithParent<Parent>>;
    type Verdict<Sought: Goal, Pipe: Pipeline, Map: Trie, Parent: ParentStore> =
        VerdictOn<Self::WithParent<Parent>, NothingStored, HNil>;
}

impl<First: Path, Rest: Findings> Findings for CycleFound<First, Rest> {
    fn seal(_: Seal) {}

    type Missing<Res: IsResource, By> = CycleFound<First, Rest::Missing<Res, By>>;
    type Cycle<Cycle: Path> = CycleFound<First, Rest::Cycle<Cycle>>;
    type FromParent<Res: IsResource> = CycleFound<First, Rest::FromParent<Res>>;
    type WithParent<Parent: ParentStore> = CycleFound<First, Rest::WithParent<Parent>>;
    type Verdict<Sought: Goal, Pipe: Pipeline, Map: Trie, Parent: ParentStore> =
        VerdictOn<Self::WithParent<Parent>, NothingStored, HNil>;
}

/// The decision of a comparison in a list of findings.
pub trait MissingDecision {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// `First`, then `Rest`, with the missing resource `Res` added to `Rest` unless it is `First`.
    type Missing<Res: IsResource, By, First: IsResource, FirstBy, Rest: Findings>: Findings;
}

impl MissingDecision for Equal {
    fn seal(_: Seal) {}

    type Missing<Res: IsResource, By, First: IsResource, FirstBy, Rest: Findings> = MissingInput<First, FirstBy, Rest>;
}

impl MissingDecision for Less {
    fn seal(_: Seal) {}

    type Missing<Res: IsResource, By, First: IsResource, FirstBy, Rest: Findings> =
        MissingInput<First, FirstBy, Rest::Missing<Res, By>>;
}

impl MissingDecision for Greater {
    fn seal(_: Seal) {}

    type Missing<Res: IsResource, By, First: IsResource, FirstBy, Rest: Findings> =
        MissingInput<First, FirstBy, Rest::Missing<Res, By>>;
}
