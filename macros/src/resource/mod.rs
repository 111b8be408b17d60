//! `__declare!`: the proc macro behind `resource!`.
//!
//! `macro_rules!` would only report that no rule expected a token. This parser reports each mistake
//! on the token in question, and declares the resource all the same.

mod expand;
mod parse;

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::parse::Parser;

/// Declares resources. The first token tree is the path of the library, in parentheses.
pub(crate) fn declare(call: TokenStream) -> TokenStream {
    let mut tokens = call.into_iter();
    let library = match tokens.next() {
        Some(TokenTree::Group(library)) => library.stream(),
        _ => quote! { ::typed_pipeliner },
    };
    match parse::declarations.parse2(tokens.collect()) {
        Ok(declarations) => declarations.into_iter().map(|declaration| expand::expand(&library, declaration)).collect(),
        Err(error) => error.into_compile_error(),
    }
}
