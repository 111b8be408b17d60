//! Pipelines in which another step replaces one step, for tests.

use crate::exec::plan::{ConstList, StepSpec};
use crate::lower::numbers::{StepNumbers, StepsNumbers};
use crate::lower::slot::{Slot, Stored};
use crate::pipelines::{FirstOutputOf, OriginalOf, Pipeline, StepList, Steps};
use crate::proof::check::swap::{InPlace, SwapDecision, Swapped};
use crate::proof::ids::digits::Digits;
use crate::proof::kind::Replaced;
use crate::proof::witness::IsStep;
use crate::sealed::Seal;
use crate::steps::Step;
use crate::store::parent::Scoped;
use core::marker::PhantomData;

/// The pipeline `P` with the step `New` in place of `Old`, which has the same outputs.
///
/// A test replaces a step that talks to the outside world by a stub, without a change to the
/// pipeline. The stub has its own inputs; inputs that only the old step needed may be missing.
/// Swaps can be nested. Where a store is created, the compiler checks that the old step is
/// registered and that both have the same outputs.
///
/// A test that knows the value beforehand need not swap anything. It supplies the value, which
/// takes precedence over the step.
///
/// ```
/// use typed_pipeliner::{HList, In, Out, Pipeline, RunError, Store, Swap, resource, step};
///
/// resource! {
///     Url: String;
///     Page: String;
///     Words: usize;
/// }
///
/// #[step]
/// async fn fetch(url: In<'_, Url>) -> Result<Out<Page>, std::io::Error> {
///     // …
/// #   unreachable!("{url}")
/// }
///
/// #[step]
/// fn count(page: In<'_, Page>) -> Out<Words> {
///     page.split_whitespace().count()
/// }
///
/// struct App;
/// impl Pipeline for App {
///     type Steps = HList![Fetch, Count];
/// }
///
/// # fn main() -> Result<(), RunError> {
/// # futures::executor::block_on(async {
/// // A value in place of a step.
/// let store = Store::<App>::new().with(Page, "three little words".to_owned());
/// assert_eq!(store.resource::<Words>().await?, &3);
///
/// // A step in place of a step. It takes no `Url`, so none is supplied.
/// #[step]
/// fn stub() -> Out<Page> {
///     "a page".to_owned()
/// }
/// let store = Store::<Swap<App, Fetch, Stub>>::new();
/// assert_eq!(store.resource::<Words>().await?, &2);
/// # Ok(()) }) }
/// ```
#[derive(Debug)]
pub struct Swap<P, Old, New>(PhantomData<(P, Old, New)>);

impl<P: Pipeline, Old: IsStep, New: IsStep> Pipeline for Swap<P, Old, New> {
    type Steps = Swapped<<P::Steps as StepList>::Swap<Old, New>, Old, New, P>;
}

// Otherwise rustc shows this impl where a pipeline has no list of steps.
#[diagnostic::do_not_recommend]
impl<List: StepList, Old: Step, New: Step, P: Pipeline> StepList for Swapped<List, Old, New, P> {
    fn seal(_: Seal) {}

    type Witness = <List as StepList>::Witness;
    type Swap<A: IsStep, B: IsStep> = Swapped<List::Swap<A, B>, Old, New, P>;
    type Original<Itself> = OriginalOf<P>;
    type Slots = List::Slots;
    const VACANT: Self::Slots = List::VACANT;
    const SPECS: &'static ConstList<StepSpec> = List::SPECS;
    const NUMBERS: &'static ConstList<StepsNumbers> = List::NUMBERS;
}

impl<New: IsStep, Old: IsStep> Steps<Replaced> for InPlace<New, Old> {
    fn seal(_: Seal) {}

    type Witness = <New as IsStep>::Witness;
    type Swap<A: IsStep, B: IsStep> =
        <<FirstOutputOf<Old> as Digits>::Compare<FirstOutputOf<A>> as SwapDecision>::Swap<InPlace<B, Old>, Self>;
    type Slots = Slot<Stored<New>>;
    #[allow(clippy::declare_interior_mutable_const, reason = "each store begins with a copy")]
    const VACANT: Self::Slots = Slot::of::<New>();
    const SPECS: &'static ConstList<StepSpec> = &ConstList::One(StepSpec::of::<New>());
    const NUMBERS: StepsNumbers = StepsNumbers::Step(StepNumbers::of::<New>());
}

// Otherwise rustc shows this impl wherever a type is not a scope.
#[diagnostic::do_not_recommend]
impl<P: Scoped, Old: Step, New: Step> Scoped for Swap<P, Old, New> {
    type Parent = P::Parent;
}
