//! The schedule of a run: who is needed, who is ready, who is done. It polls nobody.

use super::job::Graph;
use super::plan::Source;
use crate::error::{Failure, RunError, SharedError};
use crate::observe::{RunEnd, SkipReason, StepEventKind};
use crate::run::RunOptions;
use core::task::Poll;
use std::sync::Arc;

/// How far a run is.
pub(crate) struct Schedule {
    /// How far each step is, by number.
    nodes: Vec<Node>,
    /// Demanded steps whose inputs are there, in the order in which they became so.
    ready: Queue,
    /// How many steps are running in this run.
    running: usize,
    /// How many may.
    limit: usize,
    /// How many demanded steps are neither done nor have failed.
    unfinished: usize,
    /// Whether to go on with the rest after a failure.
    keep_going: bool,
    /// What has failed.
    failures: Vec<Failure>,
    /// The steps that cannot run because of that.
    skipped: Vec<u16>,
    /// The names of those of the store above.
    skipped_above: Vec<&'static str>,
    /// Whether it was said what has come of the run. Steps may come to their ends after that, in other threads.
    over: bool,
}

/// The number of no step.
const NONE: u16 = u16::MAX;

/// A step in a run.
#[derive(Clone, Copy)]
struct Node {
    stage: Stage,
    /// How many of its inputs are still to come from other steps.
    unmet: u16,
    /// The step that demanded it first; none for what the caller asked for.
    needed_by: u16,
    /// The step after it in the queue in which it is, if it is in one.
    next: u16,
}

/// A queue of steps, linked through their nodes. A step is in one queue at a time.
struct Queue {
    first: u16,
    last: u16,
    len: usize,
}

impl Queue {
    /// A queue with nobody in it.
    const EMPTY: Queue = Queue { first: NONE, last: NONE, len: 0 };

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

    /// So many inputs of a step have come: it is in this queue, if those were all.
    #[inline]
    fn meet(&mut self, graph: &Graph, nodes: &mut [Node], step: u16, inputs: u16) {
        let node = &mut nodes[usize::from(step)];
        if node.stage == Stage::Demanded && node.unmet > 0 {
            node.unmet -= inputs;
            if node.unmet == 0 {
                self.push(nodes, step);
                graph.tell(step, StepEventKind::Ready);
            }
        }
    }

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

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nobody has asked for it.
    Idle,
    /// It is needed: it waits for its inputs or for its turn.
    Demanded,
    /// It has its turn.
    Running,
    /// Another run of the same store has it.
    Elsewhere,
    /// Its outputs are there.
    Done,
    /// It failed, or what it needs did.
    Failed,
}

impl Schedule {
    /// A schedule of all that is needed for the target of a graph, if it has one, and for what some sources give.
    ///
    /// `is_done` tells whether the outputs of a step are there.
    pub(crate) fn new(graph: &Graph, sources: &[Source], options: &RunOptions, is_done: impl Fn(u16) -> bool) -> Self {
        let idle = Node { stage: Stage::Idle, unmet: 0, needed_by: NONE, next: NONE };
        let mut schedule = Schedule {
            nodes: vec![idle; graph.len()],
            ready: Queue::EMPTY,
            running: 0,
            limit: options.limit.unwrap_or(usize::MAX),
            unfinished: 0,
            keep_going: options.keep_going,
            failures: Vec::new(),
            skipped: Vec::new(),
            skipped_above: Vec::new(),
            over: false,
        };
        schedule.demand(graph, sources, is_done);
        schedule
    }

