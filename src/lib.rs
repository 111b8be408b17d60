#![doc = include_str!("../README.md")]

mod above;
mod error;
#[doc(hidden)]
pub mod exec;
#[cfg(feature = "executor")]
mod executor;
mod hlist;
mod list;
mod names;
mod pipeline;
pub mod proof;
mod resource;
mod run;
mod step;
mod store;
mod supply;

pub use above::{Above, IsStoreOf, Root, Scoped};
pub use error::{Failure, RunError};
#[cfg(feature = "executor")]
pub use executor::{Executor, Scope, block_on, run_on, run_on_with};
pub use frunk::{HCons, HNil};
pub use list::{Input, InputList, Output, OutputList};
pub use pipeline::{Pipeline, StepList, Steps};
pub use proof::{Runs, RunsOwned, RunsShared};
pub use resource::{Resource, Return};
pub use run::{Handed, Run, RunOptions, run, run_owned, run_with};
pub use step::{BoxError, Inputs, Outputs, Step, Takes};
pub use store::{Store, StoreOf};
pub use supply::{Nothing, Supply, SupplyList, With};

/// For the list macros.
#[doc(hidden)]
pub use frunk as __frunk;
