//! The typing environment of a proof: everything that the type of a store says about it.

use crate::pipelines::Pipeline;
use crate::proof::check::conflict::AllListed;
use crate::proof::ids::digits::Digits;
use crate::proof::ids::number::FirstStep;
use crate::proof::ids::trie::{Empty, Trie};
use crate::proof::lists::{OutputsProof, StepsProof};
use crate::proof::walk::source::{NothingStored, Source};
use crate::sealed::Seal;
use crate::steps::Step;
use crate::store::parent::{NoParent, ParentStore};
use crate::store::supplied::SuppliedValues;
use core::marker::PhantomData;

/// The environment in which a target is proved: a function to the source of a resource.
///
/// It is defined on [`ProofEnvOf`]. It is needed as a short name for the large map behind it: rustc
/// quotes the name in errors, and not the map.
pub trait ProofEnv {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The source of the resource with the identity `Identity`.
    type SourceOf<Identity: Digits>: Source;
}

/// The environment of a store of the pipeline `Pipe` that was supplied with `Supplied` and reads
/// from the store `Parent`.
#[derive(Debug)]
pub struct ProofEnvOf<Pipe, Supplied, Parent = NoParent>(PhantomData<(Pipe, Supplied, Parent)>);

impl<Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> ProofEnv for ProofEnvOf<Pipe, Supplied, Parent> {
    fn seal(_: Seal) {}

    type SourceOf<Identity: Digits> = <Pipe::Steps as StepsProof>::SourceOf<Identity, Pipe, Supplied, Parent>;
}

/// The steps of the pipeline `P` as a map from resources to the steps that provide them.
pub type Providers<P> = <<P as Pipeline>::Steps as StepsProof>::Register<Empty, FirstStep>;

/// The map of an environment: the supplied values, over the outputs of the steps, over the parent.
pub type SourcesOf<Pipe, Supplied, Parent> = <Supplied as SuppliedValues>::Overlay<
    <<Pipe as Pipeline>::Steps as StepsProof>::Register<<Parent as ParentStore>::Sources, FirstStep>,
>;

/// The inputs of all steps of the pipeline `Pipe`, as a tree.
pub type SoughtBy<Pipe> = <<Pipe as Pipeline>::Steps as StepsProof>::Sought;

/// The source of the outputs that the step `Target` stores, among the steps of the pipeline `Pipe`.
pub type ProviderOf<Target, Pipe> =
    <<Target as Step>::Outputs as OutputsProof>::Provider<Providers<Pipe>, NothingStored>;

/// The conflicts among the steps `List` of the pipeline `Pipe`, found by its map.
pub type ConflictsAmong<List, Pipe> = <Providers<Pipe> as Trie>::Conflicts<<List as StepsProof>::Repeats<AllListed>>;
