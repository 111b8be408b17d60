//! The step that a function is: a unit struct with an impl of `Step`, as one would write it by hand.

use super::function::Function;
use super::inputs::Input;
use super::options::Options;
use super::outputs::Failure;
use super::signature::{Signature, Stands};
use super::understood::{self, names_one_of};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Attribute, GenericParam, Generics, Item, Meta, ReturnType, Token, Type, TypeParam, TypeParamBound, WherePredicate,
    parse_quote,
};

/// The step. Of a function with mistakes it is one of which rustc says nothing, so that the mistakes are all that is told.
pub(super) fn step(
    function: &Function,
    options: &Options,
    signature: &Signature,
    mistakes: Option<&TokenStream>,
) -> TokenStream {
    let right = mistakes.is_none();
    let name = &signature.name;
    // A resource with that name is a type already.
    let definition = (signature.stands != Stands::BesideItsResource).then(|| definition(function, name));
    // What rustc says of the impl as a whole stands on the name of the function.
    let span = function.sig.ident.span().resolved_at(Span::mixed_site());
    let mut generics = of_types(&function.sig.generics);
    if !generics.params.is_empty() {
        // What a parameter lacks is told once, where the function names the resource.
        let named = |resource: &&Type| names_one_of(resource, &generics);
        let resources = signature.resources().filter(named).map(understood::argument);
        let mut bounds: Vec<WherePredicate> =
            resources.map(|resource| parse_quote!(#resource: ::typed_pipeliner::Resource)).collect();
        if options.blocking.is_some() {
            // With that bound rustc no longer looks what the value of a resource is.
            let cloned = signature.inputs.iter().map(|input| &input.resource).filter(named);
            bounds.extend(cloned.map(|resource| -> WherePredicate {
                parse_quote!(<#resource as ::typed_pipeliner::Resource>::Value: ::core::clone::Clone)
            }));
        }
        generics.make_where_clause().predicates.extend(bounds);
    }
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();

    let inputs = signature.inputs.iter().map(|Input { resource, optional, .. }| match optional {
        true => quote! { ::core::option::Option<#resource> },
        false => quote! { #resource },
    });
    let inputs = quote_spanned! { span => ::typed_pipeliner::HList![#(#inputs),*] };
    let outputs = &signature.outputs.list;
    let outputs = quote_spanned! { span => ::typed_pipeliner::HList![#(#outputs),*] };
    let (inputs, outputs, clause) = match mistakes {
        Some(mistakes) => (
            quote! { ::typed_pipeliner::__private::Understood<{ #mistakes 0 }, #inputs> },
            quote! { Self::Inputs },
            None,
        ),
        None => {
            let blocking = options.blocking.is_some();
            let behind = |inputs, outputs| {
                let outputs = understood::outputs(function, signature, &generics, blocking, outputs);
                (understood::inputs(signature, &generics, inputs), outputs)
            };
            // In a generic impl rustc does not look that the lists are not known.
            let known = match generics.params.is_empty() {
                true => (quote! { Self::Inputs }, quote! { Self::Outputs }),
                false => behind(quote! { () }, quote! { () }),
            };
            let (inputs, outputs) = behind(inputs, outputs);
            (inputs, outputs, Some(understood::clause(known)))
        }
    };
    let arguments: Vec<_> = (0..signature.inputs.len()).map(|place| local("input", place, span)).collect();
    let error = match &signature.outputs.failure {
        _ if !right => quote! { ::core::convert::Infallible },
        Failure::Never => quote! { ::core::convert::Infallible },
        Failure::With(error) if options.blocking.is_none() => understood::argument(error),
        Failure::With(error) => understood::error(error, quote! { #error }),
        Failure::Of(result) => {
            understood::error(result, quote! { <#result as ::typed_pipeliner::__private::Fallible>::Error })
        }
    };
    let future = match (right, &options.blocking, &function.sig.asyncness) {
        (false, ..) => quote! { ::core::future::pending() },
        (true, Some(_), _) => blocking(function, signature, &arguments),
        (true, None, Some(_)) => mapped(function, signature, called(function, quote! { #(#arguments),* })),
        (true, None, None) => {
            let (list, returned) = (list(signature), called(function, quote! { #(#arguments),* }));
            quote_spanned! { span => ::typed_pipeliner::__private::lazy(move |_| #list(#returned)) }
        }
    };
    // The impl names the types of the function once more. What is expected of that is told of the function.
    let attributes = function.attrs.iter().filter(|attribute| is_one_of(attribute, &["cfg", "allow", "warn", "deny"]));
    let expected = function.attrs.iter().filter(|attribute| attribute.path().is_ident("expect"));
    let expected = expected.filter_map(|attribute| attribute.meta.require_list().ok()).map(|list| &list.tokens);
    // Else rustc lists all functions that are steps, wherever a type is none. For a generic one it would be silent on what
    // its parameters lack.
    let not_listed = generics.params.is_empty().then(|| quote! { #[diagnostic::do_not_recommend] });
    // Of a name that it does not find, rustc says where a parameter may be missing: after this word, as after that name. What it says of
    // the impl is then what it says of the function, and is told once.
    let keyword = Token![impl](function.sig.ident.span());
    let implementation = quote_spanned! { span =>
        #[automatically_derived]
        #not_listed
        #(#attributes)*
        #(#[allow(#expected)])*
        #[allow(deprecated, clippy::type_complexity)]
        #keyword #impl_generics ::typed_pipeliner::Step for #name #type_generics #where_clause {
            type Inputs = #inputs;
            type Outputs = #outputs;
            type Error = #error;

            fn run(
                ::typed_pipeliner::hlist_pat![#(#arguments),*]: ::typed_pipeliner::Inputs<'_, Self>,
            ) -> impl ::core::future::Future<
                Output = ::core::result::Result<::typed_pipeliner::Outputs<Self>, Self::Error>,
            > + ::core::marker::Send
            #clause
            {
                #future
            }
        }
    };
    quote! {
        #definition

        #implementation
    }
}

/// A step of which rustc says nothing, in place of the one that was asked for on an item that is no function.
pub(super) fn of_a_type(item: &Item, mistakes: &TokenStream) -> Option<TokenStream> {
    let (name, generics) = match item {
        Item::Struct(item) => (&item.ident, &item.generics),
        Item::Enum(item) => (&item.ident, &item.generics),
        _ => return None,
    };
    generics.params.is_empty().then(|| {
        quote! {
            impl ::typed_pipeliner::Step for #name {
                type Inputs = ::typed_pipeliner::__private::Understood<{ #mistakes 0 }, ::typed_pipeliner::HList![]>;
                type Outputs = Self::Inputs;
                type Error = ::core::convert::Infallible;

                async fn run(
                    _: ::typed_pipeliner::Inputs<'_, Self>,
                ) -> ::core::result::Result<::typed_pipeliner::Outputs<Self>, Self::Error> {
                    ::core::future::pending().await
                }
            }
        }
    })
}

/// A name that no other can be taken for, and that stands for what is at `span`.
fn local(name: &str, place: usize, span: Span) -> Ident {
    format_ident!("{name}{place}", span = span.resolved_at(Span::mixed_site()))
}

/// The type: a unit struct, or for a generic step one that holds nothing.
fn definition(function: &Function, name: &Ident) -> TokenStream {
    let carried_over = ["doc", "cfg", "deprecated", "allow", "warn", "deny"];
    let attributes = function.attrs.iter().filter(|attribute| is_one_of(attribute, &carried_over));
    let visibility = &function.vis;
    // A step is a name: none is ever made. What is unused, or has no docs, is told of the function.
    let allowed =
        quote! { #[allow(missing_debug_implementations, missing_copy_implementations, dead_code, missing_docs)] };
    let parameters: Vec<_> = of_types(&function.sig.generics).params.into_iter().collect();
    if parameters.is_empty() {
        let definition = quote_spanned! { function.sig.ident.span() => struct #name; };
        return quote! { #allowed #(#attributes)* #visibility #definition };
    }
    let types = parameters.iter().filter_map(|parameter| match parameter {
        GenericParam::Type(parameter) => Some(&parameter.ident),
        _ => None,
    });
    let parameters = parameters.iter().map(|parameter| match parameter {
        GenericParam::Type(parameter) => {
            let name = &parameter.ident;
            quote! { #name }
        }
        other => quote! { #other },
    });
    quote! {
        #allowed
        #(#attributes)*
        #visibility struct #name<#(#parameters),*>(::core::marker::PhantomData<fn() -> (#(#types,)*)>);
    }
}

/// The generics of the function as those of the step: without lifetimes, which are those of a single run; the types
/// have to be `'static`, as a step is.
pub(super) fn of_types(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    generics.params =
        generics.params.into_iter().filter(|parameter| !matches!(parameter, GenericParam::Lifetime(_))).collect();
    for parameter in &mut generics.params {
        if let GenericParam::Type(parameter) = parameter {
            parameter.bounds = without_lifetimes(&parameter.bounds);
        }
    }
    if generics.params.is_empty() {
        generics.lt_token = None;
        generics.gt_token = None;
    }
    if let Some(clause) = &mut generics.where_clause {
        let predicates = core::mem::take(&mut clause.predicates).into_iter().filter_map(|predicate| match predicate {
            WherePredicate::Lifetime(_) => None,
            WherePredicate::Type(mut predicate) => {
                predicate.bounds = without_lifetimes(&predicate.bounds);
                (!predicate.bounds.is_empty()).then_some(WherePredicate::Type(predicate))
            }
            other => Some(other),
        });
        clause.predicates = predicates.collect();
    }
    // Not where the parameters are declared: rustc suggests other bounds there, at the same places as for the function.
    let statics =
        generics.type_params().map(|TypeParam { ident, .. }| -> WherePredicate { parse_quote!(#ident: 'static) });
    let statics: Vec<_> = statics.collect();
    if !statics.is_empty() {
        generics.make_where_clause().predicates.extend(statics);
    }
    generics
}

/// Bounds without those that are lifetimes: what is `'static` outlives them all.
fn without_lifetimes(bounds: &Bounds) -> Bounds {
    bounds.iter().filter(|bound| !matches!(bound, TypeParamBound::Lifetime(_))).cloned().collect()
}

type Bounds = Punctuated<TypeParamBound, Token![+]>;

/// Whether an attribute is one of these, also on a condition.
fn is_one_of(attribute: &Attribute, names: &[&str]) -> bool {
    let is_one = |path: &syn::Path| names.iter().any(|name| path.is_ident(name));
    match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg_attr") => {
            // After the condition, all of them.
            let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            parts.is_ok_and(|parts| parts.iter().skip(1).all(|part| is_one(part.path())))
        }
        meta => is_one(meta.path()),
    }
}

/// A future that gives what the function gives, as the result of a step.
///
/// No `async` block: rustc takes longer for each of these than for anything else in a step.
fn mapped(function: &Function, signature: &Signature, future: TokenStream) -> TokenStream {
    let span = function.sig.ident.span().resolved_at(Span::mixed_site());
    let list = list(signature);
    quote_spanned! { span => ::typed_pipeliner::__private::listed(#future, #list) }
}

/// A future of what the function gives that is called by a thread of the pool, with clones of the inputs.
fn blocking(function: &Function, signature: &Signature, arguments: &[Ident]) -> TokenStream {
    let inputs = || arguments.iter().zip(&signature.inputs);
    let clones = inputs().map(|(argument, Input { resource, optional, .. })| {
        let clone = quote_spanned! { resource.span() => ::typed_pipeliner::__private::clone_of::<#resource> };
        match optional {
            true => {
                quote_spanned! { resource.span() => let #argument = ::core::option::Option::map(#argument, #clone); }
            }
            false => quote_spanned! { resource.span() => let #argument = #clone(#argument); },
        }
    });
    let references = inputs().map(|(argument, input)| match input.optional {
        true => quote! { ::core::option::Option::as_ref(&#argument) },
        false => quote! { &#argument },
    });
    let called = called(function, quote! { #(#references),* });
    let returned = match &function.sig.output {
        ReturnType::Type(_, ty) => quote! { #ty },
        ReturnType::Default => quote! { () },
    };
    let returned = quote! { ::typed_pipeliner::__private::After<Self::Outputs, #returned> };
    let task =
        mapped(function, signature, quote! { ::typed_pipeliner::__private::unblock::<#returned, _>(move || #called) });
    quote! { #(#clones)* #task }
}

/// The call of the function.
fn called(function: &Function, arguments: TokenStream) -> TokenStream {
    let name = &function.sig.ident;
    let generics = of_types(&function.sig.generics);
    let parameters = generics.params.iter().filter_map(|parameter| match parameter {
        GenericParam::Type(parameter) => Some(&parameter.ident),
        GenericParam::Const(parameter) => Some(&parameter.ident),
        GenericParam::Lifetime(_) => None,
    });
    let turbofish = (!generics.params.is_empty()).then(|| quote! { ::<#(#parameters),*> });
    quote_spanned! { name.span() => #name #turbofish(#arguments) }
}

/// The function of the library that makes the result of a step of what its function returned.
fn list(signature: &Signature) -> TokenStream {
    let may_fail = !matches!(signature.outputs.failure, Failure::Never);
    let list = match (&signature.outputs.list[..], signature.outputs.tuple, may_fail) {
        ([], _, false) => "none",
        ([], _, true) => "none_or_error",
        (_, false, false) => "one",
        (_, false, true) => "one_or_error",
        (_, true, false) => "all",
        (_, true, true) => "all_or_error",
    };
    let list = Ident::new(list, Span::mixed_site());
    quote! { ::typed_pipeliner::__private::list::#list }
}
