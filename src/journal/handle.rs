//! The journal itself.

use super::shelf::Shelf;
use super::worker::Worker;
use core::fmt;
use std::sync::Arc;

/// A place where runs keep the outputs of steps, so that they go on after the process was killed.
///
/// A store is kept by [`Store::kept_in`](crate::Store::kept_in). A clone is the same journal.
///
/// It has a thread of its own, in which it encodes, writes, reads and decodes. The drop of the last
/// clone, and of the last store that is kept in it, waits for what was begun.
#[derive(Clone)]
pub struct Journal {
    /// The thread.
    pub(crate) worker: Arc<Worker>,
    /// The size of the largest outputs of a step, in bytes.
    pub(crate) largest: u64,
}

impl Journal {
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
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").finish_non_exhaustive()
    }
}

/// A journal for [`Store::kept_in`](crate::Store::kept_in), or none: then the store is not kept.
///
/// You never write it. It is a function from a reference, or an `Option` of one, to an `Option` of
/// a journal, so that a program can decide at run time.
pub trait MaybeJournal {
    /// The journal, if there is one.
    #[doc(hidden)]
    fn journal(self) -> Option<Journal>;
}

impl MaybeJournal for &Journal {
    fn journal(self) -> Option<Journal> {
        Some(self.clone())
    }
}

impl MaybeJournal for Option<&Journal> {
    fn journal(self) -> Option<Journal> {
        self.cloned()
    }
}
