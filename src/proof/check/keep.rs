//! The proofs of a store that is kept: serde can write and read its kept values, and the
//! fingerprint of each supplied value shows whether it is the same the next time.

use super::ProofCheck;
use crate::error::BoxError;
use crate::journal::error::{Action, JournalError};
use crate::journal::print::{Known, Print};
use crate::pipelines::keeps::Keeps;
use crate::proof::ids::trie::{Empty, Find};
use crate::proof::walk::source::{FromStore, NoSource};
use crate::proof::witness::{IsResource, Proven};
use crate::sealed::Seal;
use crate::store::parent::{NoOuter, NoParent};
use crate::store::supplied::{NothingSupplied, ResourceList, SuppliedValues, With};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Holds if serde can write and read the value `V` of the resource `R`: a function to its codec.
#[diagnostic::on_unimplemented(
    message = "the output `{R}` cannot be kept: its value `{V}` is not `Serialize` and `DeserializeOwned`",
    label = "a step that provides `{R}` is to be kept",
    note = "derive `Serialize` and `Deserialize` of serde for `{V}`; a handle, such as a connection, is better the output of a step that is not kept"
)]
pub trait KeepsValue<R, V> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Always [`Proven`].
    type Witness;
    /// Encodes the value.
    fn encode(value: &V) -> Result<Vec<u8>, BoxError>;
    /// Decodes the value.
    fn decode(bytes: &[u8]) -> Result<V, BoxError>;
}

#[diagnostic::do_not_recommend]
impl<R, V: Serialize + DeserializeOwned> KeepsValue<R, V> for ProofCheck {
    fn seal(_: Seal) {}

    type Witness = Proven;
    fn encode(value: &V) -> Result<Vec<u8>, BoxError> {
        Ok(rmp_serde::to_vec_named(value)?)
    }
    fn decode(bytes: &[u8]) -> Result<V, BoxError> {
        Ok(rmp_serde::from_slice(bytes)?)
    }
}

/// A pipeline that names its ambient resources: a function to them, defined on [`Keeps`].
///
/// It is between that and the proof, so that rustc names this trait, and quotes no declaration.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which supplied values are ambient, so its stores cannot be kept",
    label = "`{Self}` has no `impl Keeps`",
    note = "write it, with the handles and secrets that a store is supplied with: `impl Keeps for {Self} {{ type Ambient = HList![]; }}`"
)]
pub trait HasAmbient {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The ambient resources.
    type Sorted: SuppliedValues;
}

#[diagnostic::do_not_recommend]
impl<Pipe: Keeps> HasAmbient for Pipe {
    fn seal(_: Seal) {}

    type Sorted = <Pipe::Ambient as ResourceList>::Sorted;
}

/// A list of supplied values that have fingerprints or are among the ambient resources `Ambient` of
/// the pipeline `Pipe`: a function to them.
///
/// It has a witness of several parts, so that rustc goes straight to the one that is wrong.
/// The ambient ones are a parameter, because rustc forgets that a bound which looks them up depends
/// on them (decision 0036).
pub trait SuppliedPrints<Pipe, Ambient> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The proofs of the values.
    #[doc(hidden)]
    type Witness;
    /// Appends the fingerprints, in the order of the list.
    #[doc(hidden)]
    fn prints(&self, to: &mut Vec<Known>) -> Result<(), JournalError>;
}

impl<Pipe, Ambient> SuppliedPrints<Pipe, Ambient> for NothingSupplied {
    fn seal(_: Seal) {}

    type Witness = Proven;
    fn prints(&self, _: &mut Vec<Known>) -> Result<(), JournalError> {
        Ok(())
    }
}

impl<Pipe, Ambient, R, Rest> SuppliedPrints<Pipe, Ambient> for With<R, Rest>
where
    Ambient: SuppliedValues,
    R: IsResource,
    Rest: SuppliedValues + SuppliedPrints<Pipe, Ambient>,
    AmbientSource<Ambient, R>: PrintSource<R, Pipe>,
{
    fn seal(_: Seal) {}

    type Witness = (<AmbientSource<Ambient, R> as PrintSource<R, Pipe>>::Witness, Rest::Witness);
    fn prints(&self, to: &mut Vec<Known>) -> Result<(), JournalError> {
        to.push(match self.get() {
            Some(value) => <AmbientSource<Ambient, R>>::print(value)?,
            None => Known::Not,
        });
        self.rest().prints(to)
    }
}

/// The source of the resource `R` among the ambient ones.
type AmbientSource<Ambient, R> = Find<<Ambient as SuppliedValues>::Overlay<Empty>, <R as IsResource>::CheckedIdentity>;

