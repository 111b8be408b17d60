//! The collections of a fan-out: the one that has the elements, and the one of the results.

use crate::proof::witness::IsResource;
use crate::sealed::Seal;

/// A resource whose value is a collection with elements of the resource `Item`.
///
/// You never write it. Each resource implements it whose value is `AsRef<[T]>`, where `T` is the
/// value of `Item`.
#[diagnostic::on_unimplemented(
    message = "the value of `{Self}` is no collection of values of `{Item}`",
    label = "expected a resource whose value is `AsRef<[T]>`, where `T` is the value of `{Item}`",
    note = "let `{Self}` carry a `Vec` of the values of `{Item}`, or name as `Item` the resource that carries an element of `{Self}`"
)]
pub trait ElementsOf<Item: IsResource>: IsResource<CheckedValue: Sized> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The elements.
    #[doc(hidden)]
    fn elements(collection: &Self::CheckedValue) -> &[Item::CheckedValue];
}

#[diagnostic::do_not_recommend]
impl<R, Item> ElementsOf<Item> for R
where
    R: IsResource<CheckedValue: AsRef<[Item::CheckedValue]>>,
    Item: IsResource,
{
    fn seal(_: Seal) {}

    fn elements(collection: &R::CheckedValue) -> &[Item::CheckedValue] {
        collection.as_ref()
    }
}

/// A resource whose value can be collected from values of the type `V`.
///
/// You never write it. Each resource implements it whose value is `FromIterator<V>`.
#[diagnostic::on_unimplemented(
    message = "the value of `{Self}` cannot be collected from `{V}`, which the target gives for each element",
    label = "expected a resource whose value is `FromIterator<{V}>`",
    note = "let `{Self}` carry a `Vec<{V}>`, or another collection of it"
)]
pub trait CollectsInto<V>: IsResource<CheckedValue: Sized> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Collects the values.
    #[doc(hidden)]
    fn collect(values: Vec<V>) -> Self::CheckedValue;
}

#[diagnostic::do_not_recommend]
impl<R: IsResource<CheckedValue: FromIterator<V>>, V> CollectsInto<V> for R {
    fn seal(_: Seal) {}

    // A `Vec` is collected from a `Vec` in place.
    fn collect(values: Vec<V>) -> R::CheckedValue {
        values.into_iter().collect()
    }
}
