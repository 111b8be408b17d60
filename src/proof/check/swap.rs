//! Mistake: a step is replaced by one that does not fit.

use super::ProofCheck;
use crate::pipelines::{Pipeline, Steps};
use crate::proof::certificate::AnswerNo;
use crate::proof::check::conflict::NoConflicts;
use crate::proof::env::{ConflictsAmong, ProviderOf};
use crate::proof::ids::digits::{Digits, Equal, Greater, Less};
use crate::proof::ids::number::Number;
use crate::proof::ids::trie::Trie;
use crate::proof::kind::{Group, OfSteps, Replaced};
use crate::proof::lists::{OutputsProof, StepProof, StepsProof};
use crate::proof::walk::goal::Goal;
use crate::proof::walk::source::{NoSource, NothingStored, ProvidedBy, Source, SourceConflict};
use crate::proof::witness::IsStep;
use crate::sealed::Seal;
use crate::steps::Step;
use crate::store::parent::ParentStore;
use crate::store::supplied::SuppliedValues;
use core::marker::PhantomData;
use frunk_core::hlist::HNil;

/// The list `List`, in which `New` has replaced `Old` in the steps of `Pipe`.
///
/// It is that list, with one [conflict](SourceConflict) more: whether the replacement fits is
/// checked with everything else that is registered.
#[derive(Debug)]
pub struct Swapped<List, Old, New, Pipe>(PhantomData<(List, Old, New, Pipe)>);

// Otherwise rustc shows this impl where a pipeline has no list of steps.
#[diagnostic::do_not_recommend]
impl<List: StepsProof, Old: Step, New: Step, Pipe: Pipeline> StepsProof for Swapped<List, Old, New, Pipe> {
    fn seal(_: Seal) {}

    type Register<Map: Trie, Num: Number> = List::Register<Map, Num>;
    type Next<Num: Number> = List::Next<Num>;
    type Sought = List::Sought;
    type Repeats<Rest> = SourceConflict<
        <ProviderOf<Old, Pipe> as Source>::Origin,
        InPlaceOf<Old, New, Pipe, Old::Outputs, New::Outputs>,
        List::Repeats<Rest>,
    >;
    type Conflicts<In: Pipeline> = ConflictsAmong<Self, In>;
    type Findings<Sought: Goal, In: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> =
        List::Findings<Sought, In, Supplied, Parent>;
    type Verdict<Sought: Goal, In: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> =
        List::Verdict<Sought, In, Supplied, Parent>;
    type Locate<Identity: Digits> = List::Locate<Identity>;
    type SourceOf<Identity: Digits, In: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> =
        List::SourceOf<Identity, In, Supplied, Parent>;
    type IsComplete<Supplied: SuppliedValues, Parent: ParentStore> = AnswerNo;
    type Free<Supplied: SuppliedValues, Parent: ParentStore> = HNil;
}

impl<List, Old, New, Pipe> OfSteps for Swapped<List, Old, New, Pipe> {
    fn seal(_: Seal) {}

    type Kind = Group;
}

/// The step `New`, which replaces `Old` in `Pipe`: it conflicts with the origin of the outputs of
/// `Old`.
///
/// The outputs of both are parameters, and no bound looks them up: see [`check`](super).
#[derive(Debug)]
pub struct InPlaceOf<Old, New, Pipe, OldOutputs, NewOutputs>(PhantomData<(Old, New, Pipe, OldOutputs, NewOutputs)>);

impl<Origin, Old, New, Pipe, OldOutputs, NewOutputs, Rest: NoConflicts> NoConflicts
    for SourceConflict<Origin, InPlaceOf<Old, New, Pipe, OldOutputs, NewOutputs>, Rest>
where
    Origin: Replaceable<Old, Pipe>,
    ProofCheck: GivesSame<OldOutputs, NewOutputs, Old, New>,
{
    fn seal(_: Seal) {}
}

/// An element of a list of steps: the step `New`, which has replaced `Old` there.
///
/// It is registered under the outputs of `Old`. So if those of `New` are others, that is the only
/// mistake: no resource has lost its provider, and none has got a second one.
#[derive(Debug)]
pub struct InPlace<New, Old>(PhantomData<(New, Old)>);

