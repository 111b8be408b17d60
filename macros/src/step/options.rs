//! What stands in the brackets of `#[step(…)]`.

use crate::mistakes::Mistakes;
use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Error, Ident, LitStr, Token};

/// The options of a step.
#[derive(Default)]
pub(super) struct Options {
    /// The name of its type, if it is not that of the function.
    pub(super) name: Option<Ident>,
    /// Where it is asked to run on the pool for blocking work.
    pub(super) blocking: Option<Ident>,
}

enum Choice {
    Name(Ident, Ident),
    Blocking(Ident),
}

impl Options {
    pub(super) fn parse(tokens: TokenStream, mistakes: &mut Mistakes) -> Self {
        let mut options = Options::default();
        let choices = match Punctuated::<Choice, Token![,]>::parse_terminated.parse2(tokens) {
            Ok(choices) => choices,
            Err(mistake) => {
                mistakes.add(mistake);
                return options;
            }
        };
        for choice in choices {
            let (key, before) = match choice {
                Choice::Name(key, name) => (key, options.name.replace(name).is_some()),
                Choice::Blocking(key) => (key.clone(), options.blocking.replace(key).is_some()),
            };
            if before {
                mistakes.add(Error::new_spanned(&key, format!("`{key}` is given twice")));
            }
        }
        options
    }
}

impl Parse for Choice {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key: Ident = input.parse().map_err(|error| Error::new(error.span(), KNOWN))?;
        if key == "blocking" {
            if input.peek(Token![=]) {
                return Err(input.error("`blocking` takes no value: write `#[step(blocking)]`"));
            }
            return Ok(Choice::Blocking(key));
        }
        if key != "name" {
            return Err(Error::new_spanned(&key, format!("`#[step]` has no option `{key}`: {KNOWN}")));
        }
        if !input.peek(Token![=]) {
            return Err(Error::new_spanned(&key, "the name of the step is missing: write `name = Divide`"));
        }
        input.parse::<Token![=]>()?;
        if let Ok(text) = input.fork().parse::<LitStr>() {
            let message =
                format!("the name of a step is that of a type: write it without quotes, `name = {}`", text.value());
            return Err(Error::new_spanned(text, message));
        }
        Ok(Choice::Name(key, input.parse()?))
    }
}

/// What there is to choose from.
const KNOWN: &str = "there are `name = Divide` and `blocking`";
