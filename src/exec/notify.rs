//! Notifies the observers of a run of the events of its steps.

use super::clock;
use super::task::{Running, Started, StepResult};
use crate::error::Attachment;
use crate::observe::{Element, Observer, RunEnd, RunInfo, SkipReason, StepEvent, StepEventKind};
use crate::options::Observers;
use core::mem;
use core::panic::AssertUnwindSafe;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use core::task::{Context, Poll};
use std::panic::catch_unwind;
use std::sync::Arc;

/// A run with its observers. Its drop notifies the observers of the end, if nothing has before.
pub(crate) struct Notifier {
    /// The observers.
    observers: Observers,
    /// The run, as they know it.
    run: RunInfo,
    /// Whether a step is being executed in this run, by number.
    running: Box<[AtomicBool]>,
    /// How the run has ended: an index into `ENDS`.
    end: AtomicU8,
    /// Whether the observers have been notified of the end.
    closed: AtomicBool,
}

/// All ways in which a run ends. The first one is the end if no other was recorded.
const ENDS: [RunEnd; 4] = [RunEnd::Dropped, RunEnd::Succeeded, RunEnd::Failed, RunEnd::Panicked];

impl Notifier {
    /// Notifies the observers that a run begins.
    pub(crate) fn new(run: RunInfo, observers: &Observers) -> Arc<Self> {
        let running = (0..run.len()).map(|_| AtomicBool::new(false)).collect();
        let notifier = Notifier {
            observers: observers.clone(),
            run,
            running,
            end: AtomicU8::new(0),
            closed: AtomicBool::new(false),
        };
        let now = clock::now();
        notifier.observers.all.iter().for_each(|observer| observer.run_started(&notifier.run, now));
        Arc::new(notifier)
    }

    /// The observers of this run, for a run that computes a resource for it.
    pub(crate) fn observers_of_child(&self) -> Observers {
        Observers { parent: Some(self.run.id), element: None, all: self.observers.all.clone() }
    }

    /// The observers of this run, for the run of an element of a fan-out.
    pub(crate) fn observers_of_element(&self, element: Element) -> Observers {
        Observers { element: Some(Arc::new(element)), ..self.observers_of_child() }
    }

    /// Notifies the observers of an event of a step.
    #[cold]
    pub(crate) fn notify(&self, step: u16, kind: StepEventKind<'_>) {
        match kind {
            StepEventKind::Started => return self.started(step),
            StepEventKind::Finished => return self.finished(step),
            StepEventKind::Failed(_) | StepEventKind::Panicked => {
                self.running[usize::from(step)].store(false, Ordering::Relaxed);
            }
            _ => {}
        }
        self.emit(step, kind);
    }

    /// Notifies the observers that a step is demanded.
    #[inline]
    pub(crate) fn demanded(&self, step: u16, by: Option<u16>) {
        self.emit(step, StepEventKind::Demanded { by: by.map(usize::from) });
    }

    /// Notifies the observers that a step is ready.
    #[inline]
    pub(crate) fn ready(&self, step: u16) {
        self.emit(step, StepEventKind::Ready);
    }

    /// Notifies the observers that a step has started.
    #[inline]
    fn started(&self, step: u16) {
        self.running[usize::from(step)].store(true, Ordering::Relaxed);
        self.emit(step, StepEventKind::Started);
    }

    /// Notifies the observers that the outputs of a step are there.
    #[inline]
    pub(crate) fn finished(&self, step: u16) {
        let running = &self.running[usize::from(step)];
        // A step ends in one place of the run, so no swap is needed.
        if running.load(Ordering::Relaxed) {
            running.store(false, Ordering::Relaxed);
            self.emit(step, StepEventKind::Finished);
        } else {
            // Another run executed it.
            self.emit(step, StepEventKind::Skipped(SkipReason::Present));
        }
    }

    /// Passes an event to every observer. It is inlined, so that what depends on the kind of event
    /// costs nothing.
    #[inline(always)]
    fn emit(&self, step: u16, kind: StepEventKind<'_>) {
        let time = match kind {
            // Nothing of the user has run since the last event.
            StepEventKind::Demanded { .. } | StepEventKind::Ready | StepEventKind::Skipped(_) => clock::recent(),
            _ => clock::now(),
        };
        let event = StepEvent::new(&self.run, step.into(), time, kind);
        for observer in &self.observers.all {
            observer.step(&self.run, &event);
        }
    }

