//! Steps: the async functions of a pipeline.

use crate::list::{InputList, OutputList};
use core::error::Error;

/// An error of any type, as [`RunError`](crate::RunError) keeps it.
pub type BoxError = Box<dyn Error + Send + Sync + 'static>;

/// What the step `S` takes: a list of references to the values of its [`Inputs`](Step::Inputs).
pub type Inputs<'s, S> = <<S as Step>::Inputs as InputList>::Refs<'s>;

/// What the step `S` returns: a list of the values of its [`Outputs`](Step::Outputs).
pub type Outputs<S> = <<S as Step>::Outputs as OutputList>::Values;

/// An async function of a pipeline. (docs to come)
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a step",
    label = "not a step",
    note = "implement `Step` for `{Self}`: `Inputs`, `Outputs`, `Error` and `async fn run`"
)]
pub trait Step: Sized + 'static {
    /// The resources that the step takes.
    type Inputs: InputList;
    /// The resources that the step provides.
    type Outputs: OutputList;
    /// Why the step may fail; `Infallible` for never.
    type Error: Into<BoxError>;

    /// Runs the step once.
    fn run(inputs: Inputs<'_, Self>) -> impl Future<Output = Result<Outputs<Self>, Self::Error>> + Send;

    /// The name of the step in errors and reports: that of its type, unless overridden.
    fn name() -> &'static str {
        crate::names::of::<Self>()
    }
}
