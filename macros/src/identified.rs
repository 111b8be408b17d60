//! `#[derive(Identified)]`: a type that may be a parameter of a generic resource.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Error, GenericParam};

/// The impl of `Identified`.
pub(crate) fn identified(item: TokenStream) -> TokenStream {
    let item: DeriveInput = match syn::parse2(item) {
        Ok(item) => item,
        Err(error) => return error.into_compile_error(),
    };
    let name = &item.ident;
    let mut types = Vec::new();
    let mut generics = item.generics.clone();
    for parameter in &mut generics.params {
        match parameter {
            GenericParam::Type(parameter) => {
                parameter.bounds.push(syn::parse_quote!(::typed_pipeliner::Identified));
                types.push(parameter.ident.clone());
            }
            other => {
                let message = "an identity is made from the name and from types: a type with other parameters needs one \
                               by hand, `type Identity = identity!(\"a name of its own\")`";
                return Error::new_spanned(other, message).into_compile_error();
            }
        }
    }
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    quote! {
        const _: () = {
            const __PIPELINER_HASH: u64 = ::typed_pipeliner::__hash!(#name);
            #[automatically_derived]
            impl #impl_generics ::typed_pipeliner::Identified for #name #type_generics #where_clause {
                type Identity = ::typed_pipeliner::__spell!(__PIPELINER_HASH; #(#types)*);
            }
        };
    }
}
