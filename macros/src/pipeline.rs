//! `#[pipeline]`: gives a list of steps a certificate.

use crate::text::text;
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, quote};
use std::mem;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Error, ImplItem, ItemImpl, Path, Token, Type, parse_quote};

/// The most free resources of a pipeline with a certificate, as in `lower/certify.rs`.
const MOST_FREE: usize = 12;

/// The most lists on a path to one, as there.
const MOST_LISTS: usize = 5;

/// Expands to the impl as it was written, but with the certificate in its list of steps.
///
/// A generic impl stays as it is, because a constant cannot name its parameters.
pub(crate) fn pipeline(options: TokenStream, item: TokenStream) -> TokenStream {
    let library = match library.parse2(options) {
        Ok(library) => library,
        Err(error) => {
            let mistake = error.into_compile_error();
            return quote! { #mistake #item };
        }
    };
    let mut implementation: ItemImpl = match syn::parse2(item.clone()) {
        Ok(implementation) => implementation,
        Err(error) => {
            let message = "`#[pipeline]` belongs on an `impl Pipeline`";
            let mistake = Error::new(error.span(), message).into_compile_error();
            return quote! { #mistake #item };
        }
    };
    let is_generic = !implementation.generics.params.is_empty();
    let name = implementation.self_ty.clone();
    let Some(steps) = implementation.items.iter_mut().find_map(steps) else {
        let mistake = of_another_trait(&implementation);
        return quote! { #mistake #item };
    };
    if is_generic {
        return item;
    }
    // Full paths and long names, because the user's types are in the same scope.
    let certificate = quote! { #library::__private::certificate };
    let steps_of = |of: &Type| quote! { #certificate::StepsOf::<#of> };
    let numbers_of_steps: Vec<_> = match elements(steps) {
        Some(elements) => elements.iter().map(steps_of).map(|steps| quote! { #steps::NUMBERS }).collect(),
        None => Some(&*steps).into_iter().map(steps_of).map(|steps| quote! { #steps::WHOLE }).collect(),
    };
    let facts = quote! {
        #certificate::CertificateFacts<{ __PIPELINER_VERDICT.is_sound }, { __PIPELINER_VERDICT.in_parent }>
    };
    let list = mem::replace(steps, parse_quote! { #certificate::Certified<#name> });
    let free = numbers(MOST_FREE).rev().fold(quote! { () }, |rest, free| {
        let path = numbers(MOST_LISTS).rev().fold(quote! { () }, |rest, place| {
            quote! { #certificate::PathTo<{ __PIPELINER_VERDICT.free.#free.#place }, #rest> }
        });
        quote! { (#certificate::FreeAt<#name, #path>, #rest) }
    });
    quote! {
        const _: () = {
            use #certificate::{NoParentSteps as _, NotSteps as _};
            impl #certificate::OpenPipeline for #name {
                type List = #list;
                type Facts = #facts;
                type Free = #certificate::FreeInputs<{ __PIPELINER_VERDICT.count }, #free>;
                const STEPS: &'static [#certificate::StepsNumbers] = __PIPELINER_STEPS;
            }
            const __PIPELINER_STEPS: &[#certificate::StepsNumbers] =
                &[#(#numbers_of_steps),*];
            const __PIPELINER_PARENT: ::core::option::Option<&[#certificate::StepsNumbers]> =
                #certificate::ParentStepsOf::<#name>::STEPS;
            const __PIPELINER_VERDICT: #certificate::Verdict = #certificate::certify::<
                { #certificate::room(__PIPELINER_STEPS, __PIPELINER_PARENT) },
            >(__PIPELINER_STEPS, __PIPELINER_PARENT);
            #implementation
        };
    }
}

/// The mistake that an impl without a list of steps is, unless rustc says that the list is missing.
fn of_another_trait(implementation: &ItemImpl) -> Option<TokenStream> {
    let (place, what) = match &implementation.trait_ {
        Some((path, _)) if path.segments.last().is_some_and(|name| name.ident == "Pipeline") => return None,
        Some((path, _)) => (path.to_token_stream(), format!("an `impl {}`", text(path))),
        None => (implementation.self_ty.to_token_stream(), "an impl without a trait".to_owned()),
    };
    let message = format!("`#[pipeline]` belongs on an `impl Pipeline`, and this is {what}");
    Some(Error::new_spanned(place, message).into_compile_error())
}

/// The elements of a list of steps, if it is written as `HList![…]`.
fn elements(list: &Type) -> Option<Punctuated<Type, Token![,]>> {
    match list {
        Type::Macro(list) if list.mac.path.segments.last().is_some_and(|name| name.ident == "HList") => {
            list.mac.parse_body_with(Punctuated::parse_terminated).ok()
        }
        _ => None,
    }
}

/// The numbers below a count, as literals.
fn numbers(count: usize) -> impl DoubleEndedIterator<Item = Literal> {
    (0..count).map(Literal::usize_unsuffixed)
}

/// The option `crate = path`, or the path without it.
fn library(options: syn::parse::ParseStream<'_>) -> syn::Result<Path> {
    match options.parse::<Option<Token![crate]>>()? {
        Some(key) => crate::library::parse(key, options),
        None => Ok(crate::library::default()),
    }
}

/// The list of steps, if this item is that.
fn steps(item: &mut ImplItem) -> Option<&mut Type> {
    match item {
        ImplItem::Type(item) if item.ident == "Steps" => Some(&mut item.ty),
        _ => None,
    }
}
