//! Types that borrow: written with a lifetime other than `'static`.

use crate::text::{bare, text};
use syn::{GenericArgument, Lifetime, PathArguments, Type, TypeReference};

/// The first part of a type that borrows.
pub(crate) fn find(ty: &Type) -> Option<&Type> {
    match bare(ty) {
        Type::Reference(reference) if reference.lifetime.as_ref().is_none_or(is_not_static) => Some(ty),
        Type::Reference(TypeReference { elem, .. }) => find(elem),
        Type::Slice(slice) => find(&slice.elem),
        Type::Array(array) => find(&array.elem),
        Type::Tuple(tuple) => tuple.elems.iter().find_map(find),
        Type::Path(path) => match &path.path.segments.last()?.arguments {
            PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|argument| match argument {
                GenericArgument::Lifetime(lifetime) => is_not_static(lifetime).then_some(ty),
                GenericArgument::Type(ty) => find(ty),
                _ => None,
            }),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a lifetime is not `'static`.
fn is_not_static(lifetime: &Lifetime) -> bool {
    lifetime.ident != "static"
}

/// An owned type in place of one that borrows.
pub(crate) fn owned(borrowed: &Type) -> String {
    let Type::Reference(reference) = bare(borrowed) else {
        return with_static(borrowed);
    };
    match &*reference.elem {
        Type::Slice(slice) => format!("Vec<{}>", text(&slice.elem)),
        target => {
            let target = text(target);
            let owned = [("str", "String"), ("Path", "PathBuf"), ("OsStr", "OsString"), ("CStr", "CString")];
            let owned = owned.into_iter().find(|(unsized_, _)| *unsized_ == target);
            owned.map_or(target, |(_, owned)| owned.to_owned())
        }
    }
}

/// A type with `'static` for its lifetimes.
fn with_static(ty: &Type) -> String {
    let mut ty = ty.clone();
    if let Type::Path(path) = &mut ty {
        for segment in &mut path.path.segments {
            if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
                for argument in &mut arguments.args {
                    if let GenericArgument::Lifetime(lifetime) = argument {
                        *lifetime = Lifetime::new("'static", lifetime.span());
                    }
                }
            }
        }
    }
    text(&ty)
}
