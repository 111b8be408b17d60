//! Findings: the list in which a walk collects the mistakes.

use crate::proof::ids::digits::{Digits, Equal, Greater, Less};
use crate::proof::walk::Path;
use crate::proof::walk::goal::RequestedResources;
use crate::proof::witness::IsResource;
use crate::sealed::Seal;
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
}

impl<First: Path, Rest: Findings> Findings for CycleFound<First, Rest> {
    fn seal(_: Seal) {}

    type Missing<Res: IsResource, By> = CycleFound<First, Rest::Missing<Res, By>>;
    type Cycle<Cycle: Path> = CycleFound<First, Rest::Cycle<Cycle>>;
    type FromParent<Res: IsResource> = CycleFound<First, Rest::FromParent<Res>>;
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
