//! The policy of a step: the options `retry`, `retry_if`, `timeout` and `fallback`.

use super::expand::{list_pattern, local};
use super::function::Function;
use super::options::Options;
use super::outputs::Failure;
use super::signature::Signature;
use crate::diagnostics::Diagnostics;
use crate::library;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprPath, Token};

/// The options of a policy, each with its key.
#[derive(Default)]
pub(super) struct Policy {
    /// How often to try again.
    retry: Option<(Ident, Expr)>,
    /// The function that decides whether to try again.
    retry_if: Option<(Ident, ExprPath)>,
    /// The time of each attempt.
    timeout: Option<(Ident, Expr)>,
    /// The function whose outputs are taken in place of those of the step.
    fallback: Option<(Ident, ExprPath)>,
}

/// An option of a policy.
pub(super) enum Choice {
    Retry(Expr),
    RetryIf(ExprPath),
    Timeout(Expr),
    Fallback(ExprPath),
}

impl Choice {
    /// Parses the value of the option with this key, if it is one of a policy.
    pub(super) fn parse(key: &Ident, input: ParseStream<'_>) -> Option<syn::Result<Self>> {
        Some(match key.to_string().as_str() {
            "retry" => value(key, input, "a `Retry`", "retry = Retry::times(3)").map(Choice::Retry),
            "timeout" => value(key, input, "a `Duration`", "timeout = Duration::from_secs(30)").map(Choice::Timeout),
            "retry_if" => function(key, input, "retry_if = is_transient").map(Choice::RetryIf),
            "fallback" => function(key, input, "fallback = last_known").map(Choice::Fallback),
            _ => return None,
        })
    }
}

/// Parses ` = value`. A number is refused, because rustc would not know better.
fn value(key: &Ident, input: ParseStream<'_>, ty: &str, example: &str) -> syn::Result<Expr> {
    let value = after_equals(key, input, example)?;
    match value {
        Expr::Lit(_) => Err(Error::new_spanned(&value, format!("`{key}` takes {ty}: write `{example}`"))),
        value => Ok(value),
    }
}

/// Parses ` = function`.
fn function(key: &Ident, input: ParseStream<'_>, example: &str) -> syn::Result<ExprPath> {
    match after_equals(key, input, example)? {
        Expr::Path(function) => Ok(function),
        other => {
            let message = format!("`{key}` takes the name of a function: write it outside, and `{example}`");
            Err(Error::new_spanned(other, message))
        }
    }
}

/// Parses ` = ` and what follows.
fn after_equals<T: Parse>(key: &Ident, input: ParseStream<'_>, example: &str) -> syn::Result<T> {
    match input.parse::<Option<Token![=]>>()? {
        Some(_) => input.parse(),
        None => Err(Error::new_spanned(key, format!("the value of `{key}` is missing: write `{example}`"))),
    }
}

impl Policy {
    /// Sets an option. Returns whether it was set before.
    pub(super) fn set(&mut self, key: Ident, choice: Choice) -> bool {
        match choice {
            Choice::Retry(retry) => self.retry.replace((key, retry)).is_some(),
            Choice::RetryIf(function) => self.retry_if.replace((key, function)).is_some(),
            Choice::Timeout(timeout) => self.timeout.replace((key, timeout)).is_some(),
            Choice::Fallback(function) => self.fallback.replace((key, function)).is_some(),
        }
    }

    /// The keys of the options.
    fn keys(&self) -> impl Iterator<Item = &Ident> {
        let values = [&self.retry, &self.timeout].into_iter().flatten().map(|(key, _)| key);
        values.chain([&self.retry_if, &self.fallback].into_iter().flatten().map(|(key, _)| key))
    }

