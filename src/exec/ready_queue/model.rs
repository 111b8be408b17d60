//! Models of a run on threads: workers look for steps, as those of a run do, while steps are woken
//! and become ready. Every step has to be executed, at the same time as another one if it cannot
//! end before that begins. And the caller has to be woken at the end, when no worker is busy.

use super::ReadyQueue;
use crate::exec::model::{Bell, preempted, two_threads};
use loom::sync::{Condvar, Mutex};
use loom::thread;
use std::collections::VecDeque;
use std::sync::Arc;

/// A run that is over when its steps are done.
struct Run {
    /// The queue under test.
    queue: Arc<ReadyQueue>,
    /// The schedule.
    schedule: Mutex<Schedule>,
    /// The steps, by number.
    steps: Vec<Step>,
    /// The cells of the steps, by number: whether a task is there.
    cells: Vec<Mutex<bool>>,
    /// The number of steps at the meeting point.
    met: (Mutex<usize>, Condvar),
}

/// The schedule of a run, under its lock.
struct Schedule {
    /// The steps that are ready.
    ready: VecDeque<u16>,
    /// The steps that become ready when the first is done.
    next: Vec<u16>,
    /// The number of steps that are not done.
    left: usize,
}

/// A step.
struct Step {
    /// Its gate, if it has to wait.
    gate: Option<Mutex<Gate>>,
    /// Whether it cannot end before another such step has begun.
    meets: bool,
}

/// A gate in front of a step.
struct Gate {
    /// How often it has to be opened.
    closed: usize,
    /// Whether the step has left its waker.
    has_waker: bool,
}

/// A step that is ready at once.
fn ready() -> Step {
    Step { gate: None, meets: false }
}

/// A step that waits in front of a gate, which has to be opened this often.
fn waits(closed: usize) -> Step {
    Step { gate: Some(Mutex::new(Gate { closed, has_waker: false })), meets: false }
}

/// A step that meets another one, after its gate if it has one.
fn meets(step: Step) -> Step {
    Step { meets: true, ..step }
}

impl Run {
    /// A run of these steps, and of others that become ready when the first step is done.
    fn new<const N: usize, const M: usize>(first: [Step; N], next: [Step; M]) -> Arc<Self> {
        let count = (N + M) as u16;
        let schedule = Schedule {
            ready: (0..N as u16).collect(),
            next: (N as u16..count).collect(),
            left: first.len() + next.len(),
        };
        Arc::new(Run {
            queue: ReadyQueue::new(count.into()),
            schedule: Mutex::new(schedule),
            steps: first.into_iter().chain(next).collect(),
            cells: (0..count).map(|_| Mutex::new(false)).collect(),
            met: (Mutex::new(0), Condvar::new()),
        })
    }

    /// Polls a step, and returns it if it has ended.
    fn poll_step(&self, step: u16) -> Option<u16> {
        let Step { gate, meets } = &self.steps[usize::from(step)];
        if let Some(gate) = gate {
            let mut gate = gate.lock().unwrap();
            if gate.closed > 0 {
                gate.has_waker = true;
                drop(gate);
                self.keep(step);
                return None;
            }
        }
        if *meets {
            let (met, all) = &self.met;
            let mut met = met.lock().unwrap();
            *met += 1;
            all.notify_all();
            while *met == 1 {
                met = all.wait(met).unwrap();
            }
        }
        Some(step)
    }

    /// Keeps a task until it is woken.
    fn keep(&self, step: u16) {
        let cell = &self.cells[usize::from(step)];
        assert!(!std::mem::replace(&mut *cell.lock().unwrap(), true), "there are two tasks of a step");
        if !self.queue.pends(step) {
            *cell.lock().unwrap() = false;
        }
    }

    /// Opens the gate of a step once.
    fn open(&self, step: u16) {
        let mut gate = self.steps[usize::from(step)].gate.as_ref().unwrap().lock().unwrap();
        gate.closed -= 1;
        let has_waker = std::mem::take(&mut gate.has_waker);
        drop(gate);
        if has_waker {
            self.queue.wake(step);
        }
    }

    /// Records the end of a step, and takes another one.
    fn update(&self, ended: Option<u16>, takes: bool) -> Option<u16> {
        let mut schedule = self.schedule.lock().unwrap();
        if let Some(step) = ended {
            schedule.left -= 1;
            if step == 0 {
                let next = std::mem::take(&mut schedule.next);
                schedule.ready.extend(next);
            }
        }
        let step = if takes { schedule.ready.pop_front() } else { None };
        let (ready, is_over) = (schedule.ready.len(), schedule.left == 0);
        drop(schedule);
        match is_over {
            true => self.finish(),
            false => self.queue.share(ready),
        }
        step
    }

