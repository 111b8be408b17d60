//! The signature of the function, checked: what the step takes, what it gives, and how it may fail.

use super::function::Function;
use super::inputs::{self, Input};
use super::options::Options;
use super::outputs::Outputs;
use crate::mistakes::Mistakes;
use heck::ToUpperCamelCase;
use quote::format_ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Error, Ident, Safety, Type};

/// What is known of a function that is a step.
pub(super) struct Signature {
    /// The name of the type.
    pub(super) name: Ident,
    pub(super) inputs: Vec<Input>,
    pub(super) outputs: Outputs,
    /// What becomes of the function.
    pub(super) stands: Stands,
}

/// What becomes of the function beside its step.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    /// It stays as it is. If there are mistakes, rustc looks at its body none the less.
    Beside,
    /// It stays, and the resource whose name its step has is taken for the step.
    BesideItsResource,
    /// It goes, since rustc would stumble over the same mistake.
    InItsWay,
    /// It has a `self`, so it is in an impl, where no step can be.
    InAnImpl,
    /// It stays, but its step has a name that something else has.
    Nameless,
}

/// The types, the traits and the variants of the prelude, which a struct would hide in its module.
const PRELUDE: &[&str] = &[
    "AsMut",
    "AsRef",
    "AsyncFn",
    "AsyncFnMut",
    "AsyncFnOnce",
    "Box",
    "Clone",
    "Copy",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

impl Signature {
    pub(super) fn check(function: &Function, options: &Options, mistakes: &mut Mistakes) -> Self {
        let signature = &function.sig;
        let mut stands = Stands::Beside;
        let name = options.name.clone().or_else(|| type_name(&signature.ident)).unwrap_or_else(|| {
            let message = format!("no name of a type can be made of `{}`: write `#[step(name = …)]`", signature.ident);
            mistakes.add(Error::new_spanned(&signature.ident, message));
            stands = Stands::Nameless;
            format_ident!("Nameless")
        });
        if name == signature.ident {
            let message = format!(
                "the step would be called `{name}`, as the function is: write `#[step(name = …)]`, or rename the function"
            );
            mistakes.add(Error::new_spanned(&signature.ident, message));
            stands = Stands::InItsWay;
        }
        if PRELUDE.iter().any(|hidden| name == hidden) {
            let message = format!(
                "the step would be called `{name}`, and hide that of the prelude: write `#[step(name = …)]`, or rename the function"
            );
            mistakes.add(Error::new_spanned(&name, message));
            stands = Stands::Nameless;
        }
        let unsafety = match &signature.safety {
            Safety::Unsafe(token) => Some(token.span()),
            Safety::Safe(_) | Safety::Default => None,
        };
        for (what, span) in [
            ("unsafe", unsafety),
            ("const", signature.constness.as_ref().map(Spanned::span)),
            ("extern", signature.abi.as_ref().map(Spanned::span)),
        ] {
            if let Some(span) = span {
                mistakes
                    .add(Error::new(span, format!("a step is a plain function or an `async fn`, and not `{what}`")));
            }
        }
        match (&options.blocking, &signature.asyncness) {
            (Some(_), Some(asyncness)) => mistakes.add(Error::new_spanned(
                asyncness,
                "a blocking step is a plain `fn`: a thread of the pool runs it from start to end",
            )),
            (Some(blocking), None) if !cfg!(feature = "executor") => mistakes.add(Error::new_spanned(
                blocking,
                "`blocking` needs the feature `executor` of typed-pipeliner, which has the pool of threads",
            )),
            _ => {}
        }
        let inputs = inputs::check(signature, mistakes);
        let outputs = Outputs::check(signature, mistakes);
        for output in &outputs.list {
            if inputs.list.iter().any(|input| input.resource == *output) {
                let message = format!(
                    "the step takes `{0}` and gives it: a value is never overwritten, so let it give a resource of its own",
                    inputs::text(output)
                );
                mistakes.add(Error::new_spanned(output, message));
            }
        }
        let resources = inputs.list.iter().map(|input| &input.resource).chain(&outputs.list);
        for resource in resources.filter(|resource| is_named(resource, &name)) {
            let message = format!(
                "the step would be called `{name}`, as this resource is: write `#[step(name = …)]`, or rename the function"
            );
            mistakes.add(Error::new_spanned(resource, message));
            stands = Stands::BesideItsResource;
        }
        if signature.receiver().is_some() {
            stands = Stands::InAnImpl;
        } else if stands == Stands::Beside && (inputs.lack_a_resource || outputs.lack_a_resource) {
            stands = Stands::InItsWay;
        }
        Signature { name, inputs: inputs.list, outputs, stands }
    }

    /// The resources that the function names.
    pub(super) fn resources(&self) -> impl Iterator<Item = &Type> {
        let inputs = self.inputs.iter().map(|input| &input.resource);
        inputs.chain(self.outputs.list.iter().filter(|output| !inputs::is_return(output)))
    }
}

/// Whether a type is written with nothing but this name.
fn is_named(ty: &Type, name: &Ident) -> bool {
    matches!(inputs::bare(ty), Type::Path(path) if path.path.is_ident(name))
}

/// The name of the type for a function: `GetDivision` for `get_division`; none for `_2d`, of which there is none.
fn type_name(function: &Ident) -> Option<Ident> {
    let mut name: Ident = syn::parse_str(&function.unraw().to_string().to_upper_camel_case()).ok()?;
    name.set_span(function.span());
    Some(name)
}
