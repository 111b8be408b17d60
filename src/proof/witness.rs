//! Witnesses: steps, resources, pipelines and errors, each with a type that proves it.
//!
//! Each trait here holds for the same types as the trait of the user's that it rests on. It is
//! needed for the error where that trait does not hold, in three ways:
//!
//! - Its impl is `do_not_recommend` (except for errors). So rustc reports this trait, and not the
//!   user's. For the user's trait rustc would list the types that implement it, which for steps is
//!   another twenty lines.
//! - Its `Witness` is computed from the user's impl. If there is an impl and only one of its bounds
//!   fails, as for `Load<User>` where `User` is no entity, rustc finds that out first and reports
//!   it.
//! - The library asks the trait here, and never the user's, for everything that it needs. If it
//!   asked the user's trait, rustc would report that one again.
//!
//! A list has a `Witness` too, made of those of its elements. rustc computes it element by element,
//! so it goes straight to the one at fault and reports nothing about the lists on the way.
//!
//! # Why bounds read `Witness: Sized`
//!
//! rustc computes types before it checks bounds. So a missing proof is reported where the type is
//! computed: once, at the call as a whole, without a quote of the declaration. Otherwise it would
//! be reported first for an argument, then for the future that an async function returns. For this
//! alone [`Runs`](crate::Runs) has a second parameter that nobody writes, and the methods of
//! [`Store`](crate::Store), the lists of a step and the target of [`run`](crate::run()) ask for
//! `Witness: Sized`.

use crate::error::StepError;
use crate::pipelines::Pipeline;
use crate::proof::ids::digits::Reflexive;
use crate::proof::lists::OutputsProof;
use crate::resource::Resource;
use crate::sealed::Seal;
use crate::steps::Step;
#[cfg(feature = "macros")]
use crate::steps::function::FunctionStep;

/// The witness of every proof that has nothing to say about its parts.
#[derive(Debug)]
pub struct Proven;

/// A [`Step`] with a witness: a function to its lists, defined on steps.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a step",
    label = "expected one step: a function with `#[step]`, or a type with an `impl Step`",
    note = "a step is a function with `#[step]`, a type with an `impl Step`, `ForEach<P>` where `P` has an `impl Each`, or `RunChosen<R>` where `R` carries a `SharedStep`; to get a resource, call `store.resource::<R>()`"
)]
pub trait IsStep: Step {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The inputs of the step, which prove it.
    type Witness;
    /// The outputs of the step.
    type CheckedOutputs: OutputsProof;
}

#[diagnostic::do_not_recommend]
impl<S: Step> IsStep for S {
    fn seal(_: Seal) {}

    type Witness = S::Inputs;
    type CheckedOutputs = S::Outputs;
}

/// A step that is a function, without a witness: it is only between [`FunctionStep`] and [`Step`],
/// so that rustc names this trait for a type that is not a step, and lists no steps.
#[cfg(feature = "macros")]
pub trait IsFunction: FunctionStep {
    #[doc(hidden)]
    fn seal(_: Seal);
}

#[cfg(feature = "macros")]
#[diagnostic::do_not_recommend]
impl<S: FunctionStep> IsFunction for S {
    fn seal(_: Seal) {}
}

/// A [`Resource`] with a witness: a function to its value and its identity, defined on resources.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a resource",
    label = "expected a resource; if this is the type of a value, declare one: `resource! {{ Name: {Self}; }}`",
    note = "name the resource whose value is `{Self}`, or declare one: `resource! {{ Name: {Self}; }}`; if `{Self}` is a step, name a resource it provides"
)]
pub trait IsResource:
    Resource<Value = <Self as IsResource>::CheckedValue, Identity = <Self as IsResource>::CheckedIdentity>
{
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The type of the value, which proves the resource.
    type CheckedValue: Send + Sync + 'static;
    /// The identity.
    type CheckedIdentity: Reflexive;
}

#[diagnostic::do_not_recommend]
impl<R: Resource> IsResource for R {
    fn seal(_: Seal) {}

    type CheckedValue = R::Value;
    type CheckedIdentity = R::Identity;
}

/// A [`Pipeline`] with a witness: a function to its steps, defined on pipelines.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pipeline",
    label = "`{Self}` has no list of steps",
    note = "name its steps: `impl Pipeline for {Self} {{ type Steps = HList![Divide]; }}`"
)]
pub trait IsPipeline: Pipeline {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The steps, which prove the pipeline.
    type Witness;
}

#[diagnostic::do_not_recommend]
impl<P: Pipeline> IsPipeline for P {
    fn seal(_: Seal) {}

    type Witness = P::Steps;
}

/// A [`StepError`] with a witness, defined on errors.
pub trait IsError {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Always [`Proven`].
    type Witness;
}

impl<E: StepError> IsError for E {
    fn seal(_: Seal) {}

    type Witness = Proven;
}
