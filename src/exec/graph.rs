//! The graph of a run: its nodes, and the store that it runs on.

use super::fan::{Around, Fan};
use super::inputs::{InputReader, InputValues};
#[cfg(feature = "journal")]
use super::keeping::Keeping;
use super::moment::Moment;
use super::notify::Notifier;
use super::order::Order;
use super::plan::{ExecPlan, Key, PlannedStep, Source};
use super::run_key::{Execution, RunKey};
use super::slot::SlotRef;
use super::store_ref::{Erased, StoreRef};
use super::task::Started;
use super::waits::{NestedRun, NestedWait, Polling};
use crate::error::{Attachment, Deadlock};
use crate::observe::{RunEnd, RunId, RunInfo, SkipReason, StepEventKind, StepGraph};
use crate::options::{Observers, RunOptions};
#[cfg(feature = "policy")]
use crate::timer::Timer;
use core::any::Any;
use core::num::NonZero;
use core::sync::atomic::{AtomicU64, Ordering};
use core::task::Context;
use std::sync::Arc;

/// The nodes of a run, by number: the steps of the plan of a store, the target if it is not one of
/// them, and the resources that come from the parent store.
pub(crate) struct Graph {
    /// The run.
    key: RunKey,
    /// The run as one that is nested in a step, if it is.
    nested: Option<NestedRun>,
    /// When the run first had to wait for a step, as a [`Moment`]; 0 if it has not.
    pending_since: AtomicU64,
    /// The plan of the store.
    plan: &'static ExecPlan,
    /// The target, if it is not a step of the plan.
    target: Option<TargetNode>,
    /// The runs that compute resources of the parent store, if there is a parent.
    parent: Option<ParentRuns>,
    /// Notifies the observers of the run, if there are any.
    notifier: Option<Arc<Notifier>>,
    /// The timer that was handed in.
    #[cfg(feature = "policy")]
    timer: Option<Timer>,
    /// The journal of the store, if it is kept.
    #[cfg(feature = "journal")]
    keeping: Option<Arc<Keeping>>,
    /// Whether no run has begun on the store before, and it has no journal, so that nothing was
    /// computed.
    is_first: bool,
    /// The fan-outs, with their steps, if their elements are spread over several threads.
    fans: Vec<(u16, Arc<Fan>)>,
}

/// The demand of a run: the name of its target, and all that has to be there at its end.
pub(crate) struct Demand {
    /// The name of the target.
    pub(crate) name: fn() -> &'static str,
    /// The sources of the values.
    pub(crate) sources: &'static [Option<Source>],
    /// The target itself, if it is not a step of the plan.
    pub(crate) target: Option<TargetNode>,
}

impl Demand {
    /// The cell for the outputs of the target, if it is not a step of the plan.
    #[cfg(feature = "executor")]
    pub(crate) fn cell(&self) -> Option<Arc<dyn StartTarget>> {
        self.target.as_ref().map(|target| Arc::clone(&target.cell))
    }
}

/// A target that runs at every call, because it returns a value to the caller or stores nothing.
pub(crate) struct TargetNode {
    /// Its name.
    pub(crate) name: fn() -> &'static str,
    /// Whether it is not async.
    pub(crate) is_sync: bool,
    /// The sources of its inputs.
    pub(crate) inputs: Vec<Source>,
    /// The inputs that it takes from the parent store and that no step of the plan takes. Their
    /// places come after those of the plan.
    pub(crate) parent_inputs: Vec<Key>,
    /// Starts it, and keeps its outputs.
    pub(crate) cell: Arc<dyn StartTarget>,
}

/// Starts a target, and keeps its outputs.
pub(crate) trait StartTarget: Send + Sync {
    /// The cell, for a downcast.
    fn as_any(&self) -> &dyn Any;
    /// Starts the target, whose inputs are there.
    fn start<'s>(self: Arc<Self>, inputs: InputReader<'_, 's>, cx: &mut Context<'_>) -> Started<'s>;
}

/// Computes resources of the parent store, by runs of their own.
struct ParentRuns {
    /// Starts such a run.
    start: StartInParent,
    /// The options of such a run.
    options: RunOptions,
}

