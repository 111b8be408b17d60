//! `#[derive(Identified)]`: gives a type an identity, so that it may be a parameter of a generic
//! resource.

use crate::diagnostics::Diagnostics;
use crate::identity::{self, Spelled};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{DeriveInput, Error, GenericParam, Path, parse_quote};

/// Expands to the impl of `Identified`.
pub(crate) fn identified(item: TokenStream) -> TokenStream {
    let item: DeriveInput = match syn::parse2(item) {
        Ok(item) => item,
        Err(error) => return error.into_compile_error(),
    };
    let mut mistakes = Diagnostics::default();
    let library = library(&item, &mut mistakes);
    if !mistakes.is_empty() {
        return mistakes.report();
    }
    let name = &item.ident;
    let mut types = Vec::new();
    let mut generics = item.generics.clone();
    for parameter in &mut generics.params {
        match parameter {
            GenericParam::Type(parameter) => {
                parameter.bounds.push(parse_quote!(#library::Identified));
                types.push(&parameter.ident);
            }
            other => {
                let message = "an identity is made from the name and from types: a type with other parameters needs one \
                               by hand, `type Identity = identity!(\"a name of its own\")`";
                return Error::new_spanned(other, message).into_compile_error();
            }
        }
    }
    let (constant, identity, number) = match identity::spelled(&library, name, &types) {
        Some(Spelled { ty, number }) => (None, ty, Some(quote! { const NUMBER: u64 = #number; })),
        None => {
            let parameters = (!types.is_empty()).then(|| quote! { ; #(#types)* });
            (
                Some(quote! { const __PIPELINER_HASH: u64 = #library::__hash!(#name); }),
                quote! { #library::__spell!(__PIPELINER_HASH #parameters) },
                None,
            )
        }
    };
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    quote! {
        const _: () = {
            #constant
            #[automatically_derived]
            impl #impl_generics #library::Identified for #name #type_generics #where_clause {
                type Identity = #identity;
                #number
            }
        };
    }
}

/// The path of the library: that of `#[identified(crate = path)]`, or `::typed_pipeliner`.
fn library(item: &DeriveInput, mistakes: &mut Diagnostics) -> Path {
    let mut library = crate::library::default();
    for attribute in item.attrs.iter().filter(|attribute| attribute.path().is_ident("identified")) {
        let parsed = attribute.parse_nested_meta(|option| match option.path.is_ident("crate") {
            true => {
                library = crate::library::parse(&option.path, option.input)?;
                Ok(())
            }
            false => {
                let name = option.path.to_token_stream();
                Err(option.error(format!("`#[identified]` has no option `{name}`: there is `crate = path`")))
            }
        });
        if let Err(mistake) = parsed {
            mistakes.add(mistake);
        }
    }
    library
}
