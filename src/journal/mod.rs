//! Journals: runs that go on after the process was killed.
//!
//! Feature `journal`.

pub(crate) mod error;
mod handle;
mod memory;
pub(crate) mod print;
pub(crate) mod record;
pub(crate) mod run;
pub(crate) mod shelf;
pub(crate) mod state;
mod worker;

pub use crate::proof::check::kept::{KnownParent, SuppliedPrints};
pub use crate::steps::keep::{Keep, KeepOf, KeptOutput, KeptOutputs};
pub use crate::store::kept::{Keeps, Kept};
pub use error::JournalError;
pub use handle::{Journal, MaybeJournal};
pub use memory::Memory;
pub use shelf::{Entry, KeptRecord, RunSummary, Shelf};
pub use state::{Explained, Explanation, KeptState, Stale};
