//! Checks the arguments, which are the inputs of the step: `base: In<'_, Base>`, or
//! `Option<In<'_, Base>>` for an optional input.

use crate::diagnostics::Diagnostics;
use crate::text::{bare, text};
use heck::ToUpperCamelCase;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Attribute, Error, FnArg, GenericArgument, Pat, PatType, PathArguments, PathSegment, Signature, Type};

/// The inputs of a function.
#[derive(Default)]
pub(super) struct Inputs {
    pub(super) list: Vec<Input>,
    /// Whether some `In` has no resource, which rustc would report as well.
    pub(super) lack_a_resource: bool,
}

/// An input.
pub(super) struct Input {
    /// The type of the argument as it was written: `In<'_, Base>`.
    pub(super) ty: Type,
    pub(super) resource: Type,
    /// Whether it is an `Option`.
    pub(super) optional: bool,
}

/// The inputs of a function. A wrong one is reported and left out.
pub(super) fn check(signature: &Signature, mistakes: &mut Diagnostics) -> Inputs {
    let mut inputs = Inputs::default();
    if let Some(variadic) = &signature.variadic {
        mistakes
            .add(Error::new_spanned(variadic, "each input of a step is an argument of its own: `base: In<'_, Base>`"));
    }
    for argument in &signature.inputs {
        match input(argument) {
            Ok(input) if inputs.list.iter().any(|other| other.resource == input.resource) => {
                let message = format!("the step takes `{}` twice: one argument is enough", text(&input.resource));
                mistakes.add(Error::new_spanned(&input.resource, message));
            }
            Ok(input) => inputs.list.push(input),
            Err(NoInput::Of(mistake)) => {
                inputs.lack_a_resource = true;
                mistakes.add(mistake);
            }
            Err(NoInput::Mistake(mistake)) => mistakes.add(mistake),
        }
    }
    inputs
}

/// The reason why an argument is not an input.
enum NoInput {
    /// It is an `In`, but not of a resource.
    Of(Error),
    /// Any other mistake.
    Mistake(Error),
}

impl NoInput {
    fn new(tokens: impl ToTokens, message: impl std::fmt::Display) -> Self {
        NoInput::Mistake(Error::new_spanned(tokens, message))
    }
}

