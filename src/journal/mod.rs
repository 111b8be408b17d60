//! Journals: runs that go on after the process was killed.
//!
//! Feature `journal`.

mod files;
mod memory;
mod open_error;
#[cfg(feature = "redb")]
mod redb;
mod shelf;

pub use files::Files;
pub use memory::Memory;
pub use open_error::OpenError;
#[cfg(feature = "redb")]
pub use redb::Redb;
pub use shelf::{Entry, KeptRecord, RunSummary, Shelf};
