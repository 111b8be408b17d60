//! The schedule of a run: which steps are needed, ready and done. It polls none of them.

use super::graph::Graph;
use super::order::{Order, OrderNode};
use super::plan::Source;
use crate::error::{Exhausted, Failure, RunError, SharedError};
use crate::observe::{RunEnd, RunId, SkipReason, StepEventKind};
use crate::options::RunOptions;
use core::num::NonZero;
use core::task::Poll;
use std::sync::Arc;

/// The state of a run.
pub(crate) struct Schedule {
    /// The state of each step, by number.
    nodes: Vec<Node>,
    /// Demanded steps whose inputs are there, in the order in which they became ready.
    ready: Queue,
    /// The number of steps that run in this run.
    running: usize,
    /// The number of demanded steps that have neither finished nor failed.
    unfinished: usize,
    /// The options of the run.
    pace: Pace,
    /// The failures so far, if there are any. They are boxed, because most runs have none.
    failed: Option<Box<Failed>>,
    /// Whether the outcome has been reported. Steps on other threads may still finish afterwards.
    over: bool,
}

/// The failures of a run, and the steps that cannot run because of them.
#[derive(Default)]
struct Failed {
    /// The failures.
    failures: Vec<Failure>,
    /// The steps.
    skipped: Vec<u16>,
    /// The names of the skipped steps of the parent store.
    skipped_in_parent: Vec<&'static str>,
}

/// The options of a run that its schedule has to know.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// The number of steps that may run at once.
    limit: usize,
    /// Whether the other steps go on after a failure.
    keep_going: bool,
}

impl Pace {
    /// That of these options.
    #[inline]
    pub(crate) fn of(options: &RunOptions) -> Self {
        Pace { limit: options.limit.map_or(usize::MAX, NonZero::get), keep_going: options.keep_going }
    }
}

/// A number that no step has.
const NONE: u16 = OrderNode::NONE;

/// A step in a run.
#[derive(Clone, Copy)]
struct Node {
    /// The state of the step.
    stage: Stage,
    /// The number of inputs that are still to come from other steps.
    unmet: u16,
    /// The step that demanded it first; `NONE` for a target.
    needed_by: u16,
    /// The step after it in its queue, if it is in a queue.
    next: u16,
}

/// A queue of steps, linked through their nodes. A step is in one queue at a time.
struct Queue {
    /// The first step, or `NONE`.
    first: u16,
    /// The last step, or `NONE`.
    last: u16,
    /// The number of steps.
    len: usize,
}

impl Queue {
    /// An empty queue.
    const EMPTY: Queue = Queue { first: NONE, last: NONE, len: 0 };

    /// Appends a step.
    #[inline]
    fn push(&mut self, nodes: &mut [Node], step: u16) {
        nodes[usize::from(step)].next = NONE;
        match nodes.get_mut(usize::from(self.last)) {
            Some(last) => last.next = step,
            None => self.first = step,
        }
        self.last = step;
        self.len += 1;
    }

    /// Counts inputs of a step that have arrived. If they were the last, the step is ready and is
    /// put into this queue. A step that waits for none, or is not demanded, has less than no inputs
    /// to come from then on, and never becomes ready. `SILENT` is whether the observers have been
    /// notified.
    #[inline]
    fn satisfy_input<const SILENT: bool>(&mut self, graph: &Graph, nodes: &mut [Node], step: u16, inputs: u16) {
        let node = &mut nodes[usize::from(step)];
        node.unmet = node.unmet.wrapping_sub(inputs);
        if node.unmet == 0 && node.stage == Stage::Demanded {
            self.push(nodes, step);
            if !SILENT {
                graph.notify(step, StepEventKind::Ready);
            }
        }
    }

    /// Takes out the first step.
    #[inline]
    fn pop(&mut self, nodes: &[Node]) -> Option<u16> {
        let step = self.first;
        self.first = nodes.get(usize::from(step))?.next;
        if self.first == NONE {
            self.last = NONE;
        }
        self.len -= 1;
        Some(step)
    }
}

