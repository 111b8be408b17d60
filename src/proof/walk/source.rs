//! Sources: where a resource comes from, as the map of a store answers it.

use super::marks::Marks;
use super::stack::{OptionalFrame, Stack};
use super::{Machine, Walk};
use crate::proof::certificate::{AnswerNo, AnswerYes, CertificateAnswer};
use crate::proof::check::findings::Findings;
use crate::proof::ids::digits::{Digits, End};
use crate::proof::ids::number::{Number, Unregistered};
use crate::proof::lists::{InputsProof, SoughtResources, StepsProof};
use crate::proof::witness::IsResource;
use crate::sealed::Seal;
use crate::steps::Step;
use crate::store::parent::ParentStore;
use crate::store::supplied::SuppliedValues;
use core::marker::PhantomData;
use frunk_core::hlist::HNil;

/// The source of a resource: an entry of the map, and the functions by which the walk visits it.
///
/// It is defined on [`NoSource`], [`FromStore`], [`FromParent`], [`Provided`], [`ProvidedTwice`]
/// and [`NothingStored`]. It is needed because the walk does not know, before it looks, which of
/// them it meets.
pub trait Source {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The part at which the checks look: the source without its number.
    ///
    /// It names the resource too, which has to be the one that was sought: an identity is only a
    /// hint.
    type Origin;
    /// The identity under which it is in a map.
    type Identity: Digits;
    /// The number of its step.
    type Number: Number;
    /// This source joined with a newer one under the same identity.
    type Join<Newer: Source>: Source;
    /// This source as the newer of two.
    type After<Older: Source>: Source;
    /// Visits the resource `Res`, which has this source, for the step on top of the stack.
    type Visit<Res: IsResource, Frames: Stack, Marked: Marks, Found: Findings>: Machine;
    /// Visits the resource `Res`, which has this source, for the step on top of the stack, which
    /// can do without it.
    type VisitOption<Res: IsResource, Frames: Stack, Marked: Marks, Found: Findings>: Machine;
    /// A [`SourceConflict`] of the first source with each newer one, before those in `Rest`.
    type Conflicts<Rest>;
    /// This source as a child store sees it.
    type ForChild: Source;
    /// Whether it is one.
    type IsThere: CertificateAnswer;
    /// This source, or if it is none, the other.
    type Or<Other: Source>: Source;
    /// This source, or if it is none, that of the identity `Identity` among the steps `List`.
    type OrAmong<Identity: Digits, List: StepsProof>: Source;
    /// This source, or if it is none, that of the identity `Identity` in the store `Parent`.
    type OrIn<Identity: Digits, Parent: ParentStore>: Source;
    /// As the source of what a target stores: whether it is among the steps `List`, or stores
    /// nothing and a store with these steps has its inputs.
    type IsKnown<Inputs: InputsProof, List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore>: CertificateAnswer;
    /// As the source of what a target stores: the origins of its inputs `Sought`, if it stores
    /// nothing.
    type Located<Sought: SoughtResources, List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore>;
}

/// The sources `First` and `Second` have met under one identity; `Rest` are further conflicts.
#[derive(Debug)]
pub struct SourceConflict<First, Second, Rest>(PhantomData<(First, Second, Rest)>);

/// No source: no registered step provides the resource and the store was not supplied with it.
#[derive(Debug)]
pub struct NoSource;

impl Source for NoSource {
    fn seal(_: Seal) {}

    type Origin = NoSource;
    type Identity = End;
    type Number = Unregistered;
    type Join<Newer: Source> = Newer;
    type After<Older: Source> = Older;
    type Visit<Res: IsResource, Frames: Stack, Marked: Marks, Found: Findings> =
        Walk<Frames, Marked, Frames::Missing<Res, Found>>;
    type VisitOption<Res: IsResource, Frames: Stack, Marked: Marks, Found: Findings> = Walk<Frames, Marked, Found>;
    type Conflicts<Rest> = Rest;
    type ForChild = NoSource;
    type IsThere = AnswerNo;
    type Or<Other: Source> = Other;
    type OrAmong<Identity: Digits, List: StepsProof> = List::Locate<Identity>;
    type OrIn<Identity: Digits, Parent: ParentStore> = Parent::Locate<Identity>;
    type IsKnown<Inputs: InputsProof, List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> = AnswerNo;
    type Located<Sought: SoughtResources, List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> = HNil;
}

/// The store, which was supplied with the resource `Res`.
#[derive(Debug)]
pub struct FromStore<Res>(PhantomData<Res>);

impl<Entered: IsResource> Source for FromStore<Entered> {
    fn seal(_: Seal) {}

    type Origin = Self;
    type Identity = Entered::CheckedIdentity;
    type Number = Unregistered;
    type Join<Newer: Source> = Newer::After<Self>;
    type After<Older: Source> = Self;
    type Visit<Res: IsResource, Frames: Stack, Marked: Marks, Found: Findings> = Walk<Frames, Marked, Found>;
    type VisitOption<Res: IsResource, Frames: Stack, Marked: Marks, Found: Findings> =
        Self::Visit<Res, Frames, Marked, Found>;
    type Conflicts<Rest> = Rest;
    type ForChild = FromParent<Entered>;
    type IsThere = AnswerYes;
    type Or<Other: Source> = Self;
    type OrAmong<Identity: Digits, List: StepsProof> = Self;
    type OrIn<Identity: Digits, Parent: ParentStore> = Self;
    type IsKnown<Inputs: InputsProof, List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> = AnswerYes;
    type Located<Sought: SoughtResources, List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> = HNil;
}

