//! What something is: a step, a resource, a pipeline, an error.
//!
//! Each trait here says the same as the one that it rests on, and its one impl is for whatever implements that one. It is
//! there for what rustc says where it is not implemented, in three ways:
//!
//! - Its impl, but for that of errors, is `do_not_recommend`. So rustc speaks of this trait, and not of the user's: of that
//!   one it would list the types that implement it, in full, which for steps is another twenty lines.
//! - Its `Proof` is worked out from the user's impl. Where there is one, and only a bound of it is not met, as for
//!   `Load<User>` where `User` is no entity, rustc finds that out first, and says so.
//! - What the library needs of a step or a resource, it asks of the trait here: of the user's, rustc would speak again.
//!
//! A list has a `Proof` too, that of its elements: to work it out rustc goes straight to the element that is at fault, and
//! has nothing to say of the lists on the way there.

use crate::pipeline::Pipeline;
use crate::proof::Proven;
use crate::proof::ids::digits::Reflexive;
use crate::proof::lists::inputs::Gives;
use crate::resource::Resource;
use crate::sealed::Seal;
use crate::step::{Step, StepError};

/// A [`Step`], with a proof.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a step",
    label = "not a step",
    note = "a step is a function with `#[step]`, a type with an `impl Step`, or `Chosen<R>` where `R` carries an `AnyStep`; of a resource, ask with `store.resource::<R>()`"
)]
pub trait IsStep: Step {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// What rustc works out of the step's impl.
    type Proof;
    /// What it gives.
    type Given: Gives;
}

#[diagnostic::do_not_recommend]
impl<S: Step> IsStep for S {
    fn seal(_: Seal) {}

    type Proof = S::Inputs;
    type Given = S::Outputs;
}

/// A [`Resource`], with a proof.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a resource",
    label = "not a resource",
    note = "a resource is a name for a value: write the one that carries `{Self}`, or declare one, `resource! {{ pub Name: {Self}; }}`; of a step, write what it gives"
)]
pub trait IsResource: Resource<Value = <Self as IsResource>::Carried, Identity = <Self as IsResource>::Named> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The type of its value, `R::Value`, which is what proves it as well.
    type Carried: Send + Sync + 'static;
    /// Its identity.
    type Named: Reflexive;
}

#[diagnostic::do_not_recommend]
impl<R: Resource> IsResource for R {
    fn seal(_: Seal) {}

    type Carried = R::Value;
    type Named = R::Identity;
}

/// A [`Pipeline`], with a proof.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pipeline",
    label = "`{Self}` has no list of steps",
    note = "name its steps: `impl Pipeline for {Self} {{ type Steps = HList![Divide]; }}`"
)]
pub trait IsPipeline: Pipeline {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// What rustc works out of the pipeline's impl.
    type Proof;
}

#[diagnostic::do_not_recommend]
impl<P: Pipeline> IsPipeline for P {
    fn seal(_: Seal) {}

    type Proof = P::Steps;
}

/// A [`StepError`], with a proof.
pub trait IsError {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Always [`Proven`].
    type Proof;
}

impl<E: StepError> IsError for E {
    fn seal(_: Seal) {}

    type Proof = Proven;
}
