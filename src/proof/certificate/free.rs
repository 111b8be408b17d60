//! The free resources of a pipeline: those that its steps take and none of them provides.
//!
//! Constants name them by paths: the places of elements in lists, from the list of steps through a
//! step to one of its inputs. Here a path becomes a type.

use super::{AnswerYes, CertificateAnswer, Located};
use crate::pipelines::certified::OpenPipeline;
use crate::proof::kind::{Group, OfResources, OfSteps, Optional, Single};
use crate::proof::lists::{ResolvesTo, TreePair};
use crate::proof::walk::source::Source;
use crate::proof::witness::IsResource;
use crate::sealed::Seal;
use crate::steps::Step;
use crate::store::parent::ParentStore;
use crate::store::supplied::SuppliedValues;
use core::marker::PhantomData;
use frunk_core::hlist::{HCons, HNil};

/// A path: the place of an element, and its path from there.
#[derive(Debug)]
pub struct PathTo<const PLACE: usize, Rest>(PhantomData<Rest>);

/// The input of a step of `Pipe` that is at the path `Path`.
#[derive(Debug)]
pub struct FreeAt<Pipe, Path>(PhantomData<(Pipe, Path)>);

/// The first `COUNT` of the inputs `Inputs`, which is a tuple of [`FreeAt`].
#[derive(Debug)]
pub struct FreeInputs<const COUNT: usize, Inputs>(PhantomData<Inputs>);

/// Free resources: a function from a store to their sources.
///
/// It is defined on [`FreeInputs`] and [`FreeAt`].
pub trait FreeResources {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Whether the store or its parents have them.
    type AreThere<Supplied: SuppliedValues, Parent: ParentStore>: CertificateAnswer;
    /// Their sources, as a tree of [`ResolvesTo`].
    type Sources<Supplied: SuppliedValues, Parent: ParentStore>;
}

/// An input that is free, of the kind `Kind`: a resource, or an `Option` of one.
pub trait FreeInput<Kind = <Self as OfResources>::Kind>: OfResources {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// See [`FreeResources::AreThere`].
    type IsThere<Supplied: SuppliedValues, Parent: ParentStore>: CertificateAnswer;
    /// See [`FreeResources::Sources`].
    type Sources<Supplied: SuppliedValues, Parent: ParentStore>;
}

impl<R: IsResource> FreeInput<Single> for R {
    fn seal(_: Seal) {}

    type IsThere<Supplied: SuppliedValues, Parent: ParentStore> =
        <Located<R::CheckedIdentity, HNil, Supplied, Parent> as Source>::IsThere;
    type Sources<Supplied: SuppliedValues, Parent: ParentStore> =
        ResolvesTo<R, <Located<R::CheckedIdentity, HNil, Supplied, Parent> as Source>::Origin>;
}

impl<R: IsResource> FreeInput<Optional> for Option<R> {
    fn seal(_: Seal) {}

    type IsThere<Supplied: SuppliedValues, Parent: ParentStore> = AnswerYes;
    type Sources<Supplied: SuppliedValues, Parent: ParentStore> =
        ResolvesTo<R, <Located<R::CheckedIdentity, HNil, Supplied, Parent> as Source>::Origin>;
}

impl<Pipe: OpenPipeline<List: StepsAlong<Path>>, Path> FreeResources for FreeAt<Pipe, Path> {
    fn seal(_: Seal) {}

    type AreThere<Supplied: SuppliedValues, Parent: ParentStore> =
        <InputOf<Pipe, Path> as FreeInput>::IsThere<Supplied, Parent>;
    type Sources<Supplied: SuppliedValues, Parent: ParentStore> =
        <InputOf<Pipe, Path> as FreeInput>::Sources<Supplied, Parent>;
}

/// The input of a step of `Pipe` that is at the path `Path`.
type InputOf<Pipe, Path> = <<Pipe as OpenPipeline>::List as StepsAlong<Path>>::Input;

/// A list of steps: a function from a path to an input.
pub trait StepsAlong<Path> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The input.
    type Input: FreeInput;
}

impl<List: ElementAt<PLACE, Element: StepAlong<Rest>>, const PLACE: usize, Rest> StepsAlong<PathTo<PLACE, Rest>>
    for List
{
    fn seal(_: Seal) {}

    type Input = <List::Element as StepAlong<Rest>>::Input;
}

/// An element of a list of steps, of the kind `Kind`: a function from a path to an input.
pub trait StepAlong<Path, Kind = <Self as OfSteps>::Kind>: OfSteps {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The input.
    type Input: FreeInput;
}

