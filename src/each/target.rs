//! The target of a fan-out, with the proof that it has all that it needs.

use super::error::ElementError;
use crate::exec::store_ref::StoreRef;
use crate::pipelines::Pipeline;
use crate::proof::certificate::{AnswerNo, AnswerYes};
use crate::proof::check::NeverMatches;
use crate::proof::check::conflict::WithoutConflicts;
use crate::proof::check::findings::NoMore;
use crate::proof::check::missing::ReporterForElement;
use crate::proof::check::store::SatisfiesTarget;
use crate::proof::env::ProofEnvOf;
use crate::proof::ids::digits::Digits;
use crate::proof::ids::trie::Empty;
use crate::proof::walk::goal::RequestedResources;
use crate::proof::walk::source::NoSource;
use crate::proof::witness::IsStep;
use crate::run::OwnedOutput;
use crate::sealed::Seal;
use crate::steps::Step;
#[cfg(feature = "journal")]
use crate::store::parent::NoOuter;
use crate::store::parent::ParentStore;
use crate::store::supplied::{ResourceList, SuppliedValues};
use core::marker::PhantomData;
use frunk_core::hlist::{HCons, HNil};

/// The [target](super::Each::Target) of a pipeline that runs for each element of a collection: a
/// step, or an [`Attempt`] of one.
///
/// You never write it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a step, nor an `Attempt` of one",
    label = "expected the step that is run for each element",
    note = "a step is a function with `#[step]`, or a type with an `impl Step`"
)]
pub trait EachTarget {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The step.
    type Step: Step;
    /// What an element adds to the results.
    type Gives: Send + 'static;

    /// What an element adds to the results, or the error of the whole.
    #[doc(hidden)]
    fn give(result: Result<OwnedOutput<Self::Step>, ElementError>) -> Result<Self::Gives, ElementError>;
}

#[diagnostic::do_not_recommend]
impl<T: IsStep<Witness: Sized>> EachTarget for T
where
    OwnedOutput<T>: 'static,
{
    fn seal(_: Seal) {}

    type Step = T;
    type Gives = OwnedOutput<T>;

    fn give(result: Result<OwnedOutput<T>, ElementError>) -> Result<OwnedOutput<T>, ElementError> {
        result
    }
}

/// A step that has all that it needs in the pipeline `Pipe` for an element that its steps take as
/// `Item`, with the resources `Takes`.
///
/// You never write it, except as a bound of a generic pipeline. There the compiler knows only for
/// the type arguments whether the target has all that it needs, so the declaration asks for it:
///
/// ```
/// # use typed_pipeliner::each::{Each, ForEach};
/// # use typed_pipeliner::{HList, Identified, In, Pipeline, Return, Store, resource, step};
/// use typed_pipeliner::each::RunsForEach;
///
/// resource! { Rows<T>: Vec<T>; Row<T>: T; Names: Vec<String>; }
///
/// #[step]
/// fn name<T: ToString + Identified>(row: In<'_, Row<T>>) -> Return<String> {
///     Return(row.to_string())
/// }
///
/// struct PerRow<T>(T);
/// impl<T: ToString + Identified> Pipeline for PerRow<T> {
///     type Steps = HList![];
/// }
/// impl<T: ToString + Identified> Each for PerRow<T>
/// where
///     Name<T>: RunsForEach<Self, Row<T>, HList![]>,
/// {
///     type Over = Rows<T>;
///     type Item = Row<T>;
///     type Takes = HList![];
///     type Target = Name<T>;
///     type Into = Names;
/// }
/// ```
pub trait RunsForEach<Pipe, Item, Takes> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

impl<T, Pipe, Item, Takes> RunsForEach<Pipe, Item, Takes> for T
where
    T: Step,
    Pipe: WithoutConflicts,
    HCons<Item, Takes>: ResourceList,
    ElementEnv<Pipe, Item, Takes>: SatisfiesTarget<T>,
{
    fn seal(_: Seal) {}
}

/// The environment in which a target is proved for an element.
type ElementEnv<Pipe, Item, Takes> = ProofEnvOf<Pipe, <HCons<Item, Takes> as ResourceList>::Sorted, OutsideElement>;

/// As the [target](super::Each::Target) of a pipeline that runs for each element: the step `T`, whose
/// failure is a result.
///
/// The step gives a `Result` for each element, and none of them ends the whole. The results are
/// collected into a `Vec<Result<V, ElementError>>`, for example.
///
/// ```
/// # use typed_pipeliner::each::{Each, ForEach};
/// # use typed_pipeliner::{HList, In, Pipeline, Return, RunError, Store, resource, step};
/// use typed_pipeliner::each::{Attempt, ElementError};
///
/// resource! { Lines: Vec<&'static str>; Line: &'static str; Numbers: Vec<Result<u8, ElementError>>; }
///
/// #[step]
/// fn parse(line: In<'_, Line>) -> Result<Return<u8>, std::num::ParseIntError> {
///     line.parse().map(Return)
/// }
///
/// struct PerLine;
/// impl Pipeline for PerLine {
///     type Steps = HList![];
/// }
/// impl Each for PerLine {
///     type Over = Lines;
///     type Item = Line;
///     type Takes = HList![];
///     type Target = Attempt<Parse>;
///     type Into = Numbers;
/// }
///
/// # struct App;
/// # impl Pipeline for App { type Steps = HList![ForEach<PerLine>]; }
/// # fn main() -> Result<(), RunError> {
/// # smol::block_on(async {
/// let store = Store::<App>::new().with(Lines, vec!["1", "two", "3"]);
/// let numbers = store.resource::<Numbers>().await?;
/// assert_eq!(numbers.iter().flatten().sum::<u8>(), 4);
/// assert_eq!(numbers[1].as_ref().unwrap_err().place(), 1);
/// # Ok(()) }) }
/// ```
#[derive(Debug)]
pub struct Attempt<T>(PhantomData<T>);

#[diagnostic::do_not_recommend]
impl<T: IsStep<Witness: Sized>> EachTarget for Attempt<T>
where
    OwnedOutput<T>: 'static,
{
    fn seal(_: Seal) {}

    type Step = T;
    type Gives = Result<OwnedOutput<T>, ElementError>;

    fn give(result: Result<OwnedOutput<T>, ElementError>) -> Result<Self::Gives, ElementError> {
        Ok(result)
    }
}

/// The parent of the store of an element, in the proof: there is none. The values that are given
/// from outside count as supplied.
#[derive(Debug)]
pub struct OutsideElement;

#[diagnostic::do_not_recommend]
impl ParentStore for OutsideElement {
    fn seal(_: Seal) {}

    type This = Self;
    type Pipeline = NeverMatches;
    type Sources = Empty;
    type ChildEnv<Pipe: Pipeline, Supplied: SuppliedValues> = ProofEnvOf<Pipe, Supplied, Self>;
    type Findings<Requested: RequestedResources> = NoMore;
    type Inputs = HNil;
    type Locate<Identity: Digits> = NoSource;
    type IsStore = AnswerNo;
    const IS_STORE: bool = false;
    type IsComplete = AnswerYes;
    type Free = HNil;
    #[cfg(feature = "journal")]
    type Outer = NoOuter;
    type Reporter = ReporterForElement;
    fn store_ref(&self) -> Option<StoreRef<'_>> {
        None
    }
}
