//! Options of a run.

use crate::observe::{Observer, RunId};
use core::fmt;
use std::sync::Arc;

/// The options of a run, for [`run_with`](crate::run_with).
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct RunOptions {
    /// The number of steps that may run at once; `None` for no limit.
    pub(crate) limit: Option<usize>,
    /// Whether the other steps go on after a failure.
    pub(crate) keep_going: bool,
    /// The observers. They are boxed, so a run without observers carries only this pointer.
    pub(crate) observers: Option<Box<Observers>>,
}

impl RunOptions {
    /// The options of [`run`](crate::run()): any number of steps at once, and the first failure
    /// ends the run.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs no more than this number of steps at once.
    ///
    /// A step that another run executes, and for which this run waits, does not count. In a
    /// [scope](crate::Scoped), each resource that has to be computed in the parent counts as one,
    /// and its steps run one at a time.
    ///
    /// # Panics
    ///
    /// If `steps` is 0, because such a run would never end.
    #[must_use]
    pub fn limit(mut self, steps: usize) -> Self {
        assert!(steps > 0, "a run with a limit of 0 steps at once would never end");
        self.limit = Some(steps);
        self
    }

    /// Goes on after a failure with all steps that can still run, as `make --keep-going` does.
    ///
    /// The error of the run then reports every failure and every step that was skipped because of
    /// them: see [`RunError::failures`](crate::RunError::failures) and
    /// [`RunError::skipped`](crate::RunError::skipped). The outputs of the steps that succeeded are
    /// in the store afterwards, so the next run has only the rest to do.
    #[must_use]
    pub fn keep_going(mut self) -> Self {
        self.keep_going = true;
        self
    }

    /// Adds an [`Observer`] to the run. An `Arc` of an observer is an observer too.
    #[must_use]
    pub fn observe(mut self, observer: impl Observer) -> Self {
        self.observers.get_or_insert_default().all.push(Arc::new(observer));
        self
    }
}

/// The observers of a run.
#[derive(Clone, Default)]
pub(crate) struct Observers {
    /// The observers, in the order in which they were added.
    pub(crate) all: Vec<Arc<dyn Observer>>,
    /// The run of a scope for which this run computes a resource.
    pub(crate) parent: Option<RunId>,
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} observers", self.all.len())
    }
}
