//! Who has to be looked at in a run that is spread over several workers, and who of these is idle.
//!
//! A waker has to be `'static`, and so is this; the steps themselves borrow from the store.

use super::sync::{AtomicWaker, Mutex, MutexGuard};
use core::task::Waker;
use futures::task::ArcWake;
use std::collections::VecDeque;
use std::sync::Arc;

#[cfg(all(test, typed_pipeliner_loom))]
mod model;

/// The signals between the steps of a run, its workers and its caller.
pub(crate) struct Signals {
    state: Mutex<State>,
    /// Whoever waits for the end of the run.
    caller: AtomicWaker,
}

struct State {
    /// The steps that were woken, each once.
    woken: VecDeque<u16>,
    /// Whether a step is among them, by number.
    is_woken: Vec<bool>,
    /// The workers that found nothing to do.
    idle: Vec<(usize, Waker)>,
    /// Whether steps have become ready while nobody was idle.
    unseen: bool,
    /// How many workers are at work.
    busy: usize,
    /// Whether the run is over: nothing begins any more.
    over: bool,
}

/// What a worker is to do.
pub(crate) enum Next {
    /// Go on with this step, which was woken.
    Woken(u16),
    /// Look whether a step is ready.
    Look,
    /// Stop: the run is over.
    Stop,
}

impl Signals {
    pub(crate) fn new(steps: usize) -> Arc<Self> {
        let state = State {
            woken: VecDeque::new(),
            is_woken: vec![false; steps],
            idle: Vec::new(),
            unseen: false,
            busy: 0,
            over: false,
        };
        Arc::new(Signals { state: Mutex::new(state), caller: AtomicWaker::new() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds this lock")
    }

    /// A waker for a step: the spare one, unless somebody else holds that.
    pub(crate) fn waker(self: &Arc<Self>, step: u16, spare: Option<Arc<StepWaker>>) -> Arc<StepWaker> {
        if let Some(mut spare) = spare {
            if let Some(waker) = Arc::get_mut(&mut spare) {
                waker.step = step;
                return spare;
            }
        }
        Arc::new(StepWaker { signals: Arc::clone(self), step })
    }

    /// Whom to wake when the run is over.
    pub(crate) fn register_caller(&self, waker: &Waker) {
        self.caller.register(waker);
    }

    /// A worker is at work from here on, until it drops what it gets; nobody is any more if the run is over.
    pub(crate) fn busy(&self) -> Option<Busy<'_>> {
        let mut state = self.state();
        (!state.over).then(|| {
            state.busy += 1;
            Busy(self)
        })
    }

    /// What a worker is to do; `look` prefers steps that are ready to those that were woken, so that neither starve.
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

    /// A worker found nothing to do, and wants to be woken when there is; `false` if there is by now.
    pub(crate) fn idle(&self, worker: usize, waker: &Waker) -> bool {
        let mut state = self.state();
        if state.over || state.unseen || !state.woken.is_empty() {
            return false;
        }
        state.idle.retain(|&(other, _)| other != worker);
        state.idle.push((worker, waker.clone()));
        true
    }

    /// So many steps have become ready, besides the one that whoever says so goes on with.
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

    /// A step was woken.
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

    /// The run is over: all workers stop. The last one that is at work wakes the caller.
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
pub(crate) struct Busy<'s>(&'s Signals);

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
    signals: Arc<Signals>,
    step: u16,
}

impl ArcWake for StepWaker {
    fn wake_by_ref(this: &Arc<Self>) {
        this.signals.wake(this.step);
    }
}
