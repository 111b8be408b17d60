//! Mistake: a target is not registered, or a resource is unknown.

use super::ProofCheck;
use crate::proof::check::identity::SameResource;
use crate::proof::env::ProofEnvOf;
use crate::proof::walk::source::{FromParent, FromStore, NoSource, NothingStored, ProvidedBy};
use crate::sealed::Seal;

/// The origin of the resource `Res` in the environment `Env`: there is one, and it is that
/// resource.
///
/// It is defined on origins. It is needed for a resource that the caller names, and no step does.
#[diagnostic::on_unimplemented(
    message = "cannot prove here that the store has `{Res}` or a step that provides it",
    label = "the type of the store is not known in full here",
    note = "accept any store that can provide it, `store: &impl Provides<{Res}>`, and ask with `fetch::<{Res}>(store)`"
)]
pub trait IsKnown<Res, Env> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

impl<Res, Pipe, Supplied, Parent> IsKnown<Res, ProofEnvOf<Pipe, Supplied, Parent>> for NoSource
where
    ProofCheck: KnownIn<Res, Pipe>,
{
    fn seal(_: Seal) {}
}

impl<Res, Env, Entered> IsKnown<Res, Env> for FromStore<Entered>
where
    ProofCheck: SameResource<Entered, Res>,
{
    fn seal(_: Seal) {}
}

impl<Res, Env, Entered> IsKnown<Res, Env> for FromParent<Entered>
where
    ProofCheck: SameResource<Entered, Res>,
{
    fn seal(_: Seal) {}
}

impl<Res, Env, Entered, Owner> IsKnown<Res, Env> for ProvidedBy<Entered, Owner>
where
    ProofCheck: SameResource<Entered, Res>,
{
    fn seal(_: Seal) {}
}

/// Never holds: the resource `Res` is unknown to a store of `Pipe`.
#[diagnostic::on_unimplemented(
    message = "no step of `{Pipe}` provides `{Res}`, and the store was not supplied with it",
    label = "`{Res}` is unknown here",
    note = "supply it, `let store = store.supply::<{Res}>(value);`, or register in `{Pipe}` a step that gives `Out<{Res}>`"
)]
pub trait KnownIn<Res, Pipe> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// The origin of the outputs of the target `Target` in the environment `Env`: that very step.
///
/// It is defined on origins. It is needed because the values of a target are in the store under its
/// own slot.
pub trait ProvidesTarget<Target, Env> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

impl<Target, Env> ProvidesTarget<Target, Env> for NothingStored {
    fn seal(_: Seal) {}
}

impl<Target, Pipe, Supplied, Parent> ProvidesTarget<Target, ProofEnvOf<Pipe, Supplied, Parent>> for NoSource
where
    ProofCheck: RegistersTarget<Target, Pipe>,
{
    fn seal(_: Seal) {}
}

impl<Target, Pipe, Supplied, Parent, Res, Owner> ProvidesTarget<Target, ProofEnvOf<Pipe, Supplied, Parent>>
    for ProvidedBy<Res, Owner>
where
    ProofCheck: TakesFrom<Target, Owner, Res, Pipe>,
{
    fn seal(_: Seal) {}
}

/// Never holds: the target `Target` is not registered in `Pipe`.
#[diagnostic::on_unimplemented(
    message = "step `{Target}` stores its outputs, and `{Pipe}` does not register it",
    label = "`{Target}` is not among the `Steps` of `{Pipe}`",
    note = "add `{Target}` to `type Steps` of `{Pipe}`"
)]
pub trait RegistersTarget<Target, Pipe> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

same_type! {
    /// Holds if the step from which `Pipe` takes the resource `Res`, `Owner`, is the target, which
    /// stores it.
    #[diagnostic::on_unimplemented(
        message = "step `{Target}` stores `{Res}`, which `{Pipe}` takes from `{Owner}`",
        label = "`{Target}` is not the step that provides `{Res}`",
        note = "run `{Owner}` instead, or register `{Target}` in its place"
    )]
    TakesFrom<Target, Owner, Res, Pipe>
}

/// Never holds: a value of the type `V` that is returned to the caller of `run` is stored as well.
pub trait StoresReturn<V> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