/// The state of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It is not needed.
    Idle,
    /// It is needed, and waits for its inputs or for its turn.
    Demanded,
    /// It runs in this run.
    Running,
    /// It runs in another run of the same store.
    InOtherRun,
    /// Its outputs are there.
    Done,
    /// It failed, or a step that it needs did.
    Failed,
}

impl Schedule {
    /// A schedule of everything that the target of the graph needs, if it has one, and these
    /// sources.
    ///
    /// `is_done` returns whether the outputs of a step are there.
    pub(crate) fn new(graph: &Graph, sources: &[Option<Source>], pace: Pace, is_done: impl Fn(u16) -> bool) -> Self {
        let idle = Node { stage: Stage::Idle, unmet: 0, needed_by: NONE, next: NONE };
        let mut schedule = Schedule { nodes: vec![idle; graph.len()], pace, ..Schedule::EMPTY };
        schedule.demand(graph, sources, is_done);
        schedule
    }

    /// A schedule of the target of the graph, if it has one, and of everything that is on an order,
    /// of which nothing is done. It is the one that [`new`](Self::new) makes, and needs no search.
    pub(crate) fn in_order(graph: &Graph, order: &Order, pace: Pace) -> Self {
        let (target, stage) = (graph.target(), |demanded| if demanded { Stage::Demanded } else { Stage::Idle });
        let node = |&OrderNode { is_demanded, unmet, needed_by, .. }: &OrderNode| {
            let needed_by = if needed_by == NONE { target.unwrap_or(NONE) } else { needed_by };
            Node { stage: stage(is_demanded), unmet, needed_by, next: NONE }
        };
        let mut nodes = Vec::with_capacity(graph.len());
        nodes.extend(order.nodes.iter().map(node));
        nodes.resize(graph.len(), Node { stage: Stage::Idle, unmet: 0, needed_by: NONE, next: NONE });
        let mut schedule = Schedule { nodes, pace, unfinished: order.steps.len(), ..Schedule::EMPTY };
        let nodes = schedule.nodes.as_mut_slice();
        if let Some(target) = target {
            let is_step = |source: &&Source| matches!(source, Source::Step { .. });
            let unmet = graph.inputs(target).iter().filter(is_step).count() as u16;
            nodes[usize::from(target)] = Node { stage: Stage::Demanded, unmet, needed_by: NONE, next: NONE };
            schedule.unfinished += 1;
            if unmet == 0 {
                schedule.ready.push(nodes, target);
            }
        }
        for &step in order.steps.iter().take_while(|&&step| order.nodes[usize::from(step)].unmet == 0) {
            schedule.ready.push(nodes, step);
        }
        schedule
    }

    /// A schedule of nothing.
    pub(crate) const EMPTY: Self = Schedule {
        nodes: Vec::new(),
        ready: Queue::EMPTY,
        running: 0,
        pace: Pace { limit: usize::MAX, keep_going: false },
        unfinished: 0,
        failed: None,
        over: false,
    };

    /// Demands the target or some sources, and everything they need.
    fn demand(&mut self, graph: &Graph, sources: &[Option<Source>], is_done: impl Fn(u16) -> bool) {
        let nodes = self.nodes.as_mut_slice();
        // The steps to visit, breadth first. So the path to a target that an error reports is a
        // shortest one.
        let mut demanded = Queue::EMPTY;
        // Demands a step, if it is needed; returns whether the run has to wait for it.
        let demand = |nodes: &mut [Node], demanded: &mut Queue, step: u16, needed_by| {
            let node = &mut nodes[usize::from(step)];
            if node.stage == Stage::Idle {
                // Decided once: a step that another run finishes later is skipped when its turn
                // comes.
                if is_done(step) {
                    node.stage = Stage::Done;
                    if graph.notifier().is_some() {
                        graph.notify(step, StepEventKind::Skipped(graph.skip_reason(step)));
                    }
                } else {
                    (node.stage, node.needed_by) = (Stage::Demanded, needed_by);
                    demanded.push(nodes, step);
                    let by = (needed_by != NONE).then_some(needed_by.into());
                    graph.notify(step, StepEventKind::Demanded { by });
                    return true;
                }
            }
            node.stage == Stage::Demanded
        };
        let asked = sources.iter().filter_map(|&source| graph.provider(source?));
        for step in graph.target().into_iter().chain(asked) {
            demand(nodes, &mut demanded, step, NONE);
        }
        while let Some(step) = demanded.pop(nodes) {
            let mut unmet = 0;
            for &source in graph.inputs(step) {
                if let Some(input) = graph.provider(source) {
                    unmet += u16::from(demand(nodes, &mut demanded, input, step));
                }
            }
            self.unfinished += 1;
            nodes[usize::from(step)].unmet = unmet;
            if unmet == 0 {
                self.ready.push(nodes, step);
                graph.notify(step, StepEventKind::Ready);
            }
        }
    }

