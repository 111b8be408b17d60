//! Journals: runs that go on after the process was killed.
//!
//! Feature `journal`.

mod files;
mod memory;
mod open_error;
mod shelf;

pub use files::Files;
pub use memory::Memory;
pub use open_error::OpenError;
pub use shelf::{Entry, KeptRecord, RunSummary, Shelf};