/// Starts a run for a resource of a store, or of one of its parents.
pub(crate) type StartInParent = for<'s> fn(StoreRef<'s>, Key, &RunOptions, &mut Context<'_>) -> Started<'s>;

/// A node of the graph.
#[derive(Clone, Copy)]
pub(crate) enum Node<'a> {
    Step(&'static PlannedStep),
    Target(&'a TargetNode),
    /// A resource of the parent store, at this place.
    Parent(usize),
}

impl Node<'_> {
    /// Whether the node ends when it starts, so that it needs no waker.
    #[inline]
    pub(crate) fn is_sync(self) -> bool {
        match self {
            Node::Step(step) => step.spec().is_sync,
            Node::Target(target) => target.is_sync,
            Node::Parent(_) => false,
        }
    }
}

/// Marks a store as one that may have computed values. Returns whether it has none for sure.
#[inline]
fn begin_run(store: StoreRef<'_>) -> bool {
    let is_first = store.begin_run();
    #[cfg(feature = "journal")]
    let is_first = is_first && store.keeping().is_none();
    is_first
}

impl Graph {
    /// The graph of a run on a store for the target or resource `name`.
    #[inline(always)]
    pub(crate) fn new(
        store: StoreRef<'_>,
        target: Option<TargetNode>,
        options: &RunOptions,
        name: fn() -> &'static str,
        start: StartInParent,
    ) -> Self {
        let is_first = begin_run(store);
        // A run in the parent counts as one step here. It runs one step at a time, so all of them
        // together stay within the limit.
        let limit = options.limit.map(|_| NonZero::<usize>::MIN);
        let parent = store.parent().map(|_| ParentRuns { start, options: RunOptions { limit, ..options.clone() } });
        let key = RunKey::next();
        let nested = NestedRun::new(key);
        let pending_since = AtomicU64::new(0);
        let graph = Graph {
            key,
            nested,
            pending_since,
            plan: store.plan(),
            target,
            parent,
            notifier: None,
            #[cfg(feature = "policy")]
            timer: options.timer.clone(),
            #[cfg(feature = "journal")]
            keeping: store.keeping().cloned(),
            is_first,
            fans: Vec::new(),
        };
        match &options.observers {
            None => graph,
            Some(observers) => graph.observed_by(observers, name()),
        }
    }

    /// The graph of the run for an element of a fan-out. Its store is new and has no parent.
    pub(crate) fn of_element(store: StoreRef<'_>, demand: Demand, options: &RunOptions, around: &Around) -> Self {
        let is_first = begin_run(store);
        let graph = Graph {
            key: around.key,
            nested: around.nested.as_ref().map(NestedRun::part),
            pending_since: AtomicU64::new(0),
            plan: store.plan(),
            target: demand.target,
            parent: None,
            notifier: None,
            #[cfg(feature = "policy")]
            timer: around.surroundings.timer.clone(),
            #[cfg(feature = "journal")]
            keeping: store.keeping().cloned(),
            is_first,
            fans: Vec::new(),
        };
        match &options.observers {
            None => graph,
            Some(observers) => graph.observed_by(observers, (demand.name)()),
        }
    }

    /// Attaches observers, and notifies them that the run begins.
    #[cold]
    fn observed_by(mut self, observers: &Observers, target: &'static str) -> Self {
        let shown_target = self.target.as_ref().map(|target| ShownTarget {
            name: target.name,
            inputs: target.inputs.clone(),
            parent_inputs: target.parent_inputs.clone(),
        });
        let graph = ShownGraph { plan: self.plan, target: shown_target, parents: self.parents() };
        // The elements of a fan-out have one key.
        let id = if observers.element.is_some() { RunId::next() } else { self.key.id() };
        let run = RunInfo::of(id, observers, target, self.len(), graph);
        let notifier = Notifier::new(run, observers);
        if let Some(parent) = &mut self.parent {
            parent.options.observers = Some(Box::new(notifier.observers_of_child()));
        }
        self.notifier = Some(notifier);
        self
    }

    /// The run.
    #[inline]
    pub(crate) fn key(&self) -> RunKey {
        self.key
    }

