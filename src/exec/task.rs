//! A step in progress: executing in this run, or claimed by another run that this one waits for.

use super::claim::{Claim, ClaimGuard, ClaimWait};
use super::graph::Graph;
use super::slot::SlotRef;
use super::store_ref::Erased;
use super::waits::NestedWait;
use crate::error::{BoxError, SharedError};
use crate::observe::RunId;
use core::task::{Context, Poll, Waker};
use futures::future::BoxFuture;
use std::sync::Arc;

/// The result of a step: the first output that it has stored, if it stores any, or its error.
pub(crate) type StepResult<'s> = Result<Option<&'s Erased>, BoxError>;

/// The future of a step, which puts its outputs where they belong.
pub(crate) type Running<'s> = BoxFuture<'s, StepResult<'s>>;

/// The state of a step that was started.
pub enum Started<'s> {
    /// It has ended.
    Ended(StepResult<'s>),
    /// It is to be polled again when it is woken.
    Running(Running<'s>),
}

impl<'s> Started<'s> {
    /// Polls the future of a step for the first time.
    ///
    /// Here the type of the future is still known. So a step that is ready at once is polled and
    /// dropped without a virtual call. Where the compiler sees that a step is always ready at once,
    /// it needs no allocation either.
    #[inline]
    pub(crate) fn poll(future: impl Future<Output = StepResult<'s>> + Send + 's, cx: &mut Context<'_>) -> Self {
        let mut future = Box::pin(future);
        match future.as_mut().poll(cx) {
            Poll::Ready(result) => Started::Ended(result),
            Poll::Pending => Started::Running(future),
        }
    }
}

/// A step whose inputs are there, in progress.
pub(crate) enum StepTask<'s> {
    /// It is executed. The future comes before the guard, so that the future is dropped before
    /// another run takes over. A target has no guard, because it has no slot.
    Running { future: Running<'s>, guard: Option<ClaimGuard<'s>> },
    /// Another run of the same store executes it. This is rare, and would make every task larger.
    InOtherRun(Box<OtherRun<'s>>),
}

/// A step that another run executes.
pub(crate) struct OtherRun<'s> {
    /// The place among the waiting runs.
    wait: ClaimWait<'s>,
    /// The record of the wait, if this run is nested in a step.
    _nested: Option<NestedWait>,
}

/// The result of starting a step.
pub(crate) enum StartResult<'s> {
    /// It has ended.
    Ended(Outcome),
    /// It is to be polled again.
    Running(StepTask<'s>),
    /// Another run executes it, and has this claim.
    InOtherRun(&'s Claim),
}

/// The end of a step.
pub(crate) enum Outcome {
    /// The outputs are there.
    Done,
    /// The step failed, in this run or in another.
    Failed(SharedError),
    /// Another run gave the claim back: the step is to be started again.
    Retry,
}

impl Outcome {
    /// Makes the outcome of a step that was executed here, and passes it to all runs that wait for
    /// the step.
    #[inline(always)]
    pub(crate) fn of(result: StepResult<'_>, guard: Option<ClaimGuard<'_>>) -> Self {
        match result {
            Ok(_) => {
                guard.into_iter().for_each(ClaimGuard::done);
                Outcome::Done
            }
            Err(error) => {
                let error = Arc::new(error);
                guard.into_iter().for_each(|guard| guard.failed(&error));
                Outcome::Failed(error)
            }
        }
    }
}

impl<'s> StepTask<'s> {
    /// Starts the step of this slot, or a target, which has none.
    #[inline]
    pub(crate) fn start(
        graph: &Graph,
        slot: Option<&SlotRef<'s>>,
        start: impl FnOnce() -> Started<'s>,
    ) -> StartResult<'s> {
        let guard = match slot {
            None => None,
            Some(listed) => match listed.claim.take(graph.key()) {
                Some(guard) => Some(guard),
                None if listed.slot.is_filled() => return StartResult::Ended(Outcome::Done),
                None => return StartResult::InOtherRun(listed.claim),
            },
        };
        Self::begun(graph, start(), guard)
    }

    /// Handles the start of a step of which this run has the claim, or of a target.
    #[inline]
    pub(crate) fn begun(graph: &Graph, started: Started<'s>, guard: Option<ClaimGuard<'s>>) -> StartResult<'s> {
        match started {
            Started::Ended(result) => StartResult::Ended(Outcome::of(result, guard)),
            Started::Running(future) => {
                guard.iter().for_each(|guard| guard.pends(graph.pending_since()));
                StartResult::Running(StepTask::Running { future, guard })
            }
        }
    }

    /// Waits for the run that has the claim of a step, and returns the number of that run too. The
    /// step has an outcome at once if that run gave the claim back in between, or waits for this
    /// one.
    pub(crate) fn wait(graph: &Graph, step: u16, claim: &'s Claim, waker: &Waker) -> Result<(Self, RunId), Outcome> {
        let wait = claim.wait(waker).ok_or(Outcome::Retry)?;
        let run = wait.holder();
        match graph.wait(run.step(step)) {
            Ok(nested) => Ok((StepTask::InOtherRun(Box::new(OtherRun { wait, _nested: nested })), run.id())),
            Err(deadlock) => Err(Outcome::Failed(Arc::new(Box::new(deadlock)))),
        }
    }

    /// Polls the task. After its end, [`end`](Self::end) has to take the result.
    #[inline]
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<TaskResult<'s>> {
        match self {
            StepTask::Running { future, .. } => future.as_mut().poll(cx).map(TaskResult::Here),
            StepTask::InOtherRun(other) => match other.wait.over() {
                None => Poll::Pending,
                Some(result) => Poll::Ready(TaskResult::InOtherRun(result)),
            },
        }
    }

    /// Ends the task with its result.
    pub(crate) fn end(self, result: TaskResult<'s>) -> Outcome {
        match (self, result) {
            (StepTask::Running { future, guard }, TaskResult::Here(result)) => {
                // The future is dropped first: waiting runs are notified when the step holds
                // nothing any more.
                drop(future);
                Outcome::of(result, guard)
            }
            (_, TaskResult::InOtherRun(Err(error))) => Outcome::Failed(error),
            (_, TaskResult::InOtherRun(Ok(())) | TaskResult::Here(_)) => Outcome::Retry,
        }
    }
}

/// The result of a task.
pub(crate) enum TaskResult<'s> {
    /// The step was executed in this run.
    Here(StepResult<'s>),
    /// The other run has ended the step, with this error or none.
    InOtherRun(Result<(), SharedError>),
}
