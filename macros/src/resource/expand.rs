//! Expands a declaration to the marker type and a call of `__resource!`, which declares the impls.

use super::parse::{Declaration, Resource};
use crate::identity::{self, Spelled};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

/// The items of a declaration, and the errors for its mistakes.
pub(super) fn expand(library: &TokenStream, declaration: Declaration) -> TokenStream {
    let mistakes = declaration.mistakes.report();
    let Some(Resource { attributes, visibility, name, parameters, value }) = declaration.resource else {
        return mistakes;
    };
    let (mistakes, value) = match value {
        Some(value) => (mistakes, quote! { #value }),
        // An error type, so that no second error follows where the value is used.
        None => (TokenStream::new(), quote! { #library::__private::PoisonUnless<{ #mistakes 0 }, ()> }),
    };
    let names: Vec<_> = parameters.iter().map(|parameter| &parameter.name).collect();
    let bounds = parameters.iter().map(|parameter| &parameter.bound);
    let conditions = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    // rustc quotes the struct in each error about it. With the span of its name the quote is that
    // line; with the span of the call it would be the whole call of `resource!`.
    let marker = match names[..] {
        [] => quote_spanned! { name.span() => struct #name; },
        _ => quote_spanned! { name.span() =>
            struct #name<#(#names),*> {
                parameters: ::core::marker::PhantomData<fn() -> (#(#names,)*)>,
            }
        },
    };
    let identity = identity::spelled(library, &name, &names).map(|Spelled { ty, number }| quote! { #ty, #number });
    quote! {
        #mistakes
        // Few programs make a value of a marker, or look at it.
        #[allow(dead_code, missing_debug_implementations, missing_copy_implementations)]
        #(#attributes)*
        #visibility #marker
        #library::__resource! { [#(#conditions)*] #visibility #name [#(#names [#bounds])*] [#identity] #value }
    }
}
