//! Steps that are functions.

use crate::error::StepError;
use crate::proof::witness::{IsError, IsFunction};
use crate::steps::continuation::Continuation;
#[cfg(feature = "journal")]
use crate::steps::keep::{Keep, KeepOf};
use crate::steps::lists::{InputList, OutputList};
#[cfg(feature = "policy")]
use crate::steps::policy::{Policy, PolicyOf};
use crate::steps::{Close, CloseOf, Inputs, Outputs, Step};
use futures::future::BoxFuture;

/// A function with [`#[step]`](macro@crate::step): the part of [`Step`] that the macro writes. It
/// is defined on the structs of functions.
///
/// You never write it. It is needed because the signature of [`Step::run`] costs rustc more than
/// all else in a step, and is checked again whenever a line above it moves. Here is a signature
/// without a future.
// The text is that of `Step`: rustc reports this trait for a type that is not a step.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a step",
    label = "expected one step: a function with `#[step]`, or a type with an `impl Step`",
    note = "a step is a function with `#[step]`, a type with an `impl Step`, `ForEach<P>` where `P` has an `impl Each`, or `RunChosen<R>` where `R` carries a `SharedStep`; to get a resource, call `store.resource::<R>()`",
    note = "`run` takes one target: for several, join their runs with `try_join!`, or run a step that takes what they provide"
)]
pub trait FunctionStep: Sized + 'static {
    /// The inputs.
    type Inputs: InputList<Witness: Sized>;
    /// The outputs.
    type Outputs: OutputList<Witness: Sized>;
    /// The error.
    type Error: StepError + IsError<Witness: Sized>;
    /// Whether the function is not async.
    const IS_SYNC: bool = false;
    /// The function that closes the outputs.
    const CLOSE: Option<CloseOf<Self::Outputs>> = None;
    /// The policy.
    #[cfg(feature = "policy")]
    const POLICY: Option<PolicyOf<Self::Inputs, Self::Outputs, Self::Error>> = None;
    /// How the outputs are kept.
    #[cfg(feature = "journal")]
    const KEEP: Option<KeepOf<Self::Outputs>> = None;
    /// The version.
    #[cfg(feature = "journal")]
    const VERSION: u32 = 0;

    /// Calls the function, and hands its future to `then`.
    fn call<'s, Then: Continuation<'s, Self>>(inputs: Refs<'s, Self>, then: Then) -> Then::Result;
}

/// The references to the inputs of a function.
pub type Refs<'s, S> = <<S as FunctionStep>::Inputs as InputList>::Refs<'s>;

#[diagnostic::do_not_recommend]
impl<S: IsFunction> Step for S {
    type Inputs = <S as FunctionStep>::Inputs;
    type Outputs = <S as FunctionStep>::Outputs;
    type Error = <S as FunctionStep>::Error;
    const IS_SYNC: bool = <S as FunctionStep>::IS_SYNC;
    const CLOSE: Option<Close<Self>> = <S as FunctionStep>::CLOSE;
    #[cfg(feature = "policy")]
    const POLICY: Option<Policy<Self>> = <S as FunctionStep>::POLICY;
    #[cfg(feature = "journal")]
    const KEEP: Option<Keep<Self>> = <S as FunctionStep>::KEEP;
    #[cfg(feature = "journal")]
    const VERSION: u32 = <S as FunctionStep>::VERSION;

    fn run(inputs: Inputs<'_, Self>) -> impl Future<Output = Result<Outputs<Self>, Self::Error>> + Send {
        S::call(inputs, Boxed)
    }

    #[inline]
    fn run_then<'s, Then: Continuation<'s, Self>>(inputs: Inputs<'s, Self>, then: Then) -> Then::Result {
        S::call(inputs, then)
    }
}

/// Boxes the future of a step, for a caller of [`Step::run`]. A run of a pipeline does not.
struct Boxed;

impl<'s, S: Step> Continuation<'s, S> for Boxed {
    type Result = BoxFuture<'s, Result<Outputs<S>, S::Error>>;

    fn take<F: Future<Output = Result<Outputs<S>, S::Error>> + Send + 's>(self, future: F) -> Self::Result {
        Box::pin(future)
    }
}