    /// When the run first had to wait for a step: now, if it has not before.
    pub(crate) fn pending_since(&self) -> Moment {
        // Two threads may both be the first. Either moment will do.
        Moment::from_number(self.pending_since.load(Ordering::Relaxed)).unwrap_or_else(|| {
            let now = Moment::now();
            self.pending_since.store(now.number(), Ordering::Relaxed);
            now
        })
    }

    /// Notes that this thread polls a node of the run.
    #[inline]
    pub(crate) fn note_polled(&self, number: u16) {
        Polling::note(match usize::from(number) < self.plan.steps().len() {
            true => Some(self.key.step(number)),
            // No run waits for it but this one, so it counts as the step in which this run is.
            false => self.nested.as_ref().map(NestedRun::outer),
        });
    }

    /// Records that the run waits for a step that another run executes.
    ///
    /// # Errors
    ///
    /// If this run is nested in a step for which the other one waits.
    pub(crate) fn wait(&self, awaited: Execution) -> Result<Option<NestedWait>, Deadlock> {
        self.nested.as_ref().map(|nested| nested.wait(awaited, self.name(awaited.step()))).transpose()
    }

    /// Spreads the elements of the fan-outs over this number of threads.
    #[cfg(feature = "executor")]
    pub(crate) fn spread(&mut self, threads: usize) {
        let fans = self.plan.fans().map(|(step, spec)| (step, Fan::new(threads.min(spec.at_once))));
        self.fans = fans.filter(|(_, fan)| fan.hands() > 1).collect();
    }

    /// The fan-outs whose elements are spread over several threads, with their steps.
    #[inline]
    pub(crate) fn fans(&self) -> &[(u16, Arc<Fan>)] {
        &self.fans
    }

    /// The observers of the run, if there are any.
    #[inline]
    pub(crate) fn notifier(&self) -> Option<&Arc<Notifier>> {
        self.notifier.as_ref()
    }

    /// The timer that was handed in.
    #[cfg(feature = "policy")]
    pub(crate) fn timer(&self) -> Option<&Timer> {
        self.timer.as_ref()
    }

    /// The journal of the store, if it is kept.
    #[cfg(feature = "journal")]
    pub(crate) fn keeping(&self) -> Option<&Arc<Keeping>> {
        self.keeping.as_ref()
    }

    /// The reason why a step is skipped whose outputs are there.
    pub(crate) fn skip_reason(&self, step: u16) -> SkipReason {
        #[cfg(feature = "journal")]
        if self.keeping.as_ref().is_some_and(|keeping| keeping.take_restored(step)) {
            return SkipReason::Restored;
        }
        let _ = step;
        SkipReason::Present
    }

    /// Notifies the observers of an event of a step.
    #[inline(always)]
    pub(crate) fn notify(&self, step: u16, kind: StepEventKind<'_>) {
        if let Some(notifier) = &self.notifier {
            notifier.notify(step, kind);
        }
    }

    /// Records how the run has ended.
    #[inline]
    pub(crate) fn end(&self, end: RunEnd) {
        if let Some(notifier) = &self.notifier {
            notifier.end(end);
        }
    }

    /// The values that observers attach to the error of the run.
    pub(crate) fn attachments(&self) -> Vec<Attachment> {
        self.notifier.as_ref().map_or_else(Vec::new, |notifier| notifier.attachments())
    }

    /// Notifies the observers of the end of the run, before the run itself is dropped.
    #[cfg(feature = "executor")]
    pub(crate) fn close(&self) {
        if let Some(notifier) = &self.notifier {
            notifier.close();
        }
    }

