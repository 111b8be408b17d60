//! The executor: plain data, and no knowledge of how anything was proved.

#![allow(missing_debug_implementations)]

pub mod claim;
pub mod plan;
pub(crate) mod scheduler;
pub mod slot;
mod sync;
pub mod view;
mod wakeups;
