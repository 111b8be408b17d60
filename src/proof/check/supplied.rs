//! Mistake: a resource is supplied twice.

use super::ProofCheck;
use crate::proof::ids::trie::{Empty, Find};
use crate::proof::walk::source::{FromStore, NoSource};
use crate::resource::Resource;
use crate::sealed::Seal;
use crate::store::supplied::SuppliedValues;

/// A resource with which a store can be supplied that was supplied with `Supplied`: a function to
/// the new list.
pub trait AcceptedBy<Supplied>: Resource {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The list with the resource in its place.
    type Inserted: SuppliedValues;
    /// Moves the values to the new list.
    #[doc(hidden)]
    fn insert(value: Self::Value, list: &mut Supplied) -> Self::Inserted;
}

impl<R: Resource, Supplied: LacksResource<R>> AcceptedBy<Supplied> for R {
    fn seal(_: Seal) {}

    type Inserted = Supplied::Insert<R>;
    fn insert(value: R::Value, list: &mut Supplied) -> Supplied::Insert<R> {
        list.insert::<R>(value, Supplied::LEN)
    }
}

/// A list of supplied values without the resource `R`.
///
/// It is apart from [`AcceptedBy`] for the reason that
/// [`SatisfiesTarget`](super::store::SatisfiesTarget) has.
pub trait LacksResource<R: Resource>: SuppliedValues {
    #[doc(hidden)]
    fn seal(_: Seal);
}

impl<R: Resource, Supplied: SuppliedValues> LacksResource<R> for Supplied
where
    SourceAmong<Supplied, R>: NotSupplied<R>,
{
    fn seal(_: Seal) {}
}

/// The source of the resource `R` among the supplied values.
pub type SourceAmong<Supplied, R> = Find<<Supplied as SuppliedValues>::Overlay<Empty>, <R as Resource>::Identity>;

/// The source of the resource `R` among the supplied values: none.
///
/// It is defined on [`NoSource`] and [`FromStore`].
pub trait NotSupplied<R> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

impl<R> NotSupplied<R> for NoSource {
    fn seal(_: Seal) {}
}

impl<R, Entered> NotSupplied<R> for FromStore<Entered>
where
    ProofCheck: SuppliedOnce<R, Entered>,
{
    fn seal(_: Seal) {}
}

/// Never holds: the store was supplied with `Entered`, and now with `Again` under the same
/// identity. Either they are two resources, or one that is supplied twice.
#[diagnostic::on_unimplemented(
    message = "`{Entered}` and `{Again}` have the same identity",
    label = "the store holds `{Entered}` already",
    note = "give one of them another name, or another identity: `type Identity = identity!(\"a name of its own\")`"
)]
pub trait SuppliedOnce<Again, Entered> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

impl<R> SuppliedOnce<R, R> for ProofCheck
where
    ProofCheck: Accepts<R>,
{
    fn seal(_: Seal) {}
}

/// Never holds: the store was supplied with `R` before.
#[diagnostic::on_unimplemented(
    message = "`{R}` is supplied twice",
    label = "the store holds `{R}` already",
    note = "supply each resource once; a value in a store is never overwritten"
)]
pub trait Accepts<R> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
