//! The traits of lists: of inputs, of outputs and of steps. You never write them.
//!
//! Lists are declared with [`HList!`](crate::HList!). These traits are public because bounds in
//! generic code may need them: a step that is generic over its inputs asks for [`InputList`].

pub use frunk_core::hlist::{HCons, HNil};

pub use crate::pipelines::{StepList, Steps};
pub use crate::steps::StepInputs;
#[cfg(feature = "macros")]
pub use crate::steps::function::FunctionStep;
pub use crate::steps::lists::{Input, InputList, Output, OutputList};
