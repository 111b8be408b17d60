//! A run in the task of its caller, under any executor.

use super::graph::{BorrowedRun, Graph};
use super::plan::{Key, Source};
use super::schedule::Schedule;
use super::store_ref::StoreRef;
use super::task::{Outcome, StartResult, Started, StepTask};
use super::waits::Polling;
use super::wake_set::{StepWake, WakeSet};
use crate::drops::Drops;
use crate::error::RunError;
use crate::options::RunOptions;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures::task::waker_ref;
use std::sync::Arc;

/// A run: a future that ends when everything is done, or at the first error.
pub(crate) struct SingleTask<'s> {
    /// The graph and the store.
    run: BorrowedRun<'s>,
    /// The schedule of the steps.
    schedule: Schedule,
    /// The steps in progress, by number; empty until one pends.
    tasks: Vec<Option<Active<'s>>>,
    /// The steps that were woken.
    wake_set: Arc<WakeSet>,
    /// The wakers of steps that have ended, which other steps use again.
    spares: Vec<Arc<StepWake>>,
}

/// Runs everything that is needed for a resource of a store, or of one of its parents.
pub(crate) async fn run_resource(mut store: StoreRef<'_>, key: Key, options: &RunOptions) -> Result<(), RunError> {
    let source = loop {
        match (store.plan().source(key.id), store.parent()) {
            (Some(source), _) => break source,
            (None, Some(parent)) => store = parent,
            (None, None) => unreachable!("a store knows each resource that a proved run asks it for"),
        }
    };
    let graph = Graph::new(store, None, options, key.name, start_in_parent);
    SingleTask::new(BorrowedRun::new(graph, store), &[source], options).await
}

/// Starts the run for a resource of a parent store: a
/// [`StartInParent`](super::graph::StartInParent).
pub(crate) fn start_in_parent<'s>(
    parent: StoreRef<'s>,
    key: Key,
    options: &RunOptions,
    cx: &mut Context<'_>,
) -> Started<'s> {
    let options = options.clone();
    Started::poll(async move { Ok(run_resource(parent, key, &options).await?) }, cx)
}

/// A step in progress.
struct Active<'s> {
    /// The task.
    task: StepTask<'s>,
    /// The waker that it was polled with.
    wake: Arc<StepWake>,
}

impl<'s> SingleTask<'s> {
    /// A run for the target of its graph, or for these sources.
    pub(crate) fn new(run: BorrowedRun<'s>, sources: &[Source], options: &RunOptions) -> Self {
        SingleTask {
            schedule: Schedule::new(run.graph(), sources, options, |step| run.was_done(step)),
            tasks: Vec::new(),
            wake_set: WakeSet::new(run.graph().len()),
            spares: Vec::new(),
            run,
        }
    }

    /// Polls the task of a step that was woken.
    fn poll_woken(&mut self, step: u16) -> Result<(), RunError> {
        // There is no task if the step was woken after its end, by a waker that still exists.
        let Some(task) = self.tasks.get_mut(usize::from(step)) else { return Ok(()) };
        let Some(Active { task, wake }) = task.take() else { return Ok(()) };
        self.run.graph().note_polled(step);
        match task.poll(&mut Context::from_waker(&waker_ref(&wake))) {
            Ok(outcome) => {
                self.spares.push(wake);
                self.end(step, outcome)
            }
            Err(task) => {
                self.pend(step, task, wake);
                Ok(())
            }
        }
    }

    /// Keeps a step that has to be polled again when it is woken.
    fn pend(&mut self, step: u16, task: StepTask<'s>, wake: Arc<StepWake>) {
        if self.tasks.is_empty() {
            self.tasks.resize_with(self.run.graph().len(), || None);
        }
        self.tasks[usize::from(step)] = Some(Active { task, wake });
    }

    /// Handles the end of a step.
    #[inline]
    fn end(&mut self, step: u16, outcome: Outcome) -> Result<(), RunError> {
        match outcome {
            Outcome::Done => self.schedule.finish(self.run.graph(), step),
            Outcome::Retry => self.schedule.requeue(step),
            Outcome::Failed(error) => self.schedule.fail(self.run.graph(), step, error)?,
        }
        Ok(())
    }

    /// Starts steps that are ready, as many as may run.
    fn start_ready(&mut self) -> Result<(), RunError> {
        // The waker of a step that was ready at once; the next step uses it again.
        let mut spare = None;
        while let Some(step) = self.schedule.next() {
            let wake = match spare.take().or_else(|| self.spares.pop()) {
                Some(spare) if StepWake::reuse(&spare, step) => spare,
                _ => self.wake_set.waker(step),
            };
            let waker = waker_ref(&wake);
            let start = || self.run.start(step, &mut Context::from_waker(&waker));
            let task = match StepTask::start(self.run.graph(), self.run.slot(step), start) {
                StartResult::Ended(outcome) => Err(outcome),
                StartResult::Running(task) => Ok(task),
                StartResult::InOtherRun(claim) => {
                    StepTask::wait(self.run.graph(), step, claim, &waker).map(|(task, other)| {
                        self.schedule.park_in_other_run(self.run.graph(), step, other);
                        task
                    })
                }
            };
            match task {
                Ok(task) => self.pend(step, task, wake),
                Err(outcome) => {
                    self.end(step, outcome)?;
                    spare = Some(wake);
                }
            }
        }
        if !self.tasks.is_empty() {
            self.spares.extend(spare);
        }
        Ok(())
    }
}

/// Drops the steps in progress, each of which may panic.
impl Drop for SingleTask<'_> {
    #[inline]
    fn drop(&mut self) {
        if !self.tasks.is_empty() {
            let mut drops = Drops::default();
            self.tasks.drain(..).flatten().for_each(|task| drops.drop(task));
        }
    }
}

impl Future for SingleTask<'_> {
    type Output = Result<(), RunError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let _polling = Polling::begin();
        // Polls each woken step once. A step that wakes itself is polled again at the next poll of
        // the run.
        let mut woken = this.wake_set.take();
        while let Some(step) = woken.next(&this.wake_set) {
            this.poll_woken(step)?;
        }
        // This comes after the woken steps: otherwise a step that wakes itself as it starts would
        // be polled twice.
        this.start_ready()?;
        let outcome = this.schedule.outcome(this.run.graph());
        if outcome.is_pending() {
            this.wake_set.register(cx.waker());
        }
        outcome
    }
}
