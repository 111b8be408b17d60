//! Mistake: a step needs a resource that has no source.

use super::ProofCheck;
use crate::sealed::Seal;
use core::marker::PhantomData;

/// Reports that the resource `Res`, which the step `By` needs, has no source in a store of `Pipe`.
///
/// It is defined on [`ProofCheck`], [`ReporterInScope`] and [`ReporterForChild`]. It is needed to
/// choose the text by the other stores in which the resource could be.
pub trait ReportsMissing<Res, By, Pipe> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// The reporter of a store that is a scope of a store of `Parent`.
#[derive(Debug)]
pub struct ReporterInScope<Parent>(PhantomData<Parent>);

/// The reporter of a store of which a child store requests a resource.
#[derive(Debug)]
pub struct ReporterForChild;

impl<Res, By, Pipe> ReportsMissing<Res, By, Pipe> for ProofCheck
where
    ProofCheck: HasProvider<Res, By, Pipe>,
{
    fn seal(_: Seal) {}
}

impl<Res, By, Pipe, Parent> ReportsMissing<Res, By, Pipe> for ReporterInScope<Parent>
where
    ProofCheck: HasProviderInScope<Res, By, Pipe, Parent>,
{
    fn seal(_: Seal) {}
}

impl<Res, By, Pipe> ReportsMissing<Res, By, Pipe> for ReporterForChild
where
    ProofCheck: HasProviderInParent<Res, By, Pipe>,
{
    fn seal(_: Seal) {}
}

/// Reports a resource that is missing in a pipeline that runs for each element of a collection.
#[derive(Debug)]
pub struct ReporterForElement;

impl<Res, By, Pipe> ReportsMissing<Res, By, Pipe> for ReporterForElement
where
    ProofCheck: HasProviderForElement<Res, By, Pipe>,
{
    fn seal(_: Seal) {}
}

/// Never holds: the resource `Res`, which the step `By` needs, has no source in `Pipe`, which runs
/// for each element of a collection.
#[diagnostic::on_unimplemented(
    message = "step `{By}` needs `{Res}`, but no step of `{Pipe}` provides it and `{Pipe}` does not take it from outside",
    label = "`{Res}` is missing for each element",
    note = "let `{Pipe}` take it, `type Takes = HList![{Res}]`, or register in `{Pipe}` a step that gives `Out<{Res}>`"
)]
pub trait HasProviderForElement<Res, By, Pipe> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// Never holds: the resource `Res`, which the step `By` needs, has no source in a store of `Pipe`.
#[diagnostic::on_unimplemented(
    message = "step `{By}` needs `{Res}`, but no step of `{Pipe}` provides it and the store was not supplied with it",
    label = "`{Res}` is missing in the type of this store",
    note = "supply it, `let store = store.supply::<{Res}>(value);`, or register in `{Pipe}` a step that gives `Out<{Res}>`",
    note = "if the store is a field or a parameter, write what it holds: `StoreOf<{Pipe}, HList![{Res}]>`, or accept `&impl Runs<Target>`",
    note = "if `{Pipe}` is a scope, create its store with `Store::<{Pipe}>::within(&parent)`, and not with `new`; if `{Res}` belongs to a scope of `{Pipe}`, run in a store of that scope"
)]
pub trait HasProvider<Res, By, Pipe> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// Never holds: the resource `Res`, which the step `By` needs, has no source in a store of `Pipe`,
/// nor in its parent, a store of `Parent`.
#[diagnostic::on_unimplemented(
    message = "step `{By}` needs `{Res}`, but no step of `{Pipe}` or of its parent `{Parent}` provides it, and neither store was supplied with it",
    label = "`{Res}` is missing",
    note = "supply it, `let store = store.supply::<{Res}>(value);`, or register a step that gives `Out<{Res}>`: in `{Parent}`, once for all scopes, or in `{Pipe}`, for each"
)]
pub trait HasProviderInScope<Res, By, Pipe, Parent> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// Never holds: the resource `Res`, which the step `By` needs, has no source in a store of `Pipe`,
/// which is the parent of another.
#[diagnostic::on_unimplemented(
    message = "step `{By}` needs `{Res}`, but no step of `{Pipe}` provides it and the type of its store does not say that it was supplied",
    label = "`{Res}` is missing in the store of `{Pipe}`",
    note = "if it was supplied elsewhere, write so in the type of that store: `StoreOf<{Pipe}, HList![{Res}]>`, also in an `Arc`",
    note = "otherwise supply it to the store of `{Pipe}`, or register in `{Pipe}` a step that gives `Out<{Res}>`; the steps of `{Pipe}` never see the values of a scope"
)]
pub trait HasProviderInParent<Res, By, Pipe> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// Never holds: the resource `Res` has no source in a store of `Pipe`; the step `By` needs it,
/// which provides `Offered` to steps that can do without that.
#[diagnostic::on_unimplemented(
    message = "step `{By}`, which is registered to provide the optional `{Offered}`, needs `{Res}`, but no step of `{Pipe}` provides it and the store was not supplied with it",
    label = "`{Res}` is missing",
    note = "supply it, `let store = store.supply::<{Res}>(value);`, or do not register `{By}`: without a provider, an `Option` of `{Offered}` is `None`"
)]
pub trait HasProviderForOptional<Res, By, Offered, Pipe> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