impl<S: Step<Inputs: InputsAlong<Path>>, Path> StepAlong<Path, Single> for S {
    fn seal(_: Seal) {}

    type Input = <S::Inputs as InputsAlong<Path>>::Input;
}

impl<List: StepsAlong<Path> + OfSteps, Path> StepAlong<Path, Group> for List {
    fn seal(_: Seal) {}

    type Input = <List as StepsAlong<Path>>::Input;
}

/// A list of inputs: a function from a path to an input.
pub trait InputsAlong<Path> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The input.
    type Input: FreeInput;
}

impl<List: ElementAt<PLACE, Element: InputAlong<Rest>>, const PLACE: usize, Rest> InputsAlong<PathTo<PLACE, Rest>>
    for List
{
    fn seal(_: Seal) {}

    type Input = <List::Element as InputAlong<Rest>>::Input;
}

/// An element of a list of inputs, of the kind `Kind`: a function from a path to an input.
pub trait InputAlong<Path, Kind = <Self as OfResources>::Kind>: OfResources {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The input.
    type Input: FreeInput;
}

impl<R: IsResource, Path> InputAlong<Path, Single> for R {
    fn seal(_: Seal) {}

    type Input = R;
}

impl<R: IsResource, Path> InputAlong<Path, Optional> for Option<R> {
    fn seal(_: Seal) {}

    type Input = Self;
}

impl<List: InputsAlong<Path> + OfResources, Path> InputAlong<Path, Group> for List {
    fn seal(_: Seal) {}

    type Input = <List as InputsAlong<Path>>::Input;
}

/// A list: a function to the element at the place `PLACE`.
///
/// It is defined on lists of more elements than that, up to sixteen.
pub trait ElementAt<const PLACE: usize> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The element.
    type Element;
}

/// Implements [`ElementAt`] for one place after some others.
macro_rules! element_at {
    ($([$place:literal $($before:ident)*])*) => {$(
        impl<$($before,)* Element, Rest> ElementAt<$place> for element_at!(@list [$($before)*] Element Rest) {
            fn seal(_: Seal) {}

            type Element = Element;
        }
    )*};
    (@list [] $element:ident $rest:ident) => { HCons<$element, $rest> };
    (@list [$first:ident $($before:ident)*] $element:ident $rest:ident) => {
        HCons<$first, element_at!(@list [$($before)*] $element $rest)>
    };
}
element_at! {
    [0] [1 A] [2 A B] [3 A B C] [4 A B C D] [5 A B C D E] [6 A B C D E F] [7 A B C D E F G] [8 A B C D E F G H]
    [9 A B C D E F G H I] [10 A B C D E F G H I J] [11 A B C D E F G H I J K] [12 A B C D E F G H I J K L]
    [13 A B C D E F G H I J K L M] [14 A B C D E F G H I J K L M N] [15 A B C D E F G H I J K L M N O]
}

/// Implements [`FreeResources`] for a number of inputs.
macro_rules! free {
    ($([$count:literal $($free:ident)*])*) => {$(
        impl<$($free: FreeResources,)* Rest> FreeResources for FreeInputs<$count, free!(@tuple [$($free)*] Rest)> {
            fn seal(_: Seal) {}

            type AreThere<Supplied: SuppliedValues, Parent: ParentStore> = free!(@and Supplied Parent $($free)*);
            type Sources<Supplied: SuppliedValues, Parent: ParentStore> = free!(@tree Supplied Parent $($free)*);
        }
    )*};
    (@tuple [] $rest:ident) => { $rest };
    (@tuple [$first:ident $($free:ident)*] $rest:ident) => { ($first, free!(@tuple [$($free)*] $rest)) };
    (@and $supplied:ident $parent:ident) => { AnswerYes };
    (@and $supplied:ident $parent:ident $first:ident $($free:ident)*) => {
        <$first::AreThere<$supplied, $parent> as CertificateAnswer>::And<free!(@and $supplied $parent $($free)*)>
    };
    (@tree $supplied:ident $parent:ident) => { HNil };
    (@tree $supplied:ident $parent:ident $first:ident $($free:ident)*) => {
        TreePair<$first::Sources<$supplied, $parent>, free!(@tree $supplied $parent $($free)*)>
    };
}
free! {
    [0] [1 A] [2 A B] [3 A B C] [4 A B C D] [5 A B C D E] [6 A B C D E F] [7 A B C D E F G] [8 A B C D E F G H]
    [9 A B C D E F G H I] [10 A B C D E F G H I J] [11 A B C D E F G H I J K] [12 A B C D E F G H I J K L]
}
