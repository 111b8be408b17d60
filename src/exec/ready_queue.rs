//! The steps that workers have to poll in a run on several threads, and the workers that are idle.
//!
//! It is `'static`, because a waker has to be. The steps themselves borrow from the store.

use super::sync::{AtomicU64, AtomicWaker, Mutex, MutexGuard, Ordering};
use core::task::Waker;
use futures::task::ArcWake;
use std::collections::VecDeque;
use std::sync::Arc;

#[cfg(all(test, typed_pipeliner_loom))]
mod model;

/// The bit of the summary that is set when the run is over.
const OVER: u64 = 1;
/// The bit of the summary that is set while woken steps are in the queue.
const WOKEN: u64 = 2;
/// The bit of the summary that is set while a worker is idle.
const IDLE: u64 = 4;

/// Connects the steps of a run, its workers and its caller.
pub(crate) struct ReadyQueue {
    /// The steps and the workers.
    state: Mutex<State>,
    /// The bits of the state, which change under its lock. A worker reads them without the lock.
    /// So a step that is ready at once never takes it.
    summary: AtomicU64,
    /// The task that waits for the end of the run.
    caller: AtomicWaker,
}

/// The state of a queue, under its lock.
struct State {
    /// The steps that were woken, each once.
    woken: VecDeque<u16>,
    /// Where each step is, by number.
    places: Vec<Place>,
    /// The workers that found nothing to do.
    idle: Vec<(usize, Waker)>,
    /// The number of workers that are at work.
    busy: usize,
    /// Whether the run is over: nothing starts any more.
    over: bool,
}

/// Where a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A worker polls it, or it is not in progress. `woken` records whether it has been woken
    /// meanwhile.
    Away { woken: bool },
    /// It waits to be woken.
    Pending,
    /// It was woken, and is in the queue.
    Queued,
}

impl ReadyQueue {
    /// An empty queue for this many steps.
    pub(crate) fn new(steps: usize) -> Arc<Self> {
        let state = State {
            woken: VecDeque::new(),
            places: vec![Place::Away { woken: false }; steps],
            idle: Vec::new(),
            busy: 0,
            over: false,
        };
        Arc::new(ReadyQueue { state: Mutex::new(state), summary: AtomicU64::new(0), caller: AtomicWaker::new() })
    }

