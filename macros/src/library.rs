//! The option `crate = path` of the macros: the path of the library in the crate of the user.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Error, LitStr, Path, Token, parse_quote};

/// The path without the option.
pub(crate) fn default() -> Path {
    parse_quote!(::typed_pipeliner)
}

/// Parses the value of the option, ` = path`.
pub(crate) fn parse(key: impl ToTokens, input: ParseStream<'_>) -> syn::Result<Path> {
    if input.parse::<Option<Token![=]>>()?.is_none() {
        return Err(Error::new_spanned(key, "the path of the library is missing: write `crate = pipe`"));
    }
    if let Some(text) = input.parse::<Option<LitStr>>()? {
        let message = format!("the library is given as a path: write it without quotes, `crate = {}`", text.value());
        return Err(Error::new_spanned(text, message));
    }
    Path::parse_mod_style(input)
        .map_err(|error| Error::new(error.span(), "expected the path of the library, as in `crate = pipe`"))
}

/// Gives the tokens of a path a span, at which rustc reports the mistakes of the item around it.
/// A `$crate` keeps its own, because rustc resolves it by that.
pub(crate) fn at(span: Span, path: &impl ToTokens) -> TokenStream {
    let moved = path.to_token_stream().into_iter().map(|mut token| {
        if !is_dollar_crate(&token) {
            token.set_span(span);
        }
        token
    });
    moved.collect()
}

/// Whether a token is the `$crate` of a `macro_rules!`, which is one identifier.
pub(crate) fn is_dollar_crate(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(name) if *name == "$crate")
}
