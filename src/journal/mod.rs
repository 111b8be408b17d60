//! Journals: runs that go on after the process was killed.
//!
//! Feature `journal`.

mod memory;
mod shelf;

pub use memory::Memory;
pub use shelf::{Entry, KeptRecord, RunSummary, Shelf};
