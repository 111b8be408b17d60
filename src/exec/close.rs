//! Closes the outputs of the steps of a store, in reverse order of the graph.

use super::notify::Notifier;
use super::plan::{ExecPlan, Source};
use super::store_ref::DynStore;
use crate::closing::{CloseError, CloseFailure, Closing};
use crate::drops::{Drops, discard};
use crate::error::BoxError;
use crate::observe::{RunEnd, RunId, RunInfo, StepEventKind, StepGraph};
use crate::options::Observers;
use core::any::Any;
use core::mem;
use core::panic::AssertUnwindSafe;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures::stream::{FuturesUnordered, StreamExt};
use std::panic::catch_unwind;
use std::sync::Arc;

/// Begins to close the outputs of a step of a store, by its number, if they are there.
pub(crate) type CloseSlot = fn(&mut dyn DynStore, usize) -> Option<Closing>;

/// Closes the outputs of all steps: those of a step once all that were computed from them are
/// closed. Outputs without a function that closes them are dropped in the same order.
pub(crate) async fn close_steps(store: &mut dyn DynStore, pipeline: &'static str) -> Result<(), CloseError> {
    let (plan, steps) = (store.plan(), store.plan().steps());
    let notifier = store.observers().map(|observers| notifier(plan, pipeline, observers));
    let is_filled: Vec<bool> = (0..steps.len()).map(|step| store.slot(step).is_filled()).collect();
    // Of each step the number of inputs that take its outputs and are not closed.
    let takers = |step| plan.dependents(step).iter().filter(|&&taker| is_filled[usize::from(taker)]).count();
    let mut takers: Vec<usize> = steps.iter().map(takers).collect();
    let mut ready: Vec<usize> = (0..steps.len()).filter(|&step| is_filled[step] && takers[step] == 0).collect();
    if let Some(notifier) = &notifier {
        let closed = (0..steps.len()).filter(|&step| is_filled[step] && steps[step].spec().close.is_some());
        closed.for_each(|step| notifier.demanded(step as u16, None));
    }
    let (mut started, mut failures) = (StartedSteps::default(), Vec::new());
    loop {
        let (step, result) = match ready.pop() {
            Some(step) => match begin(store, step, notifier.as_ref()) {
                Ok(Some(future)) => {
                    started.0.push(future);
                    continue;
                }
                Ok(None) => (step, Ok(())),
                Err(error) => (step, Err(error)),
            },
            None => match started.0.next().await {
                Some(ended) => ended,
                None => break,
            },
        };
        if let Err(error) = result {
            failures.push(CloseFailure::new((steps[step].spec().name)(), error));
        }
        for source in plan.inputs(&steps[step]) {
            if let &Source::Step { step: provider, .. } = source {
                let provider = usize::from(provider);
                takers[provider] -= 1;
                if takers[provider] == 0 && is_filled[provider] {
                    ready.push(provider);
                }
            }
        }
    }
    if let Some(notifier) = notifier {
        notifier.end(if failures.is_empty() { RunEnd::Succeeded } else { RunEnd::Failed });
        notifier.close();
    }
    CloseError::of(failures)
}

/// Begins to close the outputs of a step, or drops them.
fn begin(
    store: &mut dyn DynStore,
    step: usize,
    notifier: Option<&Arc<Notifier>>,
) -> Result<Option<ClosingStep>, BoxError> {
    let Some(close) = store.plan().steps()[step].spec().close else {
        let clear = || store.slot_mut(step).clear(&mut Drops::default());
        return catch_unwind(AssertUnwindSafe(clear)).map(|()| None).map_err(panicked).inspect_err(|error| {
            notify(notifier, step, StepEventKind::Started);
            notify(notifier, step, StepEventKind::Failed(&**error));
        });
    };
    notify(notifier, step, StepEventKind::Started);
    let begun = around(notifier, step, || close(store, step));
    match begun {
        Ok(Some(future)) => Ok(Some(ClosingStep { step, future: Some(future), notifier: notifier.cloned() })),
        Ok(None) => Ok(None),
        Err(error) => {
            notify(notifier, step, StepEventKind::Failed(&*error));
            Err(error)
        }
    }
}

/// The future that closes the outputs of a step.
struct ClosingStep {
    /// The number of the step.
    step: usize,
    /// The future, until it ends.
    future: Option<Closing>,
    /// Those who receive its events.
    notifier: Option<Arc<Notifier>>,
}

impl Future for ClosingStep {
    type Output = (usize, Result<(), BoxError>);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let (step, notifier) = (this.step, this.notifier.as_ref());
        let poll = || match &mut this.future {
            Some(future) => {
                let polled = Pin::new(&mut *future).poll(cx);
                // Its end may panic too.
                if polled.is_ready() {
                    this.future = None;
                }
                polled
            }
            None => Poll::Ready(Ok(())),
        };
        let result = match around(notifier, step, poll) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(result)) => result,
            Err(error) => {
                // The rest of it, after a panic.
                let _ = catch_unwind(AssertUnwindSafe(|| this.future = None)).map_err(discard);
                Err(error)
            }
        };
        match &result {
            Ok(()) => notify(notifier, step, StepEventKind::Finished),
            Err(error) => notify(notifier, step, StepEventKind::Failed(&**error)),
        }
        Poll::Ready((step, result))
    }
}

/// The steps whose outputs are being closed.
#[derive(Default)]
struct StartedSteps(FuturesUnordered<ClosingStep>);

/// Drops all of them, even if destructors panic.
impl Drop for StartedSteps {
    fn drop(&mut self) {
        let mut drops = Drops::default();
        mem::take(&mut self.0).into_iter().for_each(|step| drops.drop(step));
    }
}

/// Runs a part of a function of the user, within the observers. A panic becomes an error.
fn around<T>(notifier: Option<&Arc<Notifier>>, step: usize, part: impl FnOnce() -> T) -> Result<T, BoxError> {
    let part = || catch_unwind(AssertUnwindSafe(part)).map_err(panicked);
    match notifier {
        None => part(),
        Some(notifier) => notifier.around(step as u16, part),
    }
}

/// Notifies observers, if there are any.
fn notify(notifier: Option<&Arc<Notifier>>, step: usize, kind: StepEventKind<'_>) {
    if let Some(notifier) = notifier {
        notifier.notify(step as u16, kind);
    }
}

/// Notifies observers that a store is closed.
fn notifier(plan: &'static ExecPlan, pipeline: &'static str, observers: &Observers) -> Arc<Notifier> {
    let run = RunInfo::of(RunId::next(), observers, pipeline, plan.steps().len(), Reversed(plan));
    Notifier::new(run.as_close(), observers)
}

/// The graph of a store that is closed: each step needs those that take its outputs.
struct Reversed(&'static ExecPlan);

impl StepGraph for Reversed {
    fn name(&self, step: usize) -> &'static str {
        (self.0.steps()[step].spec().name)()
    }
    fn needs(&self, step: usize) -> Vec<usize> {
        let mut takers: Vec<usize> =
            self.0.dependents(&self.0.steps()[step]).iter().map(|&taker| taker.into()).collect();
        takers.sort_unstable();
        takers.dedup();
        takers
    }
}

/// A panic as an error.
fn panicked(panic: Box<dyn Any + Send>) -> BoxError {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref().copied());
    let error = match text {
        Some(text) => format!("panicked: {text}").into(),
        None => "panicked".into(),
    };
    discard(panic);
    error
}
