//! Checks the returned type, which names the outputs and the error of the step.

use super::inputs::{is_value, last_segment, types};
use crate::borrowed;
use crate::diagnostics::Diagnostics;
use crate::text::{bare, text};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Error, PathSegment, ReturnType, Signature, Type};

/// The most outputs that a function may have: `HList!` puts as many into one list.
const MOST: usize = 16;

/// The outputs of a function.
#[derive(Default)]
pub(super) struct Outputs {
    /// The elements of the list of outputs: resources and `Return`s.
    pub(super) list: Vec<Type>,
    /// The same as they were written: `Out<Quotient>`.
    pub(super) written: Vec<Type>,
    /// Whether the function returns a tuple, and not a single output.
    pub(super) tuple: bool,
    /// The error.
    pub(super) failure: Failure,
    /// Whether some `Out` has no resource, which rustc would report as well.
    pub(super) lack_a_resource: bool,
}

/// The error of a step.
#[derive(Default)]
pub(super) enum Failure {
    /// The step cannot fail.
    #[default]
    Never,
    /// An error of this type.
    With(Type),
    /// The error of this `Result`: an alias such as `io::Result<Out<R>>`, which does not name it.
    Of(Type),
}

impl Outputs {
    /// How they are written, as the functions of the library that convert them are called.
    pub(super) fn form(&self) -> &'static str {
        match (&self.list[..], self.tuple) {
            ([], _) => "none",
            (_, false) => "one",
            (_, true) => "all",
        }
    }

    /// The outputs of a function. A wrong one is reported and left out.
    pub(super) fn check(signature: &Signature, mistakes: &mut Diagnostics) -> Self {
        let ReturnType::Type(_, returned) = &signature.output else {
            return Outputs { tuple: true, ..Outputs::default() };
        };
        let (given, failure) = match last_segment(returned) {
            Some(segment) if segment.ident == "Result" => match &types(segment)[..] {
                [given] => (bare(given), Failure::Of((**returned).clone())),
                [given, error] => (bare(given), Failure::With((*error).clone())),
                _ => {
                    mistakes.add(Error::new_spanned(returned, "a `Result` of what? Write `Result<Out<R>, Error>`"));
                    return Outputs { lack_a_resource: true, ..Outputs::default() };
                }
            },
            Some(segment) if !is_container(segment) => match types(segment).first() {
                Some(given) if holds_outputs(given) => (bare(given), Failure::Of((**returned).clone())),
                _ => (bare(returned), Failure::Never),
            },
            _ => (bare(returned), Failure::Never),
        };
        if let Some(place) = unnamed(returned.to_token_stream()).filter(|_| !matches!(given, Type::ImplTrait(_))) {
            let message = match unnamed(given.to_token_stream()) {
                Some(_) => {
                    "`Return<impl …>` needs a named type, such as `Return<Box<dyn Iterator<Item = u32> + Send>>`"
                }
                None => {
                    "the error of a step needs a named type, such as `Box<dyn Error + Send + Sync>`, and not an `impl`"
                }
            };
            mistakes.add(Error::new(place, message));
            return Outputs::default();
        }
        let (tuple, elements): (_, Vec<_>) = match given {
            Type::Tuple(tuple) => (true, tuple.elems.iter().map(bare).collect()),
            only => (false, vec![only]),
        };
        if let Some(more) = elements.get(MOST) {
            let message = format!("a function gives up to {MOST} outputs: let a resource carry several of them");
            mistakes.add(Error::new_spanned(more, message));
        }
        let mut outputs = Outputs { tuple, failure, ..Outputs::default() };
        for element in elements {
            match output(element) {
                Ok(output) if is(element, "Out") && outputs.list.contains(&output) => {
                    mistakes.add(Error::new_spanned(element, format!("the step gives `{}` twice", text(&output))));
                }
                Ok(output) if borrowed::find(&output).is_some() => {
                    let message = "a step returns owned values, and nothing that borrows from its inputs: a `String` and not a \
                                   `&str`, a clone, or an `Arc`";
                    mistakes.add(Error::new_spanned(element, message));
                }
                Ok(output) => {
                    outputs.list.push(output);
                    outputs.written.push(element.clone());
                }
                Err(mistake) => {
                    mistakes.add(mistake);
                    outputs.lack_a_resource |= is(element, "Out");
                }
            }
        }
        outputs
    }
}