    /// Locks the state.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds this lock")
    }

    /// Brings the summary up to date after a change of the state.
    fn sum_up(&self, state: &State) {
        let bit = |bit, is_set| if is_set { bit } else { 0 };
        let summary = bit(OVER, state.over) | bit(WOKEN, !state.woken.is_empty()) | bit(IDLE, !state.idle.is_empty());
        self.summary.store(summary, Ordering::Relaxed);
    }

    /// Whether a bit of the summary is set. Another thread may change it at any time.
    fn is(&self, bit: u64) -> bool {
        self.summary.load(Ordering::Relaxed) & bit != 0
    }

    /// A waker for a step: the spare one, unless there is another reference to it.
    pub(crate) fn waker(self: &Arc<Self>, step: u16, spare: Option<Arc<StepWaker>>) -> Arc<StepWaker> {
        if let Some(mut spare) = spare {
            if let Some(waker) = Arc::get_mut(&mut spare) {
                waker.step = step;
                return spare;
            }
        }
        Arc::new(StepWaker { queue: Arc::clone(self), step })
    }

    /// Registers the task to wake when the run is over.
    pub(crate) fn register_caller(&self, waker: &Waker) {
        self.caller.register(waker);
    }

    /// Counts a worker as at work until the guard is dropped; `None` if the run is over.
    pub(crate) fn busy(&self) -> Option<Busy<'_>> {
        let mut state = self.state();
        (!state.over).then(|| {
            state.busy += 1;
            Busy(self)
        })
    }

    /// Takes the next step that was woken.
    pub(crate) fn next_woken(&self) -> Option<u16> {
        if !self.is(WOKEN) {
            return None;
        }
        let mut state = self.state();
        let step = state.woken.pop_front()?;
        state.places[usize::from(step)] = Place::Away { woken: false };
        self.sum_up(&state);
        Some(step)
    }

    /// Registers a worker that found nothing to do; `false` if a step was woken or the run is over.
    ///
    /// The worker has to look for ready steps once more before it is idle: a step that has become
    /// ready before the registration wakes nobody.
    pub(crate) fn enter_idle(&self, worker: usize, waker: &Waker) -> bool {
        let mut state = self.state();
        if state.over || !state.woken.is_empty() {
            return false;
        }
        state.idle.retain(|&(other, _)| other != worker);
        state.idle.push((worker, waker.clone()));
        self.sum_up(&state);
        true
    }

    /// Removes a worker that has found something to do after all.
    pub(crate) fn leave_idle(&self, worker: usize) {
        let mut state = self.state();
        state.idle.retain(|&(other, _)| other != worker);
        self.sum_up(&state);
    }

    /// Wakes idle workers for this many steps that are ready, besides that of the calling worker.
    pub(crate) fn share(&self, ready: usize) {
        for _ in 0..ready {
            if !self.is(IDLE) {
                return;
            }
            let mut state = self.state();
            let idle = state.idle.pop();
            self.sum_up(&state);
            drop(state);
            wake_workers(idle);
        }
    }

    /// Records that a step, which is in its cell, waits to be woken; `false` if the run is over.
    ///
    /// If it has been woken meanwhile, it is queued. That wakes nobody: the calling worker goes on,
    /// and if it takes a ready step first, an idle worker was woken for that one.
    pub(crate) fn pends(&self, step: u16) -> bool {
        let mut state = self.state();
        if state.over {
            return false;
        }
        let place = &mut state.places[usize::from(step)];
        match core::mem::replace(place, Place::Pending) {
            Place::Away { woken: true } => {
                *place = Place::Queued;
                state.woken.push_back(step);
                self.sum_up(&state);
            }
            Place::Away { woken: false } | Place::Pending | Place::Queued => {}
        }
        true
    }

    /// Queues a step that was woken.
    pub(crate) fn wake(&self, step: u16) {
        let mut state = self.state();
        let place = &mut state.places[usize::from(step)];
        match place {
            Place::Queued => return,
            Place::Away { woken } => {
                *woken = true;
                return;
            }
            Place::Pending => *place = Place::Queued,
        }
        if state.over {
            return;
        }
        state.woken.push_back(step);
        let idle = state.idle.pop();
        self.sum_up(&state);
        drop(state);
        wake_workers(idle);
    }

    /// Ends the run: all workers stop. The last one that is at work wakes the caller, and then the
    /// idle workers, which have nothing to do but to end.
    pub(crate) fn stop(&self) {
        let mut state = self.state();
        state.over = true;
        let idle = if state.busy == 0 { core::mem::take(&mut state.idle) } else { Vec::new() };
        self.sum_up(&state);
        drop(state);
        wake_workers(idle);
    }

    /// Whether the run is over. Another thread may end it at any time.
    pub(crate) fn is_over(&self) -> bool {
        self.is(OVER)
    }

    /// Whether the run is over and no worker is at work any more.
    pub(crate) fn is_quiet(&self) -> bool {
        let state = self.state();
        state.over && state.busy == 0
    }
}

/// Wakes workers that were idle.
fn wake_workers(idle: impl IntoIterator<Item = (usize, Waker)>) {
    idle.into_iter().for_each(|(_, waker)| waker.wake());
}

/// A worker that is at work.
pub(crate) struct Busy<'s>(&'s ReadyQueue);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.busy -= 1;
        if state.busy == 0 && state.over {
            let idle = core::mem::take(&mut state.idle);
            self.0.sum_up(&state);
            drop(state);
            self.0.caller.wake();
            wake_workers(idle);
        }
    }
}

/// The waker of a step.
pub(crate) struct StepWaker {
    /// The queue of the run.
    queue: Arc<ReadyQueue>,
    /// The number of the step.
    step: u16,
}

impl ArcWake for StepWaker {
    fn wake_by_ref(this: &Arc<Self>) {
        this.queue.wake(this.step);
    }
}
