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
pub(crate) mod run;
pub(crate) mod shelf;
pub(crate) mod state;
mod worker;

pub use crate::pipelines::keeps::Keeps;
pub use crate::proof::check::keep::SuppliedPrints;
pub use crate::steps::keep::{Keep, KeepOf, KeptOutput, KeptOutputs};
pub use crate::store::keep::{Kept, KnownParent};
pub use entries::{EntrySummary, KeptInput, KeptOutputSummary, KeptValue};
pub use error::JournalError;
pub use files::Files;
pub use handle::{Journal, MaybeJournal};
pub use memory::Memory;
pub use open_error::OpenError;
pub use prune::Prune;
pub use shelf::{Entry, KeptRecord, RunSummary, Shelf};
pub use state::{Explained, Explanation, KeptState, Stale};
