//! What a step takes: its arguments, `base: In<'_, Base>`.

use super::Mistakes;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Error, FnArg, GenericArgument, Pat, PatType, PathArguments, PathSegment, Signature, Type};

/// An argument.
pub(super) struct Input {
    /// What the list of inputs names: the resource.
    pub(super) resource: Type,
}

/// The inputs of a function; those that are wrong are told and left out.
pub(super) fn check(signature: &Signature, mistakes: &mut Mistakes) -> Vec<Input> {
    if let Some(variadic) = &signature.variadic {
        mistakes.add(Error::new_spanned(variadic, "a step takes so many inputs, each of them `In<'_, R>`"));
    }
    let mut inputs: Vec<Input> = Vec::new();
    for argument in &signature.inputs {
        match input(argument) {
            Ok(Input { resource }) => {
                if inputs.iter().any(|input| input.resource == resource) {
                    let message = format!("the step takes `{}` twice: one argument is enough", text(&resource));
                    mistakes.add(Error::new_spanned(&resource, message));
                } else {
                    inputs.push(Input { resource });
                }
            }
            Err(mistake) => mistakes.add(mistake),
        }
    }
    inputs
}

fn input(argument: &FnArg) -> syn::Result<Input> {
    let PatType { attrs, pat, ty, .. } = match argument {
        FnArg::Typed(argument) => argument,
        FnArg::Receiver(receiver) => {
            let message = "a step has no `self`: it is a function of its inputs alone. \
                           Make what it needs a resource, and take that: `config: In<'_, Config>`";
            return Err(Error::new_spanned(receiver, message));
        }
    };
    if let Some(attribute) = attrs.first() {
        return Err(Error::new_spanned(attribute, "an argument of a step has no attributes"));
    }
    let name = match &**pat {
        Pat::Ident(name) if name.subpat.is_none() && name.by_ref.is_none() => name.ident.to_string(),
        Pat::Wild(_) => "_".to_owned(),
        pattern => {
            let message =
                "an argument of a step is a name: take the value apart in the body, `let (low, high) = range;`";
            return Err(Error::new_spanned(pattern, message));
        }
    };
    let segment = match &**ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    match segment {
        Some(segment) if segment.ident == "In" => Ok(Input { resource: resource(segment)? }),
        Some(segment) if segment.ident == "Out" => Err(Error::new(
            ty.span(),
            format!("`{name}` is an input: write `In<'_, …>`, and `Out` in the type that is returned"),
        )),
        _ => Err(Error::new_spanned(ty, not_an_input(&name, ty))),
    }
}

/// The resource of `In<'_, R>`.
fn resource(segment: &PathSegment) -> syn::Result<Type> {
    let missing = || Error::new_spanned(segment, "`In` of which resource? Write `In<'_, Base>`");
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return Err(missing()) };
    let mut types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(resource) => Some(resource),
        _ => None,
    });
    match (types.next(), types.next()) {
        (Some(resource), None) => Ok(resource.clone()),
        (None, _) => Err(missing()),
        (Some(_), Some(more)) => {
            Err(Error::new_spanned(more, "`In` has one resource: let each have an argument of its own"))
        }
    }
}

/// What to say of an argument whose type is not `In`.
fn not_an_input(name: &str, ty: &Type) -> String {
    let ty = match ty {
        Type::Reference(reference) => &reference.elem,
        ty => ty,
    };
    format!(
        "`{name}` does not say which resource it is the value of: write `In<'_, R>`, which is a `&{0}` if `{0}` is the type of value of the resource `R`",
        text(ty)
    )
}

/// Tokens as one would write them.
pub(super) fn text(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (spaced, tight) in
        [(" :: ", "::"), (" < ", "<"), (" > ", ">"), (" >", ">"), (" ,", ","), ("& ", "&"), ("( ", "("), (" )", ")")]
    {
        text = text.replace(spaced, tight);
    }
    text
}
