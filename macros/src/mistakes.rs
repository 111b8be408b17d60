//! The mistakes that a macro finds: all of them are told.

use proc_macro2::TokenStream;
use syn::Error;

/// What is wrong, all of it.
#[derive(Default)]
pub(crate) struct Mistakes(Option<Error>);

impl Mistakes {
    pub(crate) fn add(&mut self, mistake: Error) {
        match &mut self.0 {
            Some(mistakes) => mistakes.combine(mistake),
            none => *none = Some(mistake),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// As errors of the compiler.
    pub(crate) fn tell(self) -> TokenStream {
        self.0.map(Error::into_compile_error).unwrap_or_default()
    }
}
