//! Types that can be told apart: the parameters of generic resources.

use crate::proof::ids::digits::Reflexive;
use crate::resource::Resource;

/// A type that may be a parameter of a generic resource: it has an identity, which goes into that of the resource.
///
/// All resources are, and the plain types of the language. They can be sent to other threads and shared with them, and so can
/// the values that are made of them. Of your own types, derive it:
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
/// or spell it by hand, with [`identity!`](crate::identity!), from a name that no other has.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no identity, which a parameter of a resource needs",
    label = "not a resource, and does not derive an identity",
    note = "of a type of yours, write `#[derive(Identified)]`; of a parameter, `T: Identified`, or that its trait is, `trait Entity: Identified`"
)]
pub trait Identified: Send + Sync + 'static {
    /// What tells this type from all others on the level of types.
    type Identity: Reflexive;
}

// Else rustc says of a type without an identity that it is no resource.
#[diagnostic::do_not_recommend]
impl<R: Resource> Identified for R {
    type Identity = R::Identity;
}

macro_rules! identified {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Identified for $type {
            type Identity = crate::identity!(stringify!($type));
        }
    )*};
}
identified!((), bool, char, u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64, String);