    /// Checks that the options have an effect on a function.
    pub(super) fn check(function: &Function, options: &Options, failure: &Failure, mistakes: &mut Diagnostics) {
        let (policy, is_right) = (&options.policy, mistakes.is_empty());
        if !cfg!(feature = "policy") {
            if let Some(key) = policy.keys().next() {
                let message = format!("`{key}` needs the feature `policy` of typed-pipeliner");
                mistakes.add(Error::new_spanned(key, message));
            }
            return;
        }
        if let Some((key, _)) = &policy.timeout {
            if options.blocking.is_some() {
                let message = "`timeout` cannot stop a blocking step: its thread would go on beside the next attempt";
                mistakes.add(Error::new_spanned(key, message));
            } else if function.sig.asyncness.is_none() {
                let message = "`timeout` cannot stop a function that is not async: write an `async fn`";
                mistakes.add(Error::new_spanned(key, message));
            }
        }
        if !is_right {
            return;
        }
        let never_fails = matches!(failure, Failure::Never);
        if let (None, Some((key, _))) = (&policy.retry, &policy.retry_if) {
            mistakes.add(Error::new_spanned(key, "`retry_if` needs `retry`, which has the number of attempts"));
        } else if let (true, Some((key, _))) = (never_fails, &policy.retry_if) {
            mistakes.add(Error::new_spanned(
                key,
                "this step has no error that `retry_if` could ask about: return a `Result`",
            ));
        } else if let (true, None, Some(key)) = (never_fails, &policy.timeout, policy.keys().next()) {
            let message = format!("`{key}` has no effect, because this step never fails: return a `Result`");
            mistakes.add(Error::new_spanned(key, message));
        }
    }

    /// The constant with the policy, if there is one. Values are constants of their own, which
    /// rustc evaluates in a check too. It reports a mistake in a value or a function at that.
    pub(super) fn expand(&self, library: &TokenStream, place: Span, signature: &Signature) -> Option<TokenStream> {
        self.keys().next()?;
        let retry = self.retry.as_ref().map(|(_, value)| {
            let (span, name) = (value.span(), local("RETRY", 0, value.span()));
            let library = library::at(span, library);
            (
                quote_spanned! { span => const #name: #library::policy::Retry = #value; },
                quote_spanned! { span => .retry(#name) },
            )
        });
        let timeout = self.timeout.as_ref().map(|(_, value)| {
            let (span, name) = (value.span(), local("TIMEOUT", 0, value.span()));
            let library = library::at(span, library);
            (
                quote_spanned! { span =>
                    const #name: ::core::time::Duration = #value;
                    const _: () = #library::__private::policy::check_timeout(#name);
                },
                quote_spanned! { span => .timeout(#name) },
            )
        });
        let ((retry_value, retry), (timeout_value, timeout)) = (retry.unzip(), timeout.unzip());
        let retry_if = self.retry_if.as_ref().map(|(_, function)| {
            let (span, error) = (function.span(), local("error", 0, function.span()));
            let library = library::at(span, library);
            quote_spanned! { span => .retry_if(|#error| #library::__private::policy::retry_if((#error,), #function)) }
        });
        let fallback = self.fallback.as_ref().map(|(_, function)| fallback(library, function, signature));
        Some(quote_spanned! { place =>
            const POLICY: ::core::option::Option<
                #library::policy::PolicyOf<Self::Inputs, Self::Outputs, Self::Error>,
            > = {
                #retry_value
                #timeout_value
                ::core::option::Option::Some(
                    #library::policy::PolicyOf::<Self::Inputs, Self::Outputs, Self::Error>::new() #retry #retry_if #timeout #fallback
                )
            };
        })
    }
}

/// The part of a policy with the function whose outputs are taken in place of those of the step.
fn fallback(library: &TokenStream, function: &ExprPath, signature: &Signature) -> TokenStream {
    let span = function.span();
    let library = &library::at(span, library);
    let error = local("error", 0, span);
    let inputs: Vec<_> = (0..signature.inputs.len()).map(|place| local("input", place, span)).collect();
    let pattern = list_pattern(library, span, &inputs);
    let list = Ident::new(signature.outputs.form(), span);
    quote_spanned! { span =>
        .fallback(|#pattern, #error| {
            #library::__private::policy::#list::<_, Self::Outputs, _>(
                #library::__private::policy::fall_back((#(#inputs,)* #error,), #function)
            )
        })
    }
}
