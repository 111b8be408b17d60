//! How the outputs of a step are kept: the options `keep` and `version`.

use super::inputs::is_return;
use super::options::Options;
use crate::diagnostics::Diagnostics;
use crate::library;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprLit, Lit, LitStr, Token};

/// The options of a step that is kept, each with its key.
#[derive(Default)]
pub(super) struct Keep {
    /// The word `keep`, with the name of the step in the journal if it has one.
    keep: Option<(Ident, Option<LitStr>)>,
    /// The version of the step.
    version: Option<(Ident, Expr)>,
}

/// An option of a step that is kept.
pub(super) enum Choice {
    Keep(Option<LitStr>),
    Version(Expr),
}

impl Choice {
    /// Parses the value of the option with this key, if it is one of these.
    pub(super) fn parse(key: &Ident, input: ParseStream<'_>) -> Option<syn::Result<Self>> {
        Some(match key.to_string().as_str() {
            "keep" => name(input).map(Choice::Keep),
            "version" => version(key, input).map(Choice::Version),
            _ => return None,
        })
    }
}

/// Parses nothing, or ` = "name"`.
fn name(input: ParseStream<'_>) -> syn::Result<Option<LitStr>> {
    if input.parse::<Option<Token![=]>>()?.is_none() {
        return Ok(None);
    }
    let message = "`keep` takes the name of the step in the journal: write `keep = \"fetch\"`, or `keep` alone";
    let name: LitStr = input.parse().map_err(|error| Error::new(error.span(), message))?;
    match name.value().is_empty() {
        true => Err(Error::new_spanned(name, "a step without a name cannot be found again: write `keep = \"fetch\"`")),
        false => Ok(Some(name)),
    }
}

/// Parses ` = number`.
fn version(key: &Ident, input: ParseStream<'_>) -> syn::Result<Expr> {
    if input.parse::<Option<Token![=]>>()?.is_none() {
        return Err(Error::new_spanned(key, "the version is missing: write `version = 2`"));
    }
    match input.parse()? {
        Expr::Lit(ExprLit { lit, .. }) if !matches!(lit, Lit::Int(_)) => {
            Err(Error::new_spanned(lit, "`version` takes a whole number: write `version = 2`"))
        }
        version => Ok(version),
    }
}

impl Keep {
    /// Sets an option. Returns whether it was set before.
    pub(super) fn set(&mut self, key: Ident, choice: Choice) -> bool {
        match choice {
            Choice::Keep(name) => self.keep.replace((key, name)).is_some(),
            Choice::Version(version) => self.version.replace((key, version)).is_some(),
        }
    }

    /// Checks that the options have an effect on a function.
    pub(super) fn check(options: &Options, outputs: &[syn::Type], mistakes: &mut Diagnostics) {
        let Keep { keep, version } = &options.keep;
        if !cfg!(feature = "journal") {
            let keys = [keep.as_ref().map(|(key, _)| key), version.as_ref().map(|(key, _)| key)];
            if let Some(key) = keys.into_iter().flatten().next() {
                mistakes
                    .add(Error::new_spanned(key, format!("`{key}` needs the feature `journal` of typed-pipeliner")));
            }
            return;
        }
        let Some((key, _)) = keep.as_ref().filter(|_| mistakes.is_empty()) else { return };
        if outputs.is_empty() {
            mistakes.add(Error::new_spanned(key, "`keep` has nothing to keep, because this step has no output"));
        } else if outputs.iter().any(is_return) {
            let message = "a step that returns a `Return` cannot be kept, because its value goes to the caller of each run: provide a resource, `Out<R>`";
            mistakes.add(Error::new_spanned(key, message));
        }
    }

    /// The constants, if there are any. rustc reports a value that cannot be kept at `keep`.
    pub(super) fn expand(&self, library: &TokenStream) -> TokenStream {
        let keep = self.keep.as_ref().map(|(key, name)| {
            let span = key.span().resolved_at(Span::mixed_site());
            let library = library::at(span, library);
            let named = name.as_ref().map(|name| quote_spanned! { span => .named(#name) });
            quote_spanned! { span =>
                const KEEP: ::core::option::Option<#library::journal::KeepOf<Self::Outputs>> =
                    ::core::option::Option::Some(#library::journal::KeepOf::<Self::Outputs>::new() #named);
            }
        });
        let version = self.version.as_ref().map(|(_, version)| {
            quote_spanned! { version.span() => const VERSION: u32 = #version; }
        });
        quote! { #keep #version }
    }
}
