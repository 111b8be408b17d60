#![doc = include_str!("../README.md")]

#[cfg(feature = "macros")]
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod above;
#[cfg(feature = "dyn-step")]
mod dyn_step;
mod error;
#[doc(hidden)]
pub mod exec;
#[cfg(feature = "executor")]
mod executor;
#[cfg(any(doc, doctest))]
pub mod guide;
mod hlist;
mod identified;
mod list;
mod names;
mod observe;
mod pipeline;
pub mod plan;
pub mod proof;
mod resource;
mod run;
mod sealed;
mod step;
mod store;
mod supply;
mod swap;

pub use above::{Above, IsStoreOf, Root, Scoped};
#[cfg(feature = "dyn-step")]
pub use async_trait::async_trait;
#[cfg(feature = "dyn-step")]
pub use dyn_step::{AnyStep, Choice, Chosen, DynStep, Refs, TheseInputs, TheseOutputs, Values};
pub use error::{Failure, RunError};
#[cfg(feature = "executor")]
pub use executor::{Executor, Scope, block_on, run_on, run_on_with};
pub use frunk_core::hlist::{HCons, HNil};
pub use identified::Identified;
pub use list::{Input, InputList, Output, OutputList};
pub use observe::{Observer, RunEnd, RunId, RunInfo, SkipReason, StepEvent, StepEventKind, StepInfo};
pub use pipeline::{Pipeline, StepList, Steps};
pub use plan::{Plan, plan};
pub use proof::{Provides, Runs, RunsOwned, RunsShared};
pub use resource::{Resource, Return};
pub use run::{Handed, Run, RunOptions, fetch, run, run_owned, run_with};
pub use step::{BoxError, In, Inputs, Out, Outputs, Step, StepError, Takes};
pub use store::{Store, StoreOf};
pub use supply::{Nothing, Supply, SupplyList, With};
pub use swap::Swap;

/// Gives a type an [identity](trait@Identified), made from its name and its parameters.
#[cfg(feature = "macros")]
pub use typed_pipeliner_macros::Identified;
#[cfg(feature = "macros")]
#[doc = include_str!("step.md")]
pub use typed_pipeliner_macros::step;
/// What `resource!` is made of: an item that is, to rustc, where its name is; what is wrong in a call.
#[cfg(feature = "macros")]
#[doc(hidden)]
pub use typed_pipeliner_macros::{__at_name, __resources_amiss};

/// For the list macros.
#[doc(hidden)]
pub use frunk_core as __frunk;
