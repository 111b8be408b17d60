//! What decides whether an element is the same as before, in a store that is kept.

use crate::error::BoxError;
use crate::journal::print::Print;
use crate::proof::check::ProofCheck;
use crate::proof::check::keep::ComparesElement;
use crate::proof::witness::IsResource;
use core::fmt;

/// What decides whether an element is the same as before: [`Each::KEPT_BY`](super::Each::KEPT_BY).
/// `R` is the resource of an element.
pub struct KeptBy<R: IsResource> {
    /// Makes the fingerprint of an element, if that counts.
    pub(super) print: Option<MakePrint<R::CheckedValue>>,
}

/// Makes the fingerprint of a value.
type MakePrint<V> = fn(&V) -> Result<Print, BoxError>;

impl<R: IsResource> KeptBy<R> {
    /// The whole collection is the same, and the element is at the same place in it.
    ///
    /// A run that was killed goes on. After a change of the collection, all elements are stale.
    pub const COLLECTION: Self = KeptBy { print: None };

    /// The value of the element is the same, as serde writes it. Elements may come and go: give
    /// them a [key](super::Each::key), under which their entries are found.
    ///
    /// The value has to be `Serialize`.
    pub const fn value() -> Self
    where
        ProofCheck: ComparesElement<R, R::CheckedValue, Witness: Sized>,
    {
        KeptBy { print: Some(<ProofCheck as ComparesElement<R, R::CheckedValue>>::print) }
    }
}

impl<R: IsResource> fmt::Debug for KeptBy<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.print.is_some() { "KeptBy::value()" } else { "KeptBy::COLLECTION" })
    }
}