    /// Ends the run, and drops its tasks.
    fn finish(&self) {
        self.queue.stop();
        self.cells.iter().for_each(|cell| *cell.lock().unwrap() = false);
    }

    /// Whether a worker has nothing to do.
    fn is_idle(&self, worker: usize, bell: &Arc<Bell>) -> bool {
        if !self.queue.enter_idle(worker, &Arc::clone(bell).into()) {
            return false;
        }
        let is_idle = self.schedule.lock().unwrap().ready.is_empty();
        if !is_idle {
            self.queue.leave_idle(worker);
        }
        is_idle
    }

    /// Polls a worker. Returns whether it has to be polled again after a wake-up.
    fn poll(&self, worker: usize, bell: &Arc<Bell>) -> bool {
        let Some(_busy) = self.queue.busy() else { return false };
        let mut ended = None;
        for woken_first in [true, false].into_iter().cycle() {
            if self.queue.is_over() {
                return false;
            }
            let woken = if woken_first { self.queue.next_woken() } else { None };
            if let Some(step) = woken {
                self.update(ended.take(), false);
                let has_task = std::mem::take(&mut *self.cells[usize::from(step)].lock().unwrap());
                ended = if has_task { self.poll_step(step) } else { None };
            } else if let Some(step) = self.update(ended.take(), true) {
                ended = self.poll_step(step);
            } else if self.is_idle(worker, bell) {
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
            self.queue.register_caller(&bell.clone().into());
            if self.queue.is_quiet() {
                break;
            }
            bell.sleep();
        }
    }

    /// Waits for the end, and checks that all steps are done.
    fn end(&self) {
        self.wait();
        let schedule = self.schedule.lock().unwrap();
        assert_eq!((schedule.left, schedule.ready.len()), (0, 0));
    }
}

#[test]
fn one_worker_executes_every_step() {
    two_threads(|| {
        let run = Run::new([ready()], [ready(), ready()]);
        run.work(0);
        run.end();
    });
}

#[test]
fn woken_step_has_its_turn() {
    two_threads(|| {
        let run = Run::new([waits(1)], []);
        run.work(0);
        run.open(0);
        run.end();
    });
}

#[test]
fn step_that_waits_again_has_its_turn() {
    preempted(3, || {
        let run = Run::new([waits(2)], []);
        run.work(0);
        run.open(0);
        run.open(0);
        run.end();
    });
}

#[test]
fn step_woken_while_others_are_ready_has_its_turn() {
    two_threads(|| {
        let run = Run::new([ready(), waits(1)], [ready()]);
        run.work(0);
        run.open(1);
        run.end();
    });
}

#[test]
fn two_workers_share_ready_steps() {
    preempted(3, || {
        let run = Run::new([ready(), ready()], []);
        run.work(0);
        run.work(1);
        run.end();
    });
}

#[test]
fn idle_worker_is_woken_for_steps_that_became_ready() {
    preempted(3, || {
        let run = Run::new([ready()], [meets(ready()), meets(ready())]);
        run.work(0);
        run.work(1);
        run.end();
    });
}

#[test]
fn two_workers_share_woken_steps() {
    preempted(2, || {
        let run = Run::new([meets(waits(1)), meets(waits(1))], []);
        run.work(0);
        run.work(1);
        run.open(0);
        run.open(1);
        run.end();
    });
}

#[test]
fn two_workers_share_a_woken_and_a_ready_step() {
    preempted(2, || {
        let run = Run::new([ready(), meets(waits(1))], [meets(ready())]);
        run.work(0);
        run.work(1);
        run.open(1);
        run.end();
    });
}

#[test]
fn dropped_run_is_quiet_when_the_workers_have_left() {
    preempted(3, || {
        let run = Run::new([ready(), waits(1)], [ready()]);
        run.work(0);
        run.work(1);
        run.open(1);
        run.finish();
        run.wait();
        // No worker begins a step from here on, and no task is left.
        let left = run.schedule.lock().unwrap().left;
        assert!(run.queue.busy().is_none());
        assert_eq!(run.schedule.lock().unwrap().left, left);
        assert!(run.cells.iter().all(|cell| !*cell.lock().unwrap()));
    });
}
