//! A run that owns its store, and drops each computed value once nothing needs it any more.
//!
//! The steps of a run borrow the store, and a value can be dropped only while nothing does. So the
//! run pauses when no step is in progress and a value is spent: it lets go of the store, keeps its
//! graph and its schedule, and goes on after the drop.

use super::{BUDGET, Progress, SingleTask, Turn, graph_of};
use crate::drops::Drops;
use crate::error::RunError;
use crate::exec::clock;
use crate::exec::graph::{BorrowedRun, Demand, Graph, StartTarget};
use crate::exec::plan::Source;
use crate::exec::schedule::Schedule;
use crate::exec::store_ref::{DynStore, StoreRef};
use crate::exec::waits::Polling;
use crate::options::RunOptions;
use core::future::poll_fn;
use core::task::{Context, Poll};
use std::sync::Arc;

/// A run that does not borrow its store: between its parts.
struct PausedRun {
    /// The graph.
    graph: Graph,
    /// The schedule, in which no step is in progress.
    schedule: Schedule,
}

/// The result of a part of a run.
enum Part {
    /// It was the last one.
    Last,
    /// Values are to be dropped before the run goes on.
    Paused,
}

/// Runs a demand on a store. A computed value is dropped once every step of the run that takes it
/// has ended and no other step is in progress, unless it is the value of one of these sources.
/// Returns the cell for the outputs of the target, if it has one.
pub(crate) async fn run_dropping_early(
    store: &mut dyn DynStore,
    demand: Demand,
    kept: &[Option<Source>],
    options: &RunOptions,
) -> Result<Option<Arc<dyn StartTarget>>, RunError> {
    let mut paused = PausedRun::begin(StoreRef::new(store), demand, options).await?;
    loop {
        let part;
        (part, paused) = paused.go_on(StoreRef::new(store), kept).await?;
        if let Part::Last = part {
            return Ok(paused.graph.target_cell().map(Arc::clone));
        }
        paused.drop_spent(store, kept);
        // Otherwise one poll would run any number of parts.
        yield_now().await;
    }
}

/// Lets others have their turn.
async fn yield_now() {
    let mut is_over = false;
    poll_fn(|cx| {
        if is_over {
            return Poll::Ready(());
        }
        is_over = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl PausedRun {
    /// A run before its first part. It has a schedule from the start.
    async fn begin(store: StoreRef<'_>, demand: Demand, options: &RunOptions) -> Result<Self, RunError> {
        let sources = demand.sources;
        let graph = graph_of(store, demand, options);
        #[cfg(feature = "journal")]
        crate::exec::keeping::restore::restore(&graph, store, sources).await?;
        Ok(PausedRun::of(*SingleTask::scheduled(BorrowedRun::new(graph, store), sources, options)))
    }

    /// A run that lets go of its store.
    fn of(task: SingleTask<'_>) -> Self {
        PausedRun { graph: task.run.into_graph(), schedule: task.schedule }
    }

    /// The next part of the run, and the run after it.
    async fn go_on(self, store: StoreRef<'_>, kept: &[Option<Source>]) -> Result<(Part, Self), RunError> {
        let mut task = SingleTask::empty(BorrowedRun::new(self.graph, store));
        task.schedule = self.schedule;
        let part = poll_fn(|cx| task.poll_part(kept, cx)).await?;
        Ok((part, PausedRun::of(*task)))
    }

    /// Drops the values that are spent.
    fn drop_spent(&self, store: &mut dyn DynStore, kept: &[Option<Source>]) {
        let mut drops = Drops::default();
        spent(&self.graph, &self.schedule, kept).for_each(|step| store.slot_mut(step).clear(&mut drops));
    }
}

/// The steps whose outputs have destructors and are spent, if they are there. No step is in
/// progress.
fn spent(graph: &Graph, schedule: &Schedule, kept: &[Option<Source>]) -> impl Iterator<Item = usize> {
    let is_kept = |step: usize| {
        kept.iter().any(|source| matches!(*source, Some(Source::Step { step: kept, .. }) if usize::from(kept) == step))
    };
    graph.destructors().filter(move |&step| !is_kept(step) && schedule.is_spent(graph, step as u16))
}

impl SingleTask<'_> {
    /// Polls the run, until its end or until values can be dropped.
    fn poll_part(&mut self, kept: &[Option<Source>], cx: &mut Context<'_>) -> Poll<Result<Part, RunError>> {
        let _polling = Polling::begin();
        clock::begin();
        self.turn = Turn::FULL;
        for _ in 0..BUDGET {
            // After each step there may be something to drop.
            self.turn.budget = 1;
            if let Progress::Waiting = self.go_on()? {
                let outcome = self.schedule.outcome(self.run.graph()).map_ok(|()| Part::Last);
                if let (Poll::Pending, Some(wake_set)) = (&outcome, self.seats.wake_set()) {
                    wake_set.register(cx.waker());
                }
                return outcome;
            }
            if self.has_spent(kept) {
                return Poll::Ready(Ok(Part::Paused));
            }
            if self.turn.yields == 0 {
                break;
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Whether no step is in progress, and a value can be dropped.
    fn has_spent(&self, kept: &[Option<Source>]) -> bool {
        let is_filled = |step: usize| self.run.slot(step as u16).is_some_and(|slot| slot.first.is_some());
        self.schedule.is_quiet() && spent(self.run.graph(), &self.schedule, kept).any(is_filled)
    }
}
