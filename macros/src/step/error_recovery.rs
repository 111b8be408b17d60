//! Error recovery for `#[step]`: rustc reports a mistake in the signature once, not again at every
//! use of the step.
//!
//! The macro has no types. It cannot see that the `Settings` of `In<'_, Settings>` is a struct
//! where a resource is needed. rustc reports that in the function, and would report it again in the
//! impl, in the call of the function, and for each pipeline and run with the step:
//!
//! | mistake | errors without recovery | with | lines without | with |
//! | --- | --: | --: | --: | --: |
//! | a struct instead of its resource | 5 | 1 | 75 | 12 |
//! | two structs instead of resources | 12 | 2 | 174 | 25 |
//!
//! # How it works
//!
//! For `async fn load(settings: In<'_, Settings>) -> Out<Page>` the impl is, without recovery:
//!
//! ```text
//! impl Step for Load {
//!     type Inputs = HList![Settings];
//!     type Outputs = HList![Page];
//! ```
//!
//! and with it:
//!
//! ```text
//! impl Step for Load {
//!     type Inputs = PoisonUnless<{ let _: In<'_, Settings>; 0 }, HList![Settings]>;
//!     type Outputs = PoisonUnless<{ let _: Out<Page>; 0 }, HList![Page]>;
//! ```
//!
//! The block names the types of the function once more, with the spans that they have there. Two
//! facts about rustc make one error of that:
//!
//! 1. *An error type silences rustc.* The block has the mistake as well, so its value cannot be
//!    computed, and the list becomes an error type. rustc assumes that the cause of
//!    an error type is reported, and reports nothing about types and bounds that contain one.
//! 2. *Equal errors at equal spans are one.* The error in the block has the text and the spans of
//!    the error in the function, so rustc drops it (with incremental compilation, cargo does).
//!
//! `tests/error_recovery.rs` fails if a new rustc changes one of them.
//!
//! Mistakes that the macro itself finds are in such a block too, as calls of `compile_error!`.
//!
//! # Details
//!
//! - Each list has a block of its own. A single block would be a cycle where the value of a
//!   resource names the outputs of the step that takes it.
//! - A block is a constant, and a constant cannot name a type parameter. Types that name one are
//!   left out, so a generic step has no recovery for them.
//! - For some mistakes rustc reports nothing in the function. The block of the outputs asks about
//!   them as well: whether a `Return` can be sent, whether the error type of a blocking step is
//!   accepted, and whether an alias of `Result` is one.
//! - The impl needs spans that make its errors equal to those of the function; see [`argument`].

use super::expand::place;
use super::function::Function;
use super::inputs::is_return;
use super::outputs::{Failure, Outputs};
use super::signature::Signature;
use crate::library::is_dollar_crate;
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericParam, Generics, ReturnType, Type};

/// The list of inputs, poisoned unless the types of the arguments are right.
pub(super) fn inputs(
    library: &TokenStream,
    span: Span,
    signature: &Signature,
    generics: &Generics,
    list: TokenStream,
) -> TokenStream {
    let types = signature.inputs.iter().map(|input| input.ty.to_token_stream());
    poison_unless(library, span, types, generics, list)
}

