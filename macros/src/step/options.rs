//! The options of `#[step(…)]`.

use super::keep::{self, Keep};
use super::policy::{self, Policy};
use crate::diagnostics::Diagnostics;
use crate::library;
use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Error, ExprPath, Ident, LitStr, Path, Token};

/// The options of a step.
pub(super) struct Options {
    /// The name of the step, unless it is derived from that of the function.
    pub(super) name: Option<Ident>,
    /// The word `blocking`: the step runs on the pool for blocking work.
    pub(super) blocking: Option<Ident>,
    /// The function that closes the output.
    pub(super) close: Option<ExprPath>,
    /// The attempts, the time of each, and the fallback.
    pub(super) policy: Policy,
    /// Whether the outputs are kept, and the version of the step.
    pub(super) keep: Keep,
    /// The path of the library; `None` if a mistake may have hidden it.
    pub(super) library: Option<Path>,
}

/// One option: its key, and its value if it has one.
enum Choice {
    Name(Ident, Ident),
    Blocking(Ident),
    Close(Ident, ExprPath),
    Policy(Ident, policy::Choice),
    Keep(Ident, keep::Choice),
    Crate(Ident, Path),
}

impl Options {
    /// Parses the options. After a mistake in one of them, the others still count.
    pub(super) fn parse(tokens: TokenStream, mistakes: &mut Diagnostics) -> Self {
        let (policy, keep) = (Policy::default(), Keep::default());
        let mut options = Options { name: None, blocking: None, close: None, policy, keep, library: None };
        let parsed = |input: ParseStream<'_>| {
            while !input.is_empty() {
                if let Err(mistake) = options.parse_one(input) {
                    mistakes.add(mistake);
                    while !input.is_empty() && !input.peek(Token![,]) {
                        input.parse::<TokenTree>()?;
                    }
                }
                input.parse::<Option<Token![,]>>()?;
            }
            Ok(())
        };
        if let Err(mistake) = parsed.parse2(tokens) {
            mistakes.add(mistake);
        }
        if options.library.is_none() && mistakes.is_empty() {
            options.library = Some(library::default());
        }
        options
    }

    /// Parses an option and looks for the comma after it.
    fn parse_one(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let (key, before) = match input.parse()? {
            Choice::Name(key, value) => (key, self.name.replace(value).is_some()),
            Choice::Blocking(key) => (key.clone(), self.blocking.replace(key).is_some()),
            Choice::Close(key, function) => (key, self.close.replace(function).is_some()),
            Choice::Policy(key, choice) => (key.clone(), self.policy.set(key, choice)),
            Choice::Keep(key, choice) => (key.clone(), self.keep.set(key, choice)),
            Choice::Crate(key, path) => (key, self.library.replace(path).is_some()),
        };
        if before {
            return Err(Error::new_spanned(&key, format!("`{key}` is given twice")));
        }
        match input.is_empty() || input.peek(Token![,]) {
            true => Ok(()),
            false => Err(input.error("expected `,`")),
        }
    }
}

impl Parse for Choice {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.call(Ident::parse_any).map_err(|error| Error::new(error.span(), KNOWN))?;
        if key == "blocking" {
            if input.peek(Token![=]) {
                return Err(input.error("`blocking` takes no value: write `#[step(blocking)]`"));
            }
            return Ok(Choice::Blocking(key));
        }
        if key == "crate" {
            return library::parse(key.clone(), input).map(|path| Choice::Crate(key, path));
        }
        if key == "close" {
            if input.parse::<Option<Token![=]>>()?.is_none() {
                return Err(Error::new_spanned(
                    &key,
                    "the function that closes is missing: write `close = close_pool`",
                ));
            }
            let message = "`close` takes the name of an async function: write it outside, and `close = close_pool`";
            let function = input.parse().map_err(|error| Error::new(error.span(), message))?;
            return Ok(Choice::Close(key, function));
        }
        if let Some(choice) = policy::Choice::parse(&key, input) {
            return choice.map(|choice| Choice::Policy(key, choice));
        }
        if let Some(choice) = keep::Choice::parse(&key, input) {
            return choice.map(|choice| Choice::Keep(key, choice));
        }
        if key != "name" {
            return Err(Error::new_spanned(&key, format!("`#[step]` has no option `{key}`: {KNOWN}")));
        }
        if input.parse::<Option<Token![=]>>()?.is_none() {
            return Err(Error::new_spanned(&key, "the name of the step is missing: write `name = Divide`"));
        }
        if let Some(text) = input.parse::<Option<LitStr>>()? {
            let message =
                format!("the name of a step is that of a type: write it without quotes, `name = {}`", text.value());
            return Err(Error::new_spanned(text, message));
        }
        Ok(Choice::Name(key, input.parse()?))
    }
}

/// The options that there are.
const KNOWN: &str = "there are `name = Divide`, `blocking`, `close = function`, `retry = Retry::times(3)`, `retry_if = function`, `timeout = Duration::from_secs(30)`, `fallback = function`, `keep`, `version = 2` and `crate = path`";
