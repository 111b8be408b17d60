//! Journals: runs that go on after the process was killed.
//!
//! Feature `journal`.

mod entries;
pub(crate) mod error;
mod files;
pub(crate) mod handle;
mod memory;
mod open_error;
pub(crate) mod print;
mod prune;
pub(crate) mod record;
#[cfg(feature = "redb")]
mod redb;
pub(crate) mod run;
pub(crate) mod shelf;
pub(crate) mod state;
mod worker;

pub use crate::pipelines::keeps::Keeps;
pub use crate::proof::check::keep::SuppliedPrints;
pub use crate::steps::keep::{Keep, KeepOf, KeptOutput, KeptOutputs};
pub use crate::store::keep::{KeepIn, Kept};
pub use entries::{EntrySummary, KeptInput, KeptOutputSummary, KeptValue};
pub use error::JournalError;
pub use files::Files;
pub use handle::{Journal, MaybeJournal};
pub use memory::Memory;
pub use open_error::OpenError;
pub use prune::Prune;
#[cfg(feature = "redb")]
pub use redb::Redb;
pub use shelf::{Entry, KeptRecord, RunSummary, Shelf};
pub use state::{Explained, Explanation, KeptState, Stale};