/// The element of the list of outputs for a returned type.
fn output(element: &Type) -> syn::Result<Type> {
    match last_segment(element) {
        Some(segment) if segment.ident == "Out" => match &types(segment)[..] {
            [value] if is_value(value) => {
                let value = text(value);
                let message = format!(
                    "`{value}` is a type of values and not a resource: declare one, `resource! {{ Total: {value}; }}`, and give \
                     `Out<Total>`"
                );
                Err(Error::new_spanned(segment, message))
            }
            [resource] => Ok(bare(resource).clone()),
            [] => Err(Error::new_spanned(segment, "`Out` of which resource? Write `Out<Quotient>`")),
            [_, more, ..] => {
                Err(Error::new_spanned(more, "`Out` has one resource: return a tuple, `(Out<Quotient>, Out<Modulus>)`"))
            }
        },
        Some(segment) if segment.ident == "Return" => Ok(element.clone()),
        Some(segment) if segment.ident == "In" => {
            Err(Error::new_spanned(element, "what a step returns is an output: write `Out<…>`"))
        }
        Some(segment) if segment.ident == "Option" => Err(Error::new_spanned(
            element,
            "a step gives each of its outputs or fails: return a `Result`, or let the resource carry an `Option`",
        )),
        _ if matches!(element, Type::ImplTrait(_)) => Err(Error::new_spanned(
            element,
            "what a step gives is named: write `Out<R>`, and `async fn` instead of a future",
        )),
        Some(segment) if types(segment).into_iter().any(holds_outputs) => {
            let (written, container) = (text(element), &segment.ident);
            let message = format!(
                "`{written}` is no output: let the resource carry the `{container}`, and return its `Out<R>`, or a `Result` of it"
            );
            Err(Error::new_spanned(element, message))
        }
        _ => {
            let value = text(element);
            let message = format!(
                "`{value}` names no resource: write `Out<R>` with the resource `R` whose value it is, or `Return<{value}>` \
                 to hand it to the caller of `run`"
            );
            Err(Error::new_spanned(element, message))
        }
    }
}

/// The place of the first `impl` within a type.
fn unnamed(ty: TokenStream) -> Option<Span> {
    ty.into_iter().find_map(|token| match token {
        TokenTree::Ident(word) => (word == "impl").then(|| word.span()),
        TokenTree::Group(group) => unnamed(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => None,
    })
}

/// Whether a type is what a step gives: an output, or a tuple with one. The empty tuple is one too.
fn holds_outputs(ty: &Type) -> bool {
    match bare(ty) {
        Type::Tuple(tuple) => tuple.elems.is_empty() || tuple.elems.iter().any(holds_outputs),
        ty => is(ty, "Out") || is(ty, "Return"),
    }
}

/// Whether a type is certainly no alias of `Result`.
fn is_container(segment: &PathSegment) -> bool {
    const CONTAINERS: &[&str] = &[
        "Arc", "BTreeMap", "BTreeSet", "Box", "Cell", "HashMap", "HashSet", "Mutex", "Option", "Out", "Pin", "Rc",
        "RefCell", "Return", "RwLock", "Vec", "VecDeque",
    ];
    CONTAINERS.iter().any(|container| segment.ident == container)
}

/// Whether the last segment of a type is this name.
fn is(ty: &Type, name: &str) -> bool {
    last_segment(ty).is_some_and(|segment| segment.ident == name)
}
