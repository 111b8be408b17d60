//! The certificate of a pipeline: constants decide, and types explain.
//!
//! A walk costs the compiler much, and most walks find nothing. So
//! [`#[pipeline]`](macro@crate::pipeline) lets the compiler look at the steps once, as
//! numbers: does every resource have one provider, is there no cycle, and which resources does no
//! step provide? These are [free](FreeResources). The verdict is a part of the list of steps,
//! [`Certified`]. A store whose free resources are all there can run every step and provide every
//! resource of its pipeline, so its proof only looks for those, and for the target.
//!
//! If the constants find a mistake, or a free resource is not there, the proof is the walk, which
//! explains the mistake. So a certificate never changes the text of an error.
//!
//! | question | asked of | by |
//! | --- | --- | --- |
//! | is anything wrong among the steps? | the pipeline | constants, in `lower/certify.rs` |
//! | are the free resources there? | the store and its parents | [`IsComplete`](StepsProof::IsComplete) |
//! | is the target one of the steps? | the pipeline | [`Locate`](StepsProof::Locate) |

mod free;

pub use free::{FreeAt, FreeInput, FreeInputs, FreeResources, PathTo};

use crate::pipelines::Pipeline;
use crate::pipelines::certified::OpenPipeline;
use crate::proof::check::conflict::AllListed;
use crate::proof::check::findings::{NoMore, VerdictOn};
use crate::proof::env::ConflictsAmong;
use crate::proof::ids::digits::Digits;
use crate::proof::ids::number::Number;
use crate::proof::ids::trie::Trie;
use crate::proof::kind::{Group, OfSteps};
use crate::proof::lists::{StepsProof, TreePair};
use crate::proof::walk::goal::Goal;
use crate::proof::walk::source::Source;
use crate::sealed::Seal;
use crate::store::parent::ParentStore;
use crate::store::supplied::SuppliedValues;
use core::marker::PhantomData;

/// The steps of `Pipe`, which has a certificate.
///
/// It names no constant, because the type of a store needs this type, and the constants need the
/// steps; a step may take a store.
#[derive(Debug)]
pub struct Certified<Pipe>(PhantomData<Pipe>);

/// What constants found: whether the steps are sound, and whether those of the parent pipeline were
/// looked at too.
#[derive(Debug)]
pub struct CertificateFacts<const IS_SOUND: bool, const IN_PARENT: bool>;

/// An answer: a function to the answer to two questions, and to the verdict that follows from it.
///
/// It is defined on [`AnswerYes`] and [`AnswerNo`].
pub trait CertificateAnswer {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Whether both answers are yes.
    type And<Other: CertificateAnswer>: CertificateAnswer;
    /// The verdict on the goal `Sought` among the steps `List`: by the certificate if this is yes,
    /// otherwise by a walk.
    type Verdict<List: StepsProof, Sought: Goal, Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore>;
}

/// Yes.
#[derive(Debug)]
pub struct AnswerYes;

/// No, or it is not known.
#[derive(Debug)]
pub struct AnswerNo;

impl CertificateAnswer for AnswerYes {
    fn seal(_: Seal) {}

    type And<Other: CertificateAnswer> = Other;
    type Verdict<List: StepsProof, Sought: Goal, Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> =
        VerdictOn<
            NoMore,
            Sought::ProviderAmong<List>,
            TreePair<Sought::Located<List, Supplied, Parent>, FreeOf<Pipe, Supplied, Parent>>,
        >;
}

impl CertificateAnswer for AnswerNo {
    fn seal(_: Seal) {}

    type And<Other: CertificateAnswer> = AnswerNo;
    type Verdict<List: StepsProof, Sought: Goal, Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> =
        List::Verdict<Sought, Pipe, Supplied, Parent>;
}

/// The free resources of a store and of its parents, as a tree of
/// [`ResolvesTo`](crate::proof::lists::ResolvesTo).
pub type FreeOf<Pipe, Supplied, Parent> =
    TreePair<<<Pipe as Pipeline>::Steps as StepsProof>::Free<Supplied, Parent>, <Parent as ParentStore>::Free>;

