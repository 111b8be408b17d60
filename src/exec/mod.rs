//! The executor: plain data, and no knowledge of how anything was proved.
//!
//! A run has a job, which does not change, and a schedule of who is ready. A step that is has its turn, which is polled
//! by the run itself (`local`), or by workers in several threads (`spread`).

#![allow(missing_debug_implementations)]

pub mod claim;
pub(crate) mod job;
pub(crate) mod local;
#[cfg(all(test, typed_pipeliner_loom))]
mod model;
pub mod plan;
mod schedule;
#[cfg(feature = "executor")]
mod signals;
pub mod slot;
#[cfg(feature = "executor")]
pub(crate) mod spread;
pub mod start;
#[cfg(all(test, feature = "executor"))]
mod stress;
mod sync;
mod turn;
pub mod view;
mod wakeups;
pub(crate) mod watch;