    /// Records how the run has ended. The first end that is recorded stays.
    pub(crate) fn end(&self, end: RunEnd) {
        let place = ENDS.iter().position(|&other| other == end).unwrap_or_default();
        let _ = self.end.compare_exchange(0, place as u8, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// The values that observers attach to the error of the run, in the order of the observers.
    pub(crate) fn attachments(&self) -> Vec<Attachment> {
        self.observers.all.iter().filter_map(|observer| observer.attachment(self.run.id)).collect()
    }

    /// Notifies the observers once that the run has ended. Steps that are being executed are
    /// cancelled.
    #[cold]
    pub(crate) fn close(&self) {
        if self.closed.swap(true, Ordering::Relaxed) {
            return;
        }
        let running = |&step: &usize| self.running[step].load(Ordering::Relaxed);
        (0..self.running.len()).filter(running).for_each(|step| self.emit(step as u16, StepEventKind::Cancelled));
        let (end, now) = (ENDS[usize::from(self.end.load(Ordering::Relaxed))], clock::now());
        self.observers.all.iter().for_each(|observer| observer.run_ended(&self.run, end, now));
    }

    /// Starts a step, with all observers around each of its polls.
    #[inline]
    pub(crate) fn start<'s>(self: &Arc<Self>, step: u16, start: impl FnOnce() -> Started<'s>) -> Started<'s> {
        self.started(step);
        self.polled(step, start)
    }

    /// Starts a step, or a helper of a fan-out, of which the observers know that it has started.
    #[inline(always)]
    pub(crate) fn polled<'s>(self: &Arc<Self>, step: u16, start: impl FnOnce() -> Started<'s>) -> Started<'s> {
        match self.around(step, start) {
            Started::Ended(result) => Started::Ended(result),
            Started::Running(future) => {
                Started::Running(Box::pin(ObservedStep { future, step, notifier: Arc::clone(self) }))
            }
        }
    }

    /// Polls a step, with all observers around it, the first outermost. Notifies them of a panic,
    /// and lets it go on.
    #[inline]
    pub(super) fn around<T>(&self, step: u16, poll: impl FnOnce() -> T) -> T {
        let panics = Panics { notifier: self, step };
        let (mut poll, mut polled) = (Some(poll), None);
        let mut poll = || {
            if let Some(poll) = poll.take() {
                polled = Some(poll());
            }
        };
        self.nested(&self.observers.all, step, &mut poll);
        // A step is polled even if an observer does not call `poll`.
        poll();
        mem::forget(panics);
        // The step has taken its time.
        clock::begin();
        polled.expect("a step was polled")
    }

    /// Polls a step within these observers, the first outermost.
    fn nested(&self, observers: &[Arc<dyn Observer>], step: u16, poll: &mut dyn FnMut()) {
        match observers {
            [] => poll(),
            [last] => last.polling(&self.run, step.into(), poll),
            [first, others @ ..] => {
                first.polling(&self.run, step.into(), &mut || self.nested(others, step, poll));
            }
        }
    }
}

impl Drop for Notifier {
    fn drop(&mut self) {
        self.close();
    }
}

/// A poll of a step that panics. Its drop notifies the observers. If one of them panics too, the
/// first panic goes on.
struct Panics<'a> {
    /// The run with its observers.
    notifier: &'a Notifier,
    /// The number of the step.
    step: u16,
}

impl Drop for Panics<'_> {
    fn drop(&mut self) {
        self.notifier.end(RunEnd::Panicked);
        let notify = || self.notifier.notify(self.step, StepEventKind::Panicked);
        let _ = catch_unwind(AssertUnwindSafe(notify));
    }
}

/// The future of a step in a run with observers.
struct ObservedStep<'s> {
    // Dropped first, because a run has ended only when nothing of it is left.
    future: Running<'s>,
    /// The number of the step.
    step: u16,
    /// The run with its observers.
    notifier: Arc<Notifier>,
}

impl<'s> Future for ObservedStep<'s> {
    type Output = StepResult<'s>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let ObservedStep { future, step, notifier } = self.get_mut();
        notifier.around(*step, || future.as_mut().poll(cx))
    }
}
