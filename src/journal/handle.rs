//! The journal itself.

use super::entries::{EntrySummary, KeptValue};
use super::error::{Action, JournalError};
use super::files::Files;
use super::open_error::OpenError;
use super::prune::Prune;
use super::record::Record;
use super::shelf::{KeptRecord, RunSummary, Shelf};
use super::worker::Worker;
use crate::error::BoxError;
use core::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

/// A place where runs keep the outputs of steps, so that they go on after the process was killed.
///
/// A store is kept by [`Store::kept_in`](crate::Store::kept_in). A clone is the same journal.
///
/// It has a thread of its own, in which it encodes, writes, reads and decodes. The drop of the last
/// clone, and of the last store that is kept in it, waits for its end.
#[derive(Clone)]
pub struct Journal {
    /// The thread.
    pub(crate) worker: Arc<Worker>,
    /// The size of the largest outputs of a step, in bytes.
    pub(crate) largest: u64,
}

impl Journal {
    /// Opens a journal in a folder, or makes the folder if there is none: one on [`Files`].
    ///
    /// Entries are safe from the end of the process, by `kill -9` too. To make them safe from a
    /// power failure, take [`Files::durable`].
    ///
    /// # Errors
    ///
    /// If the folder has other files and is not a journal, if a newer version of this library wrote
    /// it, or if it can be neither read nor made.
    ///
    /// # Panics
    ///
    /// If no thread can be started.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, OpenError> {
        Ok(Journal::on(Files::open(folder)?))
    }

    /// A journal on a shelf.
    ///
    /// # Panics
    ///
    /// If no thread can be started.
    pub fn on(shelf: impl Shelf) -> Self {
        Journal { worker: Arc::new(Worker::new(shelf)), largest: u64::MAX }
    }

    /// Refuses outputs of a step that together take more than this number of bytes: the step fails.
    ///
    /// There is no limit by default, besides that of the shelf.
    #[must_use = "the journal that is returned has the limit"]
    pub fn largest(mut self, bytes: u64) -> Self {
        self.largest = bytes;
        self
    }

    /// All runs, in the order of their keys.
    ///
    /// # Errors
    ///
    /// If the shelf cannot be read.
    pub async fn runs(&self) -> Result<Vec<RunSummary>, JournalError> {
        let mut runs = self.worker.call(list).await??;
        runs.sort_by(|a, b| a.run.cmp(&b.run));
        Ok(runs)
    }

    /// The entries of a run, in the order of their names; none if there is no such run.
    ///
    /// The run may be in use.
    ///
    /// # Errors
    ///
    /// If the shelf cannot be read, or the run has something that is no entry.
    pub async fn entries(&self, run: impl AsRef<str>) -> Result<Vec<EntrySummary>, JournalError> {
        let run: Arc<str> = run.as_ref().into();
        let key = Arc::clone(&run);
        let records = self
            .worker
            .call(move |shelf| shelf.records(&key).map_err(|error| JournalError::because(Action::OpenRun(key), error)));
        let entry = |KeptRecord { name, record }: KeptRecord| {
            let record = Record::decode(&run, &name, &record);
            EntrySummary::new(name, record)
        };
        let mut entries: Vec<_> = records.await??.into_iter().map(entry).collect();
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    /// The values of an entry of a run; `None` if there is no such entry.
    ///
    /// # Errors
    ///
    /// If the shelf cannot be read, or the entry is damaged.
    pub async fn values(
        &self,
        run: impl AsRef<str>,
        name: impl AsRef<str>,
    ) -> Result<Option<Vec<KeptValue>>, JournalError> {
        let (run, name): (Arc<str>, Arc<str>) = (run.as_ref().into(), name.as_ref().into());
        let values = self.worker.call(move |shelf| {
            let records = shelf.records(&run)?;
            let Some(KeptRecord { record, .. }) = records.into_iter().find(|record| *record.name == *name) else {
                return Ok(None);
            };
            let record = Record::decode(&run, &name, &record)?;
            let value = shelf.read(&run, &[name])?.pop().flatten().ok_or("its value is gone")?;
            let values = record.outputs.iter().zip(record.outputs_in(&value)?).map(|(output, bytes)| KeptValue {
                resource: output.resource.clone(),
                type_name: output.value.clone(),
                message_pack: bytes.to_vec(),
            });
            Ok(Some(values.collect()))
        });
        values.await?.map_err(|error: BoxError| JournalError::because(Action::Read, error))
    }

    /// Removes a run with all its entries. Returns whether there was such a run.
    ///
    /// # Errors
    ///
    /// If a store has the run, here or in another process; if the run cannot be removed.
    pub async fn forget(&self, run: impl AsRef<str>) -> Result<bool, JournalError> {
        let run: Arc<str> = run.as_ref().into();
        self.worker
            .call(move |shelf| {
                let is_there = list(shelf)?.iter().any(|other| *other.run == *run);
                match is_there && !forget(shelf, &run)? {
                    true => Err(JournalError::new(Action::Lock(run))),
                    false => Ok(is_there),
                }
            })
            .await?
    }

    /// Removes runs by a rule, and returns them, from the oldest on. Runs in use stay.
    ///
    /// # Errors
    ///
    /// If the shelf cannot be read, or a run cannot be removed. Others may have been removed then.
    pub async fn prune(&self, rule: Prune) -> Result<Vec<RunSummary>, JournalError> {
        self.worker
            .call(move |shelf| {
                let mut removed = rule.choose(list(shelf)?, SystemTime::now());
                let mut error = None;
                removed.retain(|run| match forget(shelf, &run.run.as_str().into()) {
                    Ok(is_removed) => is_removed,
                    Err(other) => {
                        error.get_or_insert(other);
                        false
                    }
                });
                error.map_or(Ok(removed), Err)
            })
            .await?
    }

    /// The runs that a rule would remove now, from the oldest on.
    ///
    /// # Errors
    ///
    /// If the shelf cannot be read.
    pub async fn prunable(&self, rule: Prune) -> Result<Vec<RunSummary>, JournalError> {
        Ok(rule.choose(self.worker.call(list).await??, SystemTime::now()))
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").finish_non_exhaustive()
    }
}

