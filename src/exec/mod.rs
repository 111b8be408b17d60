//! The executor. It works on plain data, and does not depend on the proof.
//!
//! A run has a [`graph`], which does not change, and a [`schedule`] of its steps. A step becomes a
//! [`task`] when its turn comes. The run itself polls the task ([`single_task`]), or workers on
//! several threads do (`multi_thread`). As long as each step is ready at once, a run needs no
//! schedule, but follows an [`order`] that the compiler has computed. No type here has a parameter
//! for a step or a resource.

#![allow(missing_debug_implementations)]

#[cfg(feature = "policy")]
pub(crate) mod attempts;
pub(crate) mod claim;
mod clock;
pub(crate) mod close;
pub(crate) mod fan;
pub(crate) mod graph;
pub(crate) mod inputs;
#[cfg(feature = "journal")]
pub(crate) mod keeping;
#[cfg(all(test, typed_pipeliner_loom))]
mod model;
mod moment;
#[cfg(feature = "executor")]
pub(crate) mod multi_thread;
mod notify;
pub(crate) mod order;
pub(crate) mod plan;
#[cfg(feature = "executor")]
mod ready_queue;
pub(crate) mod run_key;
#[cfg(all(test, feature = "executor"))]
mod scale;
mod schedule;
pub(crate) mod single_task;
pub(crate) mod slot;
pub(crate) mod stale;
pub(crate) mod store_ref;
#[cfg(all(test, feature = "executor"))]
mod stress;
pub(crate) mod surroundings;
mod sync;
pub(crate) mod task;
pub(crate) mod waits;
pub(crate) mod wake_set;