    /// The node with this number.
    #[inline]
    pub(crate) fn node(&self, number: u16) -> Node<'_> {
        let number = usize::from(number);
        match (self.plan.steps().get(number), &self.target) {
            (Some(step), _) => Node::Step(step),
            (None, Some(target)) if number == self.plan.steps().len() => Node::Target(target),
            _ => Node::Parent(number - self.first_of_parent()),
        }
    }

    /// The step with this number, if the node is one of the plan, and nobody observes the run.
    #[inline]
    pub(crate) fn unobserved(&self, number: u16) -> Option<&'static PlannedStep> {
        self.planned(number).filter(|_| self.notifier.is_none())
    }

    /// The step with this number, if the node is one of the plan.
    #[inline]
    pub(crate) fn planned(&self, number: u16) -> Option<&'static PlannedStep> {
        self.plan.steps().get(usize::from(number))
    }

    /// The sources of the inputs of a step of the plan.
    #[inline]
    pub(crate) fn inputs_of(&self, step: &PlannedStep) -> &'static [Source] {
        self.plan.inputs(step)
    }

    /// The number of the first resource of the parent store.
    fn first_of_parent(&self) -> usize {
        self.plan.steps().len() + usize::from(self.target.is_some())
    }

    /// The number of nodes.
    pub(crate) fn len(&self) -> usize {
        let of_target = self.target.as_ref().map_or(0, |target| target.parent_inputs.len());
        let of_parent = if self.parent.is_some() { self.plan.parent_inputs().len() + of_target } else { 0 };
        self.first_of_parent() + of_parent
    }

    /// The number of the target, if it is not a step of the store.
    #[inline]
    pub(crate) fn target(&self) -> Option<u16> {
        self.target.is_some().then_some(self.plan.steps().len() as u16)
    }

    /// The cell for the outputs of the target, if it is not a step of the store.
    #[inline]
    pub(crate) fn target_cell(&self) -> Option<&Arc<dyn StartTarget>> {
        self.target.as_ref().map(|target| &target.cell)
    }

    /// The number of the first resource of the parent store, if there is a parent.
    #[inline]
    fn parents(&self) -> Option<u16> {
        self.parent.is_some().then(|| self.first_of_parent() as u16)
    }

    /// The number of the node that has to run before a source is there, if any.
    #[inline]
    pub(crate) fn provider(&self, source: Source) -> Option<u16> {
        provider(source, self.parents())
    }

    /// The sources of the inputs of a node.
    #[inline]
    pub(crate) fn inputs(&self, number: u16) -> &[Source] {
        match self.node(number) {
            Node::Step(step) => self.plan.inputs(step),
            Node::Target(target) => &target.inputs,
            Node::Parent(_) => &[],
        }
    }

    /// The steps that take an output of a node, once for each input; without the target.
    #[inline]
    pub(crate) fn dependents(&self, number: u16) -> &'static [u16] {
        match self.node(number) {
            Node::Step(step) => self.plan.dependents(step),
            Node::Parent(place) if place < self.plan.parent_inputs().len() => self.plan.dependents_of_parent(place),
            Node::Target(_) | Node::Parent(_) => &[],
        }
    }

    /// The steps whose outputs have destructors, in reverse of an order in which they can run.
    pub(crate) fn destructors(&self) -> impl Iterator<Item = usize> {
        self.plan.drops()
    }

    /// The name of a node: of the step, of the target, or of the resource of the parent store.
    pub(crate) fn name(&self, number: u16) -> &'static str {
        match self.node(number) {
            Node::Step(step) => (step.spec().name)(),
            Node::Target(target) => (target.name)(),
            Node::Parent(place) => (self.parent_key(place).name)(),
        }
    }

    /// Whether a node is a resource of the parent store. If so, its error is that of a run.
    pub(crate) fn is_in_parent(&self, number: u16) -> bool {
        matches!(self.node(number), Node::Parent(_))
    }

    /// The resource of the parent store at a place.
    pub(crate) fn parent_key(&self, place: usize) -> Key {
        match (place.checked_sub(self.plan.parent_inputs().len()), &self.target) {
            (Some(place), Some(target)) => target.parent_inputs[place],
            _ => self.plan.parent_inputs()[place].key(),
        }
    }

    /// Whether the outputs of a node are there. A resource that no parent knows counts as there,
    /// because it is an optional input.
    pub(crate) fn is_done(&self, store: StoreRef<'_>, number: u16) -> bool {
        match self.node(number) {
            Node::Step(_) => store.slot(number.into()).is_filled(),
            Node::Target(_) => false,
            Node::Parent(place) => {
                let key = self.parent_key(place).id;
                store.parent().is_none_or(|parent| parent.value(key).is_some() || !parent.knows(key))
            }
        }
    }

    /// The slot of a step in a store; other nodes have none.
    #[cfg(feature = "executor")]
    pub(crate) fn slot<'s>(&self, store: StoreRef<'s>, number: u16) -> Option<SlotRef<'s>> {
        matches!(self.node(number), Node::Step(_)).then(|| SlotRef::new(store.slot(number.into())))
    }

    /// Starts a node, whose inputs are among these values of the run.
    #[inline]
    pub(crate) fn start<'s>(
        &self,
        number: u16,
        node: Node<'_>,
        values: InputValues<'_, 's>,
        cx: &mut Context<'_>,
    ) -> Started<'s> {
        self.note_polled(number);
        match &self.notifier {
            None => self.start_node(number, node, values, cx),
            Some(notifier) => self.start_observed(notifier, number, node, values, cx),
        }
    }

    /// Starts to help with the elements of a fan-out that this run executes.
    #[cfg(feature = "executor")]
    pub(crate) fn help<'s>(&self, step: u16, values: InputValues<'_, 's>, cx: &mut Context<'_>) -> Started<'s> {
        self.note_polled(step);
        let Some((planned, fan)) = self.planned(step).and_then(|step| Some((step, step.spec().fan?))) else {
            return Started::Ended(Ok(None));
        };
        let mut help = || (fan.help)(values.read(self.plan.inputs(planned)), cx);
        match &self.notifier {
            None => help(),
            Some(notifier) => notifier.polled(step, help),
        }
    }

    /// Starts a node of a run with observers. If its outputs are there by now, it does not count as
    /// started.
    #[cold]
    fn start_observed<'s>(
        &self,
        notifier: &Arc<Notifier>,
        number: u16,
        node: Node<'_>,
        values: InputValues<'_, 's>,
        cx: &mut Context<'_>,
    ) -> Started<'s> {
        match self.is_done(values.store, number) {
            true => self.start_node(number, node, values, cx),
            false => notifier.start(number, || self.start_node(number, node, values, cx)),
        }
    }

    /// Starts a node.
    #[inline]
    fn start_node<'s>(
        &self,
        number: u16,
        node: Node<'_>,
        values: InputValues<'_, 's>,
        cx: &mut Context<'_>,
    ) -> Started<'s> {
        match node {
            Node::Step(step) => values.slot(number).start(values.read(self.plan.inputs(step)), cx),
            Node::Target(target) => Arc::clone(&target.cell).start(values.read(&target.inputs), cx),
            Node::Parent(place) => match (values.store.parent(), &self.parent) {
                (Some(parent), Some(runs)) => (runs.start)(parent, self.parent_key(place), &runs.options, cx),
                _ => Started::Ended(Err("this store has no parent".into())),
            },
        }
    }
}

