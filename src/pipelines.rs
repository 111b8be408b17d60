//! Pipelines: sets of steps.

pub(crate) mod certified;
#[cfg(feature = "journal")]
pub(crate) mod keeps;
pub(crate) mod swap;

use crate::exec::plan::{ConstList, StepSpec};
use crate::lower::numbers::{StepNumbers, StepsNumbers};
use crate::lower::slot::{Slot, Stored};
use crate::lower::slots::Slots;
use crate::proof::check::swap::{InPlace, SwapDecision};
use crate::proof::ids::digits::{Digits, End};
use crate::proof::kind::{Group, OfSteps, Single};
use crate::proof::lists::{OutputsProof, StepProof, StepsProof};
use crate::proof::witness::IsStep;
use crate::sealed::Seal;
use crate::steps::Step;
use frunk_core::hlist::{HCons, HNil};

/// A set of steps: a unit type that lists them.
///
/// The order does not matter. An element may itself be a list, so that a crate can export a group
/// of steps, or the steps of another pipeline, `P::Steps`; a step that is reached through two
/// groups counts once. A pipeline may hold steps whose prerequisites are missing, as long as no
/// target needs them. Steps and resources may be in several pipelines.
///
/// If two steps provide the same resource, a store of the pipeline does not compile.
///
/// ```
/// # use typed_pipeliner::{HList, Out, resource, step};
/// # resource! { Config: u8; Pool: u8; Cache: u8; }
/// # #[step]
/// # fn read_config() -> Out<Config> { 1 }
/// # #[step]
/// # fn connect_pool() -> Out<Pool> { 1 }
/// # #[step]
/// # fn warm_cache() -> Out<Cache> { 1 }
/// use typed_pipeliner::{Pipeline, Store};
///
/// /// The steps that a database crate exports.
/// type Database = HList![ReadConfig, ConnectPool];
///
/// struct App;
/// impl Pipeline for App {
///     type Steps = HList![Database, WarmCache];
/// }
///
/// let store = Store::<App>::new();
/// assert!(!store.is_ready::<Pool>());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pipeline",
    label = "`{Self}` has no list of steps",
    note = "name its steps: `impl Pipeline for {Self} {{ type Steps = HList![Divide]; }}`"
)]
pub trait Pipeline: Sized + 'static {
    /// The steps, in any order; an element may itself be a list.
    type Steps: StepList<Witness: Sized>;
}

/// A list of steps: `HList![Divide, Mod]`. An element may itself be such a list.
///
/// You never write it. It maps a list of steps to their slots and their data. `HNil`, `HCons` and
/// the list of a [`Swap`](crate::Swap) implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of steps",
    label = "not a list of steps",
    note = "write a list, even of one: `HList![Divide]`"
)]
pub trait StepList: StepsProof + 'static {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The witnesses of the elements; see [`witness`](crate::proof::witness).
    #[doc(hidden)]
    type Witness;
    /// The list with `New` in place of `Old`.
    #[doc(hidden)]
    type Swap<Old: IsStep, New: IsStep>: StepList;
    /// The pipeline whose steps these are, if `P` lists them: `P` itself, or the one in which a
    /// [`Swap`](crate::Swap) replaces some.
    #[doc(hidden)]
    type Original<P>;
    /// Room for the outputs of the steps.
    #[doc(hidden)]
    type Slots: Slots;
    /// Slots without outputs. It is a constant, so that no step needs a function for it.
    #[doc(hidden)]
    const VACANT: Self::Slots;
    /// The steps as data.
    #[doc(hidden)]
    const SPECS: &'static ConstList<StepSpec>;
    /// The numbers of their resources, for the certificate.
    #[doc(hidden)]
    const NUMBERS: &'static ConstList<StepsNumbers>;
}

// Otherwise rustc lists this among the types that implement the trait.
#[diagnostic::do_not_recommend]
impl StepList for HNil {
    fn seal(_: Seal) {}

