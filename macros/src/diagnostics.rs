//! The mistakes that a macro finds. All of them are reported, not only the first.

use proc_macro2::TokenStream;
use syn::Error;

/// A collection of mistakes, in the order in which they were found.
#[derive(Default)]
pub(crate) struct Diagnostics(Option<Error>);

impl Diagnostics {
    /// Adds a mistake.
    pub(crate) fn add(&mut self, mistake: Error) {
        match &mut self.0 {
            Some(mistakes) => mistakes.combine(mistake),
            none => *none = Some(mistake),
        }
    }

    /// Whether no mistake was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Returns the calls of `compile_error!` that report the mistakes, or no tokens if there are
    /// none.
    pub(crate) fn report(self) -> TokenStream {
        self.0.map(Error::into_compile_error).unwrap_or_default()
    }
}
