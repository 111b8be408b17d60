//! Pipelines with a certificate.

use crate::exec::plan::{ConstList, StepSpec};
use crate::lower::certify::StepNumbers;
use crate::pipelines::StepList;
use crate::proof::certificate::{Certified, OpenPipeline};
use crate::proof::witness::{IsStep, Proven};
use crate::sealed::Seal;
use crate::store::parent::Scoped;
use core::marker::PhantomData;

// Otherwise rustc shows this impl where a pipeline has no list of steps.
#[diagnostic::do_not_recommend]
impl<Owner: OpenPipeline> StepList for Certified<Owner> {
    fn seal(_: Seal) {}

    // Those of the list are demanded where `OpenPipeline` is implemented.
    type Witness = Proven;
    type Swap<Old: IsStep, New: IsStep> = <Owner::List as StepList>::Swap<Old, New>;
    type Original<P> = <Owner::List as StepList>::Original<P>;
    type Slots = <Owner::List as StepList>::Slots;
    const SPECS: &'static ConstList<StepSpec> = <Owner::List as StepList>::SPECS;
    const NUMBERS: &'static ConstList<StepNumbers> = <Owner::List as StepList>::NUMBERS;
}

/// A list of steps as data, for `#[pipeline]`: `StepsOf::<L>::STEPS` is the constant of this type
/// if `L` is a list of steps, and else that of [`NoSteps`]. So a mistake in the list is reported at
/// the list alone.
#[derive(Debug)]
pub struct StepsOf<L>(PhantomData<L>);

impl<L: StepList> StepsOf<L> {
    /// The steps.
    pub const STEPS: Option<&'static ConstList<StepNumbers>> = Some(L::NUMBERS);
}

/// The steps of the parent of the pipeline `P` as data, if `P` is a scope of a pipeline with a
/// certificate; else [`NoSteps`].
#[derive(Debug)]
pub struct ParentStepsOf<P>(PhantomData<P>);

impl<P: Scoped<Parent: OpenPipeline>> ParentStepsOf<P> {
    /// The steps.
    pub const STEPS: Option<&'static ConstList<StepNumbers>> = StepsOf::<<P::Parent as OpenPipeline>::List>::STEPS;
}

/// No steps: an inherent constant wins over that of a trait.
pub trait NoSteps {
    /// None.
    const STEPS: Option<&'static ConstList<StepNumbers>> = None;
}

impl<L> NoSteps for StepsOf<L> {}
impl<P> NoSteps for ParentStepsOf<P> {}
