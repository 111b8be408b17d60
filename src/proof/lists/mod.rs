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

use core::marker::PhantomData;

/// The resource `Res` comes from `Origin`: a leaf of a tree of origins.
#[derive(Debug)]
pub struct ResolvesTo<Res, Origin>(PhantomData<(Res, Origin)>);

/// A tree of two trees of origins.
///
/// The checks work on such trees, and not on lists. A trait that has an impl for lists beside one
/// for all steps or all resources is ambiguous to rustc: its error stops there, and does not go on
/// to the element at fault.
#[derive(Debug)]
pub struct OriginPair<First, Second>(PhantomData<(First, Second)>);
