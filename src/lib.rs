#![doc = include_str!("../README.md")]

#[cfg(feature = "macros")]
#[doc(hidden)]
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
#[cfg(any(feature = "plan", feature = "report"))]
mod lettering;
mod list;
mod names;
mod observe;
mod pipeline;
#[cfg(feature = "plan")]
pub mod plan;
pub mod proof;
#[cfg(feature = "report")]
pub mod report;
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
#[cfg(feature = "metrics")]
pub use observe::Metrics;
#[cfg(feature = "progress")]
pub use observe::Progress;
#[cfg(feature = "tracing")]
pub use observe::Tracing;
pub use observe::{Observer, RunEnd, RunId, RunInfo, SkipReason, StepEvent, StepEventKind, StepInfo};
pub use pipeline::{Pipeline, StepList, Steps};
#[cfg(feature = "plan")]
pub use plan::{Plan, plan};
pub use proof::{Provides, Runs, RunsOwned, RunsShared};
#[cfg(feature = "report")]
pub use report::{Recorder, RunReport};
pub use resource::{Resource, Return};
pub use run::{Handed, Run, RunOptions, fetch, run, run_owned, run_with};
pub use step::{BoxError, In, Inputs, Out, Outputs, Step, StepError, Takes};
pub use store::{Store, StoreOf};
pub use supply::{Nothing, Supply, SupplyList, With};
pub use swap::Swap;

/// The proc macro behind `resource!`.
#[cfg(feature = "macros")]
#[doc(hidden)]
pub use typed_pipeliner_macros::__declare;
/// Gives a type an [identity](trait@Identified), made from its name and its parameters.
#[cfg(feature = "macros")]
pub use typed_pipeliner_macros::Identified;
#[cfg(feature = "macros")]
#[doc = include_str!("step.md")]
pub use typed_pipeliner_macros::step;

/// For the list macros.
#[doc(hidden)]
pub use frunk_core as __frunk;