/// The list of outputs, poisoned unless the returned type is right.
pub(super) fn outputs(
    library: &TokenStream,
    function: &Function,
    signature: &Signature,
    generics: &Generics,
    blocking: bool,
    list: TokenStream,
) -> TokenStream {
    let returned = match &function.sig.output {
        ReturnType::Type(_, ty) if names_one_of(ty, generics) => {
            signature.outputs.written.iter().map(ToTokens::to_token_stream).collect()
        }
        ReturnType::Type(_, ty) if function.sig.asyncness.is_some() => {
            as_reported_for_async(library, ty, &signature.outputs)
        }
        ReturnType::Type(_, ty) => vec![ty.to_token_stream()],
        ReturnType::Default => Vec::new(),
    };
    let handed_out = signature.outputs.list.iter().filter(|output| is_return(output));
    let handed_out = handed_out
        .map(|output| within(output, quote_spanned! { output.span() => <#output as #library::lists::Output>::Values }));
    let error = match &signature.outputs.failure {
        Failure::With(error) if blocking => Some(within(
            error,
            quote_spanned! { error.span() => <#error as #library::proof::witness::IsError>::Witness },
        )),
        Failure::Of(result) => {
            Some(within(result, quote_spanned! { result.span() => <#result as #library::__private::IsResult>::Error }))
        }
        Failure::With(_) | Failure::Never => None,
    };
    poison_unless(library, place(function), returned.into_iter().chain(handed_out).chain(error), generics, list)
}

/// The returned types with the spans that rustc gives them for an `async fn`: it reports a mistake
/// in one of several outputs at the returned type as a whole.
fn as_reported_for_async(library: &TokenStream, ty: &Type, outputs: &Outputs) -> Vec<TokenStream> {
    let error = match &outputs.failure {
        Failure::Never if outputs.tuple => None,
        Failure::With(error) => Some(error.to_token_stream()),
        Failure::Never | Failure::Of(_) => return vec![ty.to_token_stream()],
    };
    let outputs = outputs.list.iter().zip(&outputs.written).map(|(output, written)| match is_return(output) {
        true => written.to_token_stream(),
        false => within(ty, quote_spanned! { ty.span() => #library::Out<#output> }),
    });
    outputs.chain(error).collect()
}

/// The list, poisoned unless a block with these types compiles.
fn poison_unless(
    library: &TokenStream,
    span: Span,
    types: impl Iterator<Item = TokenStream>,
    generics: &Generics,
    list: TokenStream,
) -> TokenStream {
    let types = types.filter(|ty| !names_one_of(ty, generics)).map(infer_lifetimes);
    match &types.collect::<Vec<_>>()[..] {
        [] => list,
        types => quote_spanned! { span => #library::__private::PoisonUnless<{ #(let _: #types;)* 0 }, #list> },
    }
}

/// The error of the step, at the place of the type `ty`. It is poisoned if the outputs are.
pub(super) fn error(library: &TokenStream, ty: &Type, error: &TokenStream) -> TokenStream {
    within(ty, quote_spanned! { ty.span() => #library::__private::IfKnown<Self::Outputs, #error> })
}

/// The error of an alias of `Result`, at the place of the type `ty`. It is poisoned if the outputs
/// are, because then the alias may be no `Result`.
pub(super) fn error_of(library: &TokenStream, ty: &Type, result: &TokenStream) -> TokenStream {
    let result = quote_spanned! { ty.span() => #library::__private::IfKnown<Self::Outputs, #result> };
    within(ty, quote_spanned! { ty.span() => <#result as #library::__private::IsResult>::Error })
}

/// The conversion `list` of the value of an alias `ty` of `Result`. It takes any value if the
/// outputs are poisoned, because then the alias may be no `Result`.
pub(super) fn conversion(library: &TokenStream, ty: &Type, list: TokenStream) -> TokenStream {
    quote_spanned! { ty.span() => ::core::convert::identity::<fn(#library::__private::IfKnown<Self::Outputs, #ty>) -> _>(#list) }
}

/// A clause for the method `call`, without which rustc would check the call of the function. If a
/// list is poisoned, the clause says that an error type is a resource, and then rustc accepts any
/// type as one.
pub(super) fn clause(library: &TokenStream, span: Span, (inputs, outputs): (TokenStream, TokenStream)) -> TokenStream {
    quote_spanned! { span =>
        where
            #library::__private::IfKnown<(#inputs, #outputs), #library::__private::ErrorResource>: #library::Resource
    }
}

/// A type as an argument of the alias `Id`, at the place of another.
///
/// For an unknown name, rustc suggests a new type parameter only if the name is an argument. In the
/// function the resource is an argument of `In`, so in the impl it has to be one as well; otherwise
/// the two errors would differ.
pub(super) fn argument(library: &TokenStream, place: &Type, ty: &impl ToTokens) -> TokenStream {
    within(place, quote_spanned! { place.span() => #library::__private::Id<#ty> })
}

/// Gives tokens the place of a type: rustc takes it from the first and the last token.
fn within(ty: &impl ToTokens, tokens: TokenStream) -> TokenStream {
    let spans: Vec<Span> = ty.to_token_stream().into_iter().map(|token| token.span()).collect();
    let (Some(&first), Some(&last)) = (spans.first(), spans.last()) else { return tokens };
    let count = tokens.clone().into_iter().count();
    let tokens = tokens.into_iter().enumerate().map(|(place, mut token)| {
        // The first token may be `::`, which is two here.
        if place <= 1 && !is_dollar_crate(&token) {
            token.set_span(first);
        } else if place + 1 == count {
            token.set_span(last);
        }
        token
    });
    tokens.collect()
}

/// Whether tokens name a type parameter or a constant parameter.
pub(super) fn names_one_of(tokens: &impl ToTokens, generics: &Generics) -> bool {
    !generics.params.is_empty() && names(tokens.to_token_stream(), generics)
}

fn names(tokens: TokenStream, generics: &Generics) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => names(group.stream(), generics),
        TokenTree::Ident(name) => generics.params.iter().any(|parameter| match parameter {
            GenericParam::Type(parameter) => parameter.ident == name,
            GenericParam::Const(parameter) => parameter.ident == name,
            GenericParam::Lifetime(_) => false,
        }),
        // The expansion of a macro may name one.
        TokenTree::Punct(punct) => punct.as_char() == '!',
        TokenTree::Literal(_) => false,
    })
}

/// Replaces the lifetimes in a type by `'_`, because a constant cannot name those of the function.
/// Lifetimes that the type declares itself, with `for`, stay.
fn infer_lifetimes(ty: TokenStream) -> TokenStream {
    infer(ty, &mut Vec::new())
}

fn infer(ty: TokenStream, declared: &mut Vec<Ident>) -> TokenStream {
    let (mut apostrophe, mut after_for, mut declares) = (false, false, false);
    let tokens = ty.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let mut inferred = Group::new(group.delimiter(), infer(group.stream(), declared));
            inferred.set_span(group.span());
            inferred.into()
        }
        TokenTree::Ident(name) if apostrophe => {
            apostrophe = false;
            if declares {
                declared.push(name.clone());
            }
            match name == "static" || declared.contains(&name) {
                true => name.into(),
                false => Ident::new("_", name.span()).into(),
            }
        }
        TokenTree::Punct(punct) => {
            apostrophe = punct.as_char() == '\'';
            declares = match punct.as_char() {
                '<' => after_for,
                '>' => false,
                _ => declares,
            };
            after_for = false;
            punct.into()
        }
        token => {
            after_for = matches!(&token, TokenTree::Ident(name) if name == "for");
            token
        }
    });
    tokens.collect()
}
