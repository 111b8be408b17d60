//! What a run is about: a graph of steps, and the store that it runs on.

use super::local::Local;
use super::plan::{Key, Plan, Planned, Source};
use super::slot::Listed;
use super::start::Started;
use super::view::{Erased, Gather, View};
use super::watch::{Observers, Watch};
use crate::error::{Attachment, RunError};
use crate::observe::{RunEnd, StepEventKind, StepInfo};
use crate::run::RunOptions;
use core::task::Context;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The nodes of a run, by number: the steps of the plan of a store, a target if that is none of them, and what is taken
/// from the store above.
pub(crate) struct Graph {
    plan: &'static Plan,
    target: Option<Target>,
    /// How what is above is run, if anything is above.
    above: Option<RunOptions>,
    /// Who watches the run, if anybody does.
    watch: Option<Arc<Watch>>,
}

/// A target that runs at every call, since it hands something over by value or stores nothing.
pub(crate) struct Target {
    pub(crate) name: fn() -> &'static str,
    /// Where its inputs come from.
    pub(crate) inputs: Vec<Source>,
    /// What it takes from above that no step of the plan does; the places are those after the plan's.
    pub(crate) above: Vec<Key>,
    /// Starts it.
    pub(crate) start: for<'s> fn(Gather<'_, 's>, &Arc<Erased>, &mut Context<'_>) -> Started<'s>,
    /// Where it puts its outputs.
    pub(crate) outputs: Arc<Erased>,
}

/// What a number stands for.
#[derive(Clone, Copy)]
enum Node<'a> {
    Step(&'static Planned),
    Target(&'a Target),
    /// What is above, at this place.
    Above(usize),
}

impl Graph {
    /// The graph of a run on a store, how to run what it takes from above, and who watches; what was asked for is called
    /// `name`.
    #[inline]
    pub(crate) fn new(
        view: View<'_>,
        target: Option<Target>,
        options: &RunOptions,
        name: fn() -> &'static str,
    ) -> Self {
        // A run above holds the place of one step here: so many may run as are allowed if each runs one at a time.
        let limit = options.limit.map(|_| 1);
        let above = view.above().map(|_| RunOptions { limit, ..options.clone() });
        let mut graph = Graph { plan: view.plan(), target, above, watch: None };
        if let Some(observers) = &options.observers {
            graph.be_watched(observers, name());
        }
        graph
    }

    /// Tells the observers that the run begins.
    #[cold]
    fn be_watched(&mut self, observers: &Observers, target: &'static str) {
        let step = |number: u16| {
            let needs: BTreeSet<usize> =
                self.inputs(number).iter().filter_map(|&source| self.provider(source)).map(usize::from).collect();
            StepInfo { name: self.name(number), needs: needs.into_iter().collect() }
        };
        let watch = Watch::new(observers, target, (0..self.len() as u16).map(step).collect());
        if let Some(above) = &mut self.above {
            above.observers = Some(Box::new(watch.observers()));
        }
        self.watch = Some(watch);
    }

    /// Tells whoever watches what happens to a step.
    #[inline(always)]
    pub(crate) fn tell(&self, step: u16, kind: StepEventKind<'_>) {
        if let Some(watch) = &self.watch {
            watch.tell(step, kind);
        }
    }

    /// Tells whoever watches that the run has ended.
    #[inline]
    pub(crate) fn tell_end(&self, end: RunEnd) {
        if let Some(watch) = &self.watch {
            watch.end(end);
        }
    }

    /// What the observers attach to the error of the run.
    pub(crate) fn attachments(&self) -> Vec<Attachment> {
        self.watch.as_ref().map_or_else(Vec::new, |watch| watch.attachments())
    }

    /// Tells whoever watches that nothing of the run goes on, before the run itself is gone.
    #[cfg(feature = "executor")]
    pub(crate) fn close(&self) {
        if let Some(watch) = &self.watch {
            watch.close();
        }
    }

    #[inline]
    fn node(&self, number: u16) -> Node<'_> {
        let number = usize::from(number);
        match (self.plan.steps().get(number), &self.target) {
            (Some(step), _) => Node::Step(step),
            (None, Some(target)) if number == self.plan.steps().len() => Node::Target(target),
            _ => Node::Above(number - self.first_above()),
        }
    }

    /// The number of what is above at the first place.
    fn first_above(&self) -> usize {
        self.plan.steps().len() + usize::from(self.target.is_some())
    }

    /// How many nodes there are.
    pub(crate) fn len(&self) -> usize {
        let extra = self.target.as_ref().map_or(0, |target| target.above.len());
        let above = if self.above.is_some() { self.plan.above().len() + extra } else { 0 };
        self.first_above() + above
    }

    /// The number of the target, if it is none of the steps of the store.
    #[inline]
    pub(crate) fn target(&self) -> Option<u16> {
        self.target.is_some().then_some(self.plan.steps().len() as u16)
    }

    /// The number of the node that has to run for a source to be there, if any.
    #[inline]
    pub(crate) fn provider(&self, source: Source) -> Option<u16> {
        match source {
            Source::Step { step, .. } => Some(step),
            Source::Supplied(_) => None,
            // Where nothing is above, it is a hole, and whoever takes it can do without.
            Source::Above(place) => self.above.is_some().then(|| self.first_above() as u16 + place),
        }
    }

    /// Where the inputs of a node come from.
    #[inline]
    pub(crate) fn inputs(&self, number: u16) -> &[Source] {
        match self.node(number) {
            Node::Step(step) => self.plan.inputs(step),
            Node::Target(target) => &target.inputs,
            Node::Above(_) => &[],
        }
    }

    /// The steps that take what a node provides, once for each input; without the target.
    #[inline]
    pub(crate) fn dependents(&self, number: u16) -> &'static [u16] {
        match self.node(number) {
            Node::Step(step) => self.plan.dependents(step),
            Node::Above(place) if place < self.plan.above().len() => self.plan.dependents_above(place),
            Node::Target(_) | Node::Above(_) => &[],
        }
    }

    /// The name of a node: of the step, of the target, or of the resource that is above.
    pub(crate) fn name(&self, number: u16) -> &'static str {
        match self.node(number) {
            Node::Step(step) => (step.spec().name)(),
            Node::Target(target) => (target.name)(),
            Node::Above(place) => (self.key_above(place).name)(),
        }
    }

    /// Whether a node is what is above: then its error is that of a run.
    pub(crate) fn is_above(&self, number: u16) -> bool {
        matches!(self.node(number), Node::Above(_))
    }

    /// The resource that is above at a place.
    fn key_above(&self, place: usize) -> Key {
        match (place.checked_sub(self.plan.above().len()), &self.target) {
            (Some(place), Some(target)) => target.above[place],
            _ => self.plan.above()[place].key(),
        }
    }

    /// Whether what a node provides is there. What nobody above knows is as good as there: it is taken as an option.
    pub(crate) fn is_done(&self, view: View<'_>, number: u16) -> bool {
        match self.node(number) {
            Node::Step(_) => view.slot(number.into()).is_filled(),
            Node::Target(_) => false,
            Node::Above(place) => {
                let key = self.key_above(place).id;
                view.above().is_none_or(|above| above.value(key).is_some() || !above.knows(key))
            }
        }
    }

    /// The slot of a step in a store; other nodes have none.
    #[cfg(feature = "executor")]
    pub(crate) fn slot<'s>(&self, view: View<'s>, number: u16) -> Option<Listed<'s>> {
        matches!(self.node(number), Node::Step(_)).then(|| Listed::new(view.slot(number.into())))
    }

    /// Starts a node, whose inputs are there, in a store whose slots may have been listed.
    #[inline]
    pub(crate) fn start<'s>(
        &self,
        number: u16,
        view: View<'s>,
        slots: &[Listed<'s>],
        cx: &mut Context<'_>,
    ) -> Started<'s> {
        match &self.watch {
            None => self.start_unwatched(number, view, slots, cx),
            Some(watch) => self.start_watched(watch, number, view, slots, cx),
        }
    }

    /// Starts a node while somebody watches. What turns out to be there is not started.
    #[cold]
    fn start_watched<'s>(
        &self,
        watch: &Arc<Watch>,
        number: u16,
        view: View<'s>,
        slots: &[Listed<'s>],
        cx: &mut Context<'_>,
    ) -> Started<'s> {
        match self.is_done(view, number) {
            true => self.start_unwatched(number, view, slots, cx),
            false => watch.start(number, || self.start_unwatched(number, view, slots, cx)),
        }
    }

    /// Starts a node.
    fn start_unwatched<'s>(
        &self,
        number: u16,
        view: View<'s>,
        slots: &[Listed<'s>],
        cx: &mut Context<'_>,
    ) -> Started<'s> {
        let above = |place| self.key_above(usize::from(place)).id;
        let gather = |inputs| Gather::new(inputs, slots, view, &above);
        match self.node(number) {
            Node::Step(step) => {
                let slot = match slots.get(usize::from(number)) {
                    Some(listed) => listed.slot,
                    None => view.slot(number.into()),
                };
                slot.start(gather(self.plan.inputs(step)), cx)
            }
            Node::Target(target) => (target.start)(gather(&target.inputs), &target.outputs, cx),
            Node::Above(place) => {
                let (key, options) = (self.key_above(place), self.above.clone().unwrap_or_default());
                let run = async move {
                    let above = view.above().ok_or("there is no store above this one")?;
                    Ok(run_for(above, key, &options).await?)
                };
                Started::poll(run, cx)
            }
        }
    }
}

