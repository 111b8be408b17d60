//! Functions of the future of a step.

use crate::steps::{Outputs, Step};

/// A function of the future of the step `S`, whose inputs are borrowed for `'s`.
///
/// It is defined on the start of a step in a run, and on a function that boxes the future. It is
/// needed because the future of a function has no name: `#[step]` would have to write `impl Future`
/// into a signature, which rustc compares with that of [`Step::run`], and checks again whenever a
/// line above it moves.
pub trait Continuation<'s, S: Step>: Sized {
    /// The result of the function.
    type Result;

    /// Takes the future.
    fn take<F: Future<Output = Result<Outputs<S>, S::Error>> + Send + 's>(self, future: F) -> Self::Result;

    /// Takes the future of a function, and converts its output to the result of the step.
    #[cfg(feature = "macros")]
    #[inline]
    #[expect(clippy::type_complexity, reason = "rustc quotes the signature")]
    fn take_function<F>(self, future: F, list: fn(F::Output) -> Result<Outputs<S>, S::Error>) -> Self::Result
    where
        F: Future<Output: 's> + Send + 's,
    {
        self.take(crate::steps::listed::listed(future, list))
    }
}
