//! The steps of a run on a shared store.
//!
//! A task holds the store and borrows from it. Only an async block can do that without `unsafe`,
//! and a block for each step would be one allocation more than on a borrowed store. So a
//! [`StepStream`] executes one step after the other. A worker that finds its steps ready needs one
//! of them.

use super::{Pending, Steps};
use crate::exec::graph::Graph;
use crate::exec::inputs::InputValues;
use crate::exec::run_key::RunKey;
use crate::exec::store_ref::BorrowStore;
use crate::exec::task::{Outcome, StartResult, StepTask};
use core::future::poll_fn;
use core::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use core::task::{Context, Poll, Waker, ready};
use futures::stream::{BoxStream, StreamExt, unfold};
use std::sync::Arc;

/// The steps of a run on a shared store.
pub(crate) struct SharedRun {
    /// The graph of the run.
    pub(crate) graph: Arc<Graph>,
    /// The store.
    pub(crate) store: Arc<dyn BorrowStore>,
}

/// Executes one step after the other, and holds the store.
pub(crate) struct StepStream {
    /// The step that it executes now, or next.
    job: Arc<Job>,
    /// The outcomes of its steps. It has no end.
    outcomes: BoxStream<'static, Outcome>,
}

/// A step, and what to do for it.
#[derive(Default)]
struct Job {
    /// The number of the step.
    step: AtomicU16,
    /// Whether to wait for another run that executes the step.
    waits: AtomicBool,
    /// Whether to help with the elements of the step, which is a fan-out.
    helps: AtomicBool,
}

impl SharedRun {
    /// A stream that has executed nothing yet.
    fn stream(&self) -> StepStream {
        let job = Arc::new(Job::default());
        let state = (Arc::clone(&job), Arc::clone(&self.graph), Arc::clone(&self.store));
        let outcomes = unfold(state, |(job, graph, store)| async move {
            let outcome = job.outcome(&graph, &*store).await;
            Some((outcome, (job, graph, store)))
        });
        StepStream { job, outcomes: outcomes.boxed() }
    }

    /// The run that executes a step, if another one does.
    fn holder(&self, step: u16) -> Option<RunKey> {
        self.graph.slot(self.store.store_ref(), step)?.claim.holder()
    }
}

impl Job {
    /// Does the job. If another run has begun to execute the step, it has to be started again.
    async fn outcome(&self, graph: &Graph, store: &dyn BorrowStore) -> Outcome {
        let (step, waits) = (self.step.load(Ordering::Relaxed), self.waits.load(Ordering::Relaxed));
        let store = store.store_ref();
        let slot = graph.slot(store, step);
        let values = InputValues { graph, store, slots: &[] };
        let helps = self.helps.swap(false, Ordering::Relaxed);
        let start = |cx: &mut Context<'_>| match &slot {
            _ if helps => StepTask::begun(graph, graph.help(step, values, cx), None),
            Some(listed) if waits => match StepTask::wait(graph, step, listed.claim, cx.waker()) {
                Ok((task, _)) => StartResult::Running(task),
                Err(outcome) => StartResult::Ended(outcome),
            },
            slot => StepTask::start(graph, slot.as_ref(), || graph.start(step, graph.node(step), values, cx)),
        };
        let mut task: Option<StepTask<'_>> = None;
        poll_fn(|cx| match &mut task {
            None => match start(cx) {
                StartResult::Ended(outcome) => Poll::Ready(outcome),
                StartResult::InOtherRun(_) => Poll::Ready(Outcome::Retry),
                StartResult::Running(running) => {
                    task = Some(running);
                    Poll::Pending
                }
            },
            Some(running) => {
                let result = ready!(running.poll(cx));
                Poll::Ready(task.take().map_or(Outcome::Retry, |task| task.end(result)))
            }
        })
        .await
    }
}

impl StepStream {
    /// Begins with a step, or with the wait for a run that executes it.
    fn begin(&mut self, step: u16, waits: bool, cx: &mut Context<'_>) -> Poll<Outcome> {
        self.job.step.store(step, Ordering::Relaxed);
        self.job.waits.store(waits, Ordering::Relaxed);
        self.poll(cx)
    }

    /// Polls the step.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Outcome> {
        self.outcomes.poll_next_unpin(cx).map(|outcome| outcome.expect("there is always a next outcome"))
    }
}

impl Steps for SharedRun {
    type Task = StepStream;
    fn graph(&self) -> &Graph {
        &self.graph
    }
    fn start_step(
        &self,
        step: u16,
        spare: &mut Option<StepStream>,
        waker: &Waker,
    ) -> Result<Outcome, Pending<StepStream>> {
        let cx = &mut Context::from_waker(waker);
        let mut stream = spare.take().unwrap_or_else(|| self.stream());
        let (mut polled, mut in_other_run) = (stream.begin(step, false, cx), None);
        if let Poll::Ready(Outcome::Retry) = polled {
            in_other_run = self.holder(step).map(RunKey::id);
            if in_other_run.is_some() {
                polled = stream.begin(step, true, cx);
            }
        }
        match polled {
            Poll::Ready(outcome) => {
                *spare = Some(stream);
                Ok(outcome)
            }
            Poll::Pending => Err(Pending { task: stream, in_other_run }),
        }
    }
    fn help(&self, step: u16, waker: &Waker) -> Option<StepStream> {
        let mut stream = self.stream();
        stream.job.helps.store(true, Ordering::Relaxed);
        let polled = stream.begin(step, false, &mut Context::from_waker(waker));
        polled.is_pending().then_some(stream)
    }
    fn poll(
        &self,
        mut stream: StepStream,
        spare: &mut Option<StepStream>,
        cx: &mut Context<'_>,
    ) -> Result<Outcome, StepStream> {
        match stream.poll(cx) {
            Poll::Ready(outcome) => {
                *spare = Some(stream);
                Ok(outcome)
            }
            Poll::Pending => Err(stream),
        }
    }
}
