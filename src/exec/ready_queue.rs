//! The steps that workers have to poll in a run on several threads, and the workers that are idle.
//!
//! It is `'static`, because a waker has to be. The steps themselves borrow from the store.

use super::sync::{AtomicWaker, Mutex, MutexGuard};
use core::task::Waker;
use futures::task::ArcWake;
use std::collections::VecDeque;
use std::sync::Arc;

#[cfg(all(test, typed_pipeliner_loom))]
mod model;

/// Connects the steps of a run, its workers and its caller.
pub(crate) struct ReadyQueue {
    /// The steps and the workers.
    state: Mutex<State>,
    /// The task that waits for the end of the run.
    caller: AtomicWaker,
}

/// The state of a queue, under its lock.
struct State {
    /// The steps that were woken, each once.
    woken: VecDeque<u16>,
    /// Whether a step is among them, by number.
    is_woken: Vec<bool>,
    /// The workers that found nothing to do.
    idle: Vec<(usize, Waker)>,
    /// Whether steps have become ready while no worker was idle.
    unseen: bool,
    /// The number of workers that are at work.
    busy: usize,
    /// Whether the run is over: nothing starts any more.
    over: bool,
}

/// The next job of a worker.
pub(crate) enum Next {
    /// Poll this step, which was woken.
    Woken(u16),
    /// Look whether a step is ready.
    Look,
    /// Stop: the run is over.
    Stop,
}

impl ReadyQueue {
    /// An empty queue for this many steps.
    pub(crate) fn new(steps: usize) -> Arc<Self> {
        let state = State {
            woken: VecDeque::new(),
            is_woken: vec![false; steps],
            idle: Vec::new(),
            unseen: false,
            busy: 0,
            over: false,
        };
        Arc::new(ReadyQueue { state: Mutex::new(state), caller: AtomicWaker::new() })
    }

    /// Locks the state.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds this lock")
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

    /// The next job of a worker. With `look`, a worker looks for a ready step before it polls a
    /// woken one, so that neither kind starves.
    pub(crate) fn next(&self, look: bool) -> Next {
        let mut state = self.state();
        if state.over {
            return Next::Stop;
        }
        match if look { None } else { state.woken.pop_front() } {
            Some(step) => {
                state.is_woken[usize::from(step)] = false;
                Next::Woken(step)
            }
            None => {
                state.unseen = false;
                Next::Look
            }
        }
    }

    /// Registers a worker that found nothing to do; `false` if there is work by now.
    pub(crate) fn idle(&self, worker: usize, waker: &Waker) -> bool {
        let mut state = self.state();
        if state.over || state.unseen || !state.woken.is_empty() {
            return false;
        }
        state.idle.retain(|&(other, _)| other != worker);
        state.idle.push((worker, waker.clone()));
        true
    }

    /// Wakes workers for this many steps that have become ready, besides the one for the calling
    /// worker.
    pub(crate) fn ready(&self, steps: usize) {
        for _ in 0..steps {
            let mut state = self.state();
            match state.idle.pop() {
                Some((_, waker)) => {
                    drop(state);
                    waker.wake();
                }
                None => {
                    state.unseen = true;
                    return;
                }
            }
        }
    }

    /// Queues a step that was woken.
    pub(crate) fn wake(&self, step: u16) {
        let mut state = self.state();
        if state.over || core::mem::replace(&mut state.is_woken[usize::from(step)], true) {
            return;
        }
        state.woken.push_back(step);
        let idle = state.idle.pop();
        drop(state);
        if let Some((_, waker)) = idle {
            waker.wake();
        }
    }

    /// Ends the run: all workers stop. The last one that is at work wakes the caller.
    pub(crate) fn stop(&self) {
        let mut state = self.state();
        state.over = true;
        let idle = core::mem::take(&mut state.idle);
        drop(state);
        idle.into_iter().for_each(|(_, waker)| waker.wake());
    }

    /// Whether the run is over.
    pub(crate) fn is_over(&self) -> bool {
        self.state().over
    }

    /// Whether the run is over and no worker is at work any more.
    pub(crate) fn is_quiet(&self) -> bool {
        let state = self.state();
        state.over && state.busy == 0
    }
}

/// A worker that is at work.
pub(crate) struct Busy<'s>(&'s ReadyQueue);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.busy -= 1;
        if state.busy == 0 && state.over {
            drop(state);
            self.0.caller.wake();
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