/// The input for an argument.
fn input(argument: &FnArg) -> Result<Input, NoInput> {
    let PatType { attrs, pat, ty, .. } = match argument {
        FnArg::Typed(argument) => argument,
        FnArg::Receiver(receiver) => {
            let message = "a step has no `self`: it stands outside of any `impl`, and takes resources: \
                           `config: In<'_, Config>`";
            return Err(NoInput::new(receiver, message));
        }
    };
    let conditional = |attribute: &&Attribute| ["cfg", "cfg_attr"].iter().any(|name| attribute.path().is_ident(name));
    if let Some(attribute) = attrs.iter().find(conditional) {
        let message = "an input of a step has no condition: write the function twice, with a `#[cfg]` on each";
        return Err(NoInput::new(attribute, message));
    }
    let name = match &**pat {
        Pat::Ident(name) => name.ident.unraw().to_string(),
        Pat::TupleStruct(tuple) if tuple.path.is_ident("In") => {
            let message =
                "`In` is a type and no pattern: write `base: In<'_, Base>`, and `base` is a reference to the value";
            return Err(NoInput::new(pat, message));
        }
        _ => "_".to_owned(),
    };
    let (optional, segment) = match option(ty) {
        Some(option) => (true, types(option).first().copied().and_then(last_segment)),
        None => (false, last_segment(ty)),
    };
    match segment {
        Some(segment) if segment.ident == "In" => {
            let resource = resource(segment)?;
            if is_return(&resource) {
                let message = format!(
                    "`{}` cannot be an input: it goes to the caller of `run` and is never stored; let the step that \
                     makes the value return an `Out`",
                    text(&resource),
                );
                return Err(NoInput::Of(Error::new_spanned(resource, message)));
            }
            if let Some([inner]) = option(&resource).map(types).as_deref() {
                let message = format!(
                    "write `Option<In<'_, {}>>`: an optional input is an `Option` of an `In`, not an `In` of an `Option`",
                    text(inner)
                );
                return Err(NoInput::Of(Error::new_spanned(ty, message)));
            }
            if is_static(segment) {
                let message = format!("an input is borrowed for the run: write `In<'_, {}>`", text(&resource));
                return Err(NoInput::Mistake(Error::new_spanned(ty, message)));
            }
            if is_value(&resource) {
                let (value, guess) = (text(&resource), guess(&name));
                let message = format!(
                    "`{value}` is a type of values and not a resource: declare one, `resource! {{ {guess}: {value}; }}`, and \
                     take `In<'_, {guess}>`"
                );
                return Err(NoInput::Of(Error::new_spanned(resource, message)));
            }
            Ok(Input { ty: (**ty).clone(), resource, optional })
        }
        Some(segment) if segment.ident == "Out" => {
            let message = format!("`{name}` is an input: write `In<'_, …>`; an `Out` is what the function returns");
            Err(NoInput::new(ty, message))
        }
        _ if matches!(bare(ty), Type::Reference(reference) if last_segment(&reference.elem).is_some_and(|last| last.ident == "Store")) =>
        {
            let message = "a step does not see the store: take what it needs of it, `base: In<'_, Base>`";
            Err(NoInput::new(ty, message))
        }
        _ if matches!(bare(ty), Type::Reference(reference) if reference.mutability.is_some()) => {
            let message = format!(
                "an input is shared by all steps that take it, and cannot be changed: write `{name}: In<'_, {}>`, and let \
                 the resource carry a `Mutex` if its value has to change",
                guess(&name)
            );
            Err(NoInput::new(ty, message))
        }
        _ => {
            let input = format!("In<'_, {}>", guess(&name));
            let input = if optional { format!("Option<{input}>") } else { input };
            let message = format!(
                "`{name}: {}` names no resource: write `{name}: {input}`, with the resource whose value it is a reference to",
                text(ty)
            );
            Err(NoInput::new(ty, message))
        }
    }
}

/// Whether an `In` has the lifetime `'static`.
fn is_static(segment: &PathSegment) -> bool {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return false };
    arguments
        .args
        .iter()
        .any(|argument| matches!(argument, GenericArgument::Lifetime(lifetime) if lifetime.ident == "static"))
}

/// A likely name for the resource of an argument.
fn guess(name: &str) -> String {
    let guess = name.trim_start_matches('_').to_upper_camel_case();
    if guess.is_empty() { "R".to_owned() } else { guess }
}

/// The resource of `In<'_, R>`.
fn resource(segment: &PathSegment) -> Result<Type, NoInput> {
    let missing = || NoInput::Of(Error::new_spanned(segment, "`In` of which resource? Write `In<'_, Base>`"));
    match types(segment)[..] {
        [resource] => Ok(bare(resource).clone()),
        [] => Err(missing()),
        [_, more, ..] => {
            let message = "`In` has one resource: let each have an argument of its own";
            Err(NoInput::Of(Error::new_spanned(more, message)))
        }
    }
}

/// The types among the generic arguments of a path segment.
pub(super) fn types(segment: &PathSegment) -> Vec<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return Vec::new() };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

/// Whether a type is certainly a value and not a resource: a type of the language or of its
/// prelude.
pub(super) fn is_value(ty: &Type) -> bool {
    const VALUES: &[&str] = &[
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16", "u32", "u64",
        "u128", "usize", "Box", "Option", "Result", "String", "Vec",
    ];
    match bare(ty) {
        Type::Path(path) => match path.path.segments.last() {
            Some(last) => path.path.segments.len() == 1 && VALUES.iter().any(|value| last.ident == value),
            None => false,
        },
        Type::Macro(_) | Type::Verbatim(_) => false,
        _ => true,
    }
}

/// Whether a type is a `Return`.
pub(super) fn is_return(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|last| last.ident == "Return")
}

/// The segment `Option<…>`, if the type is an `Option`.
fn option(ty: &Type) -> Option<&PathSegment> {
    last_segment(ty).filter(|last| last.ident == "Option")
}

/// The last segment of a path: `Out<R>` of `typed_pipeliner::Out<R>`.
pub(super) fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match bare(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}