/// All runs of a shelf.
fn list(shelf: &mut dyn Shelf) -> Result<Vec<RunSummary>, JournalError> {
    shelf.runs().map_err(|error| JournalError::because(Action::List, error))
}

/// Removes a run of a shelf. Returns `false` if it is in use.
fn forget(shelf: &mut dyn Shelf, run: &Arc<str>) -> Result<bool, JournalError> {
    let failed = |error| JournalError::because(Action::Forget(Arc::clone(run)), error);
    if !shelf.lock(run).map_err(failed)? {
        return Ok(false);
    }
    let forgotten = shelf.forget(run).map_err(failed);
    shelf.unlock(run);
    forgotten.map(|()| true)
}

/// A journal for [`Store::kept_in`](crate::Store::kept_in), or none: then the store is not kept.
///
/// You never write it. It is a function from a reference, or an `Option` of one, to an `Option` of
/// a journal, so that a program can decide at run time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a `&Journal` nor an `Option<&Journal>`",
    label = "expected a reference to a journal",
    note = "open one and handle its error, `let journal = Journal::open(folder)?;`, and lend it, `&journal`",
    note = "of an `Option<Journal>`, lend `journal.as_ref()`"
)]
pub trait MaybeJournal {
    /// The journal, if there is one.
    #[doc(hidden)]
    fn journal(self) -> Option<Journal>;
}

#[diagnostic::do_not_recommend]
impl MaybeJournal for &Journal {
    fn journal(self) -> Option<Journal> {
        Some(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl MaybeJournal for Option<&Journal> {
    fn journal(self) -> Option<Journal> {
        self.cloned()
    }
}
