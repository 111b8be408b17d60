//! The steps of a list, and of a parent, for the constants of `#[pipeline]`.

use crate::lower::numbers::StepsNumbers;
use crate::pipelines::certified::OpenPipeline;
use crate::pipelines::{StepList, Steps};
use crate::store::parent::Scoped;
use core::marker::PhantomData;

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
