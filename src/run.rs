//! Runs: a target, and everything it needs.

use crate::exec::plan::{Key, Source, Tree};
use crate::exec::scheduler::Scheduler;
use crate::exec::slot::Slot;
use crate::exec::view::{Gather, View};
use crate::list::{InputList, Output};
use crate::proof::Runs;
use crate::resource::Resource;
use crate::step::{BoxError, Step};
use core::error::Error;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures::future::BoxFuture;

/// What a run of the target `T` hands to its caller: a reference to each stored output, and each
/// [`Return`](crate::Return) by value.
pub type Handed<'s, T> = <<T as Step>::Outputs as Output>::Handed<'s>;

/// Runs a target. (docs to come)
pub fn run<'s, T: Step>(store: &'s impl Runs<T>) -> Run<'s, Handed<'s, T>> {
    run_with::<T>(store, RunOptions::default())
}

/// Runs a target with options.
pub fn run_with<'s, T: Step>(store: &'s impl Runs<T>, options: RunOptions) -> Run<'s, Handed<'s, T>> {
    target::<T>(store.view(), options)
}

/// How to run.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct RunOptions {
    /// How many steps may run at once; none for any number.
    pub(crate) limit: Option<usize>,
}

impl RunOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs so many steps at once at the most.
    ///
    /// # Panics
    ///
    /// If `steps` is 0.
    pub fn limit(mut self, steps: usize) -> Self {
        assert!(steps > 0, "a run with a limit of 0 steps at once would never end");
        self.limit = Some(steps);
        self
    }
}

/// A run, as a future.
#[must_use = "a run does nothing until it is awaited"]
pub struct Run<'s, O>(State<'s, O>);

enum State<'s, O> {
    /// All was there already: nothing to run, nothing to allocate.
    There(Option<O>),
    Running(BoxFuture<'s, Result<O, RunError>>),
}

impl<O> Unpin for Run<'_, O> {}

impl<O> Future for Run<'_, O> {
    type Output = Result<O, RunError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.get_mut().0 {
            State::There(outputs) => Poll::Ready(Ok(outputs.take().expect("a run is not polled after its end"))),
            State::Running(future) => future.as_mut().poll(cx),
        }
    }
}

impl<O> fmt::Debug for Run<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").finish_non_exhaustive()
    }
}

/// A run of the target `T`.
fn target<'s, T: Step>(view: View<'s>, options: RunOptions) -> Run<'s, Handed<'s, T>> {
    if is_stored::<T>() && let Some(outputs) = there::<T>(&view) {
        return Run(State::There(Some(outputs)));
    }
    Run(State::Running(Box::pin(async move {
        if is_stored::<T>() {
            let mut scheduler = Scheduler::new(view, &options, None);
            scheduler.demand(sources(&view, T::Outputs::KEYS));
            scheduler.await?;
            Ok(there::<T>(&view).expect("what a run demands is there at its end"))
        } else {
            always::<T>(view, options).await
        }
    })))
}

/// Whether all outputs of a target are stored, so that it need not run once they are there.
const fn is_stored<T: Step>() -> bool {
    T::Outputs::STORED > 0 && T::Outputs::RETURNED == 0
}

/// The outputs of a target that are there already.
fn there<'s, T: Step>(view: &View<'s>) -> Option<Handed<'s, T>> {
    T::Outputs::hand(view, T::Outputs::nothing_returned()?)
}

/// Runs a target that runs at every call: first what it needs, then itself.
async fn always<'s, T: Step>(view: View<'s>, options: RunOptions) -> Result<Handed<'s, T>, RunError> {
    let mut sources_of_inputs = Vec::new();
    list(&view, T::Inputs::KEYS, &mut sources_of_inputs);
    let mut scheduler = Scheduler::new(view, &options, Some(T::name));
    scheduler.demand(sources_of_inputs.iter().copied());
    (&mut scheduler).await?;
    let inputs = T::Inputs::gather(&mut Gather {
        sources: sources_of_inputs.iter(),
        slots: scheduler.slots(),
        view,
    });
    drop(scheduler);
    let outputs = T::run(inputs).await.map_err(|error| RunError::new(Box::new([T::name()]), error.into()))?;
    let (stored, returned) = T::Outputs::split(outputs);
    for source in sources(&view, T::Outputs::KEYS) {
        if let Source::Step { step, .. } = source
            && let Some(slot) = view.slot(step.into()).as_any().downcast_ref::<Slot<T::Outputs>>()
        {
            slot.fill(stored);
            break;
        }
    }
    Ok(T::Outputs::hand(&view, returned).expect("what a step has stored is there"))
}

/// A run of what is needed for one resource.
pub(crate) fn fetch<'s, R: Resource>(view: View<'s>, options: RunOptions) -> Run<'s, &'s R::Value> {
    let look = move || view.value(Key::of::<R>().id)?.downcast_ref();
    if let Some(value) = look() {
        return Run(State::There(Some(value)));
    }
    Run(State::Running(Box::pin(async move {
        let mut scheduler = Scheduler::new(view, &options, None);
        scheduler.demand([view.plan().source(Key::of::<R>().id)]);
        scheduler.await?;
        Ok(look().expect("what a run demands is there at its end"))
    })))
}

/// Where the resources of a list are.
fn sources(view: &View<'_>, keys: &Tree<Key>) -> Vec<Source> {
    let mut sources = Vec::new();
    list(view, keys, &mut sources);
    sources
}

fn list(view: &View<'_>, keys: &Tree<Key>, to: &mut Vec<Source>) {
    match keys {
        Tree::Empty => {}
        Tree::One(key) => to.push(view.plan().source(key.id)),
        Tree::Both(first, second) => {
            list(view, first, to);
            list(view, second, to);
        }
    }
}

/// Why a run failed: which step, and why.
pub struct RunError {
    /// The step that failed, the step that needed it, and so on to the target.
    path: Box<[&'static str]>,
    /// What the step returned.
    source: BoxError,
}

impl RunError {
    pub(crate) fn new(path: Box<[&'static str]>, source: BoxError) -> Self {
        RunError { path, source }
    }

    /// The name of the step that failed.
    pub fn step(&self) -> &'static str {
        self.path[0]
    }

    /// The way from the step that failed to the target: its name, that of the step which needed it, and so on.
    pub fn path(&self) -> &[&'static str] {
        &self.path
    }

    /// The error of the step, if it is of this type.
    pub fn downcast_ref<E: Error + 'static>(&self) -> Option<&E> {
        self.source.downcast_ref()
    }

    /// The error of the step.
    pub fn into_source(self) -> BoxError {
        self.source
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step `{}`", self.step())?;
        for step in &self.path[1..] {
            write!(f, ", needed by `{step}`")?;
        }
        write!(f, ", failed")
    }
}

impl fmt::Debug for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}: {}", self.source)
    }
}

impl Error for RunError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}
