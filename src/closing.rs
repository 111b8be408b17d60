//! The future that closes the outputs of a step, and the error of those that failed.

use crate::error::{BoxError, Failure, RunError, StepError};
use crate::sealed::Seal;
use crate::text::printable;
use core::error::Error;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::sync::Arc;

/// The future of the function that closes the outputs of a step, without its type; see
/// [`Step::CLOSE`](crate::Step::CLOSE).
///
/// ```
/// # use typed_pipeliner::close::Closing;
/// async fn hang_up(line: String) -> Result<(), &'static str> {
///     if line.is_empty() { Err("there is no line") } else { Ok(()) }
/// }
///
/// assert!(futures::executor::block_on(Closing::new(hang_up("line 1".to_owned()))).is_ok());
/// ```
pub struct Closing(Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>);

impl Closing {
    /// Boxes a future.
    pub fn new<F: CloseFuture + Send + 'static>(future: F) -> Self {
        Closing(Box::pin(async move { future.close().await }))
    }
}

impl Future for Closing {
    type Output = Result<(), BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

impl fmt::Debug for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Closing").finish_non_exhaustive()
    }
}

/// The future of a function that closes the outputs of a step: one of `()`, or of a `Result<(), E>`
/// with an error as a step may have.
///
/// You never write it. It is that bound with an error message of its own.
#[diagnostic::on_unimplemented(
    message = "a step is closed by an async function, and `{Self}` is not the future of one",
    label = "expected an `async fn` that returns nothing or a `Result<(), E>`"
)]
pub trait CloseFuture {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Closes, and returns the error without its type.
    #[doc(hidden)]
    fn close(self) -> impl Future<Output = Result<(), BoxError>> + Send
    where
        Self: Send;
}

// Otherwise rustc reports that the type is not a future.
#[diagnostic::do_not_recommend]
impl<F: Future<Output: CloseOutput>> CloseFuture for F {
    fn seal(_: Seal) {}

    async fn close(self) -> Result<(), BoxError>
    where
        Self: Send,
    {
        self.await.result()
    }
}

/// The output of such a future.
///
/// You never write it. It is a function from the output to a `Result`.
pub trait CloseOutput {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The output as a `Result`.
    #[doc(hidden)]
    fn result(self) -> Result<(), BoxError>;
}

impl CloseOutput for () {
    fn seal(_: Seal) {}

    fn result(self) -> Result<(), BoxError> {
        Ok(())
    }
}

impl<E: StepError> CloseOutput for Result<(), E> {
    fn seal(_: Seal) {}

    fn result(self) -> Result<(), BoxError> {
        self.map_err(StepError::boxed)
    }
}

/// The error of [`Store::close`](crate::Store::close): each step whose outputs could not be closed.
///
/// ```
/// # use typed_pipeliner::{HList, Out, Pipeline, Store, resource, step};
/// # resource! { Line: String; }
/// #[step(close = hang_up)]
/// fn dial() -> Out<Line> {
///     "line 1".to_owned()
/// }
/// async fn hang_up(_line: String) -> Result<(), &'static str> {
///     Err("the line is dead")
/// }
/// # struct Phone;
/// # impl Pipeline for Phone { type Steps = HList![Dial]; }
///
/// # futures::executor::block_on(async {
/// let store = Store::<Phone>::new();
/// store.resource::<Line>().await.unwrap();
/// let error = store.close().await.unwrap_err();
/// assert_eq!(error.to_string(), "closing step `Dial` failed");
/// assert_eq!(format!("{error:#}"), "closing step `Dial` failed: the line is dead");
/// # });
/// ```
pub struct CloseError {
    /// The failures, in the order in which they happened; at least one.
    failures: Box<[CloseFailure]>,
}

/// A step whose outputs could not be closed, with the error.
pub struct CloseFailure {
    /// The name of the step.
    step: &'static str,
    /// The error of its function, or its panic.
    source: BoxError,
}

impl CloseError {
    /// The error of these failures, if there are any.
    pub(crate) fn of(failures: Vec<CloseFailure>) -> Result<(), Self> {
        match failures.is_empty() {
            true => Ok(()),
            false => Err(CloseError { failures: failures.into() }),
        }
    }

    /// The same failures as the error of a run.
    pub(crate) fn of_run(self) -> RunError {
        let failures = self.failures.into_iter();
        let failures = failures.map(|failure| Failure::new(Box::new([failure.step]), Arc::new(failure.into())));
        RunError::new(failures.collect(), Vec::new(), Vec::new())
    }

    /// The failures, in the order in which they happened; at least one.
    pub fn failures(&self) -> &[CloseFailure] {
        &self.failures
    }
}

impl CloseFailure {
    /// A failure of this step.
    pub(crate) fn new(step: &'static str, source: BoxError) -> Self {
        CloseFailure { step, source }
    }

    /// The name of the step.
    pub fn step(&self) -> &'static str {
        self.step
    }

    /// The error of the function that closes the step, if its type is `E`.
    pub fn downcast_ref<E: Error + 'static>(&self) -> Option<&E> {
        self.source.downcast_ref()
    }
}

impl fmt::Display for CloseFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "closing step `{}` failed", self.step)?;
        if f.alternate() {
            let mut cause = self.source();
            while let Some(error) = cause {
                write!(f, ": {error}")?;
                cause = error.source();
            }
        }
        Ok(())
    }
}

/// Prints the line of the alternate form, without control over a terminal.
impl fmt::Debug for CloseFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&format!("{self:#}")))
    }
}

impl Error for CloseFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

/// Prints one line: each failure.
impl fmt::Display for CloseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, failure) in self.failures.iter().enumerate() {
            f.write_str(if place > 0 { "; " } else { "" })?;
            fmt::Display::fmt(failure, f)?;
        }
        Ok(())
    }
}

/// Prints the line of the alternate form, without control over a terminal.
impl fmt::Debug for CloseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&format!("{self:#}")))
    }
}

impl Error for CloseError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.failures.first()?.source()
    }
}
