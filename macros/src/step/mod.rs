//! `#[step]`: a function as a step.

mod expand;
mod function;
mod inputs;
mod options;
mod outputs;
mod signature;
mod understood;

use crate::mistakes::Mistakes;
use options::Options;
use proc_macro2::TokenStream;
use quote::quote;
use signature::{Signature, Stands};
use syn::Error;

/// The function as it was written, and the step that it is.
pub(crate) fn step(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let options = Options::parse(options, &mut mistakes);
    if let Ok(function) = syn::parse2(item.clone()) {
        let signature = Signature::check(&function, &options, &mut mistakes);
        let right = mistakes.is_empty();
        let mistakes = mistakes.tell();
        let step = expand::step(&function, &options, &signature, (!right).then_some(&mistakes));
        return match signature.stands {
            Stands::Beside | Stands::BesideItsResource => quote! { #mistakes #item #step },
            Stands::InItsWay => quote! { #mistakes #step },
            Stands::Nameless => quote! { #mistakes #item },
            Stands::InAnImpl => mistakes,
        };
    }
    match syn::parse2(item) {
        Ok(item) => {
            mistakes.add(Error::new_spanned(
                &item,
                "`#[step]` stands on a function; of a type of yours, `impl Step for` it",
            ));
            let mistakes = mistakes.tell();
            let step = expand::of_a_type(&item, &mistakes);
            quote! { #mistakes #item #step }
        }
        Err(error) => error.into_compile_error(),
    }
}
