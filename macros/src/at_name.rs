//! `__at_name!`: an item whose place is its name.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// The item, with what the macro that wrote it has added to the user's own tokens placed at its name.
///
/// rustc says of an item of `macro_rules!` that it is where the macro was called. For a resource that is the whole
/// `resource!` block; so it would quote all of it in each error, for one line of it.
pub(crate) fn at_name(item: TokenStream) -> TokenStream {
    let item: Vec<_> = item.into_iter().flat_map(opened).collect();
    let keyword = item.iter().position(|token| matches!(token, TokenTree::Ident(ident) if ident == "struct"));
    let Some(name) = keyword.and_then(|keyword| item.get(keyword + 1)).map(TokenTree::span) else {
        return item.into_iter().collect();
    };
    let placed = item.into_iter().enumerate().map(|(place, mut token)| {
        let added = match &token {
            TokenTree::Ident(_) => Some(place) == keyword,
            TokenTree::Punct(_) => Some(place) > keyword,
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Literal(_) => false,
        };
        if added {
            token.set_span(name);
        }
        token
    });
    placed.collect()
}

/// The tokens of a group without delimiters, which is what a `$visibility:vis` comes as.
fn opened(token: TokenTree) -> Vec<TokenTree> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => Group::stream(&group).into_iter().collect(),
        token => vec![token],
    }
}