    /// The next step to start, if one is ready and may run.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<u16> {
        if self.running >= self.pace.limit {
            return None;
        }
        let step = self.ready.pop(&self.nodes)?;
        self.nodes[usize::from(step)].stage = Stage::Running;
        self.running += 1;
        Some(step)
    }

    /// The number of demanded steps that are left.
    #[cfg(feature = "executor")]
    pub(crate) fn unfinished(&self) -> usize {
        self.unfinished
    }

    /// The number of steps that could start now.
    #[cfg(feature = "executor")]
    pub(crate) fn waiting(&self) -> usize {
        self.ready.len.min(self.pace.limit.saturating_sub(self.running))
    }

    /// Records that a step runs in another run, so another step may start in its place.
    pub(crate) fn park_in_other_run(&mut self, graph: &Graph, step: u16, run: RunId) {
        self.set_stage(step, Stage::InOtherRun);
        graph.notify(step, StepEventKind::WaitingForOtherRun { run });
    }

    /// Queues a step that has to be started again.
    pub(crate) fn requeue(&mut self, step: u16) {
        self.set_stage(step, Stage::Demanded);
        self.ready.push(&mut self.nodes, step);
    }

    /// Records that the outputs of a step are there. A step that waited for nothing else is ready.
    #[inline]
    pub(crate) fn finish(&mut self, graph: &Graph, step: u16) {
        match graph.notifier() {
            None => self.finish_silently(graph, step),
            Some(_) => self.finish_observed(graph, step),
        }
    }

    /// Records the same in a run with observers.
    #[cold]
    fn finish_observed(&mut self, graph: &Graph, step: u16) {
        self.enter_end::<false>(graph, step);
    }

    /// Records the same without observers, or after they have been notified of it.
    #[inline]
    pub(crate) fn finish_silently(&mut self, graph: &Graph, step: u16) {
        self.enter_end::<true>(graph, step);
    }

    /// Records that the outputs of a step are there. `SILENT` is whether the observers have been
    /// notified.
    #[inline]
    fn enter_end<const SILENT: bool>(&mut self, graph: &Graph, step: u16) {
        self.set_stage(step, Stage::Done);
        if !SILENT {
            graph.notify(step, StepEventKind::Finished);
        }
        self.unfinished -= 1;
        let nodes = self.nodes.as_mut_slice();
        for &dependent in graph.dependents(step) {
            self.ready.satisfy_input::<SILENT>(graph, nodes, dependent, 1);
        }
        // The target needs all other steps, so it is ready when they are done.
        if self.unfinished == 1 {
            if let Some(target) = graph.target() {
                let unmet = nodes[usize::from(target)].unmet;
                if unmet > 0 {
                    self.ready.satisfy_input::<SILENT>(graph, nodes, target, unmet);
                }
            }
        }
    }

    /// Moves a step to another stage.
    fn set_stage(&mut self, step: u16, stage: Stage) {
        let node = &mut self.nodes[usize::from(step)];
        if node.stage == Stage::Running {
            self.running -= 1;
        }
        node.stage = stage;
    }

    /// Records the failure of a step. It ends the run, or skips every step that needs it.
    pub(crate) fn fail(&mut self, graph: &Graph, step: u16, source: SharedError) -> Result<(), RunError> {
        self.set_stage(step, Stage::Failed);
        graph.notify(step, StepEventKind::Failed(Exhausted::last(&source)));
        self.unfinished -= 1;
        if self.over {
            return Ok(());
        }
        let needed_by = |&step: &u16| Some(self.nodes[usize::from(step)].needed_by).filter(|&step| step != NONE);
        let path: Vec<_> = core::iter::successors(Some(step), needed_by).map(|step| graph.name(step)).collect();
        let failed = self.failed.get_or_insert_default();
        match Arc::try_unwrap(source).map(|source| source.downcast::<RunError>()) {
            // The failed steps are those of the run in the parent. Their paths go on from there.
            Ok(Ok(error)) if graph.is_in_parent(step) => {
                let (failures, skipped) = error.needed_by(&path[1..]);
                failed.failures.extend(failures);
                failed.skipped_in_parent.extend(skipped);
            }
            Ok(Ok(error)) => failed.failures.push(Failure::new(path.into(), Arc::new(error))),
            Ok(Err(source)) => failed.failures.push(Failure::new(path.into(), Arc::new(source))),
            Err(source) => failed.failures.push(Failure::new(path.into(), source)),
        }
        if !self.pace.keep_going {
            self.ready = Queue::EMPTY;
            return Err(self.error(graph));
        }
        // From here on the list holds the steps whose dependents are still to be visited.
        let mut at = failed.skipped.len();
        self.skip_dependents(graph, graph.dependents(step));
        while let Some(step) = self.failed.as_ref().and_then(|failed| failed.skipped.get(at).copied()) {
            self.skip_dependents(graph, graph.dependents(step));
            at += 1;
        }
        self.skip_dependents(graph, graph.target().as_slice());
        Ok(())
    }

    /// Skips these steps, as far as they were demanded.
    fn skip_dependents(&mut self, graph: &Graph, steps: &[u16]) {
        for &step in steps {
            let node = &mut self.nodes[usize::from(step)];
            if node.stage == Stage::Demanded {
                node.stage = Stage::Failed;
                self.unfinished -= 1;
                self.failed.get_or_insert_default().skipped.push(step);
                graph.notify(step, StepEventKind::Skipped(SkipReason::DependencyFailed));
            }
        }
    }

    /// Whether no step is in progress.
    pub(crate) fn is_quiet(&self) -> bool {
        self.running == 0
    }

    /// Whether nothing in the run will take an output of a step any more. No step is in progress.
    pub(crate) fn is_spent(&self, graph: &Graph, step: u16) -> bool {
        let is_demanded = |step: u16| self.nodes[usize::from(step)].stage == Stage::Demanded;
        let takes = |&source: &Source| graph.provider(source) == Some(step);
        !is_demanded(step)
            && !graph.dependents(step).iter().any(|&dependent| is_demanded(dependent))
            && !graph.target().is_some_and(|target| is_demanded(target) && graph.inputs(target).iter().any(takes))
    }

    /// The outcome of the run, if it is over. It is reported once.
    pub(crate) fn outcome(&mut self, graph: &Graph) -> Poll<Result<(), RunError>> {
        match self {
            Schedule { over: true, .. } | Schedule { unfinished: 1.., .. } => Poll::Pending,
            Schedule { failed: None, .. } => {
                self.over = true;
                graph.end(RunEnd::Succeeded);
                Poll::Ready(Ok(()))
            }
            _ => Poll::Ready(Err(self.error(graph))),
        }
    }

    /// The error of all failures, which ends the run.
    fn error(&mut self, graph: &Graph) -> RunError {
        self.over = true;
        graph.end(RunEnd::Failed);
        let Failed { failures, skipped, skipped_in_parent } =
            self.failed.take().map(|failed| *failed).unwrap_or_default();
        let here = skipped.into_iter().map(|step| graph.name(step));
        RunError::new(failures, skipped_in_parent.into_iter().chain(here).collect(), graph.attachments())
    }
}