/// The source of the identity `Identity` in a store with the steps `List`, found without a map.
pub type Located<Identity, List, Supplied, Parent> =
    <<<Supplied as SuppliedValues>::Locate<Identity> as Source>::OrAmong<Identity, List> as Source>::OrIn<
        Identity,
        Parent,
    >;

/// The facts of a certificate: a function to what follows from them.
///
/// It is defined on [`CertificateFacts`].
pub trait Certificate {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The conflicts among the steps `List` of `Pipe`.
    type Conflicts<List: StepsProof, Pipe: Pipeline>;
    /// Whether a store of `Pipe` has all free resources.
    type IsComplete<Pipe: OpenPipeline, Supplied: SuppliedValues, Parent: ParentStore>: CertificateAnswer;
}

impl<const IN_PARENT: bool> Certificate for CertificateFacts<false, IN_PARENT> {
    fn seal(_: Seal) {}

    type Conflicts<List: StepsProof, Pipe: Pipeline> = ConflictsAmong<List, Pipe>;
    type IsComplete<Pipe: OpenPipeline, Supplied: SuppliedValues, Parent: ParentStore> = AnswerNo;
}

impl Certificate for CertificateFacts<true, false> {
    fn seal(_: Seal) {}

    type Conflicts<List: StepsProof, Pipe: Pipeline> = AllListed;
    type IsComplete<Pipe: OpenPipeline, Supplied: SuppliedValues, Parent: ParentStore> =
        <<Pipe::Free as FreeResources>::AreThere<Supplied, Parent> as CertificateAnswer>::And<Parent::IsComplete>;
}

impl Certificate for CertificateFacts<true, true> {
    fn seal(_: Seal) {}

    type Conflicts<List: StepsProof, Pipe: Pipeline> = AllListed;
    type IsComplete<Pipe: OpenPipeline, Supplied: SuppliedValues, Parent: ParentStore> =
        <<Pipe::Free as FreeResources>::AreThere<Supplied, Parent> as CertificateAnswer>::And<
            <Parent::IsStore as CertificateAnswer>::And<Parent::IsComplete>,
        >;
}

impl<Pipe> OfSteps for Certified<Pipe> {
    fn seal(_: Seal) {}

    type Kind = Group;
}

// Otherwise rustc shows this impl where a pipeline has no list of steps.
#[diagnostic::do_not_recommend]
impl<Owner: OpenPipeline> StepsProof for Certified<Owner> {
    fn seal(_: Seal) {}

    type Register<Map: Trie, Num: Number> = <Owner::List as StepsProof>::Register<Map, Num>;
    type Next<Num: Number> = <Owner::List as StepsProof>::Next<Num>;
    type Sought = <Owner::List as StepsProof>::Sought;
    type Repeats<Rest> = <Owner::List as StepsProof>::Repeats<Rest>;
    type Conflicts<Pipe: Pipeline> = <Owner::Facts as Certificate>::Conflicts<Owner::List, Pipe>;
    type Findings<Sought: Goal, Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> =
        <Owner::List as StepsProof>::Findings<Sought, Pipe, Supplied, Parent>;
    type Verdict<Sought: Goal, Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> =
        <<<Owner::Facts as Certificate>::IsComplete<Owner, Supplied, Parent> as CertificateAnswer>::And<
            Sought::IsKnown<Owner::List, Supplied, Parent>,
        > as CertificateAnswer>::Verdict<Owner::List, Sought, Pipe, Supplied, Parent>;
    type Locate<Identity: Digits> = <Owner::List as StepsProof>::Locate<Identity>;
    type SourceOf<Identity: Digits, Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> =
        Located<Identity, Owner::List, Supplied, Parent>;
    type IsComplete<Supplied: SuppliedValues, Parent: ParentStore> =
        <Owner::Facts as Certificate>::IsComplete<Owner, Supplied, Parent>;
    type Free<Supplied: SuppliedValues, Parent: ParentStore> =
        <Owner::Free as FreeResources>::Sources<Supplied, Parent>;
}
