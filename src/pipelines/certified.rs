//! Pipelines with a certificate.

use crate::exec::plan::{ConstList, StepSpec};
use crate::lower::numbers::StepsNumbers;
use crate::pipelines::{StepList, Steps};
use crate::proof::certificate::{Certificate, Certified, FreeResources};
use crate::proof::witness::{IsStep, Proven};
use crate::sealed::Seal;
use crate::store::parent::Scoped;
use core::marker::PhantomData;

/// A pipeline with a certificate: a function to its steps, and to the verdict of constants.
///
/// `#[pipeline]` implements it.
pub trait OpenPipeline: 'static {
    /// The steps.
    type List: StepList<Witness: Sized>;
    /// The facts of its certificate.
    type Facts: Certificate;
    /// The free resources.
    type Free: FreeResources;
    /// The steps as data.
    const STEPS: &'static [StepsNumbers];
}

// Otherwise rustc shows this impl where a pipeline has no list of steps.
#[diagnostic::do_not_recommend]
impl<Owner: OpenPipeline> StepList for Certified<Owner> {
    fn seal(_: Seal) {}

    // Those of the list are demanded where `OpenPipeline` is implemented.
    type Witness = Proven;
    type Swap<Old: IsStep, New: IsStep> = <Owner::List as StepList>::Swap<Old, New>;
    type Original<P> = <Owner::List as StepList>::Original<P>;
    type Slots = <Owner::List as StepList>::Slots;
    const VACANT: Self::Slots = <Owner::List as StepList>::VACANT;
    const SPECS: &'static ConstList<StepSpec> = <Owner::List as StepList>::SPECS;
    const NUMBERS: &'static ConstList<StepsNumbers> = <Owner::List as StepList>::NUMBERS;
}

/// An element of a list of steps as data, for `#[pipeline]`: `StepsOf::<E>::NUMBERS` is the
/// constant of this type if `E` is a step or a list of steps, and else that of [`NotSteps`]. So a
/// mistake in the list is reported at the list alone.
#[derive(Debug)]
pub struct StepsOf<E>(PhantomData<E>);

impl<E: Steps> StepsOf<E> {
    /// The steps.
    pub const NUMBERS: StepsNumbers = E::NUMBERS;
}

impl<L: StepList> StepsOf<L> {
    /// The steps, as those of the whole pipeline.
    pub const WHOLE: StepsNumbers = StepsNumbers::Whole(L::NUMBERS);
}

/// The steps of the parent of the pipeline `P` as data, if `P` is a scope of a pipeline with a
/// certificate; else the constant of [`NoParentSteps`].
#[derive(Debug)]
pub struct ParentStepsOf<P>(PhantomData<P>);

impl<P: Scoped<Parent: OpenPipeline>> ParentStepsOf<P> {
    /// The steps.
    pub const STEPS: Option<&'static [StepsNumbers]> = Some(<P::Parent as OpenPipeline>::STEPS);
}

/// No steps: an inherent constant wins over that of a trait.
pub trait NotSteps {
    /// A mistake.
    const NUMBERS: StepsNumbers = StepsNumbers::Unknown;
    /// A mistake.
    const WHOLE: StepsNumbers = StepsNumbers::Unknown;
}

/// No parent with a certificate: see [`NotSteps`].
pub trait NoParentSteps {
    /// None.
    const STEPS: Option<&'static [StepsNumbers]> = None;
}

impl<E> NotSteps for StepsOf<E> {}
impl<P> NoParentSteps for ParentStepsOf<P> {}
