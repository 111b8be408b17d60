//! A run that is watched: tells the observers what happens to its steps.

use super::start::{Running, Started};
use crate::error::Attachment;
use crate::observe::{Observer, RunEnd, RunId, RunInfo, SkipReason, StepEvent, StepEventKind, StepInfo};
use crate::step::BoxError;
use core::fmt;
use core::panic::AssertUnwindSafe;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use core::task::{Context, Poll};
use std::panic::{catch_unwind, resume_unwind};
use std::sync::Arc;
use std::time::Instant;

/// The observers of runs, as options of a run have them.
#[derive(Clone, Default)]
pub(crate) struct Observers {
    all: Vec<Arc<dyn Observer>>,
    /// The run of a scope for which the run is.
    parent: Option<RunId>,
}

impl Observers {
    pub(crate) fn push(&mut self, observer: impl Observer) {
        self.all.push(Arc::new(observer));
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} observers", self.all.len())
    }
}

/// A run and whoever watches it. When it is dropped, at the latest, the run has ended.
pub(crate) struct Watch {
    observers: Observers,
    run: RunInfo,
    /// Whether a step is being executed in this run, by number.
    running: Box<[AtomicBool]>,
    /// How the run has ended: as a number, the end that it has in the list of all ends.
    end: AtomicU8,
    /// Whether all is told.
    closed: AtomicBool,
}

/// All ways in which a run ends; the first one is that of a run that nobody has told to have ended.
const ENDS: [RunEnd; 4] = [RunEnd::Dropped, RunEnd::Succeeded, RunEnd::Failed, RunEnd::Panicked];

impl Watch {
    /// Begins to watch a run.
    pub(crate) fn new(observers: &Observers, target: &'static str, steps: Vec<StepInfo>) -> Arc<Self> {
        let run = RunInfo { id: RunId::next(), parent: observers.parent, target, steps };
        let running = run.steps.iter().map(|_| AtomicBool::new(false)).collect();
        let watch =
            Watch { observers: observers.clone(), run, running, end: AtomicU8::new(0), closed: AtomicBool::new(false) };
        let now = Instant::now();
        watch.observers.all.iter().for_each(|observer| observer.run_started(&watch.run, now));
        Arc::new(watch)
    }

    /// Those who watch this run, as observers of one that is for it.
    pub(crate) fn observers(&self) -> Observers {
        Observers { parent: Some(self.run.id), ..self.observers.clone() }
    }

    /// Something happens to a step.
    #[cold]
    pub(crate) fn tell(&self, step: u16, mut kind: StepEventKind<'_>) {
        let step = usize::from(step);
        let running = &self.running[step];
        match kind {
            StepEventKind::Started => running.store(true, Ordering::Relaxed),
            StepEventKind::Failed(_) | StepEventKind::Panicked => running.store(false, Ordering::Relaxed),
            // Its outputs are there, but it was not this run that executed it.
            StepEventKind::Finished if !running.swap(false, Ordering::Relaxed) => {
                kind = StepEventKind::Skipped(SkipReason::Present);
            }
            _ => {}
        }
        self.emit(step, kind);
    }

    fn emit(&self, step: usize, kind: StepEventKind<'_>) {
        let event = StepEvent::new(&self.run, step, Instant::now(), kind);
        self.observers.all.iter().for_each(|observer| observer.step(&self.run, &event));
    }

    /// The run has come to an end: the first that is told.
    pub(crate) fn end(&self, end: RunEnd) {
        let place = ENDS.iter().position(|&other| other == end).unwrap_or_default();
        // If there was one before, that stays.
        let _ = self.end.compare_exchange(0, place as u8, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// What the observers attach to the error of the run, in the order of the observers.
    pub(crate) fn attachments(&self) -> Vec<Attachment> {
        self.observers.all.iter().filter_map(|observer| observer.attachment(self.run.id)).collect()
    }

    /// Tells that the run has ended, once; what is being executed is cancelled.
    #[cold]
    pub(crate) fn close(&self) {
        if self.closed.swap(true, Ordering::Relaxed) {
            return;
        }
        let running = |&step: &usize| self.running[step].load(Ordering::Relaxed);
        (0..self.running.len()).filter(running).for_each(|step| self.emit(step, StepEventKind::Cancelled));
        let (end, now) = (ENDS[usize::from(self.end.load(Ordering::Relaxed))], Instant::now());
        self.observers.all.iter().for_each(|observer| observer.run_ended(&self.run, end, now));
    }

    /// Starts a step: tells it, and lets the observers be around each poll.
    #[cold]
    pub(crate) fn start<'s>(self: &Arc<Self>, step: u16, start: impl FnOnce() -> Started<'s>) -> Started<'s> {
        self.tell(step, StepEventKind::Started);
        match self.around(step, start) {
            Started::Ended(result) => Started::Ended(result),
            Started::Running(future) => Started::Running(Box::pin(Watched { future, step, watch: Arc::clone(self) })),
        }
    }

    /// A poll of a step, with all observers around it, the first outermost. A panic is told, and goes on.
    fn around<T>(&self, step: u16, poll: impl FnOnce() -> T) -> T {
        let poll = || {
            let (mut poll, mut polled) = (Some(poll), None);
            self.nested(&self.observers.all, step, &mut || {
                if let Some(poll) = poll.take() {
                    polled = Some(poll());
                }
            });
            // An observer that does not call it does not keep the step from being polled.
            polled.unwrap_or_else(|| poll.take().expect("what was not polled is there to be polled")())
        };
        catch_unwind(AssertUnwindSafe(poll)).unwrap_or_else(|panic| {
            self.end(RunEnd::Panicked);
            self.tell(step, StepEventKind::Panicked);
            resume_unwind(panic)
        })
    }

    fn nested(&self, observers: &[Arc<dyn Observer>], step: u16, poll: &mut dyn FnMut()) {
        match observers.split_first() {
            None => poll(),
            Some((first, others)) => {
                first.polling(&self.run, step.into(), &mut || self.nested(others, step, poll));
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.close();
    }
}

/// The future of a step that is watched.
struct Watched<'s> {
    // Dropped first: a run has ended when nothing of it is left.
    future: Running<'s>,
    step: u16,
    watch: Arc<Watch>,
}

impl Future for Watched<'_> {
    type Output = Result<(), BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Watched { future, step, watch } = self.get_mut();
        watch.around(*step, || future.as_mut().poll(cx))
    }
}
