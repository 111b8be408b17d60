//! Goals: where a walk starts.

use super::marks::{Busy, Marks, New};
use super::source::{NothingStored, Source};
use super::stack::{Bottom, Frame};
use super::{Halt, Machine, Walk};
use crate::pipelines::Pipeline;
use crate::proof::certificate::{AnswerYes, CertificateAnswer};
use crate::proof::check::findings::{Findings, NoMore};
use crate::proof::env::ProviderOf;
use crate::proof::ids::digits::{Digits, Equal, Greater, Less};
use crate::proof::ids::trie::{Find, Trie};
use crate::proof::lists::{InputsProof, OutputsProof, StepsProof, TreePair};
use crate::proof::witness::IsResource;
use crate::sealed::Seal;
use crate::steps::Step;
use crate::store::parent::ParentStore;
use crate::store::supplied::SuppliedValues;
use core::marker::PhantomData;
use frunk_core::hlist::{HCons, HNil};

/// The goal of a walk: a function to the first state of the machine.
///
/// It is defined on [`TargetGoal`], [`ResourceGoal`] and [`ChildGoal`].
pub trait Goal {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The state of the machine before the first tick, in a store of `Pipe` with the map `Map`.
    type Start<Pipe: Pipeline, Map: Trie>: Machine;
    /// The origin, in a store of `Pipe`, of what the target stores.
    type Provider<Pipe: Pipeline>;
    /// The inputs and outputs of the target, as a tree.
    type Sought;
    /// Whether the goal is among the steps `List`, or a store with these steps has its inputs.
    type IsKnown<List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore>: CertificateAnswer;
    /// The origin, among the steps `List`, of what the target stores.
    type ProviderAmong<List: StepsProof>;
    /// The origins of the inputs of a target that is not among the steps `List`.
    type Located<List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore>;
}

/// To run the step `Target`: the walk starts among its inputs.
#[derive(Debug)]
pub struct TargetGoal<Target>(PhantomData<Target>);

impl<Target: Step> Goal for TargetGoal<Target> {
    fn seal(_: Seal) {}

    type Start<Pipe: Pipeline, Map: Trie> = AmongInputsOf<Target, <ProviderOf<Target, Pipe> as Source>::Number>;
    type Provider<Pipe: Pipeline> = <ProviderOf<Target, Pipe> as Source>::Origin;
    type Sought = TreePair<<Target::Inputs as InputsProof>::Sought, <Target::Outputs as OutputsProof>::Sought>;
    type IsKnown<List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> =
        <ProviderAmong<Target, List> as Source>::IsKnown<Target::Inputs, List, Supplied, Parent>;
    type ProviderAmong<List: StepsProof> = <ProviderAmong<Target, List> as Source>::Origin;
    type Located<List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> =
        <ProviderAmong<Target, List> as Source>::Located<
            <Target::Inputs as InputsProof>::Sought,
            List,
            Supplied,
            Parent,
        >;
}

/// The source of the outputs that the step `Target` stores, among the steps `List`.
type ProviderAmong<Target, List> = <<Target as Step>::Outputs as OutputsProof>::ProviderAmong<List, NothingStored>;

/// The walk among the inputs of the step `Target`, number `Num`.
type AmongInputsOf<Target, Num> =
    Walk<Frame<<Target as Step>::Inputs, Target, Num, Bottom>, <New as Marks>::SetMark<Num, Busy>, NoMore>;

/// To provide the resource `Res`.
#[derive(Debug)]
pub struct ResourceGoal<Res>(PhantomData<Res>);

impl<Res: IsResource> Goal for ResourceGoal<Res> {
    fn seal(_: Seal) {}

    type Start<Pipe: Pipeline, Map: Trie> = <HCons<Res, HNil> as RequestedResources>::Request<Map, New, NoMore>;
    type Provider<Pipe: Pipeline> = NothingStored;
    type Sought = HNil;
    type IsKnown<List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> = AnswerYes;
    type ProviderAmong<List: StepsProof> = NothingStored;
    type Located<List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> = HNil;
}

/// To provide the resources `Requested` to a child store.
#[derive(Debug)]
pub struct ChildGoal<Requested>(PhantomData<Requested>);

impl<Requested: RequestedResources> Goal for ChildGoal<Requested> {
    fn seal(_: Seal) {}

    type Start<Pipe: Pipeline, Map: Trie> = Requested::Request<Map, New, NoMore>;
    type Provider<Pipe: Pipeline> = NothingStored;
    type Sought = HNil;
    type IsKnown<List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> = AnswerYes;
    type ProviderAmong<List: StepsProof> = NothingStored;
    type Located<List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> = HNil;
}

/// A list of resources, each requested by itself: a function to the visit of the first.
///
/// It is defined on `HNil` and `HCons`. It is needed for resources that no step of this store
/// takes: those that the caller asks for, or a child store.
pub trait RequestedResources {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Visits the first of them, or halts if there is none.
    type Request<Map: Trie, Marked: Marks, Found: Findings>: Machine;
    /// This list with `Res`, once.
    type And<Res: IsResource>: RequestedResources;
}

impl RequestedResources for HNil {
    fn seal(_: Seal) {}

    type Request<Map: Trie, Marked: Marks, Found: Findings> = Halt<Found>;
    type And<Res: IsResource> = HCons<Res, HNil>;
}

impl<First: IsResource, Rest: RequestedResources> RequestedResources for HCons<First, Rest> {
    fn seal(_: Seal) {}

    type Request<Map: Trie, Marked: Marks, Found: Findings> =
        <Find<Map, First::CheckedIdentity> as Source>::Visit<First, Bottom<Rest>, Marked, Found>;
    type And<Res: IsResource> =
        <<Res::CheckedIdentity as Digits>::Compare<First::CheckedIdentity> as AppendDecision>::And<Res, First, Rest>;
}

/// The decision of a comparison in a list of requested resources.
pub trait AppendDecision {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The list of `First` and `Rest`, if `Res` is `First`; or else with `Res` at its end.
    type And<Res: IsResource, First: IsResource, Rest: RequestedResources>: RequestedResources;
}

impl AppendDecision for Equal {
    fn seal(_: Seal) {}

    type And<Res: IsResource, First: IsResource, Rest: RequestedResources> = HCons<First, Rest>;
}

impl AppendDecision for Less {
    fn seal(_: Seal) {}

    type And<Res: IsResource, First: IsResource, Rest: RequestedResources> = HCons<First, Rest::And<Res>>;
}

impl AppendDecision for Greater {
    fn seal(_: Seal) {}

    type And<Res: IsResource, First: IsResource, Rest: RequestedResources> = HCons<First, Rest::And<Res>>;
}