/// The number of the node that has to run before a source is there, if any; `parents` is the number
/// of the first resource of the parent store.
#[inline]
fn provider(source: Source, parents: Option<u16>) -> Option<u16> {
    match source {
        Source::Step { step, .. } => Some(step),
        Source::Supplied(_) => None,
        // Without a parent the resource has no source, and every step that takes it can do without
        // it.
        Source::Parent(place) => parents.map(|first| first + place),
    }
}

/// A graph, for its observers, who may ask for its steps at any time. It holds no outputs.
struct ShownGraph {
    /// The plan of the store.
    plan: &'static ExecPlan,
    /// The target, if it is not a step of the plan.
    target: Option<ShownTarget>,
    /// The number of the first resource of the parent store, if there is a parent.
    parents: Option<u16>,
}

/// A target, for the observers of its run.
struct ShownTarget {
    /// Its name.
    name: fn() -> &'static str,
    /// The sources of its inputs.
    inputs: Vec<Source>,
    /// The inputs that it alone takes from the parent store.
    parent_inputs: Vec<Key>,
}

impl StepGraph for ShownGraph {
    fn name(&self, step: usize) -> &'static str {
        let (steps, in_parent) = (self.plan.steps(), self.plan.parent_inputs());
        match (steps.get(step), &self.target, self.parents) {
            (Some(planned), ..) => (planned.spec().name)(),
            (None, Some(target), _) if step == steps.len() => (target.name)(),
            (None, target, parents) => {
                let place = step - parents.map_or(0, usize::from);
                let key = match (place.checked_sub(in_parent.len()), target) {
                    (Some(place), Some(target)) => target.parent_inputs[place],
                    _ => in_parent[place].key(),
                };
                (key.name)()
            }
        }
    }

    fn needs(&self, step: usize) -> Vec<usize> {
        let inputs = match (self.plan.steps().get(step), &self.target) {
            (Some(planned), _) => self.plan.inputs(planned),
            (None, Some(target)) if step == self.plan.steps().len() => &target.inputs,
            _ => &[],
        };
        let mut needs: Vec<usize> =
            inputs.iter().filter_map(|&source| provider(source, self.parents)).map(usize::from).collect();
        needs.sort_unstable();
        needs.dedup();
        needs
    }
}

