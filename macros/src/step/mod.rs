//! `#[step]`: a function as a step.

mod expand;
mod inputs;
mod options;
mod outputs;
mod signature;

use options::Options;
use proc_macro2::TokenStream;
use quote::quote;
use signature::Signature;
use syn::{Error, ItemFn};

/// The function as it was written, and the step that it is.
pub(crate) fn step(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let options = Options::parse(options, &mut mistakes);
    let function: ItemFn = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            // Code that is no Rust is told by rustc; anything else is no function.
            if syn::parse2::<syn::Item>(item.clone()).is_ok() {
                mistakes.add(Error::new_spanned(&item, "`#[step]` stands on a function"));
                let mistakes = mistakes.tell();
                return quote! { #mistakes #item };
            }
            return error.into_compile_error();
        }
    };
    let signature = Signature::check(&function, &options, &mut mistakes);
    let step = expand::step(&function, &options, &signature, mistakes.is_empty());
    // A `self` makes rustc stumble over the function as well.
    let function = (!signature.takes_self).then_some(function);
    let mistakes = mistakes.tell();
    quote! { #mistakes #function #step }
}

/// What is wrong, all of it.
#[derive(Default)]
struct Mistakes(Option<Error>);

impl Mistakes {
    fn add(&mut self, mistake: Error) {
        match &mut self.0 {
            Some(mistakes) => mistakes.combine(mistake),
            none => *none = Some(mistake),
        }
    }

    fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// As errors of the compiler.
    fn tell(self) -> TokenStream {
        self.0.map(Error::into_compile_error).unwrap_or_default()
    }
}