/// The source of the resource `R` among ambient ones: a function to the fingerprint of its value.
///
/// It is defined on [`FromStore`], where the value does not count, and on [`NoSource`].
pub trait PrintSource<R: IsResource, Pipe> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The proof of the value.
    type Witness;
    /// The fingerprint of the value.
    fn print(value: &R::CheckedValue) -> Result<Known, JournalError>;
}

impl<R: IsResource, Entered, Pipe> PrintSource<R, Pipe> for FromStore<Entered> {
    fn seal(_: Seal) {}

    type Witness = Proven;
    fn print(_: &R::CheckedValue) -> Result<Known, JournalError> {
        Ok(Known::Ambient)
    }
}

impl<R: IsResource, Pipe> PrintSource<R, Pipe> for NoSource
where
    ProofCheck: IsDistinct<R, R::CheckedValue, Pipe>,
{
    fn seal(_: Seal) {}

    type Witness = <ProofCheck as IsDistinct<R, R::CheckedValue, Pipe>>::Witness;
    fn print(value: &R::CheckedValue) -> Result<Known, JournalError> {
        let print = <ProofCheck as IsDistinct<R, R::CheckedValue, Pipe>>::print(value);
        print.map(Known::Print).map_err(|error| JournalError::because(Action::Print(R::name()), error))
    }
}

/// Holds if serde can write the value `V` of the resource `R`, which is supplied to a store that is
/// kept: a function to its fingerprint.
#[diagnostic::on_unimplemented(
    message = "`{R}` is supplied to a store that is kept, and nothing says whether its value is the same the next time",
    label = "`{V}` is not `Serialize`, and `{R}` is not ambient",
    note = "derive `Serialize` of serde for `{V}`; or for a handle or a secret, on which no kept value depends, write `type Ambient = HList![{R}]` in `impl Keeps for {Pipe}`"
)]
pub trait IsDistinct<R, V, Pipe> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Always [`Proven`].
    type Witness;
    /// The fingerprint of the value.
    fn print(value: &V) -> Result<Print, BoxError>;
}

#[diagnostic::do_not_recommend]
impl<R, V: Serialize, Pipe> IsDistinct<R, V, Pipe> for ProofCheck {
    fn seal(_: Seal) {}

    type Witness = Proven;
    fn print(value: &V) -> Result<Print, BoxError> {
        Print::of_value(value)
    }
}

/// Holds if serde can write the value `V` of the resource `R`, which is that of an element of a
/// fan-out: a function to its fingerprint.
#[diagnostic::on_unimplemented(
    message = "the elements `{R}` cannot be compared with those of the last time: their value `{V}` is not `Serialize`",
    label = "compares elements by their values",
    note = "derive `Serialize` of serde for `{V}`; or write `KeptBy::COLLECTION`, which compares the whole collection"
)]
pub trait ComparesElement<R, V> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Always [`Proven`].
    type Witness;
    /// The fingerprint of the value.
    fn print(value: &V) -> Result<Print, BoxError>;
}

#[diagnostic::do_not_recommend]
impl<R, V: Serialize> ComparesElement<R, V> for ProofCheck {
    fn seal(_: Seal) {}

    type Witness = Proven;
    fn print(value: &V) -> Result<Print, BoxError> {
        Print::of_value(value)
    }
}

/// Holds if `Parent` is in the place of the parent of a store that is not kept.
#[diagnostic::on_unimplemented(
    message = "the store is kept already",
    label = "a store is kept in one run of one journal",
    note = "keep it once, after all values are supplied"
)]
pub trait NotYetKept<Parent> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Always [`Proven`].
    type Witness;
}

#[diagnostic::do_not_recommend]
impl NotYetKept<NoParent> for ProofCheck {
    fn seal(_: Seal) {}

    type Witness = Proven;
}

#[diagnostic::do_not_recommend]
impl<S> NotYetKept<&S> for ProofCheck {
    fn seal(_: Seal) {}

    type Witness = Proven;
}

#[diagnostic::do_not_recommend]
impl<S> NotYetKept<Arc<S>> for ProofCheck {
    fn seal(_: Seal) {}

    type Witness = Proven;
}

/// Holds if the parent store of a scope is kept, or there is none. The parent store is one of the
/// pipeline `Pipe` with `Outer` in the place of its parent.
#[diagnostic::on_unimplemented(
    message = "the parent store, of `{Pipe}`, is not kept, and nothing says whether its values are the same the next time",
    label = "a scope can be kept if its parent store is",
    note = "keep the parent store as well: `app.kept_in(&journal, run)`"
)]
pub trait ParentIsKept<Pipe, Outer> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Always [`Proven`].
    type Witness;
}

#[diagnostic::do_not_recommend]
impl<Pipe> ParentIsKept<Pipe, NoOuter> for ProofCheck {
    fn seal(_: Seal) {}

    type Witness = Proven;
}
