//! An open run of a journal.

use super::error::{Action, JournalError};
use super::handle::Journal;
use super::record::Record;
use super::shelf::KeptRecord;
use core::sync::atomic::{AtomicBool, Ordering};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// A run of a journal that is locked for one store. Its drop gives it back, after everything that
/// was begun.
pub(crate) struct OpenRun {
    /// The journal.
    pub(crate) journal: Journal,
    /// The key of the run.
    pub(crate) key: Arc<str>,
    /// Whether the run was locked, which the thread of the journal knows.
    is_locked: Arc<AtomicBool>,
    /// The records of its entries, by name.
    records: Mutex<HashMap<Box<str>, Listed>>,
}

/// An entry in the list of a run.
enum Listed {
    /// Its record, at which nobody has looked.
    Unread(Vec<u8>),
    /// The entry.
    Read(Entry),
}

/// An entry in an open run.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    /// Its value was made from this.
    Kept(Arc<Record>),
    /// It is damaged, for this reason.
    Damaged(Arc<str>),
    /// The store was asked to forget the value.
    Forgotten,
}

impl OpenRun {
    /// Locks a run, and reads its records.
    pub(crate) async fn open(journal: Journal, key: Arc<str>) -> Result<Self, JournalError> {
        let mut run = OpenRun { journal, key, is_locked: Arc::default(), records: Mutex::default() };
        let (key, is_locked) = (Arc::clone(&run.key), Arc::clone(&run.is_locked));
        let listed = run.journal.worker.call(move |shelf| {
            let failed = |error| JournalError::because(Action::OpenRun(Arc::clone(&key)), error);
            match shelf.lock(&key).map_err(failed)? {
                true => is_locked.store(true, Ordering::Relaxed),
                false => return Err(JournalError::new(Action::Lock(key))),
            }
            shelf.records(&key).map_err(failed)
        });
        let records = listed.await??.into_iter();
        let records = records.map(|KeptRecord { name, record }| (name.into(), Listed::Unread(record)));
        run.records = Mutex::new(records.collect());
        Ok(run)
    }

    /// The entries.
    fn records(&self) -> MutexGuard<'_, HashMap<Box<str>, Listed>> {
        self.records.lock().expect("nothing panics while it holds this lock")
    }

    /// The entry with this name.
    pub(crate) fn entry(&self, name: &str) -> Option<Entry> {
        let mut records = self.records();
        let listed = records.get_mut(name)?;
        let entry = match listed {
            Listed::Read(entry) => return Some(entry.clone()),
            Listed::Unread(record) => match Record::decode(&self.key, name, record) {
                Ok(record) => Entry::Kept(Arc::new(record)),
                Err(damage) => Entry::Damaged(damage.into()),
            },
        };
        *listed = Listed::Read(entry.clone());
        Some(entry)
    }

    /// Sets the entry with this name.
    pub(crate) fn set(&self, name: &str, entry: Entry) {
        self.records().insert(name.into(), Listed::Read(entry));
    }

    /// Forgets the entries whose names begin in this way.
    pub(crate) fn forget(&self, prefix: &str) {
        let mut records = self.records();
        let forgotten = records.iter_mut().filter(|(name, _)| name.starts_with(prefix));
        forgotten.for_each(|(_, entry)| *entry = Listed::Read(Entry::Forgotten));
    }

    /// The number of entries whose names begin in this way.
    pub(crate) fn count(&self, prefix: &str) -> usize {
        let records = self.records();
        records.keys().filter(|name| name.starts_with(prefix)).count()
    }
}

impl Drop for OpenRun {
    fn drop(&mut self) {
        let (run, is_locked) = (Arc::clone(&self.key), Arc::clone(&self.is_locked));
        self.journal.worker.send(move |shelf| {
            if is_locked.load(Ordering::Relaxed) {
                shelf.unlock(&run);
            }
        });
    }
}
