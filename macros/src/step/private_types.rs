//! Lets the function of a public step name types that are more private.
//!
//! rustc only warns about the function, and where nobody can reach it from outside, not even that.
//! But an associated type of a public step is an error:
//!
//! ```text
//! impl Step for Load {
//!     type Error = Private;   // E0446, private type `Private` in public interface
//! ```
//!
//! So the types go through a second impl, where a clause names them. rustc does not check the
//! clauses of such an impl for private types:
//!
//! ```text
//! impl<I, O, E> Signature for Load where (): Known<(HList![], HList![Page], Private), Type = (I, O, E)> {
//!     type Error = E;
//! }
//! impl Step for Load {
//!     type Error = <Self as Signature>::Error;
//! ```
//!
//! This takes rustc about a quarter of what the step takes it without. So a private step, all of
//! whose types are at least as visible, goes without.

use super::expand::{attributes, of_types, place};
use super::function::Function;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote_spanned};

/// The types of an impl of `Step`.
pub(super) struct Types {
    pub(super) inputs: TokenStream,
    pub(super) outputs: TokenStream,
    pub(super) error: TokenStream,
}

/// Returns an impl of `Signature` with these types, and the types that refer to it.
pub(super) fn hide(library: &TokenStream, function: &Function, name: &Ident, types: Types) -> (TokenStream, Types) {
    let (generics, span) = (of_types(&function.sig.generics), place(function));
    let (_, type_generics, where_clause) = generics.split_for_impl();
    let predicates = where_clause.iter().flat_map(|clause| clause.predicates.iter());
    let attributes = attributes(function);
    let Types { inputs, outputs, error } = types;
    let types = quote_spanned! { span => (#inputs, #outputs, #library::__private::Id<#error>) };
    // For an unknown name, rustc suggests a type parameter: after the name of an alias, or after
    // the parameters of an impl. Either place is that of the suggestion for the function.
    let (alias, types) = match generics.params.is_empty() {
        true => {
            let alias = format_ident!("__SignatureOf{name}", span = span);
            (quote_spanned! { span => #attributes type #alias = #types; }, quote_spanned! { span => #alias })
        }
        false => (TokenStream::new(), types),
    };
    let parameters = generics.params.iter();
    let hidden = quote_spanned! { span =>
        #alias
        #[automatically_derived]
        #attributes
        impl<__Inputs, __Outputs, __Error, #(#parameters),*> #library::__private::Signature for #name #type_generics
        where
            (): #library::__private::Known<#types, Type = (__Inputs, __Outputs, __Error)>,
            #(#predicates,)*
        {
            type Inputs = __Inputs;
            type Outputs = __Outputs;
            type Error = __Error;
        }
    };
    let of = |part: &str| {
        let part = Ident::new(part, span);
        quote_spanned! { span => <Self as #library::__private::Signature>::#part }
    };
    (hidden, Types { inputs: of("Inputs"), outputs: of("Outputs"), error: of("Error") })
}
