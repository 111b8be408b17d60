//! Checks the signature of the function: the inputs, the outputs and the error of the step.

use super::function::Function;
use super::inputs::{self, Input};
use super::keep::Keep;
use super::options::Options;
use super::outputs::Outputs;
use super::policy::Policy;
use crate::diagnostics::Diagnostics;
use crate::prelude;
use crate::text::{bare, text};
use heck::ToUpperCamelCase;
use quote::format_ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Error, Ident, Safety, Type};

/// The checked signature of a function with `#[step]`.
pub(super) struct Signature {
    /// The name of the step.
    pub(super) name: Ident,
    pub(super) inputs: Vec<Input>,
    pub(super) outputs: Outputs,
    /// Which items the macro emits.
    pub(super) emit: EmitFunction,
}

/// Which items the macro emits: the function, the struct of the step, and the impl of `Step`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum EmitFunction {
    /// All three. After a mistake rustc still checks the body of the function.
    Keep,
    /// The function and the impl, which is one for the resource that has the name of the step.
    KeepWithoutStruct,
    /// The function alone, because its step has no name, or one that is taken.
    KeepWithoutStep,
    /// The step alone, because rustc would report the same mistake in the function.
    Drop,
    /// None: the function has a `self`, so it is in an impl, which cannot contain a step.
    DropWithStep,
}

impl Signature {
    pub(super) fn check(function: &Function, options: &Options, mistakes: &mut Diagnostics) -> Self {
        let signature = &function.sig;
        let mut emit = EmitFunction::Keep;
        let name = options.name.clone().or_else(|| type_name(&signature.ident)).unwrap_or_else(|| {
            let message = format!("no name of a type can be made of `{}`: write `#[step(name = …)]`", signature.ident);
            mistakes.add(Error::new_spanned(&signature.ident, message));
            emit = EmitFunction::KeepWithoutStep;
            format_ident!("Nameless")
        });
        if name == signature.ident {
            let message = format!(
                "the step would be called `{name}`, as the function is: write `#[step(name = …)]`, or rename the function"
            );
            mistakes.add(Error::new_spanned(&signature.ident, message));
            emit = EmitFunction::Drop;
        }
        if prelude::contains(&name) {
            let message = format!(
                "the step would be called `{name}`, and hide that of the prelude: write `#[step(name = …)]`, or rename the function"
            );
            mistakes.add(Error::new_spanned(&name, message));
            emit = EmitFunction::KeepWithoutStep;
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
        Policy::check(function, options, &outputs.failure, mistakes);
        Keep::check(options, &outputs.list, mistakes);
        let is_right = mistakes.is_empty();
        for output in &outputs.list {
            if inputs.list.iter().any(|input| input.resource == *output) {
                let message = format!(
                    "the step takes `{0}` and gives it: a value is never overwritten, so let it give a resource of its own",
                    text(output)
                );
                mistakes.add(Error::new_spanned(output, message));
            }
        }
        if let (Some(close), true) = (&options.close, is_right && outputs.list.iter().all(inputs::is_return)) {
            let message = "`close` ends what a step stores, and this one stores nothing: return an `Out<R>`";
            mistakes.add(Error::new_spanned(close, message));
        }
        let resources = inputs.list.iter().map(|input| &input.resource).chain(&outputs.list);
        for resource in resources.filter(|resource| is_named(resource, &name)) {
            let message = format!(
                "the step would be called `{name}`, as this resource is: write `#[step(name = …)]`, or rename the function"
            );
            mistakes.add(Error::new_spanned(resource, message));
            emit = EmitFunction::KeepWithoutStruct;
        }
        if signature.receiver().is_some() {
            emit = EmitFunction::DropWithStep;
        } else if emit == EmitFunction::Keep && (inputs.lack_a_resource || outputs.lack_a_resource) {
            emit = EmitFunction::Drop;
        }
        Signature { name, inputs: inputs.list, outputs, emit }
    }

    /// The resources in the signature, without `Return`s.
    pub(super) fn resources(&self) -> impl Iterator<Item = &Type> {
        let inputs = self.inputs.iter().map(|input| &input.resource);
        inputs.chain(self.outputs.list.iter().filter(|output| !inputs::is_return(output)))
    }
}

/// Whether a type is this name and no more.
fn is_named(ty: &Type, name: &Ident) -> bool {
    matches!(bare(ty), Type::Path(path) if path.path.is_ident(name))
}

/// The name of the step for a function: `GetDivision` for `get_division`. There is none for `_2d`.
fn type_name(function: &Ident) -> Option<Ident> {
    let mut name: Ident = syn::parse_str(&function.unraw().to_string().to_upper_camel_case()).ok()?;
    name.set_span(function.span());
    Some(name)
}
