//! The beginning of a run on a store that is kept: the look into the journal.

use super::SingleTask;
use crate::error::RunError;
use crate::exec::graph::BorrowedRun;
use crate::exec::keeping::restore::{RestoreError, needed};
use crate::exec::plan::Source;
use crate::exec::schedule::Pace;
use crate::options::RunOptions;
use core::task::{Context, Poll, ready};
use futures::future::BoxFuture;
use std::sync::Arc;

/// A look into the journal, and all that is needed to make the schedule after it.
pub(super) struct Restoring<'s> {
    /// The look.
    look: BoxFuture<'s, Result<(), RestoreError>>,
    /// The sources that the run demands.
    sources: Vec<Option<Source>>,
    /// The options for the schedule.
    pace: Pace,
}

impl<'s> SingleTask<'s> {
    /// A run that looks into the journal first.
    #[cold]
    pub(super) fn restoring(run: BorrowedRun<'s>, sources: &[Option<Source>], options: &RunOptions) -> Box<Self> {
        let (graph, store) = (run.graph(), run.values().store);
        let look = graph.keeping().map(|keeping| {
            let (keeping, needed) = (Arc::clone(keeping), needed(graph, sources));
            Box::pin(async move { keeping.restore(store, &needed).await }) as BoxFuture<'s, _>
        });
        let mut task = Self::empty(run);
        task.restoring =
            look.map(|look| Box::new(Restoring { look, sources: sources.to_vec(), pace: Pace::of(options) }));
        task
    }

    /// Polls the look, and makes the schedule after it.
    #[cold]
    pub(super) fn poll_restoring(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), RunError>> {
        let Some(restoring) = &mut self.restoring else { return Poll::Ready(Ok(())) };
        let looked = ready!(restoring.look.as_mut().poll(cx));
        if let Some(restoring) = self.restoring.take() {
            looked.map_err(|error| error.of_run(self.run.graph()))?;
            self.run.list_slots();
            self.make_schedule(&restoring.sources, restoring.pace);
        }
        Poll::Ready(Ok(()))
    }
}
