//! The proof of a list of inputs.

use super::{Sought, SoughtResources, TreePair};
use crate::pipelines::Pipeline;
use crate::proof::certificate::{AnswerNo, AnswerYes, CertificateAnswer, Located};
use crate::proof::check::ProofCheck;
use crate::proof::check::findings::Findings;
use crate::proof::check::target::StoresReturn;
use crate::proof::ids::number::Number;
use crate::proof::ids::set::ResourceSet;
use crate::proof::ids::trie::{Find, Trie};
use crate::proof::kind::{Group, OfResources, Optional, Returned, Single};
use crate::proof::lists::StepsProof;
use crate::proof::walk::goal::TargetGoal;
use crate::proof::walk::marks::{Done, Marks};
use crate::proof::walk::source::Source;
use crate::proof::walk::stack::{Frame, Stack};
use crate::proof::walk::{Machine, Walk};
use crate::proof::witness::IsResource;
use crate::resource::Return;
use crate::sealed::Seal;
use crate::steps::Step;
use crate::store::parent::ParentStore;
use crate::store::supplied::SuppliedValues;
use frunk_core::hlist::{HCons, HNil};

/// A list of inputs: the functions by which the walk and the checks read it.
///
/// It is defined on `HNil` and `HCons`. It is needed because a walk visits the inputs of a step one
/// by one, and each has to be of a kind.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of resources",
    label = "not a list of resources",
    note = "write a list, even of one: `HList![Base]`"
)]
pub trait InputsProof: OfResources<Kind = Group> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// One tick of the walk: visits the first input, or leaves the step `Owner` if there is none.
    type Tick<Map: Trie, Owner: Step, Num: Number, Below: Stack, Marked: Marks, Found: Findings>: Machine;
    /// These inputs before those of `More`.
    type Append<More: InputsProof>: InputsProof;
    /// The set `Set` of the resources that the step `Owner` lists, with these inputs.
    type List<Owner, Set: ResourceSet<Owner>>: ResourceSet<Owner>;
    /// These inputs, as a tree of [`Sought`].
    type Sought: SoughtResources;
    /// Whether a store with the steps `List` has them.
    type AreThere<List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore>: CertificateAnswer;
    /// The verdict on the walk for the target `Target`, which has these inputs, in a store of
    /// `Pipe` that was supplied with `Supplied` and reads from `Parent`.
    ///
    /// The lists are asked one after the other: the inputs, the steps, the supplied values. If one
    /// of them is unknown, in generic code, rustc stops there and quotes this instead of half the
    /// walk.
    type Verdict<Target: Step, Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore>;
}

// Here and below for the empty list: rustc need not name it among the types that would do.
#[diagnostic::do_not_recommend]
impl InputsProof for HNil {
    fn seal(_: Seal) {}

    type Tick<Map: Trie, Owner: Step, Num: Number, Below: Stack, Marked: Marks, Found: Findings> =
        Walk<Below, Marked::SetMark<Num, Done>, Found>;
    type Append<More: InputsProof> = More;
    type List<Owner, Set: ResourceSet<Owner>> = Set;
    type Sought = HNil;
    type AreThere<List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> = AnswerYes;
    type Verdict<Target: Step, Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> =
        <Pipe::Steps as StepsProof>::Verdict<TargetGoal<Target>, Pipe, Supplied, Parent>;
}

impl<Head: InputProof, Tail: InputsProof> InputsProof for HCons<Head, Tail> {
    fn seal(_: Seal) {}

    type Tick<Map: Trie, Owner: Step, Num: Number, Below: Stack, Marked: Marks, Found: Findings> =
        Head::Visit<Map, Frame<Tail, Owner, Num, Below>, Marked, Found>;
    type Append<More: InputsProof> = HCons<Head, Tail::Append<More>>;
    type List<Owner, Set: ResourceSet<Owner>> = Tail::List<Owner, Head::List<Owner, Set>>;
    type Sought = TreePair<Head::Sought, Tail::Sought>;
    type AreThere<List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> =
        <Head::IsThere<List, Supplied, Parent> as CertificateAnswer>::And<Tail::AreThere<List, Supplied, Parent>>;
    type Verdict<Target: Step, Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> =
        <Pipe::Steps as StepsProof>::Verdict<TargetGoal<Target>, Pipe, Supplied, Parent>;
}

/// One element of a list of inputs, of the kind `Kind`: a resource, an `Option` of one, or a list.
pub trait InputProof<Kind = <Self as OfResources>::Kind>: OfResources {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Visits this input for the step on top of the stack.
    type Visit<Map: Trie, Frames: Stack, Marked: Marks, Found: Findings>: Machine;
    /// See [`InputsProof::List`].
    type List<Owner, Set: ResourceSet<Owner>>: ResourceSet<Owner>;
    /// See [`InputsProof::Sought`].
    type Sought: SoughtResources;
    /// See [`InputsProof::AreThere`].
    type IsThere<List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore>: CertificateAnswer;
}

impl<R: IsResource> InputProof<Single> for R {
    fn seal(_: Seal) {}

    type Visit<Map: Trie, Frames: Stack, Marked: Marks, Found: Findings> =
        <Find<Map, R::CheckedIdentity> as Source>::Visit<R, Frames, Marked, Found>;
    type List<Owner, Set: ResourceSet<Owner>> = Set::With<R>;
    type Sought = Sought<R, R::CheckedIdentity>;
    type IsThere<List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> =
        <Located<R::CheckedIdentity, List, Supplied, Parent> as Source>::IsThere;
}

/// A resource that the step can do without.
impl<R: IsResource> InputProof<Optional> for Option<R> {
    fn seal(_: Seal) {}

    type Visit<Map: Trie, Frames: Stack, Marked: Marks, Found: Findings> =
        <Find<Map, R::CheckedIdentity> as Source>::VisitOption<R, Frames, Marked, Found>;
    type List<Owner, Set: ResourceSet<Owner>> = Set::With<R>;
    type Sought = Sought<R, R::CheckedIdentity>;
    type IsThere<List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> = AnswerYes;
}

impl<List: InputsProof> InputProof<Group> for List {
    fn seal(_: Seal) {}

    type Visit<Map: Trie, Frames: Stack, Marked: Marks, Found: Findings> = Walk<Frames::Prepend<Self>, Marked, Found>;
    type List<Owner, Set: ResourceSet<Owner>> = <List as InputsProof>::List<Owner, Set>;
    type Sought = <List as InputsProof>::Sought;
    type IsThere<Steps: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> =
        <List as InputsProof>::AreThere<Steps, Supplied, Parent>;
}

/// Refused: no step can take a [`Return`].
#[diagnostic::do_not_recommend]
impl<V> InputProof<Returned> for Return<V>
where
    ProofCheck: StoresReturn<V>,
{
    fn seal(_: Seal) {}

    type Visit<Map: Trie, Frames: Stack, Marked: Marks, Found: Findings> = Walk<Frames, Marked, Found>;
    type List<Owner, Set: ResourceSet<Owner>> = Set;
    type Sought = HNil;
    type IsThere<List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> = AnswerNo;
}