impl<New, Old> OfSteps for InPlace<New, Old> {
    fn seal(_: Seal) {}

    type Kind = Replaced;
}

impl<New: IsStep, Old: Step> StepProof<Replaced> for InPlace<New, Old> {
    fn seal(_: Seal) {}

    type Register<Map: Trie, Num: Number> = <Old::Outputs as OutputsProof>::Provide<Map, New, Num>;
    type Next<Num: Number> = <New as StepProof>::Next<Num>;
    type Sought = <New as StepProof>::Sought;
    type Repeats<Rest> = <New as StepProof>::Repeats<Rest>;
    type Locate<Identity: Digits> = <Old::Outputs as OutputsProof>::Locate<Identity, New>;
}

/// The origin of the outputs of the step `Old`, which is to be replaced: that very step, and it
/// stores some.
///
/// It is defined on origins.
pub trait Replaceable<Old, Pipe> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

impl<Old, Pipe> Replaceable<Old, Pipe> for NothingStored
where
    ProofCheck: IsNeeded<Old>,
{
    fn seal(_: Seal) {}
}

impl<Old, Pipe> Replaceable<Old, Pipe> for NoSource
where
    ProofCheck: RegistersReplaced<Old, Pipe>,
{
    fn seal(_: Seal) {}
}

impl<Old, Pipe, Res, Owner> Replaceable<Old, Pipe> for ProvidedBy<Res, Owner>
where
    ProofCheck: ReplacesProvider<Old, Owner, Res, Pipe>,
{
    fn seal(_: Seal) {}
}

/// Never holds: the step `Old`, which is to be replaced, is not registered in `Pipe`.
#[diagnostic::on_unimplemented(
    message = "`{Old}` is no step of `{Pipe}`, so it cannot be replaced",
    label = "`{Old}` is not among the `Steps` of `{Pipe}`",
    note = "name a step of `{Pipe}` first, and then its replacement: `Swap<{Pipe}, Old, New>`"
)]
pub trait RegistersReplaced<Old, Pipe> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

same_type! {
    /// Holds if the step from which `Pipe` takes the resource `Res`, `Owner`, is the step that is
    /// to be replaced.
    #[diagnostic::on_unimplemented(
        message = "`{Old}` is no step of `{Pipe}`, so it cannot be replaced",
        label = "`{Pipe}` takes `{Res}` from `{Owner}`",
        note = "name a step of `{Pipe}` first, and then its replacement: `Swap<{Pipe}, {Owner}, {Old}>`"
    )]
    ReplacesProvider<Old, Owner, Res, Pipe>
}

/// Never holds: the step `Old`, which stores nothing, is needed by a step.
#[diagnostic::on_unimplemented(
    message = "step `{Old}` stores nothing, so no step needs it and none can be put in its place",
    label = "`{Old}` runs only where it is called",
    note = "call another step instead: `run::<Stub>(&store)`"
)]
pub trait IsNeeded<Old> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

same_type! {
    /// Holds if the outputs of the step `Old` and those of the step `New` are one list.
    #[diagnostic::on_unimplemented(
        message = "step `{New}` gives other outputs than `{Old}`, the step that it replaces",
        label = "`{New}` cannot replace `{Old}`",
        note = "let `{New}` give the outputs of `{Old}`, in the same order"
    )]
    GivesSame<OldOutputs, NewOutputs, Old, New>
}

/// The decision of a comparison in a list of steps in which one is replaced.
pub trait SwapDecision {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// `Replacement`, if `Kept` stores what the replaced step stores, or else `Kept`.
    type Swap<Replacement: Steps, Kept: Steps>: Steps;
}

impl SwapDecision for Equal {
    fn seal(_: Seal) {}

    type Swap<Replacement: Steps, Kept: Steps> = Replacement;
}

impl SwapDecision for Less {
    fn seal(_: Seal) {}

    type Swap<Replacement: Steps, Kept: Steps> = Kept;
}

impl SwapDecision for Greater {
    fn seal(_: Seal) {}

    type Swap<Replacement: Steps, Kept: Steps> = Kept;
}