/// The step `Owner` with the number `Num`, which provides the resource `Res`.
#[derive(Debug)]
pub struct Provided<Res, Owner, Num>(PhantomData<(Res, Owner, Num)>);

/// The origin of a resource that the step `Owner` provides as `Res`.
#[derive(Debug)]
pub struct ProvidedBy<Res, Owner>(PhantomData<(Res, Owner)>);

impl<Entered: IsResource, Owner: Step, Num: Number> Source for Provided<Entered, Owner, Num> {
    fn seal(_: Seal) {}

    type Origin = ProvidedBy<Entered, Owner>;
    type Identity = Entered::CheckedIdentity;
    type Number = Num;
    type Join<Newer: Source> = Newer::After<Self>;
    type After<Older: Source> = ProvidedTwice<Older, Self>;
    type Visit<Res: IsResource, Frames: Stack, Marked: Marks, Found: Findings> =
        <Marked::Mark<Num> as Marks>::Visit<Owner, Num, Frames, Marked, Found>;
    type VisitOption<Res: IsResource, Frames: Stack, Marked: Marks, Found: Findings> =
        Self::Visit<Res, OptionalFrame<Res, Frames>, Marked, Found>;
    type Conflicts<Rest> = Rest;
    type ForChild = FromParent<Entered>;
    type IsThere = AnswerYes;
    type Or<Other: Source> = Self;
    type OrAmong<Identity: Digits, List: StepsProof> = Self;
    type OrIn<Identity: Digits, Parent: ParentStore> = Self;
    type IsKnown<Inputs: InputsProof, List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> = AnswerYes;
    type Located<Sought: SoughtResources, List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> = HNil;
}

/// Two steps, or one step that is reached through two groups, which is right. It counts as the
/// older.
#[derive(Debug)]
pub struct ProvidedTwice<Older, Newer>(PhantomData<(Older, Newer)>);

impl<Older: Source, Newer: Source> Source for ProvidedTwice<Older, Newer> {
    fn seal(_: Seal) {}

    type Origin = Older::Origin;
    type Identity = Older::Identity;
    type Number = Older::Number;
    type Join<Newest: Source> = Newest::After<Self>;
    type After<Oldest: Source> = ProvidedTwice<Oldest, Self>;
    type Visit<Res: IsResource, Frames: Stack, Marked: Marks, Found: Findings> =
        Older::Visit<Res, Frames, Marked, Found>;
    type VisitOption<Res: IsResource, Frames: Stack, Marked: Marks, Found: Findings> =
        Older::VisitOption<Res, Frames, Marked, Found>;
    type Conflicts<Rest> = Older::Conflicts<SourceConflict<Older::Origin, Newer::Origin, Rest>>;
    type ForChild = Older::ForChild;
    type IsThere = AnswerYes;
    type Or<Other: Source> = Self;
    type OrAmong<Identity: Digits, List: StepsProof> = Self;
    type OrIn<Identity: Digits, Parent: ParentStore> = Self;
    type IsKnown<Inputs: InputsProof, List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> = AnswerYes;
    type Located<Sought: SoughtResources, List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> = HNil;
}

/// The parent store. Any source of this store wins over it.
#[derive(Debug)]
pub struct FromParent<Res>(PhantomData<Res>);

impl<Entered: IsResource> Source for FromParent<Entered> {
    fn seal(_: Seal) {}

    type Origin = Self;
    type Identity = Entered::CheckedIdentity;
    type Number = Unregistered;
    type Join<Newer: Source> = Newer;
    type After<Older: Source> = Older;
    type Visit<Res: IsResource, Frames: Stack, Marked: Marks, Found: Findings> =
        Walk<Frames, Marked, Found::FromParent<Res>>;
    type VisitOption<Res: IsResource, Frames: Stack, Marked: Marks, Found: Findings> =
        Self::Visit<Res, Frames, Marked, Found>;
    type Conflicts<Rest> = Rest;
    type ForChild = Self;
    type IsThere = AnswerYes;
    type Or<Other: Source> = Self;
    type OrAmong<Identity: Digits, List: StepsProof> = Self;
    type OrIn<Identity: Digits, Parent: ParentStore> = Self;
    type IsKnown<Inputs: InputsProof, List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> = AnswerYes;
    type Located<Sought: SoughtResources, List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> = HNil;
}

/// The resource `Res`, as the step `Owner` lists it: a side of a [`SourceConflict`] in a list that
/// has an identity twice.
#[derive(Debug)]
pub struct ListedBy<Res, Owner>(PhantomData<(Res, Owner)>);

/// The source of the outputs of a target that stores none: there is no resource to seek.
#[derive(Debug)]
pub struct NothingStored;

impl Source for NothingStored {
    fn seal(_: Seal) {}

    type Origin = NothingStored;
    type Identity = End;
    type Number = Unregistered;
    type Join<Newer: Source> = Newer;
    type After<Older: Source> = Older;
    type Visit<Res: IsResource, Frames: Stack, Marked: Marks, Found: Findings> = Walk<Frames, Marked, Found>;
    type VisitOption<Res: IsResource, Frames: Stack, Marked: Marks, Found: Findings> =
        Self::Visit<Res, Frames, Marked, Found>;
    type Conflicts<Rest> = Rest;
    type ForChild = Self;
    type IsThere = AnswerYes;
    type Or<Other: Source> = Self;
    type OrAmong<Identity: Digits, List: StepsProof> = Self;
    type OrIn<Identity: Digits, Parent: ParentStore> = Self;
    type IsKnown<Inputs: InputsProof, List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> =
        Inputs::AreThere<List, Supplied, Parent>;
    type Located<Sought: SoughtResources, List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> =
        Sought::Located<List, Supplied, Parent>;
}
