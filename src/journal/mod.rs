//! Journals: runs that go on after the process was killed.
//!
//! Feature `journal`. A step with `#[step(keep)]` keeps its outputs, in a store that is
//! [kept](crate::Store::kept_in) in a run of a [`Journal`]. The next process with the same journal
//! and the same key of the run takes them from there, if all that they were made from is the same.
//!
//! | | |
//! | --- | --- |
//! | where a journal keeps values | [`Files`], a folder; `Redb`, one file (feature `redb`); PostgreSQL, the crate `typed-pipeliner-postgres`; [`Memory`], for tests; any other [`Shelf`] |
//! | which steps are kept | `#[step(keep, version = 2)]`, or by hand [`Step::KEEP`](crate::Step::KEEP) and [`Step::VERSION`](crate::Step::VERSION) |
//! | which supplied values do not count | [`Keeps::Ambient`] |
//! | why a step is executed again | [`Store::explain`](crate::Store::explain) |
//! | which runs there are | [`Journal::runs`], [`Journal::entries`], [`Journal::forget`], [`Journal::prune`] |
//!
//! # Promises
//!
//! - A kept value is taken only if the version of its step, the fingerprints of its inputs and the
//!   types of its outputs are the same. The fingerprint of an input is that of its bytes, or if it
//!   is not kept, one of everything that it was made from.
//! - A step has ended when its outputs are kept. If they cannot be written, the step fails.
//! - An entry is whole or absent. A damaged one is absent; a file that the journal did not write is
//!   an error, and is left alone.
//! - The outputs of a fallback are not kept, and no value that was made from them is taken once the
//!   step has given others.
//! - Ambient values, and outputs of steps that are not kept, are neither written nor hashed.
//!
//! A step that was executed when the process was killed is executed again, side effects included.
//!
//! # Reading and writing
//!
//! A journal has a thread. It encodes and writes while the run goes on, and writes at once all
//! entries that have come meanwhile. Before a run it reads, from the target down, and only the
//! values that the run needs. No poll waits for a disk.
//!
#![doc = include_str!("format.md")]

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
