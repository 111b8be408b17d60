//! `#[step]`: a function as a step.

mod error_recovery;
mod expand;
mod function;
mod inputs;
mod keep;
mod options;
mod outputs;
mod policy;
mod private_types;
mod signature;

use crate::diagnostics::Diagnostics;
use options::Options;
use proc_macro2::TokenStream;
use quote::quote;
use signature::{EmitFunction, Signature};
use syn::Error;

/// Expands to the function as it was written, and its step.
pub(crate) fn step(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut mistakes = Diagnostics::default();
    let options = Options::parse(options, &mut mistakes);
    if let Ok(function) = syn::parse2(item.clone()) {
        let signature = Signature::check(&function, &options, &mut mistakes);
        let right = mistakes.is_empty();
        let mistakes = mistakes.report();
        let step = expand::step(&function, &options, &signature, (!right).then_some(&mistakes));
        return match signature.emit {
            EmitFunction::Keep | EmitFunction::KeepWithoutStruct => quote! { #mistakes #item #step },
            EmitFunction::KeepWithoutStep => quote! { #mistakes #item },
            EmitFunction::Drop => quote! { #mistakes #step },
            EmitFunction::DropWithStep => mistakes,
        };
    }
    match syn::parse2(item) {
        Ok(item) => {
            let message = "`#[step]` belongs on a function: to make a step of a type, write `impl Step for` it";
            mistakes.add(Error::new_spanned(&item, message));
            let mistakes = mistakes.report();
            let step = expand::of_a_type(&item, options.library.as_ref(), &mistakes);
            quote! { #mistakes #item #step }
        }
        Err(error) => error.into_compile_error(),
    }
}
