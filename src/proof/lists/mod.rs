//! The proofs of lists: the inputs and outputs of a step, and the steps of a pipeline.
//!
//! Each list has two traits with the same elements. Its half in [`lists`](crate::lists) has the
//! values, and has this half, which has the types, as a supertrait:
//!
//! | list | element | proof of the list | proof of an element |
//! | --- | --- | --- | --- |
//! | `InputList` | `Input` | [`InputsProof`] | [`InputProof`] |
//! | `OutputList` | `Output` | [`OutputsProof`] | [`OutputProof`] |
//! | `StepList` | `Steps` | [`StepsProof`] | [`StepProof`] |
//!
//! An element may itself be a list. The impl for that kind passes each function on to the list.

mod inputs;
mod outputs;
mod steps;

pub use inputs::{InputProof, InputsProof};
pub use outputs::{OutputProof, OutputsProof};
pub use steps::{StepProof, StepsProof};

use crate::proof::certificate::Located;
use crate::proof::ids::digits::Digits;
use crate::proof::ids::trie::{Find, Trie};
use crate::proof::walk::source::Source;
use crate::sealed::Seal;
use crate::store::parent::ParentStore;
use crate::store::supplied::SuppliedValues;
use core::marker::PhantomData;
use frunk_core::hlist::HNil;

/// The resource `Res`, which is sought in a map under the identity `Identity`: a leaf of a tree.
#[derive(Debug)]
pub struct Sought<Res, Identity>(PhantomData<(Res, Identity)>);

/// The resource `Res` comes from `Origin`: a leaf of a tree of origins.
#[derive(Debug)]
pub struct ResolvesTo<Res, Origin>(PhantomData<(Res, Origin)>);

/// A tree of two trees.
///
/// The checks work on such trees, and not on lists. A trait that has an impl for lists beside one
/// for all steps or all resources is ambiguous to rustc: its error stops there, and does not go on
/// to the element at fault.
#[derive(Debug)]
pub struct TreePair<First, Second>(PhantomData<(First, Second)>);

/// A tree of sought resources: a function to their origins.
///
/// It is defined on `HNil`, [`TreePair`] and [`Sought`]. It is needed because the walks for all
/// targets have the inputs of the pipeline in common: each names them, and only one looks them up.
pub trait SoughtResources {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The origins of these resources in the map `Map`, as a tree of [`ResolvesTo`].
    type Origins<Map: Trie>;
    /// The origins of these resources in a store with the steps `List`, found without a map.
    type Located<List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore>;
}

impl SoughtResources for HNil {
    fn seal(_: Seal) {}

    type Origins<Map: Trie> = HNil;
    type Located<List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> = HNil;
}

impl<First: SoughtResources, Second: SoughtResources> SoughtResources for TreePair<First, Second> {
    fn seal(_: Seal) {}

    type Origins<Map: Trie> = TreePair<First::Origins<Map>, Second::Origins<Map>>;
    type Located<List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> =
        TreePair<First::Located<List, Supplied, Parent>, Second::Located<List, Supplied, Parent>>;
}

impl<Res, Identity: Digits> SoughtResources for Sought<Res, Identity> {
    fn seal(_: Seal) {}

    type Origins<Map: Trie> = ResolvesTo<Res, <Find<Map, Identity> as Source>::Origin>;
    type Located<List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> =
        ResolvesTo<Res, <Located<Identity, List, Supplied, Parent> as Source>::Origin>;
}
