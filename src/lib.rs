#![cfg_attr(docsrs, feature(doc_cfg))]
// The pictures of the README as data, since a page of rustdoc has no files beside it. Markdown
// takes the first address of a name, so these replace the paths at the end of the README.
#![cfg_attr(doc, doc = include_str!("../docs/pictures/data_urls.txt"))]
#![doc = include_str!("../README.md")]

#[cfg(feature = "macros")]
#[doc(hidden)]
pub mod __private;
pub mod close;
mod closing;
mod drops;
#[cfg(feature = "dyn-step")]
pub mod dyn_step;
pub mod each;
pub mod error;
mod exec;
#[cfg(feature = "executor")]
pub mod executor;
#[cfg(any(doc, doctest))]
pub mod guide;
mod hlist;
#[cfg(feature = "journal")]
pub mod journal;
#[cfg(test)]
mod kept;
pub mod lists;
mod lower;
pub mod observe;
mod options;
mod pipelines;
pub mod plan;
#[cfg(feature = "policy")]
pub mod policy;
pub mod proof;
mod resource;
#[cfg(feature = "policy")]
mod retry;
mod run;
mod sealed;
mod steps;
pub mod store;
pub mod text;
#[cfg(feature = "policy")]
mod timer;
mod tuple;

pub use error::{BoxError, RunError};
pub use observe::Observer;
pub use pipelines::Pipeline;
pub use pipelines::swap::Swap;
pub use plan::{Plan, plan};
pub use resource::identified::Identified;
pub use resource::{Resource, Return};
pub use run::bounds::{Opens, Provides, Runs, RunsOwned};
pub use run::{OwnedOutput, Run, RunOutput, fetch, run, run_owned};
pub use steps::{In, Inputs, Out, Outputs, Step};
pub use store::parent::Scoped;
pub use store::{Store, StoreOf};

/// The proc macro behind `resource!`.
#[cfg(feature = "macros")]
#[doc(hidden)]
pub use typed_pipeliner_macros::__declare;
/// Gives a type an [identity](trait@Identified), made from its name and its parameters.
#[cfg(feature = "macros")]
pub use typed_pipeliner_macros::Identified;
#[cfg(feature = "macros")]
#[doc = include_str!("pipeline.md")]
pub use typed_pipeliner_macros::pipeline;
#[cfg(feature = "macros")]
#[doc = include_str!("step.md")]
pub use typed_pipeliner_macros::step;

/// For the list macros.
#[doc(hidden)]
pub use frunk_core as __frunk;
