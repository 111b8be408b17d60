//! Expands a function to its step: a struct and an impl of `FunctionStep`, of which the library
//! makes a `Step`.

use super::error_recovery::{self, names_one_of};
use super::function::Function;
use super::inputs::{self, Input};
use super::options::Options;
use super::outputs::Failure;
use super::private_types::{self, Types};
use super::signature::{EmitFunction, Signature};
use crate::library;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Attribute, ExprPath, GenericParam, Generics, Item, Meta, Path, ReturnType, Token, Type, TypeParam, TypeParamBound,
    Visibility, WherePredicate, parse_quote_spanned,
};

/// The step. After a mistake its lists are error types, so that rustc reports nothing else about
/// it.
pub(super) fn step(
    function: &Function,
    options: &Options,
    signature: &Signature,
    mistakes: Option<&TokenStream>,
) -> TokenStream {
    let name = &signature.name;
    let Some(library) = &options.library else {
        return without_library(function, name, mistakes);
    };
    let span = place(function);
    let library = &library::at(span, library);
    let right = mistakes.is_none();
    // A resource with that name is a type already.
    let definition = (signature.emit != EmitFunction::KeepWithoutStruct).then(|| definition(function, name));
    let mut generics = of_types(&function.sig.generics);
    if !generics.params.is_empty() {
        // With these bounds rustc reports an unmet bound of a resource once, in the function.
        let named = |resource: &&Type| names_one_of(resource, &generics);
        let resources = signature.resources().filter(named);
        let mut bounds: Vec<WherePredicate> = resources
            .map(|resource| error_recovery::argument(library, resource, resource))
            .map(|resource| parse_quote_spanned!(span => #resource: #library::Resource))
            .collect();
        if options.blocking.is_some() {
            // With the bound above, rustc no longer normalizes the value of the resource.
            let cloned = signature.inputs.iter().map(|input| &input.resource).filter(named);
            bounds.extend(cloned.map(|resource| -> WherePredicate {
                parse_quote_spanned!(span => <#resource as #library::Resource>::Value: ::core::clone::Clone)
            }));
        }
        generics.make_where_clause().predicates.extend(bounds);
    }
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();

    let inputs = signature.inputs.iter().map(|Input { resource, optional, .. }| match optional {
        true => quote_spanned! { span => ::core::option::Option<#resource> },
        false => quote! { #resource },
    });
    let inputs = list_type(library, span, inputs);
    let outputs = &signature.outputs.list;
    let outputs = list_type(library, span, outputs.iter().map(ToTokens::to_token_stream));
    let error = match &signature.outputs.failure {
        Failure::Never => quote_spanned! { span => ::core::convert::Infallible },
        Failure::With(ty) | Failure::Of(ty) => quote! { #ty },
    };
    let types = Types { inputs, outputs, error };
    let (hidden, Types { inputs, outputs, error }) = match (right, &function.vis) {
        (true, Visibility::Inherited) | (false, _) => (None, types),
        (true, _) => {
            let (hidden, types) = private_types::hide(library, function, name, types);
            (Some(hidden), types)
        }
    };
    let (inputs, outputs, clause) = match mistakes {
        Some(mistakes) => (
            quote_spanned! { span => #library::__private::PoisonUnless<{ #mistakes 0 }, #inputs> },
            quote_spanned! { span => Self::Inputs },
            None,
        ),
        None => {
            let blocking = options.blocking.is_some();
            let poison_unless = |inputs, outputs| {
                let outputs = error_recovery::outputs(library, function, signature, &generics, blocking, outputs);
                (error_recovery::inputs(library, span, signature, &generics, inputs), outputs)
            };
            // In a generic impl rustc does not notice that `Self::Inputs` is an error type.
            let known = match generics.params.is_empty() {
                true => (quote_spanned! { span => Self::Inputs }, quote_spanned! { span => Self::Outputs }),
                false => poison_unless(quote_spanned! { span => () }, quote_spanned! { span => () }),
            };
            let (inputs, outputs) = poison_unless(inputs, outputs);
            (inputs, outputs, Some(error_recovery::clause(library, span, known)))
        }
    };
    let arguments: Vec<_> = (0..signature.inputs.len()).map(|place| local("input", place, span)).collect();
    let error = match &signature.outputs.failure {
        Failure::Never => error,
        _ if !right => quote_spanned! { span => ::core::convert::Infallible },
        Failure::With(ty) if options.blocking.is_none() => error_recovery::argument(library, ty, &error),
        Failure::With(ty) => error_recovery::error(library, ty, &error),
        Failure::Of(ty) => error_recovery::error_of(library, ty, &error),
    };
    let then = local("then", 0, span);
    let result = match (right, &options.blocking, &function.sig.asyncness) {
        (false, ..) => {
            quote_spanned! { span => #library::__private::Continuation::take(#then, ::core::future::pending()) }
        }
        (true, Some(_), _) => blocking(library, function, signature, &arguments, &then),
        (true, None, Some(_)) => {
            mapped(library, function, signature, called(function, quote! { #(#arguments),* }), &then)
        }
        (true, None, None) => {
            let (list, returned) = (list(library, signature, span), called(function, quote! { #(#arguments),* }));
            quote_spanned! { span =>
                #library::__private::Continuation::take(#then, #library::__private::ready(#list(#returned)))
            }
        }
    };
    let is_sync = right && options.blocking.is_none() && function.sig.asyncness.is_none();
    let is_sync = is_sync.then(|| quote_spanned! { span => const IS_SYNC: bool = true; });
    let close = options.close.as_ref().filter(|_| right).map(|close| self::close(library, close, signature));
    let policy = right.then(|| options.policy.expand(library, span, signature));
    let keep = right.then(|| options.keep.expand(library));
    let attributes = attributes(function);
    // Otherwise rustc lists the steps of the user wherever a type is not one. A generic step lacks
    // the attribute, because with it rustc would not report an unmet bound of a parameter.
    let not_listed = generics.params.is_empty().then(|| quote_spanned! { span => #[diagnostic::do_not_recommend] });
    // For an unknown name, rustc suggests a type parameter after the keyword `impl`, or after the
    // name of the function. With this span both suggestions are at one place, so the two errors are
    // equal.
    let keyword = Token![impl](function.sig.ident.span());
    let pattern = list_pattern(library, span, &arguments);
    let implementation = quote_spanned! { span =>
        #[automatically_derived]
        #not_listed
        #attributes
        #keyword #impl_generics #library::__private::FunctionStep for #name #type_generics #where_clause {
            type Inputs = #inputs;
            type Outputs = #outputs;
            type Error = #error;
            #is_sync
            #close
            #policy
            #keep

            #[inline]
            fn call<'store, Then: #library::__private::Continuation<'store, Self>>(
                #pattern: #library::__private::Refs<'store, Self>,
                #then: Then,
            ) -> Then::Result
            #clause
            {
                #result
            }
        }
    };
    quote! {
        #definition
        #hidden
        #implementation
    }
}

/// The place of all tokens that the macro writes itself: the name of the function.
///
/// A line above a function does not make rustc check it again, unless the function names an
/// expansion of a macro, which rustc knows by its line. With these spans nothing names one. But the
/// lints of the user see the tokens, so [`attributes`] allows some.
pub(super) fn place(function: &Function) -> Span {
    function.sig.ident.span()
}

/// The constant with the function that closes the stored outputs. rustc reports a mistake in that
/// at its name.
fn close(library: &TokenStream, close: &ExprPath, signature: &Signature) -> TokenStream {
    // Tokens of the macro, so that rustc does not suggest to change the call.
    let span = close.span().resolved_at(Span::mixed_site());
    let (function, library) = (local("close", 0, span), library::at(span, library));
    let values: Vec<_> = (0..signature.outputs.list.len()).map(|place| local("output", place, span)).collect();
    let stored = signature.outputs.list.iter().zip(&values).filter(|(output, _)| !inputs::is_return(output));
    let arguments = stored.map(|(_, value)| value);
    let pattern = list_pattern(&library, span, &values);
    quote_spanned! { span =>
        const CLOSE: ::core::option::Option<#library::close::CloseOf<Self::Outputs>> =
            ::core::option::Option::Some(|#[allow(unused_variables)] #pattern| {
                let #function = #close;
                #library::close::Closing::new(#function(#(#arguments),*))
            });
    }
}

/// The attributes of an impl that names the types of the function again. A lint that the user
/// expects there is allowed here, because the expectation is fulfilled in the function.
pub(super) fn attributes(function: &Function) -> TokenStream {
    let span = place(function);
    let carried_over =
        function.attrs.iter().filter(|attribute| is_one_of(attribute, &["cfg", "allow", "warn", "deny"]));
    let carried_over: Vec<_> = carried_over.collect();
    // A lint more costs rustc as much as a line of code, so there is none that needs not be.
    let twice = (!carried_over.is_empty()).then(|| quote_spanned! { span => clippy::duplicated_attributes, });
    let repeated = (!function.sig.generics.params.is_empty())
        .then(|| quote_spanned! { span => clippy::type_repetition_in_bounds, });
    let expected = function.attrs.iter().filter(|attribute| attribute.path().is_ident("expect"));
    let expected = expected.filter_map(|attribute| attribute.meta.require_list().ok()).map(|list| &list.tokens);
    quote_spanned! { span =>
        #(#carried_over)*
        #(#[allow(#expected)])*
        #[allow(#twice #repeated deprecated, clippy::type_complexity)]
    }
}

/// An error type in place of a step, if it is unknown where the library is.
fn without_library(function: &Function, name: &Ident, mistakes: Option<&TokenStream>) -> TokenStream {
    let (visibility, span) = (&function.vis, place(function));
    let conditions = function.attrs.iter().filter(|attribute| is_one_of(attribute, &["cfg"]));
    quote_spanned! { span =>
        #(#conditions)*
        #[allow(dead_code, missing_docs)]
        #visibility type #name = [(); { #mistakes 0 }];
    }
}

/// A step that rustc reports nothing about, for a struct or an enum with `#[step]`.
pub(super) fn of_a_type(item: &Item, library: Option<&Path>, mistakes: &TokenStream) -> Option<TokenStream> {
    let (name, generics) = match item {
        Item::Struct(item) => (&item.ident, &item.generics),
        Item::Enum(item) => (&item.ident, &item.generics),
        _ => return None,
    };
    let span = name.span();
    let library = library::at(span, library.filter(|_| generics.params.is_empty())?);
    Some(quote_spanned! { span =>
        impl #library::Step for #name {
            type Inputs = #library::__private::PoisonUnless<{ #mistakes 0 }, #library::HList![]>;
            type Outputs = Self::Inputs;
            type Error = ::core::convert::Infallible;

            async fn run(
                _: #library::Inputs<'_, Self>,
            ) -> ::core::result::Result<#library::Outputs<Self>, Self::Error> {
                ::core::future::pending().await
            }
        }
    })
}

/// The most elements of a list without lists in it. `HList!` cuts a longer one.
const MOST: usize = 16;

/// The type of a list. It goes without `HList!`, because rustc has to expand that, and checks what
/// comes of it again whenever a line above it moves.
fn list_type(library: &TokenStream, span: Span, elements: impl Iterator<Item = TokenStream>) -> TokenStream {
    let elements: Vec<_> = elements.collect();
    if elements.len() > MOST {
        return quote_spanned! { span => #library::HList![#(#elements),*] };
    }
    elements.iter().rev().fold(quote_spanned! { span => #library::lists::HNil }, |tail, head| {
        quote_spanned! { span => #library::lists::HCons<#head, #tail> }
    })
}

/// The pattern of a list, as its type.
pub(super) fn list_pattern(library: &TokenStream, span: Span, elements: &[Ident]) -> TokenStream {
    if elements.len() > MOST {
        return quote_spanned! { span => #library::hlist_pat![#(#elements),*] };
    }
    elements.iter().rev().fold(quote_spanned! { span => #library::lists::HNil }, |tail, head| {
        quote_spanned! { span => #library::lists::HCons { head: #head, tail: #tail } }
    })
}

/// The name of a local variable, and rustc reports its mistakes at `span`. It is hygienic, except
/// that a `const` of this name would be meant instead.
pub(super) fn local(name: &str, place: usize, span: Span) -> Ident {
    format_ident!("__{name}{place}", span = span)
}

/// The struct: a unit struct, or for a generic step a struct with a `PhantomData`.
fn definition(function: &Function, name: &Ident) -> TokenStream {
    let carried_over = ["doc", "cfg", "deprecated", "allow", "warn", "deny"];
    let attributes = function.attrs.iter().filter(|attribute| is_one_of(attribute, &carried_over));
    let (visibility, span) = (&function.vis, place(function));
    // Nobody makes a value of a step. rustc reports in the function that it is unused, has no
    // docs, or is not reachable.
    let visible = quote_spanned! { span => missing_debug_implementations, missing_copy_implementations, missing_docs, unreachable_pub, };
    let allowed = match visibility {
        Visibility::Inherited => TokenStream::new(),
        Visibility::Restricted(_) => quote_spanned! { span => #visible clippy::redundant_pub_crate, },
        Visibility::Public(_) => visible,
    };
    let allowed = quote_spanned! { span => #[allow(#allowed dead_code)] };
    let parameters: Vec<_> = of_types(&function.sig.generics).params.into_iter().collect();
    if parameters.is_empty() {
        return quote_spanned! { span => #allowed #(#attributes)* #visibility struct #name; };
    }
    let types = parameters.iter().filter_map(|parameter| match parameter {
        GenericParam::Type(parameter) => Some(&parameter.ident),
        _ => None,
    });
    let parameters = parameters.iter().map(|parameter| match parameter {
        GenericParam::Type(parameter) => {
            let name = &parameter.ident;
            quote_spanned! { span => #name: ?::core::marker::Sized }
        }
        other => quote! { #other },
    });
    quote_spanned! { span =>
        #allowed
        #(#attributes)*
        #visibility struct #name<#(#parameters),*>(::core::marker::PhantomData<fn() -> (#(::core::marker::PhantomData<#types>,)*)>);
    }
}

/// The generics of the step: those of the function, without lifetimes, because these belong to a
/// single run. The types are `'static`, as a step is.
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
    // In a clause, not at the parameters: there rustc would suggest other bounds than in the
    // function.
    let statics = generics
        .type_params()
        .map(|TypeParam { ident, .. }| -> WherePredicate { parse_quote_spanned!(ident.span() => #ident: 'static) });
    let statics: Vec<_> = statics.collect();
    if !statics.is_empty() {
        generics.make_where_clause().predicates.extend(statics);
    }
    generics
}

/// The bounds that are no lifetimes. A `'static` type outlives all lifetimes.
fn without_lifetimes(bounds: &Bounds) -> Bounds {
    bounds.iter().filter(|bound| !matches!(bound, TypeParamBound::Lifetime(_))).cloned().collect()
}

type Bounds = Punctuated<TypeParamBound, Token![+]>;

/// Whether an attribute has one of these names, directly or within a `cfg_attr`.
fn is_one_of(attribute: &Attribute, names: &[&str]) -> bool {
    let is_one = |path: &syn::Path| names.iter().any(|name| path.is_ident(name));
    match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg_attr") => {
            // The first part is the condition.
            let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            parts.is_ok_and(|parts| parts.iter().skip(1).all(|part| is_one(part.path())))
        }
        meta => is_one(meta.path()),
    }
}

/// Hands the future of the function to the continuation.
///
/// It is no `async` block: rustc takes longer for one of these than for all else in a step.
fn mapped(
    library: &TokenStream,
    function: &Function,
    signature: &Signature,
    future: TokenStream,
    then: &Ident,
) -> TokenStream {
    let (list, span) = (list(library, signature, place(function)), place(function));
    quote_spanned! { span => #library::__private::Continuation::take_function(#then, #future, #list) }
}

/// Hands a future to the continuation, for which a thread of the pool calls the function, with
/// clones of the inputs.
fn blocking(
    library: &TokenStream,
    function: &Function,
    signature: &Signature,
    arguments: &[Ident],
    then: &Ident,
) -> TokenStream {
    let span = place(function);
    let names: Vec<_> = (0..arguments.len()).map(|place| local("clone", place, span)).collect();
    let clones = names.iter().zip(arguments).zip(&signature.inputs);
    let clones = clones.map(|((name, argument), Input { resource, optional, .. })| {
        let library = library::at(resource.span(), library);
        let clone = quote_spanned! { resource.span() => #library::__private::clone_of::<#resource> };
        match optional {
            true => {
                quote_spanned! { resource.span() => let #name = ::core::option::Option::map(#argument, #clone); }
            }
            false => quote_spanned! { resource.span() => let #name = #clone(#argument); },
        }
    });
    let references = names.iter().zip(&signature.inputs).map(|(name, input)| match input.optional {
        true => quote_spanned! { span => ::core::option::Option::as_ref(&#name) },
        false => quote_spanned! { span => &#name },
    });
    let called = called(function, quote! { #(#references),* });
    let returned = match &function.sig.output {
        ReturnType::Type(_, ty) => quote! { #ty },
        ReturnType::Default => quote_spanned! { span => () },
    };
    let returned = quote_spanned! { span => #library::__private::IfKnown<Self::Outputs, #returned> };
    let task = quote_spanned! { span => #library::__private::unblock::<#returned, _>(move || #called) };
    let task = mapped(library, function, signature, task, then);
    quote! { #(#clones)* #task }
}

/// The call of the function.
fn called(function: &Function, arguments: TokenStream) -> TokenStream {
    let (name, span) = (&function.sig.ident, place(function));
    let generics = of_types(&function.sig.generics);
    let parameters = generics.params.iter().filter_map(|parameter| match parameter {
        GenericParam::Type(parameter) => Some(&parameter.ident),
        GenericParam::Const(parameter) => Some(&parameter.ident),
        GenericParam::Lifetime(_) => None,
    });
    let turbofish = (!generics.params.is_empty()).then(|| quote_spanned! { span => ::<#(#parameters),*> });
    quote_spanned! { span => #name #turbofish(#arguments) }
}

/// The path of the function in the library that converts the returned value to the result of a
/// step.
fn list(library: &TokenStream, signature: &Signature, span: Span) -> TokenStream {
    let or_error = if let Failure::Never = signature.outputs.failure { "" } else { "_or_error" };
    let list = format_ident!("{}{or_error}", signature.outputs.form(), span = span);
    let list = quote_spanned! { span => #library::__private::list::#list };
    match &signature.outputs.failure {
        Failure::Of(result) => error_recovery::conversion(library, result, list),
        Failure::Never | Failure::With(_) => list,
    }
}
