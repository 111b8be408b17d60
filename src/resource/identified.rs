//! Types with an identity: the parameters of generic resources.

use crate::lower::numbers::number;
use crate::proof::ids::digits::Reflexive;
use crate::proof::ids::identity::hash;
use crate::resource::Resource;

/// A type that may be a parameter of a generic resource. Its identity is a part of that of the
/// resource.
///
/// All resources and the plain types of the language implement it. Derive it for a type of your
/// own:
///
/// ```
/// use typed_pipeliner::{Identified, Resource, resource};
///
/// #[derive(Identified)]
/// struct User;
///
/// resource! { Cached<R: Resource>: u64; Count<T>: usize; }
///
/// # fn is_resource<R: Resource>() {}
/// # resource! { Base: i64; }
/// # is_resource::<Cached<Base>>();
/// # is_resource::<Count<User>>();
/// # is_resource::<Count<i64>>();
/// ```
///
/// or implement it by hand, with [`identity!`](crate::identity!) and a name that no other type has.
///
/// If your crate has the library under another name, say so: `#[identified(crate = pipe)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no identity, which a parameter of a resource needs",
    label = "not a resource, and does not derive an identity",
    note = "for a type of your own, write `#[derive(Identified)]`; for a parameter, write `T: Identified`, or let its trait be `trait Entity: Identified`"
)]
pub trait Identified: Send + Sync + 'static {
    /// The identity, which differs from those of all other types.
    type Identity: Reflexive;

    /// The number of the type, or 0; see [`Resource::ID`].
    #[doc(hidden)]
    const NUMBER: u64 = 0;
}

// Otherwise rustc reports a type without an identity as not a resource.
#[diagnostic::do_not_recommend]
impl<R: Resource> Identified for R {
    type Identity = R::Identity;
    const NUMBER: u64 = R::ID;
}

macro_rules! identified {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Identified for $type {
            type Identity = crate::identity!(stringify!($type));
            const NUMBER: u64 = number(hash(&[stringify!($type)]), &[]);
        }
    )*};
}
identified!((), bool, char, u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64, String);
