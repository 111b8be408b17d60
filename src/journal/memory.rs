//! A shelf in memory.

use super::shelf::{Entry, KeptRecord, RunSummary, Shelf};
use crate::error::BoxError;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::SystemTime;

/// A shelf in memory, for tests. Its clones are the same shelf, so a test can restart a run in one
/// process.
#[derive(Debug, Clone, Default)]
pub struct Memory(Arc<Mutex<BTreeMap<String, Run>>>);

/// A run in memory.
#[derive(Debug, Default)]
struct Run {
    /// Whether a journal has it.
    is_locked: bool,
    /// Its entries, with the moments at which they were written.
    entries: BTreeMap<Arc<str>, (Entry, SystemTime)>,
}

impl Memory {
    /// An empty shelf.
    pub fn new() -> Self {
        Memory::default()
    }

    /// Locks the runs.
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Run>> {
        self.0.lock().expect("nothing panics while it holds this lock")
    }
}

impl Shelf for Memory {
    fn lock(&mut self, run: &str) -> Result<bool, BoxError> {
        Ok(!std::mem::replace(&mut self.all().entry(run.to_owned()).or_default().is_locked, true))
    }

    fn unlock(&mut self, run: &str) {
        let mut runs = self.all();
        if let Some(of_run) = runs.get_mut(run) {
            of_run.is_locked = false;
            if of_run.entries.is_empty() {
                runs.remove(run);
            }
        }
    }

    fn records(&mut self, run: &str) -> Result<Vec<KeptRecord>, BoxError> {
        let runs = self.all();
        let entries = runs.get(run).into_iter().flat_map(|run| run.entries.values());
        Ok(entries.map(|(entry, _)| KeptRecord { name: (*entry.name).into(), record: entry.record.clone() }).collect())
    }

    fn read(&mut self, run: &str, names: &[Arc<str>]) -> Result<Vec<Option<Vec<u8>>>, BoxError> {
        let runs = self.all();
        let value = |name| Some(runs.get(run)?.entries.get(name)?.0.value.clone());
        Ok(names.iter().map(value).collect())
    }

    fn write(&mut self, entries: &[Entry]) -> Result<(), BoxError> {
        let mut runs = self.all();
        for entry in entries {
            let run = runs.entry((*entry.run).to_owned()).or_default();
            run.entries.insert(Arc::clone(&entry.name), (entry.clone(), SystemTime::now()));
        }
        Ok(())
    }

    fn runs(&mut self) -> Result<Vec<RunSummary>, BoxError> {
        let summary = |(key, run): (&String, &Run)| RunSummary {
            entries: run.entries.len() as u64,
            bytes: run.entries.values().map(|(entry, _)| (entry.record.len() + entry.value.len()) as u64).sum(),
            written: run.entries.values().map(|&(_, written)| written).max(),
            is_in_use: run.is_locked,
            ..RunSummary::new(key)
        };
        Ok(self.all().iter().map(summary).collect())
    }

    fn forget(&mut self, run: &str) -> Result<(), BoxError> {
        if let Some(run) = self.all().get_mut(run) {
            run.entries.clear();
        }
        Ok(())
    }
}
