//! The executor: plain data, and no knowledge of how anything was proved.
//!
//! A run has a [job](job::Job), which does not change, and a [schedule](schedule::Schedule) of who is ready. A step that
//! is has its [turn](turn::Turn), which is polled by the run [itself](local::Local).

#![allow(missing_debug_implementations)]

pub mod claim;
pub(crate) mod job;
pub(crate) mod local;
pub mod plan;
mod schedule;
pub mod slot;
mod sync;
mod turn;
pub mod view;
mod wakeups;