/// A run on a store that is borrowed until the end of the run.
pub(crate) struct BorrowedRun<'s> {
    /// The graph of the run.
    graph: Graph,
    /// The store.
    store: StoreRef<'s>,
    /// The slots of all steps, by number.
    slots: Vec<SlotRef<'s>>,
}

impl<'s> BorrowedRun<'s> {
    /// A run of this graph on this store.
    #[inline]
    pub(crate) fn new(graph: Graph, store: StoreRef<'s>) -> Self {
        // First, so that the graph is moved once.
        let slots = store.slots();
        BorrowedRun { graph, store, slots }
    }

    /// Lists the slots anew, because outputs may have come into them.
    #[cfg(feature = "journal")]
    pub(crate) fn list_slots(&mut self) {
        self.slots = self.store.slots();
    }

    /// The graph of the run.
    #[inline]
    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The graph of the run, before it begins.
    #[cfg(feature = "executor")]
    pub(crate) fn graph_mut(&mut self) -> &mut Graph {
        &mut self.graph
    }

    /// The graph, for a run that shares the store, or lets go of it.
    pub(crate) fn into_graph(self) -> Graph {
        self.graph
    }

    /// The slot of a step; other nodes have none.
    #[inline]
    pub(crate) fn slot(&self, step: u16) -> Option<&SlotRef<'s>> {
        self.slots.get(usize::from(step))
    }

    /// Whether a run can go along an order: nothing on the order was computed when this was made,
    /// and everything that it takes from the parent store is there. A run with observers takes
    /// nothing from there, because they are notified of that.
    #[inline]
    pub(crate) fn can_follow(&self, order: &Order) -> bool {
        let graph = &self.graph;
        (graph.is_first || order.steps.iter().all(|&step| self.slots[usize::from(step)].first.is_none()))
            && (graph.parent.is_none() || self.has_parent_inputs(order))
    }

    /// Whether everything that an order and the target take from the parent store is there.
    fn has_parent_inputs(&self, order: &Order) -> bool {
        let of_steps = order.parent_inputs.iter().map(|&place| Source::Parent(place));
        let of_target = self.graph.target.iter().flat_map(|target| target.inputs.iter().copied());
        let from_parent = |source: &Source| matches!(source, Source::Parent(_));
        let mut nodes = of_steps.chain(of_target.filter(from_parent)).filter_map(|source| self.graph.provider(source));
        nodes.all(|node| self.graph.notifier.is_none() && self.graph.is_done(self.store, node))
    }

    /// Whether the outputs of a node were there when this was made.
    #[inline]
    pub(crate) fn was_done(&self, number: u16) -> bool {
        match self.slot(number) {
            Some(slot) => slot.first.is_some(),
            None => self.graph.is_done(self.store, number),
        }
    }

    /// Enters the first output of a node into the list of slots, if it is a step. Then its
    /// dependents find it there.
    #[inline]
    pub(crate) fn enter(&mut self, step: u16, first: Option<&'s Erased>) {
        if let Some(listed) = self.slots.get_mut(usize::from(step)) {
            listed.first = first;
        }
    }

    /// Looks for the first output of a node that is done, and enters it.
    #[inline]
    pub(crate) fn look(&mut self, node: u16) {
        if let Some(listed) = self.slots.get_mut(usize::from(node)) {
            listed.first = listed.slot.output(0);
        }
    }

    /// The values of the run.
    #[inline]
    pub(crate) fn values(&self) -> InputValues<'_, 's> {
        InputValues { graph: &self.graph, store: self.store, slots: &self.slots }
    }
}