    /// Demands the target or some sources, and all that this needs.
    fn demand(&mut self, graph: &Graph, sources: &[Source], is_done: impl Fn(u16) -> bool) {
        let nodes = self.nodes.as_mut_slice();
        // The steps to look at, breadth first: so the way to a target that an error tells is a shortest one.
        let mut demanded = Queue::EMPTY;
        // Demands a step, if there is need; whether it is still to be waited for.
        let demand = |nodes: &mut [Node], demanded: &mut Queue, step: u16, needed_by| {
            let node = &mut nodes[usize::from(step)];
            if node.stage == Stage::Idle {
                // Decided once: a step that another run finishes from here on is skipped when its turn comes.
                if is_done(step) {
                    node.stage = Stage::Done;
                    graph.tell(step, StepEventKind::Skipped(SkipReason::Present));
                } else {
                    (node.stage, node.needed_by) = (Stage::Demanded, needed_by);
                    demanded.push(nodes, step);
                    let by = (needed_by != NONE).then_some(needed_by.into());
                    graph.tell(step, StepEventKind::Demanded { by });
                    return true;
                }
            }
            node.stage == Stage::Demanded
        };
        let asked = sources.iter().filter_map(|&source| graph.provider(source));
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
                graph.tell(step, StepEventKind::Ready);
            }
        }
    }

    /// The next step to have its turn, if one is ready and may run.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<u16> {
        if self.running >= self.limit {
            return None;
        }
        let step = self.ready.pop(&self.nodes)?;
        self.nodes[usize::from(step)].stage = Stage::Running;
        self.running += 1;
        Some(step)
    }

    /// How many demanded steps are left.
    #[cfg(feature = "executor")]
    pub(crate) fn unfinished(&self) -> usize {
        self.unfinished
    }

    /// How many more could have their turns now.
    #[cfg(feature = "executor")]
    pub(crate) fn waiting(&self) -> usize {
        self.ready.len.min(self.limit.saturating_sub(self.running))
    }

    /// A step whose turn it was is found to be executed by another run: others may have the turn.
    pub(crate) fn give_way(&mut self, graph: &Graph, step: u16) {
        self.leave(step, Stage::Elsewhere);
        graph.tell(step, StepEventKind::WaitingForOtherRun);
    }

    /// A step is to have a turn again.
    pub(crate) fn again(&mut self, step: u16) {
        self.leave(step, Stage::Demanded);
        self.ready.push(&mut self.nodes, step);
    }

    /// The outputs of a step are there: whoever waited for nothing else is ready.
    #[inline]
    pub(crate) fn finish(&mut self, graph: &Graph, step: u16) {
        self.leave(step, Stage::Done);
        graph.tell(step, StepEventKind::Finished);
        self.unfinished -= 1;
        let nodes = self.nodes.as_mut_slice();
        for &dependent in graph.dependents(step) {
            self.ready.meet(graph, nodes, dependent, 1);
        }
        // All other steps are needed for the target, so it is ready when they are done.
        if self.unfinished == 1 {
            for &target in graph.target().as_slice() {
                self.ready.meet(graph, nodes, target, nodes[usize::from(target)].unmet);
            }
        }
    }

    /// A step goes from whatever stage it is in to another.
    fn leave(&mut self, step: u16, stage: Stage) {
        let node = &mut self.nodes[usize::from(step)];
        if node.stage == Stage::Running {
            self.running -= 1;
        }
        node.stage = stage;
    }

    /// A step failed: this is the end of the run, or of all that needs the step.
    pub(crate) fn fail(&mut self, graph: &Graph, step: u16, source: SharedError) -> Result<(), RunError> {
        self.leave(step, Stage::Failed);
        graph.tell(step, StepEventKind::Failed(&**source));
        self.unfinished -= 1;
        if self.over {
            return Ok(());
        }
        let needed_by = |&step: &u16| Some(self.nodes[usize::from(step)].needed_by).filter(|&step| step != NONE);
        let path: Vec<_> = core::iter::successors(Some(step), needed_by).map(|step| graph.name(step)).collect();
        match Arc::try_unwrap(source).map(|source| source.downcast::<RunError>()) {
            // The steps that failed are those of the run above; the way goes on from there.
            Ok(Ok(error)) if graph.is_above(step) => {
                let (failures, skipped) = error.needed_by(&path[1..]);
                self.failures.extend(failures);
                self.skipped_above.extend(skipped);
            }
            Ok(Ok(error)) => self.failures.push(Failure::new(path.into(), Arc::new(error))),
            Ok(Err(source)) => self.failures.push(Failure::new(path.into(), Arc::new(source))),
            Err(source) => self.failures.push(Failure::new(path.into(), source)),
        }
        if !self.keep_going {
            self.ready = Queue::EMPTY;
            return Err(self.error(graph));
        }
        // What stands in the list from here on are the steps whose dependents are still to be looked at.
        let mut at = self.skipped.len();
        self.give_up(graph, graph.dependents(step));
        while let Some(&step) = self.skipped.get(at) {
            self.give_up(graph, graph.dependents(step));
            at += 1;
        }
        self.give_up(graph, graph.target().as_slice());
        Ok(())
    }

    /// These steps, as far as they were demanded, cannot run.
    fn give_up(&mut self, graph: &Graph, steps: &[u16]) {
        for &step in steps {
            let node = &mut self.nodes[usize::from(step)];
            if node.stage == Stage::Demanded {
                node.stage = Stage::Failed;
                self.unfinished -= 1;
                self.skipped.push(step);
                graph.tell(step, StepEventKind::Skipped(SkipReason::DependencyFailed));
            }
        }
    }

    /// What has come of the run, if it is over. It is said once.
    pub(crate) fn outcome(&mut self, graph: &Graph) -> Poll<Result<(), RunError>> {
        match self {
            Schedule { over: true, .. } | Schedule { unfinished: 1.., .. } => Poll::Pending,
            Schedule { failures, .. } if failures.is_empty() => {
                self.over = true;
                graph.tell_end(RunEnd::Succeeded);
                Poll::Ready(Ok(()))
            }
            _ => Poll::Ready(Err(self.error(graph))),
        }
    }

    /// The error of all failures, which is what has come of the run.
    fn error(&mut self, graph: &Graph) -> RunError {
        self.over = true;
        graph.tell_end(RunEnd::Failed);
        let here = self.skipped.iter().map(|&step| graph.name(step));
        let skipped = self.skipped_above.drain(..).chain(here).collect();
        RunError::new(core::mem::take(&mut self.failures), skipped, graph.attachments())
    }
}
