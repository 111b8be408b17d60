//! Warns of waits that take long.

use crate::{TARGET, lock};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use tracing::{Dispatch, Span, dispatcher, warn};
use typed_pipeliner::observe::{Instant, RunId};

/// The waits for steps of other runs. While there are any, a thread watches the time.
#[derive(Clone, Default)]
pub(crate) struct Watch(Arc<Shared>);

/// The waits, and the thread that watches them.
#[derive(Default)]
struct Shared {
    /// The waits.
    waits: Mutex<Waits>,
    /// Signals a wait that is due before all others.
    earlier: Condvar,
}

/// The waits that have not ended, and for which there was no warning.
#[derive(Default)]
struct Waits {
    /// The waits by the moment of their warning, and a number, because moments may be equal.
    by_time: BTreeMap<(Instant, u64), Wait>,
    /// The keys of these waits, by run and step.
    by_step: HashMap<(RunId, usize), (Instant, u64)>,
    /// The number of the next wait.
    next: u64,
    /// Whether a thread watches them.
    watched: bool,
}

/// A wait of a run for a step of another.
pub(crate) struct Wait {
    /// The subscriber of the run.
    pub(crate) dispatch: Dispatch,
    /// The span of the run.
    pub(crate) span: Span,
    /// The run, and the number of the step.
    pub(crate) key: (RunId, usize),
    /// The name of the step.
    pub(crate) step: &'static str,
    /// The run that executes the step.
    pub(crate) other: RunId,
}

impl Watch {
    /// Warns of a wait, unless it ends within this time.
    pub(crate) fn begin(&self, wait: Wait, within: Duration) {
        // A moment that no `Instant` can hold never comes.
        let Some(due) = Instant::now().checked_add(within) else { return };
        let mut waits = lock(&self.0.waits);
        let key = (due, waits.next);
        waits.next += 1;
        waits.by_step.insert(wait.key, key);
        waits.by_time.insert(key, wait);
        if !waits.watched {
            let watch = self.clone();
            let thread = thread::Builder::new().name("pipeliner-waits".to_owned());
            // Where there are no threads, there are no warnings.
            waits.watched = thread.spawn(move || watch.run(within)).is_ok();
        }
        self.0.earlier.notify_one();
    }

    /// Ends the wait of a run for a step, if there is one.
    pub(crate) fn end(&self, key: (RunId, usize)) {
        let mut waits = lock(&self.0.waits);
        if let Some(key) = waits.by_step.remove(&key) {
            waits.by_time.remove(&key);
        }
    }

    /// Ends all waits of a run.
    pub(crate) fn end_run(&self, run: RunId) {
        let Waits { by_step, by_time, .. } = &mut *lock(&self.0.waits);
        by_step.retain(|&(other, _), key| other != run || by_time.remove(key).is_none());
    }

    /// Warns of each wait when it is due, until there are no more.
    fn run(&self, within: Duration) {
        let mut waits = lock(&self.0.waits);
        while let Some((&(due, number), _)) = waits.by_time.first_key_value() {
            let left = due.saturating_duration_since(Instant::now());
            if !left.is_zero() {
                let woken = self.0.earlier.wait_timeout(waits, left).unwrap_or_else(PoisonError::into_inner);
                waits = woken.0;
                continue;
            }
            if let Some(wait) = waits.by_time.remove(&(due, number)) {
                waits.by_step.remove(&wait.key);
                // The subscriber is called outside of the lock.
                drop(waits);
                wait.warn(within);
                waits = lock(&self.0.waits);
            }
        }
        waits.watched = false;
    }
}

impl Wait {
    /// Warns that it takes longer than this time.
    fn warn(&self, within: Duration) {
        dispatcher::with_default(&self.dispatch, || {
            warn!(
                target: TARGET,
                parent: &self.span,
                { pipeliner.step = self.step, pipeliner.other_run = self.other.get(), waited_ms = within.as_millis() as u64 },
                "still waiting for another run; if nothing polls or drops that run, the wait never ends",
            );
        });
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}