/// Runs what is needed for a resource of a store, or of one above that.
pub(crate) async fn run_for(mut view: View<'_>, key: Key, options: &RunOptions) -> Result<(), RunError> {
    let source = loop {
        match (view.plan().source(key.id), view.above()) {
            (Some(source), _) => break source,
            (None, Some(above)) => view = above,
            (None, None) => unreachable!("a resource that is asked for is known somewhere"),
        }
    };
    Local::new(Job::new(Graph::new(view, None, options, key.name), view), &[source], options).await
}

/// A run on a store that is borrowed for as long.
pub(crate) struct Job<'s> {
    graph: Graph,
    view: View<'s>,
    /// The slots of all steps, by number.
    slots: Vec<Listed<'s>>,
}

impl<'s> Job<'s> {
    #[inline]
    pub(crate) fn new(graph: Graph, view: View<'s>) -> Self {
        Job { graph, view, slots: view.slots() }
    }

    #[inline]
    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The slot of a step; other nodes have none.
    #[inline]
    pub(crate) fn slot(&self, step: u16) -> Option<&Listed<'s>> {
        self.slots.get(usize::from(step))
    }

    /// Whether what a node provides was there when the job was made.
    #[inline]
    pub(crate) fn was_done(&self, number: u16) -> bool {
        match self.slot(number) {
            Some(listed) => listed.was_filled,
            None => self.graph.is_done(self.view, number),
        }
    }

    /// Starts a node, whose inputs are there.
    pub(crate) fn start(&self, number: u16, cx: &mut Context<'_>) -> Started<'s> {
        self.graph.start(number, self.view, &self.slots, cx)
    }
}