    type Witness = HNil;
    type Swap<Old: IsStep, New: IsStep> = HNil;
    type Original<P> = P;
    type Slots = HNil;
    const VACANT: HNil = HNil;
    const SPECS: &'static ConstList<StepSpec> = &ConstList::Empty;
    const NUMBERS: &'static ConstList<StepsNumbers> = &ConstList::Empty;
}

impl<Head: Steps, Tail: StepList> StepList for HCons<Head, Tail> {
    fn seal(_: Seal) {}

    type Witness = (Head::Witness, Tail::Witness);
    type Swap<Old: IsStep, New: IsStep> = HCons<Head::Swap<Old, New>, Tail::Swap<Old, New>>;
    type Original<P> = P;
    type Slots = HCons<Head::Slots, Tail::Slots>;
    const VACANT: Self::Slots = HCons { head: Head::VACANT, tail: Tail::VACANT };
    const SPECS: &'static ConstList<StepSpec> = &ConstList::Both(Head::SPECS, Tail::SPECS);
    const NUMBERS: &'static ConstList<StepsNumbers> = &ConstList::Both(&ConstList::One(Head::NUMBERS), Tail::NUMBERS);
}

/// An element of a [`StepList`], of the kind `Kind`: a step, or a list of steps.
///
/// You never write it.
pub trait Steps<Kind = <Self as OfSteps>::Kind>: StepProof<Kind> + 'static {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// See [`StepList::Witness`].
    #[doc(hidden)]
    type Witness;
    /// See [`StepList::Swap`].
    #[doc(hidden)]
    type Swap<Old: IsStep, New: IsStep>: Steps;
    /// See [`StepList::Slots`].
    #[doc(hidden)]
    type Slots: Slots;
    /// See [`StepList::VACANT`].
    #[doc(hidden)]
    const VACANT: Self::Slots;
    /// See [`StepList::SPECS`].
    #[doc(hidden)]
    const SPECS: &'static ConstList<StepSpec>;
    /// The numbers of their resources, for the certificate.
    #[doc(hidden)]
    const NUMBERS: StepsNumbers;
}

impl<S: IsStep> Steps<Single> for S {
    fn seal(_: Seal) {}

    type Witness = <S as IsStep>::Witness;
    // Steps cannot be compared, but their outputs can, and no two steps store the same resource.
    type Swap<Old: IsStep, New: IsStep> =
        <<FirstOutputOf<S> as Digits>::Compare<FirstOutputOf<Old>> as SwapDecision>::Swap<InPlace<New, S>, S>;
    type Slots = Slot<Stored<S>>;
    #[allow(clippy::declare_interior_mutable_const, reason = "each store begins with a copy")]
    const VACANT: Self::Slots = Slot::of::<S>();
    const SPECS: &'static ConstList<StepSpec> = &ConstList::One(StepSpec::of::<S>());
    const NUMBERS: StepsNumbers = StepsNumbers::Step(StepNumbers::of::<S>());
}

/// The pipeline `P` without the [swaps](crate::Swap) in it.
pub(crate) type OriginalOf<P> = <<P as Pipeline>::Steps as StepList>::Original<P>;

/// The identity of the first resource that the step `S` stores.
type FirstOutputOf<S> = <<S as Step>::Outputs as OutputsProof>::First<End>;

impl<List: StepList> Steps<Group> for List {
    fn seal(_: Seal) {}

    type Witness = <List as StepList>::Witness;
    type Swap<Old: IsStep, New: IsStep> = <List as StepList>::Swap<Old, New>;
    type Slots = <List as StepList>::Slots;
    const VACANT: Self::Slots = <List as StepList>::VACANT;
    const SPECS: &'static ConstList<StepSpec> = <List as StepList>::SPECS;
    const NUMBERS: StepsNumbers = StepsNumbers::List(<List as StepList>::NUMBERS);
}
