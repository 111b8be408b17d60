//! Waits between runs, and steps that would wait for themselves.
//!
//! A step may run a store, even the one that it is a step of: its run is nested in the step. If the
//! nested run waits for a step that cannot end before the outer step does, both wait for ever. So
//! each nested run that waits for a step of another run is recorded here, and a wait that closes a
//! circle is refused.
//!
//! A run is nested in the step in whose poll it is polled first. Other runs are not recorded, and
//! pay for none of this but a note of the step that is polled, in a variable of the thread.

use super::run_key::{Execution, RunKey};
use crate::error::Deadlock;
use core::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard};

thread_local! {
    /// The step that this thread polls, if any.
    static POLLED: Cell<Option<Execution>> = const { Cell::new(None) };
}

/// The time in which this thread polls steps of one run. It ends when this is dropped; then the
/// thread goes on with the step around the run, if there is one.
#[derive(Debug)]
pub(crate) struct Polling {
    /// The step around the run.
    outer: Option<Execution>,
}

impl Polling {
    /// Begins with no step.
    #[inline]
    pub(crate) fn begin() -> Self {
        Polling { outer: POLLED.get() }
    }

    /// Notes that this thread polls a step from now on, or none.
    #[inline]
    pub(crate) fn note(polled: Option<Execution>) {
        POLLED.set(polled);
    }

    /// The step that this thread polls, if any.
    #[inline]
    pub(crate) fn current() -> Option<Execution> {
        POLLED.get()
    }
}

impl Drop for Polling {
    #[inline]
    fn drop(&mut self) {
        POLLED.set(self.outer);
    }
}

/// The nested runs, and their waits. The maps are there once they are needed.
struct Waits {
    /// The step in which each nested run is nested.
    nested: Option<HashMap<RunKey, Execution>>,
    /// The steps that cannot end before other steps do: those that have nested runs that wait, with
    /// each such run, the step for which it waits, and the name of that step.
    blocked: Option<HashMap<Execution, NamedWaits>>,
}

/// Nested runs that wait, each with the step for which it waits, and the name of that step.
type NamedWaits = HashMap<(RunKey, Execution), &'static str>;

/// The nested runs of all stores.
static WAITS: Mutex<Waits> = Mutex::new(Waits { nested: None, blocked: None });

/// Locks the nested runs.
fn lock() -> MutexGuard<'static, Waits> {
    WAITS.lock().expect("nothing panics while it holds this lock")
}

impl Waits {
    /// The steps in which a run is nested, the innermost first.
    fn around(&self, run: RunKey) -> Vec<Execution> {
        let outer = |run: Option<RunKey>| self.nested.as_ref()?.get(&run?).copied();
        core::iter::successors(outer(Some(run)), |execution| outer(execution.run())).collect()
    }

    /// The names of the steps from `first`, each of which waits for the next one, to one of
    /// `around`; `None` if there is no such way.
    fn way(&self, first: Execution, name: &'static str, around: &[Execution]) -> Option<Vec<&'static str>> {
        // The ways to visit: to each step that is waited for, with the names on the way to it.
        let (mut ways, mut seen) = (vec![(first, vec![name])], HashSet::new());
        while let Some((execution, way)) = ways.pop() {
            if around.contains(&execution) {
                return Some(way);
            }
            let waits = self.blocked.as_ref().and_then(|blocked| blocked.get(&execution));
            if let Some(waits) = waits.filter(|_| seen.insert(execution)) {
                let next = waits.iter().map(|(&(_, next), &name)| (next, [&way[..], &[name]].concat()));
                ways.extend(next.filter(|(next, _)| !seen.contains(next)));
            }
        }
        None
    }
}

/// A run that is nested in a step, until it is dropped.
#[derive(Debug)]
pub(crate) struct NestedRun {
    /// The run.
    run: RunKey,
    /// The step in which it is nested.
    outer: Execution,
    /// Whether the end of this is the end of the record.
    is_recorded: bool,
}

impl NestedRun {
    /// Records that a run is nested in the step that this thread polls, if it polls one.
    #[inline]
    pub(crate) fn new(run: RunKey) -> Option<Self> {
        Polling::current().map(|outer| Self::within(run, outer))
    }

    /// Records that a run is nested in a step.
    #[cold]
    fn within(run: RunKey, outer: Execution) -> Self {
        lock().nested.get_or_insert_default().insert(run, outer);
        NestedRun { run, outer, is_recorded: true }
    }

    /// A part of the run, with the same key. It ends before the run does.
    ///
    /// The elements of a fan-out are such parts. Each has a store of its own, so no other run waits
    /// for their steps, and one record serves them all.
    pub(crate) fn part(&self) -> Self {
        NestedRun { is_recorded: false, ..*self }
    }

    /// The step in which the run is nested.
    pub(crate) fn outer(&self) -> Execution {
        self.outer
    }

    /// Records that the run waits for a step with this name.
    ///
    /// # Errors
    ///
    /// If the step waits, directly or through others, for a step in which this run is nested.
    pub(crate) fn wait(&self, awaited: Execution, name: &'static str) -> Result<NestedWait, Deadlock> {
        let mut waits = lock();
        let around = waits.around(self.run);
        if let Some(circle) = waits.way(awaited, name, &around) {
            return Err(Deadlock::new(circle));
        }
        let wait = (self.run, awaited);
        for &outer in &around {
            waits.blocked.get_or_insert_default().entry(outer).or_default().insert(wait, name);
        }
        Ok(NestedWait { around, wait })
    }
}

impl Drop for NestedRun {
    fn drop(&mut self) {
        if !self.is_recorded {
            return;
        }
        if let Some(nested) = &mut lock().nested {
            nested.remove(&self.run);
        }
    }
}

/// A nested run that waits for a step, until it is dropped.
#[derive(Debug)]
pub(crate) struct NestedWait {
    /// The steps in which the run is nested.
    around: Vec<Execution>,
    /// The run, and the step for which it waits.
    wait: (RunKey, Execution),
}

impl Drop for NestedWait {
    fn drop(&mut self) {
        let Some(blocked) = &mut lock().blocked else { return };
        for outer in &self.around {
            if let Some(waits) = blocked.get_mut(outer) {
                waits.remove(&self.wait);
                if waits.is_empty() {
                    blocked.remove(outer);
                }
            }
        }
    }
}
