//! The proofs of a store that is kept: serde can write and read its kept values, and each supplied
//! value can be told apart from others.

use super::ProofCheck;
use crate::error::BoxError;
use crate::journal::error::{Action, JournalError};
use crate::journal::print::{Known, Print};
use crate::pipelines::keeps::Keeps;
use crate::proof::ids::trie::{Empty, Find};
use crate::proof::walk::source::{FromStore, NoSource};
use crate::proof::witness::IsResource;
use crate::sealed::Seal;
use crate::store::supplied::{NothingSupplied, ResourceList, SuppliedValues, With};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Holds if serde can write and read the value `V` of the resource `R`: a function to its codec.
#[diagnostic::on_unimplemented(
    message = "the output `{R}` cannot be kept: its value `{V}` is not `Serialize` and `DeserializeOwned`",
    label = "a step that provides `{R}` is to be kept",
    note = "derive `Serialize` and `Deserialize` of serde for `{V}`; a handle, such as a connection, is better the output of a step that is not kept"
)]
pub trait KeepsValue<R, V> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Encodes the value.
    fn encode(value: &V) -> Result<Vec<u8>, BoxError>;
    /// Decodes the value.
    fn decode(bytes: &[u8]) -> Result<V, BoxError>;
}

#[diagnostic::do_not_recommend]
impl<R, V: Serialize + DeserializeOwned> KeepsValue<R, V> for ProofCheck {
    fn seal(_: Seal) {}

    fn encode(value: &V) -> Result<Vec<u8>, BoxError> {
        Ok(rmp_serde::to_vec_named(value)?)
    }
    fn decode(bytes: &[u8]) -> Result<V, BoxError> {
        Ok(rmp_serde::from_slice(bytes)?)
    }
}

/// Never holds: the value of a `Return` goes to the caller, and is not stored.
#[diagnostic::on_unimplemented(
    message = "a step that returns `Return<{V}>` cannot be kept",
    label = "a returned value goes to the caller of each run, and is never stored",
    note = "let the step provide a resource, `Out<R>`, and get its value by `store.resource::<R>()`"
)]
pub trait KeepsReturn<V> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// A list of supplied values that can be told apart from others: a function to their fingerprints.
pub trait SuppliedPrints<Pipe> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Appends the fingerprints, in the order of the list.
    #[doc(hidden)]
    fn prints(&self, to: &mut Vec<Known>) -> Result<(), JournalError>;
}

impl<Pipe> SuppliedPrints<Pipe> for NothingSupplied {
    fn seal(_: Seal) {}

    fn prints(&self, _: &mut Vec<Known>) -> Result<(), JournalError> {
        Ok(())
    }
}

impl<Pipe: Keeps, R: IsResource, Rest: SuppliedValues + SuppliedPrints<Pipe>> SuppliedPrints<Pipe> for With<R, Rest>
where
    AmbientSource<Pipe, R>: PrintSource<R, Pipe>,
{
    fn seal(_: Seal) {}

    fn prints(&self, to: &mut Vec<Known>) -> Result<(), JournalError> {
        to.push(match self.get() {
            Some(value) => <AmbientSource<Pipe, R>>::print(value)?,
            None => Known::Not,
        });
        self.rest().prints(to)
    }
}

/// The source of the resource `R` among the ambient ones of the pipeline `Pipe`.
type AmbientSource<Pipe, R> = Find<
    <<<Pipe as Keeps>::Ambient as ResourceList>::Sorted as SuppliedValues>::Overlay<Empty>,
    <R as IsResource>::CheckedIdentity,
>;

/// The source of the resource `R` among ambient ones: a function to the fingerprint of its value.
///
/// It is defined on [`FromStore`], where the value does not count, and on [`NoSource`].
pub trait PrintSource<R: IsResource, Pipe> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The fingerprint of the value.
    fn print(value: &R::CheckedValue) -> Result<Known, JournalError>;
}

impl<R: IsResource, Entered, Pipe> PrintSource<R, Pipe> for FromStore<Entered> {
    fn seal(_: Seal) {}

    fn print(_: &R::CheckedValue) -> Result<Known, JournalError> {
        Ok(Known::Ambient)
    }
}

impl<R: IsResource, Pipe> PrintSource<R, Pipe> for NoSource
where
    ProofCheck: TellsApart<R, R::CheckedValue, Pipe>,
{
    fn seal(_: Seal) {}

    fn print(value: &R::CheckedValue) -> Result<Known, JournalError> {
        let print = <ProofCheck as TellsApart<R, R::CheckedValue, Pipe>>::print(value);
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
pub trait TellsApart<R, V, Pipe> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The fingerprint of the value.
    fn print(value: &V) -> Result<Print, BoxError>;
}

#[diagnostic::do_not_recommend]
impl<R, V: Serialize, Pipe> TellsApart<R, V, Pipe> for ProofCheck {
    fn seal(_: Seal) {}

    fn print(value: &V) -> Result<Print, BoxError> {
        Print::of_value(value)
    }
}

/// Holds if a store of the pipeline `Pipe` with `Parent` in the place of its parent is kept.
#[diagnostic::on_unimplemented(
    message = "the parent store, of `{Pipe}`, is not kept, and nothing says whether its values are the same the next time",
    label = "a scope can be kept if its parent store is",
    note = "keep the parent store as well: `app.kept_in(&journal, run)`"
)]
pub trait ParentIsKept<Pipe, Parent> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
