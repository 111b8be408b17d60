//! Options of a run, as [`Run`](crate::Run) sets them.

use crate::observe::{Observer, RunId};
use core::fmt;
use core::num::NonZero;
use std::sync::Arc;

/// The options of a run. The default is any number of steps at once, and an end at the first
/// failure.
#[derive(Debug, Clone, Default)]
pub(crate) struct RunOptions {
    /// The number of steps that may run at once; `None` for no limit.
    pub(crate) limit: Option<NonZero<usize>>,
    /// Whether the other steps go on after a failure.
    pub(crate) keep_going: bool,
    /// The observers. They are boxed, so a run without observers carries only this pointer.
    pub(crate) observers: Option<Box<Observers>>,
}

impl RunOptions {
    /// Adds these observers before those that are there.
    #[inline]
    pub(crate) fn observed_by(&mut self, observers: Option<&Observers>) {
        if let Some(others) = observers {
            let own = self.observers.get_or_insert_default();
            own.all.splice(..0, others.all.iter().cloned());
        }
    }
}

/// The observers of a run.
#[derive(Clone, Default)]
pub struct Observers {
    /// The observers, in the order in which they were added.
    pub(crate) all: Vec<Arc<dyn Observer>>,
    /// The run of a scope for which this run computes a resource.
    pub(crate) parent: Option<RunId>,
}

impl Observers {
    /// Adds an observer to others, or to none.
    pub(crate) fn add(observers: &mut Option<Box<Self>>, observer: impl Observer) {
        observers.get_or_insert_default().all.push(Arc::new(observer));
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} observers", self.all.len())
    }
}
