//! A shelf in memory that lists its calls, and refuses to write one entry.

use std::sync::{Arc, Mutex};
use typed_pipeliner::BoxError;
use typed_pipeliner::journal::{Entry, KeptRecord, Memory, RunSummary, Shelf};

/// The names of entries, in the order of the calls.
pub(crate) type Names = Arc<Mutex<Vec<String>>>;

/// A shelf in memory that lists its calls.
pub(crate) struct Spy {
    /// The shelf.
    memory: Memory,
    /// The entries whose values were read.
    reads: Names,
    /// The entries that were written.
    pub(crate) writes: Names,
    /// The name of the entry that it refuses to write.
    pub(crate) refused: Option<&'static str>,
}

impl Spy {
    /// A spy on a shelf, and the names of the entries that it reads.
    pub(crate) fn new(memory: Memory) -> (Self, Names) {
        let reads = Names::default();
        (Spy { memory, reads: Arc::clone(&reads), writes: Names::default(), refused: None }, reads)
    }
}

impl Shelf for Spy {
    fn lock(&mut self, run: &str) -> Result<bool, BoxError> {
        self.memory.lock(run)
    }
    fn unlock(&mut self, run: &str) {
        self.memory.unlock(run);
    }
    fn records(&mut self, run: &str) -> Result<Vec<KeptRecord>, BoxError> {
        self.memory.records(run)
    }
    fn read(&mut self, run: &str, names: &[Arc<str>]) -> Result<Vec<Option<Vec<u8>>>, BoxError> {
        self.reads.lock().unwrap().extend(names.iter().map(|name| name.to_string()));
        self.memory.read(run, names)
    }
    fn write(&mut self, entries: &[Entry]) -> Result<(), BoxError> {
        if entries.iter().any(|entry| self.refused == Some(&*entry.name)) {
            return Err("the disk is full".into());
        }
        self.writes.lock().unwrap().extend(entries.iter().map(|entry| entry.name.to_string()));
        self.memory.write(entries)
    }
    fn runs(&mut self) -> Result<Vec<RunSummary>, BoxError> {
        self.memory.runs()
    }
    fn forget(&mut self, run: &str) -> Result<(), BoxError> {
        self.memory.forget(run)
    }
}
