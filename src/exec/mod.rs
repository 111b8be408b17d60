//! The executor: plain data, and no knowledge of how anything was proved.
//!
//! A run has a job, which does not change, and a schedule of who is ready. A step that is has its turn, which is polled
//! by the run itself (`local`), or by workers in several threads (`spread`).

#![allow(missing_debug_implementations)]

pub mod claim;
pub(crate) mod graph;
#[cfg(all(test, typed_pipeliner_loom))]
mod model;
#[cfg(feature = "executor")]
pub(crate) mod multi_thread;
pub(crate) mod notify;
pub mod plan;
#[cfg(feature = "executor")]
mod ready_queue;
mod schedule;
pub(crate) mod single_task;
pub mod slot;
pub mod start;
pub mod store_ref;
#[cfg(all(test, feature = "executor"))]
mod stress;
mod sync;
mod task;
mod wake_set;
