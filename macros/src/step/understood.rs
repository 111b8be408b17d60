//! What rustc has to understand before it believes a step: so that it tells a mistake once, and not at each use.
//!
//! The macro has no types, and cannot see that `In<'_, Settings>` names a struct where a resource should be. rustc says
//! so of the function. It would say the same of the impl, of the call in it, and of every pipeline and run with that step.
//!
//! So each list of the step stands behind a block of code that names the same types as the function, with the same spans. The
//! mistake is in that block as well, and what was told of the function is told no second time at the same place (rustc sees to
//! it, or with incremental compilation cargo); but rustc knows now that the list cannot be known, and says nothing of what is
//! made of it. Mistakes that the macro sees are in such a block themselves.
//!
//! Each list has a block of its own: a resource may carry what the step that takes it returns.

use super::function::Function;
use super::inputs::is_return;
use super::outputs::{Failure, Outputs};
use super::signature::Signature;
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{GenericParam, Generics, ReturnType, Type};

/// The list behind the types of the arguments.
pub(super) fn inputs(signature: &Signature, generics: &Generics, list: TokenStream) -> TokenStream {
    let types = signature.inputs.iter().map(|input| input.ty.to_token_stream());
    behind(types, generics, list)
}

/// The list behind the type that is returned. Of what rustc has nothing to say in the function, it is asked: whether what is
/// handed over can be sent, and an error of a blocking step, which goes from thread to thread before it is one of a step.
pub(super) fn outputs(
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
        ReturnType::Type(_, ty) if function.sig.asyncness.is_some() => as_told_of_async(ty, &signature.outputs),
        ReturnType::Type(_, ty) => vec![ty.to_token_stream()],
        ReturnType::Default => Vec::new(),
    };
    let handed = signature.outputs.list.iter().filter(|output| is_return(output));
    let handed = handed.map(|output| within(output, quote! { <#output as ::typed_pipeliner::lists::Output>::Values }));
    let error = match &signature.outputs.failure {
        Failure::With(error) if blocking => {
            Some(within(error, quote! { <#error as ::typed_pipeliner::proof::witness::IsError>::Witness }))
        }
        _ => None,
    };
    behind(returned.into_iter().chain(handed).chain(error), generics, list)
}

/// The types that are returned, as an async function has them told: what is wrong with one of several, at the type as a whole.
fn as_told_of_async(ty: &Type, outputs: &Outputs) -> Vec<TokenStream> {
    let error = match &outputs.failure {
        Failure::Never if outputs.tuple => None,
        Failure::With(error) => Some(error.to_token_stream()),
        Failure::Never | Failure::Of(_) => return vec![ty.to_token_stream()],
    };
    let given = outputs.list.iter().zip(&outputs.written).map(|(output, written)| match is_return(output) {
        true => written.to_token_stream(),
        false => within(ty, quote! { ::typed_pipeliner::Out<#output> }),
    });
    given.chain(error).collect()
}

/// The list behind a block that names the types. It is a constant, which cannot name parameters: what does is left out.
fn behind(types: impl Iterator<Item = TokenStream>, generics: &Generics, list: TokenStream) -> TokenStream {
    let types = types.filter(|ty| !names_one_of(ty, generics)).map(inferred);
    match &types.collect::<Vec<_>>()[..] {
        [] => list,
        types => quote! { ::typed_pipeliner::__private::Understood<{ #(let _: #types;)* 0 }, #list> },
    }
}

/// The error of the step, which stands for rustc where `ty` does: not known, if what the step gives is not.
pub(super) fn error(ty: &Type, error: TokenStream) -> TokenStream {
    within(ty, quote! { <Self::Outputs as ::typed_pipeliner::__private::Then<#error>>::Type })
}

/// The clause that lets the call of the function pass, whatever is wrong with its types: if the lists are not known, it says of a
/// type that is not known that it is a resource, and then any type is one.
pub(super) fn clause((inputs, outputs): (TokenStream, TokenStream)) -> TokenStream {
    quote! {
        where
            ::typed_pipeliner::__private::After<(#inputs, #outputs), ::typed_pipeliner::__private::AnyResource>: ::typed_pipeliner::Resource
    }
}

/// A type as an argument of another: there alone rustc suggests a parameter where it does not find a name, and what it says of
/// the impl is to be what it says of the function.
pub(super) fn argument(ty: &Type) -> TokenStream {
    within(ty, quote! { ::typed_pipeliner::__private::Itself<#ty> })
}

/// Tokens that stand, for rustc, where a type does.
fn within(ty: &impl ToTokens, tokens: TokenStream) -> TokenStream {
    let spans: Vec<Span> = ty.to_token_stream().into_iter().map(|token| token.span()).collect();
    let (Some(&first), Some(&last)) = (spans.first(), spans.last()) else { return tokens };
    let count = tokens.clone().into_iter().count();
    let tokens = tokens.into_iter().enumerate().map(|(place, mut token)| {
        // It may begin with two colons, which are one token to rustc.
        if place <= 1 {
            token.set_span(first);
        } else if place + 1 == count {
            token.set_span(last);
        }
        token
    });
    tokens.collect()
}

/// Whether tokens name a parameter, of a type or a constant.
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
        // What a macro makes of it may name one.
        TokenTree::Punct(punct) => punct.as_char() == '!',
        TokenTree::Literal(_) => false,
    })
}

/// A type in which its lifetimes are inferred: a constant cannot name them. But those that it declares itself, with `for`.
fn inferred(ty: TokenStream) -> TokenStream {
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
