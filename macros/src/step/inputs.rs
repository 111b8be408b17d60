//! What a step takes: its arguments, `base: In<'_, Base>`.

use super::Mistakes;
use heck::ToUpperCamelCase;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Error, FnArg, GenericArgument, Pat, PatType, PathArguments, PathSegment, Signature, Type};

/// The inputs of a function.
#[derive(Default)]
pub(super) struct Inputs {
    /// The resources.
    pub(super) list: Vec<Type>,
    /// Whether some `In` has none: rustc would miss it as well.
    pub(super) lack_a_resource: bool,
}

/// The inputs of a function; those that are wrong are told and left out.
pub(super) fn check(signature: &Signature, mistakes: &mut Mistakes) -> Inputs {
    let mut inputs = Inputs::default();
    if let Some(variadic) = &signature.variadic {
        mistakes
            .add(Error::new_spanned(variadic, "each input of a step is an argument of its own: `base: In<'_, Base>`"));
    }
    for argument in &signature.inputs {
        match input(argument) {
            Ok(resource) if inputs.list.contains(&resource) => {
                let message = format!("the step takes `{}` twice: one argument is enough", text(&resource));
                mistakes.add(Error::new_spanned(&resource, message));
            }
            Ok(resource) => inputs.list.push(resource),
            Err(NoInput::Of(mistake)) => {
                inputs.lack_a_resource = true;
                mistakes.add(mistake);
            }
            Err(NoInput::Mistake(mistake)) => mistakes.add(mistake),
        }
    }
    inputs
}

/// Why an argument is no input.
enum NoInput {
    /// It is `In`, but of nothing.
    Of(Error),
    Mistake(Error),
}

impl NoInput {
    fn new(tokens: impl ToTokens, message: impl std::fmt::Display) -> Self {
        NoInput::Mistake(Error::new_spanned(tokens, message))
    }
}

/// The resource that an argument is the value of.
fn input(argument: &FnArg) -> Result<Type, NoInput> {
    let PatType { attrs, pat, ty, .. } = match argument {
        FnArg::Typed(argument) => argument,
        FnArg::Receiver(receiver) => {
            let message = "a step has no `self`: it stands outside of any `impl`, and what it needs is a resource: \
                           `config: In<'_, Config>`";
            return Err(NoInput::new(receiver, message));
        }
    };
    if let Some(attribute) = attrs.first() {
        return Err(NoInput::new(attribute, "an input of a step has no attributes"));
    }
    let name = match &**pat {
        Pat::Ident(name) if name.subpat.is_none() && name.by_ref.is_none() => name.ident.unraw().to_string(),
        Pat::Wild(_) => "_".to_owned(),
        pattern => {
            let message = "an input of a step has a name: take its value apart in the body, `let (low, high) = range;`";
            return Err(NoInput::new(pattern, message));
        }
    };
    let segment = match &**ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    match segment {
        Some(segment) if segment.ident == "In" => resource(segment),
        Some(segment) if segment.ident == "Out" => {
            let message = format!("`{name}` is an input: write `In<'_, …>`; an `Out` is what the function returns");
            Err(NoInput::new(ty, message))
        }
        _ => {
            let message = format!(
                "`{name}: {}` names no resource: write `{name}: In<'_, {}>`, with the resource whose value it is a reference to",
                text(ty),
                guess(&name)
            );
            Err(NoInput::new(ty, message))
        }
    }
}

/// The resource that an argument of this name is likely to be.
fn guess(name: &str) -> String {
    let guess = name.trim_start_matches('_').to_upper_camel_case();
    if guess.is_empty() { "R".to_owned() } else { guess }
}

/// The resource of `In<'_, R>`.
fn resource(segment: &PathSegment) -> Result<Type, NoInput> {
    let missing = || NoInput::Of(Error::new_spanned(segment, "`In` of which resource? Write `In<'_, Base>`"));
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return Err(missing()) };
    let mut types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(resource) => Some(resource),
        _ => None,
    });
    match (types.next(), types.next()) {
        (Some(resource), None) => Ok(resource.clone()),
        (None, _) => Err(missing()),
        (Some(_), Some(more)) => {
            let message = "`In` has one resource: let each have an argument of its own";
            Err(NoInput::Of(Error::new_spanned(more, message)))
        }
    }
}

/// Tokens as one would write them.
pub(super) fn text(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    let tight = [
        (" :: ", "::"),
        (" < ", "<"),
        (" >", ">"),
        (" ,", ","),
        ("& ", "&"),
        ("( ", "("),
        (" )", ")"),
        ("[ ", "["),
        (" ]", "]"),
        (" ;", ";"),
    ];
    for (spaced, tight) in tight {
        text = text.replace(spaced, tight);
    }
    text
}
