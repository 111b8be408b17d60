//! How the outputs of a step are kept in a journal.

use crate::error::BoxError;
use crate::exec::keeping::Encoded;
use crate::lower::stored::One;
use crate::proof::check::ProofCheck;
use crate::proof::check::keep::KeepsValue;
use crate::proof::kind::{Group, OfResources, Single};
use crate::proof::witness::IsResource;
use crate::sealed::Seal;
use crate::steps::Step;
use crate::steps::lists::{Output, OutputList};
use core::fmt;
use core::slice;
use frunk_core::hlist::{HCons, HNil};

/// How the outputs of the step `S` are kept: the type of [`Step::KEEP`].
pub type Keep<S> = KeepOf<<S as Step>::Outputs>;

/// How a step with the outputs `O` is kept.
///
/// ```
/// use typed_pipeliner::journal::Keep;
/// use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, hlist_pat, resource};
///
/// resource! { Url: String; Page: String; }
///
/// struct Fetch;
///
/// impl Step for Fetch {
///     type Inputs = HList![Url];
///     type Outputs = HList![Page];
///     type Error = std::io::Error;
///     const KEEP: Option<Keep<Self>> = Some(Keep::<Self>::new().named("fetch"));
///     const VERSION: u32 = 2;
///
///     async fn run(hlist_pat![url]: Inputs<'_, Self>) -> Result<Outputs<Self>, std::io::Error> {
///         Ok(hlist![format!("the content of {url}")])
///     }
/// }
/// # assert_eq!(<Fetch as Step>::VERSION, 2);
/// ```
pub struct KeepOf<O: OutputList> {
    /// The name of the step in the journal, unless it is its path.
    pub(crate) name: Option<&'static str>,
    /// Encodes each output.
    pub(crate) encode: Encode<O::Stored>,
    /// Decodes the outputs.
    pub(crate) decode: Decode<O::Stored>,
}

/// Appends the bytes of each value among stored outputs.
type Encode<V> = fn(&V, &mut Encoded) -> Result<(), BoxError>;

/// Reads stored outputs from the bytes of each value.
type Decode<V> = fn(&mut slice::Iter<'_, &[u8]>) -> Result<V, BoxError>;

impl<O: OutputList> KeepOf<O> {
    /// Keeps the outputs under the path of the step, such as `app::fetch::Fetch`.
    ///
    /// A step that is renamed, or moves to another module, has nothing in the journal. Its outputs
    /// are computed anew.
    #[expect(clippy::new_without_default, reason = "it is a constant")]
    pub const fn new() -> Self
    where
        O: KeptOutputs<KeepWitness: Sized>,
    {
        KeepOf { name: None, encode: O::encode, decode: O::decode }
    }

    /// Keeps the outputs under this name, which has to be that of one step of the pipeline alone.
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }
}

impl<O: OutputList> Clone for KeepOf<O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<O: OutputList> Copy for KeepOf<O> {}

impl<O: OutputList> fmt::Debug for KeepOf<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keep").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A list of outputs that can be kept: a function to their codec.
///
/// You never write it. It is defined on lists of outputs whose values serde can write and read.
#[diagnostic::on_unimplemented(
    message = "the outputs `{Self}` cannot be kept",
    label = "not a list of resources whose values are `Serialize` and `DeserializeOwned`"
)]
pub trait KeptOutputs: OutputList {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The witnesses of the outputs.
    #[doc(hidden)]
    type KeepWitness;
    /// Encodes each value.
    #[doc(hidden)]
    fn encode(stored: &Self::Stored, to: &mut Encoded) -> Result<(), BoxError>;
    /// Decodes the values.
    #[doc(hidden)]
    fn decode(from: &mut slice::Iter<'_, &[u8]>) -> Result<Self::Stored, BoxError>;
}

#[diagnostic::do_not_recommend]
impl KeptOutputs for HNil {
    fn seal(_: Seal) {}

    type KeepWitness = HNil;
    fn encode(_: &HNil, _: &mut Encoded) -> Result<(), BoxError> {
        Ok(())
    }
    fn decode(_: &mut slice::Iter<'_, &[u8]>) -> Result<HNil, BoxError> {
        Ok(HNil)
    }
}

impl<Head: KeptOutput, Tail: KeptOutputs> KeptOutputs for HCons<Head, Tail> {
    fn seal(_: Seal) {}

    type KeepWitness = (Head::KeepWitness, Tail::KeepWitness);
    fn encode(stored: &Self::Stored, to: &mut Encoded) -> Result<(), BoxError> {
        Head::encode(&stored.head, to)?;
        Tail::encode(&stored.tail, to)
    }
    fn decode(from: &mut slice::Iter<'_, &[u8]>) -> Result<Self::Stored, BoxError> {
        Ok(HCons { head: Head::decode(from)?, tail: Tail::decode(from)? })
    }
}

/// An element of such a list, of any kind but [`Return`](crate::Return).
#[diagnostic::on_unimplemented(
    message = "a step with the output `{Self}` cannot be kept",
    label = "its value goes to the caller of each run, and is never stored",
    note = "let the step provide a resource, `Out<R>`, and get its value by `store.resource::<R>()`"
)]
pub trait KeptOutput<Kind = <Self as OfResources>::Kind>: Output<Kind> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The proof that the value can be kept.
    #[doc(hidden)]
    type KeepWitness;
    /// Encodes each value.
    #[doc(hidden)]
    fn encode(stored: &Self::Stored, to: &mut Encoded) -> Result<(), BoxError>;
    /// Decodes the values.
    #[doc(hidden)]
    fn decode(from: &mut slice::Iter<'_, &[u8]>) -> Result<Self::Stored, BoxError>;
}

impl<R: IsResource> KeptOutput<Single> for R
where
    ProofCheck: KeepsValue<R, R::CheckedValue>,
{
    fn seal(_: Seal) {}

    type KeepWitness = <ProofCheck as KeepsValue<R, R::CheckedValue>>::Witness;
    fn encode(One(value): &One<R::CheckedValue>, to: &mut Encoded) -> Result<(), BoxError> {
        to.push(ProofCheck::encode(value)?);
        Ok(())
    }
    fn decode(from: &mut slice::Iter<'_, &[u8]>) -> Result<One<R::CheckedValue>, BoxError> {
        let bytes = from.next().ok_or("there are fewer values than outputs")?;
        Ok(One(ProofCheck::decode(bytes)?))
    }
}

impl<List: KeptOutputs> KeptOutput<Group> for List {
    fn seal(_: Seal) {}

    type KeepWitness = <List as KeptOutputs>::KeepWitness;
    fn encode(stored: &<List as OutputList>::Stored, to: &mut Encoded) -> Result<(), BoxError> {
        <List as KeptOutputs>::encode(stored, to)
    }
    fn decode(from: &mut slice::Iter<'_, &[u8]>) -> Result<<List as OutputList>::Stored, BoxError> {
        <List as KeptOutputs>::decode(from)
    }
}
