//! Parses the function up to its body.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Signature, Visibility, token};

/// The head of a function. The macro does not read the body: rustc gets it as it was written, and
/// reports the mistakes in it.
pub(super) struct Function {
    pub(super) attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) sig: Signature,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let function =
            Function { attrs: input.call(Attribute::parse_outer)?, vis: input.parse()?, sig: input.parse()? };
        match input.peek(token::Brace) {
            true => input.parse::<TokenStream>().map(|_body| function),
            false => Err(input.error("a function has a body")),
        }
    }
}
