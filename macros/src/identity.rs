//! The identity of a name, in literals.
//!
//! rustc makes a body of each digit that is an expression, checks it and evaluates it. A literal it
//! only reads. So the macro hashes the name itself, where it knows the crate.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote};
use std::collections::HashMap;
use std::env;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Mutex, PoisonError};

/// How often each name was declared, so far, in the crate that is compiled.
static DECLARED: Mutex<Option<HashMap<String, u64>>> = Mutex::new(None);

/// The identity of a name.
pub(crate) struct Spelled {
    /// As a type.
    pub(crate) ty: TokenStream,
    /// As a number: a literal, of which the digits are a part, or what makes it of parameters.
    pub(crate) number: TokenStream,
}

/// The identity of a name that is declared here, with these parameters; `None` where the macro
/// does not know the crate, and a constant has to hash the name.
///
/// No file and no line take part, so an edit renames nothing below it. Equal names in different
/// modules differ by their order.
pub(crate) fn spelled(library: &impl ToTokens, name: &Ident, parameters: &[&Ident]) -> Option<Spelled> {
    let options = crate_options(env::args_os().map(|argument| argument.to_string_lossy().into_owned()))?;
    let package = ["CARGO_PKG_NAME", "CARGO_PKG_VERSION"].map(|variable| env::var(variable).unwrap_or_default());
    let name = name.to_string();
    let place = {
        let mut declared = DECLARED.lock().unwrap_or_else(PoisonError::into_inner);
        let count = declared.get_or_insert_default().entry(name.clone()).or_insert(0_u64);
        *count += 1;
        *count
    };
    let mut hasher = DefaultHasher::new();
    package.hash(&mut hasher);
    options.hash(&mut hasher);
    (name, place).hash(&mut hasher);
    let hash = hasher.finish();
    let digits = (0..8).map(|place| Literal::u64_unsuffixed((hash >> (4 * place)) & 15));
    let rest = parameters.iter().rev().map(|name| quote! { <#name as #library::Identified>::Identity });
    let rest = rest.reduce(|rest, first| quote! { #library::proof::ids::identity::Both<#first, #rest> });
    let ty = quote! { #library::proof::ids::identity::Spelled<#(#digits,)* #rest> };
    let number = if parameters.is_empty() {
        Literal::u64_unsuffixed(hash & !(1 << 62) | 1 << 63).into_token_stream()
    } else {
        let hash = Literal::u64_unsuffixed(hash);
        quote! { #library::__private::number(#hash, &[#(<#parameters as #library::Identified>::NUMBER),*]) }
    };
    Some(Spelled { ty, number })
}

/// The options of rustc that set the name and the type of the crate; `None` where this is not
/// rustc, or the crate has no name.
fn crate_options(mut arguments: impl Iterator<Item = String>) -> Option<Vec<String>> {
    let mut options = Vec::new();
    while let Some(argument) = arguments.next() {
        let is_of_crate = argument.starts_with("--crate-");
        if is_of_crate || argument == "--test" {
            let value = if is_of_crate && !argument.contains('=') { arguments.next() } else { None };
            options.extend([argument].into_iter().chain(value));
        }
    }
    options.iter().any(|option| option.starts_with("--crate-name")).then_some(options)
}

#[cfg(test)]
mod tests {
    use super::crate_options;

    /// The options among these arguments.
    fn options(arguments: &str) -> Option<String> {
        crate_options(arguments.split(' ').map(str::to_owned)).map(|options| options.join(" "))
    }

    #[test]
    fn crate_is_known_by_its_name_and_type() {
        let by_cargo =
            "rustc --crate-name app --edition=2024 src/main.rs --crate-type bin --emit=metadata -C debuginfo=2";
        assert_eq!(options(by_cargo).unwrap(), "--crate-name app --crate-type bin");
        assert_eq!(options("rustc --test --crate-name=app src/lib.rs").unwrap(), "--test --crate-name=app");
    }

    #[test]
    fn crate_without_a_name_is_unknown() {
        assert_eq!(options("rustc --crate-type bin src/main.rs"), None);
        assert_eq!(options("rust-analyzer-proc-macro-srv"), None);
    }
}
