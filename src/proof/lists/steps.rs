//! The proof of a list of steps.

use super::{InputsProof, OutputsProof, SoughtResources, TreePair};
use crate::pipelines::Pipeline;
use crate::proof::certificate::{AnswerNo, CertificateAnswer};
use crate::proof::check::findings::Findings;
use crate::proof::env::{ConflictsAmong, SourcesOf};
use crate::proof::ids::digits::Digits;
use crate::proof::ids::number::Number;
use crate::proof::ids::set::{EmptyResourceSet, ResourceSet};
use crate::proof::ids::trie::{Find, Trie};
use crate::proof::kind::{Group, OfSteps, Single};
use crate::proof::walk::goal::Goal;
use crate::proof::walk::source::{NoSource, Source};
use crate::proof::witness::IsStep;
use crate::sealed::Seal;
use crate::steps::Step;
use crate::store::parent::ParentStore;
use crate::store::supplied::SuppliedValues;
use frunk_core::hlist::{HCons, HNil};

/// The steps of a pipeline: the functions by which the map of providers and the checks read them.
///
/// It is defined on `HNil`, `HCons`, and the list of a [`Swap`](crate::Swap). It is needed because
/// a pipeline is a list, and a proof needs a map.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of steps",
    label = "not a list of steps",
    note = "write a list, even of one: `HList![Divide]`"
)]
pub trait StepsProof: OfSteps<Kind = Group> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The map `Map` with these steps registered, from number `Num` on.
    type Register<Map: Trie, Num: Number>: Trie;
    /// The number after these steps.
    type Next<Num: Number>: Number;
    /// The inputs of these steps, as a tree of [`Sought`](super::Sought).
    type Sought: SoughtResources;
    /// The resources that one of these steps lists twice, as [conflicts], before `Rest`.
    ///
    /// [conflicts]: crate::proof::walk::source::Source::Conflicts
    type Repeats<Rest>;
    /// The conflicts among these steps of `Pipe`.
    type Conflicts<Pipe: Pipeline>;
    /// The findings of the walk for the goal `Sought` among these steps of `Pipe`.
    type Findings<Sought: Goal, Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore>: Findings;
    /// The verdict on these findings; see [`InputsProof::Verdict`].
    type Verdict<Sought: Goal, Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore>;
    /// The source of the identity `Identity` among these steps, found without a map.
    type Locate<Identity: Digits>: Source;
    /// The source of the identity `Identity` in a store of `Pipe`, whose steps these are.
    type SourceOf<Identity: Digits, Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore>: Source;
    /// Whether a store of these steps can run each of them, by their
    /// [certificate](crate::proof::certificate).
    type IsComplete<Supplied: SuppliedValues, Parent: ParentStore>: CertificateAnswer;
    /// The sources of the free resources, as a tree of [`ResolvesTo`](super::ResolvesTo).
    type Free<Supplied: SuppliedValues, Parent: ParentStore>;
}

#[diagnostic::do_not_recommend]
impl StepsProof for HNil {
    fn seal(_: Seal) {}

    type Register<Map: Trie, Num: Number> = Map;
    type Next<Num: Number> = Num;
    type Sought = HNil;
    type Repeats<Rest> = Rest;
    type Conflicts<Pipe: Pipeline> = ConflictsAmong<Self, Pipe>;
    type Findings<Sought: Goal, Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> =
        Supplied::Findings<Sought, Pipe, Parent>;
    type Verdict<Sought: Goal, Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> =
        Supplied::Verdict<Sought, Pipe, Parent>;
    type Locate<Identity: Digits> = NoSource;
    type SourceOf<Identity: Digits, Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> =
        Find<SourcesOf<Pipe, Supplied, Parent>, Identity>;
    type IsComplete<Supplied: SuppliedValues, Parent: ParentStore> = AnswerNo;
    type Free<Supplied: SuppliedValues, Parent: ParentStore> = HNil;
}

impl<Head: StepProof, Tail: StepsProof> StepsProof for HCons<Head, Tail> {
    fn seal(_: Seal) {}

    type Register<Map: Trie, Num: Number> = Tail::Register<Head::Register<Map, Num>, Head::Next<Num>>;
    type Next<Num: Number> = Tail::Next<Head::Next<Num>>;
    type Sought = TreePair<Head::Sought, Tail::Sought>;
    type Repeats<Rest> = Head::Repeats<Tail::Repeats<Rest>>;
    type Conflicts<Pipe: Pipeline> = ConflictsAmong<Self, Pipe>;
    type Findings<Sought: Goal, Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> =
        Supplied::Findings<Sought, Pipe, Parent>;
    type Verdict<Sought: Goal, Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> =
        Supplied::Verdict<Sought, Pipe, Parent>;
    type Locate<Identity: Digits> = <Head::Locate<Identity> as Source>::OrAmong<Identity, Tail>;
    type SourceOf<Identity: Digits, Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> =
        Find<SourcesOf<Pipe, Supplied, Parent>, Identity>;
    type IsComplete<Supplied: SuppliedValues, Parent: ParentStore> = AnswerNo;
    type Free<Supplied: SuppliedValues, Parent: ParentStore> = HNil;
}

/// One element of a list of steps, of the kind `Kind`: a step, or a list of them.
pub trait StepProof<Kind = <Self as OfSteps>::Kind>: OfSteps {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// See [`StepsProof::Register`].
    type Register<Map: Trie, Num: Number>: Trie;
    /// See [`StepsProof::Next`].
    type Next<Num: Number>: Number;
    /// See [`StepsProof::Sought`].
    type Sought: SoughtResources;
    /// See [`StepsProof::Repeats`].
    type Repeats<Rest>;
    /// See [`StepsProof::Locate`].
    type Locate<Identity: Digits>: Source;
}

impl<S: IsStep> StepProof<Single> for S {
    fn seal(_: Seal) {}

    type Register<Map: Trie, Num: Number> = <S::CheckedOutputs as OutputsProof>::Provide<Map, S, Num>;
    type Next<Num: Number> = Num::Next;
    type Sought = <S::Inputs as InputsProof>::Sought;
    type Repeats<Rest> = <InputsOf<S> as ResourceSet<S>>::Conflicts<<OutputsOf<S> as ResourceSet<S>>::Conflicts<Rest>>;
    type Locate<Identity: Digits> = <S::CheckedOutputs as OutputsProof>::Locate<Identity, S>;
}

/// The inputs of the step `S`, as a set in which repetition shows.
type InputsOf<S> = <<S as Step>::Inputs as InputsProof>::List<S, EmptyResourceSet>;
/// The outputs of the step `S`, as a set in which repetition shows.
type OutputsOf<S> = <<S as Step>::Outputs as OutputsProof>::List<S, EmptyResourceSet>;

impl<List: StepsProof> StepProof<Group> for List {
    fn seal(_: Seal) {}

    type Register<Map: Trie, Num: Number> = <List as StepsProof>::Register<Map, Num>;
    type Next<Num: Number> = <List as StepsProof>::Next<Num>;
    type Sought = <List as StepsProof>::Sought;
    type Repeats<Rest> = <List as StepsProof>::Repeats<Rest>;
    type Locate<Identity: Digits> = <List as StepsProof>::Locate<Identity>;
}
