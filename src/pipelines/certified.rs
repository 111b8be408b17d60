//! Pipelines with a certificate.

#[cfg(feature = "macros")]
pub(crate) mod probe;

use crate::exec::plan::{ConstList, StepSpec};
use crate::lower::numbers::StepsNumbers;
use crate::pipelines::StepList;
use crate::proof::certificate::{Certificate, Certified, FreeResources};
use crate::proof::witness::{IsStep, Proven};
use crate::sealed::Seal;

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
