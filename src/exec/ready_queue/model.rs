//! Models of the signals: workers look for steps, as those of a run do, while steps are woken and
//! become ready. Every step has to be executed, and the caller has to be woken at the end, when no
//! worker is busy.

use super::{Next, ReadyQueue};
use crate::exec::model::{Bell, preempted, two_threads};
use loom::sync::{Condvar, Mutex};
use loom::thread;
use std::sync::Arc;

/// A run that is over when its turns are done.
struct Run {
    /// The queue under test.
    signals: Arc<ReadyQueue>,
    /// The turns that are left.
    state: Mutex<State>,
    /// The meeting point of two steps that have to execute at the same time, if the run has any.
    met: Option<(Mutex<usize>, Condvar)>,
}

/// The state of a run, under its lock.
struct State {
    /// The number of ready steps.
    ready: usize,
    /// The number of steps that become ready when the first is done.
    next: usize,
    /// The number of turns still to be done.
    left: usize,
}

impl Run {
    /// A run with this many ready steps, this many that follow, and this many that are woken.
    fn new(ready: usize, next: usize, woken: usize) -> Arc<Self> {
        let state = State { ready, next, left: ready + next + woken };
        Arc::new(Run { signals: ReadyQueue::new(woken), state: Mutex::new(state), met: None })
    }

    /// A run of one step and two that follow, neither of which ends before the other begins.
    fn meeting() -> Arc<Self> {
        let state = State { ready: 1, next: 2, left: 3 };
        let met = Some((Mutex::new(0), Condvar::new()));
        Arc::new(Run { signals: ReadyQueue::new(0), state: Mutex::new(state), met })
    }

    /// The first step passes, the second waits for the third.
    fn meet(&self) {
        let Some((begun, all)) = &self.met else { return };
        let mut begun = begun.lock().unwrap();
        *begun += 1;
        all.notify_all();
        while *begun == 2 {
            begun = all.wait(begun).unwrap();
        }
    }

    /// Ends the turn of a step, and signals the consequences.
    fn done(&self) {
        let mut state = self.state.lock().unwrap();
        state.left -= 1;
        state.ready += std::mem::take(&mut state.next);
        let (ready, is_over) = (state.ready, state.left == 0);
        drop(state);
        match is_over {
            true => self.signals.stop(),
            // This worker takes one of them.
            false => self.signals.ready(ready.saturating_sub(1)),
        }
    }

    /// Begins a ready step, if there is one.
    fn begin(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        if state.ready == 0 {
            return false;
        }
        state.ready -= 1;
        let more = state.ready;
        drop(state);
        self.signals.ready(more);
        self.meet();
        self.done();
        true
    }

    /// Polls a worker. Returns whether it has to be polled again after a wake-up.
    fn poll(&self, worker: usize, bell: &Arc<Bell>) -> bool {
        let Some(_busy) = self.signals.busy() else { return false };
        for look in [false, true].into_iter().cycle() {
            let found = match self.signals.next(look) {
                Next::Stop => return false,
                Next::Woken(_) => {
                    self.done();
                    true
                }
                Next::Look => self.begin(),
            };
            if !found && self.signals.idle(worker, &Arc::clone(bell).into()) {
                return true;
            }
        }
        unreachable!("the worker goes on until it is idle")
    }

    /// Starts a worker on its own thread.
    fn work(self: &Arc<Self>, worker: usize) {
        let run = Arc::clone(self);
        thread::spawn(move || {
            let mut bell = Bell::new();
            while run.poll(worker, &bell) {
                bell.sleep();
                bell = Bell::new();
            }
        });
    }

    /// Waits for the end, as the caller of the run does.
    fn wait(&self) {
        loop {
            let bell = Bell::new();
            self.signals.register_caller(&bell.clone().into());
            if self.signals.is_quiet() {
                break;
            }
            bell.sleep();
        }
    }

    /// Waits for the end, and checks that all turns are done.
    fn end(&self) {
        self.wait();
        let state = self.state.lock().unwrap();
        assert_eq!((state.left, state.ready), (0, 0));
    }
}

#[test]
fn one_worker_executes_every_step() {
    two_threads(|| {
        let run = Run::new(1, 2, 0);
        run.work(0);
        run.end();
    });
}

#[test]
fn woken_step_has_its_turn() {
    two_threads(|| {
        let run = Run::new(0, 0, 1);
        run.work(0);
        run.signals.wake(0);
        run.end();
    });
}

#[test]
fn step_woken_while_others_are_ready_has_its_turn() {
    two_threads(|| {
        let run = Run::new(1, 0, 1);
        run.work(0);
        run.signals.wake(0);
        run.end();
    });
}

#[test]
fn two_workers_share_ready_steps() {
    preempted(3, || {
        let run = Run::new(2, 0, 0);
        run.work(0);
        run.work(1);
        run.end();
    });
}

#[test]
fn worker_looks_again_for_steps_that_became_ready() {
    preempted(3, || {
        let run = Run::meeting();
        run.work(0);
        run.work(1);
        run.end();
    });
}

#[test]
fn two_workers_share_woken_steps() {
    preempted(3, || {
        let run = Run::new(1, 0, 1);
        run.work(0);
        run.work(1);
        run.signals.wake(0);
        run.end();
    });
}

#[test]
fn dropped_run_is_quiet_when_the_workers_have_left() {
    preempted(3, || {
        let run = Run::new(1, 1, 1);
        run.work(0);
        run.work(1);
        run.signals.stop();
        run.wait();
        // No worker begins a step from here on.
        let left = run.state.lock().unwrap().left;
        assert!(run.signals.busy().is_none());
        assert_eq!(run.state.lock().unwrap().left, left);
    });
}
