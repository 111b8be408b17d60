//! What rustc has to understand before it believes a step: so that it tells a mistake once, and not at each use.
//!
//! The macro has no types, and cannot see that `In<'_, Settings>` names a struct where a resource should be. rustc says
//! so of the function. It would say the same of the impl, of the call in it, and of every pipeline and run with that step.
//! So the lists of the step stand behind a block of code that names the same types as the function, with the same spans. The
//! mistake is in that block as well, and rustc tells what it has told at the same place no second time; but it knows now that
//! the lists cannot be known, and says nothing of what is made of them. Mistakes that the macro sees are in that
//! block themselves.

use super::signature::Signature;
use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{ItemFn, ReturnType};

/// The statements that name the types of the function. None if it has parameters, which a constant cannot name.
pub(super) fn types(function: &ItemFn, signature: &Signature) -> Option<TokenStream> {
    let generics = &function.sig.generics;
    if generics.type_params().next().is_some() || generics.const_params().next().is_some() {
        return None;
    }
    let lifetimes: Vec<_> = generics.lifetimes().map(|parameter| &parameter.lifetime.ident).collect();
    let inputs = signature.inputs.iter().map(|input| input.ty.to_token_stream());
    let outputs = match &function.sig.output {
        ReturnType::Type(_, ty) => Some(ty.to_token_stream()),
        ReturnType::Default => None,
    };
    let types = inputs.chain(outputs).map(|ty| inferred(ty, &lifetimes));
    Some(quote! { #(let _: #types;)* })
}

/// A type in which these lifetimes are inferred: a constant cannot name them.
fn inferred(ty: TokenStream, lifetimes: &[&Ident]) -> TokenStream {
    let mut apostrophe = false;
    let tokens = ty.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let mut inferred = Group::new(group.delimiter(), inferred(group.stream(), lifetimes));
            inferred.set_span(group.span());
            inferred.into()
        }
        TokenTree::Ident(name) if apostrophe && lifetimes.contains(&&name) => Ident::new("_", name.span()).into(),
        token => {
            apostrophe = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
            token
        }
    });
    tokens.collect()
}
