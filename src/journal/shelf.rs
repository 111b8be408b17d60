//! Shelves: the places where a journal keeps values.

use crate::error::BoxError;
use std::sync::Arc;
use std::time::SystemTime;

/// A place where a journal keeps values: a folder, a database.
///
/// A shelf has runs, by their keys. A run has entries, by their names, each with a record and a
/// value, which are bytes to the shelf. The format of both is that of the journal, and is
/// the same on every shelf. It has checksums, so a shelf need not notice damage.
///
/// All calls block. A journal makes them one after the other, in a thread of its own.
pub trait Shelf: Send + 'static {
    /// Takes a run for this journal alone, until [`unlock`](Shelf::unlock) or the end of the
    /// process, however that ends. Returns `false` if another journal, here or elsewhere, has it.
    /// The run need not exist.
    ///
    /// # Errors
    ///
    /// If the shelf does not know.
    fn lock(&mut self, run: &str) -> Result<bool, BoxError>;

    /// Gives a run back.
    fn unlock(&mut self, run: &str);

    /// The records of all entries of a run, in any order; none if there is no such run. A run need
    /// not be locked for that.
    ///
    /// # Errors
    ///
    /// If the shelf cannot be read, or has something that is no entry in the place of one.
    fn records(&mut self, run: &str) -> Result<Vec<KeptRecord>, BoxError>;

    /// The values of these entries of a run, in their order; `None` for one that is not there.
    ///
    /// # Errors
    ///
    /// If the shelf cannot be read.
    fn read(&mut self, run: &str, names: &[Arc<str>]) -> Result<Vec<Option<Vec<u8>>>, BoxError>;

    /// Writes entries, each whole or not at all, in place of those with the same names. Their runs
    /// are locked. When it returns, the entries are safe from the end of the process.
    ///
    /// # Errors
    ///
    /// If one of them was not written. Any of the others may have been. The journal then writes
    /// them one by one, so that an entry that cannot be written takes no other with it.
    fn write(&mut self, entries: &[Entry]) -> Result<(), BoxError>;

    /// All runs, in any order.
    ///
    /// # Errors
    ///
    /// If the shelf cannot be read.
    fn runs(&mut self) -> Result<Vec<RunSummary>, BoxError>;

    /// Removes a run, which is locked, with all its entries; nothing if there is no such run.
    ///
    /// # Errors
    ///
    /// If it cannot be removed. A part of it may be gone then.
    fn forget(&mut self, run: &str) -> Result<(), BoxError>;
}

/// An entry to write.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key of its run: any text.
    pub run: Arc<str>,
    /// Its name: any text, which is the same for the same step of the same run.
    pub name: Arc<str>,
    /// Its record: what the value was made from, in a few hundred bytes.
    pub record: Vec<u8>,
    /// Its value.
    pub value: Vec<u8>,
}

/// The record of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRecord {
    /// The name of the entry.
    pub name: String,
    /// Its record, as it was written. If it is damaged, anything: the journal notices.
    pub record: Vec<u8>,
}

/// A run on a shelf.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunSummary {
    /// The key of the run.
    pub run: String,
    /// The number of its entries.
    pub entries: u64,
    /// The size of its entries in bytes, as they are on the shelf.
    pub bytes: u64,
    /// When its last entry was written, if it has one.
    pub written: Option<SystemTime>,
    /// Whether it is locked by a journal, here or elsewhere.
    pub is_in_use: bool,
}

impl RunSummary {
    /// A run without entries.
    pub fn new(run: impl Into<String>) -> Self {
        RunSummary { run: run.into(), entries: 0, bytes: 0, written: None, is_in_use: false }
    }
}
