//! Runs: a target, and everything it needs.

use crate::error::RunError;
use crate::exec::job::{Graph, Job, Target, run_for};
use crate::exec::local::Local;
use crate::exec::plan::{Key, Plan, Source, Tree};
use crate::exec::slot::Slot;
use crate::exec::start::start;
use crate::exec::view::{Values, View};
use crate::exec::watch::Observers;
use crate::list::{InputList, OutputList};
use crate::observe::Observer;
use crate::proof::is::{IsResource, IsStep};
use crate::proof::{Provides, Runs, RunsOwned};
use crate::resource::Resource;
use crate::step::{Outputs, Step};
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures::future::BoxFuture;
use std::sync::{Arc, Mutex};

/// What a run of the target `T` hands to its caller: a list with a reference to each stored output, and each
/// [`Return`](crate::Return) by value.
pub type Handed<'s, T> = <<T as Step>::Outputs as OutputList>::Handed<'s>;

/// Runs a target and, before it, every step that it needs and whose outputs are not in the store.
///
/// The target is the one argument to write: `run::<GetDivision>(&store)`. The store may be in an [`Arc`](std::sync::Arc).
/// The outputs come as a list, to be taken apart with [`hlist_pat!`](crate::hlist_pat!): a reference into the store for
/// each output that is stored, the value for each [`Return`](crate::Return).
///
/// It compiles if each prerequisite of the target, direct or through other steps, is in the type of the store or
/// provided by a registered step; [how to read the error](crate::proof) if it does not.
///
/// # Errors
///
/// The first error that a step returns ends the run, with that step's name and the way from it to the target. The
/// other running steps are dropped; every value that was computed stays, and the next run goes on from there.
///
/// # Panics
///
/// A panic in a step reaches whoever polls the run. The store stays usable.
///
/// # Cancel safety
///
/// Dropping the run drops its running steps at once. Values that were computed stay; a step that was dropped runs again
/// when it is next needed. A run that is neither polled nor dropped keeps the steps that it had started, and other runs
/// of the same store wait for them.
///
/// # Examples
///
/// ```
/// use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Step, Store, hlist, hlist_pat, resource, run};
///
/// resource! { Width: u32; Height: u32; Area: u32; }
///
/// struct Multiply;
/// impl Step for Multiply {
///     type Inputs = HList![Width, Height];
///     type Outputs = HList![Area];
///     type Error = std::convert::Infallible;
///     async fn run(hlist_pat![width, height]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
///         Ok(hlist![width * height])
///     }
/// }
///
/// struct Geometry;
/// impl Pipeline for Geometry {
///     type Steps = HList![Multiply];
/// }
///
/// # fn main() -> Result<(), typed_pipeliner::RunError> {
/// # smol::block_on(async {
/// let store = Store::<Geometry>::new().with(Width, 3).with(Height, 4);
/// let hlist_pat![area] = run::<Multiply>(&store).await?;
/// assert_eq!(*area, 12);
/// # Ok(()) }) }
/// ```
pub fn run<'s, T: IsStep<Proof: Sized>>(store: &'s impl Runs<T>) -> Run<'s, Handed<'s, T>> {
    run_with::<T>(store, RunOptions::default())
}

/// Runs a target like [`run`], with options.
///
/// ```
/// # use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Step, Store, hlist, hlist_pat, resource};
/// # resource! { One: u32; }
/// # struct MakeOne;
/// # impl Step for MakeOne {
/// #     type Inputs = HList![];
/// #     type Outputs = HList![One];
/// #     type Error = std::convert::Infallible;
/// #     async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> { Ok(hlist![1]) }
/// # }
/// # struct Numbers;
/// # impl Pipeline for Numbers { type Steps = HList![MakeOne]; }
/// use typed_pipeliner::{RunOptions, run_with};
///
/// # fn main() -> Result<(), typed_pipeliner::RunError> {
/// # smol::block_on(async {
/// # let store = Store::<Numbers>::new();
/// let hlist_pat![one] = run_with::<MakeOne>(&store, RunOptions::new().limit(2)).await?;
/// # assert_eq!(*one, 1);
/// # Ok(()) }) }
/// ```
pub fn run_with<'s, T: IsStep<Proof: Sized>>(store: &'s impl Runs<T>, options: RunOptions) -> Run<'s, Handed<'s, T>> {
    let view = store.view();
    match there::<T>(view, &options) {
        Some(outputs) => Run(State::There(Some(outputs))),
        None => Run(State::Running(Box::pin(target::<T>(view, options)))),
    }
}

/// Runs a target like [`run`], consumes the store and hands all outputs out by value, without cloning.
///
/// ```
/// # use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Step, Store, hlist, hlist_pat, resource};
/// # resource! { Text: String; }
/// # struct Write;
/// # impl Step for Write {
/// #     type Inputs = HList![];
/// #     type Outputs = HList![Text];
/// #     type Error = std::convert::Infallible;
/// #     async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> { Ok(hlist!["text".to_owned()]) }
/// # }
/// # struct Report;
/// # impl Pipeline for Report { type Steps = HList![Write]; }
/// use typed_pipeliner::run_owned;
///
/// # fn main() -> Result<(), typed_pipeliner::RunError> {
/// # smol::block_on(async {
/// let hlist_pat![text] = run_owned::<Write>(Store::<Report>::new()).await?;
/// let text: String = text;
/// # assert_eq!(text, "text");
/// # Ok(()) }) }
/// ```
///
/// # Errors, panics, cancel safety
///
/// As for [`run`], except that the store is dropped with the run.
pub fn run_owned<'s, T: IsStep<Proof: Sized>>(mut store: impl RunsOwned<T> + 's) -> Run<'s, Outputs<T>> {
    Run(State::Running(Box::pin(async move {
        let returned = prepare::<T>(store.view(), RunOptions::default()).await?;
        Ok(take::<T>(&mut store, returned))
    })))
}

/// The value of a resource: runs the step that provides it, and what that needs, and nothing else.
///
/// It is what [`Store::resource`](crate::Store::resource) is, as a function: for a store of which generic code knows no
/// more than that it [`Provides`] the resource. The store may be in an [`Arc`].
///
/// ```
/// # use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};
/// # resource! { Text: String; Words: usize; }
/// # #[step] fn count(text: In<'_, Text>) -> Out<Words> { text.split_whitespace().count() }
/// # struct Counts;
/// # impl Pipeline for Counts { type Steps = HList![Count]; }
/// use typed_pipeliner::{Provides, RunError, fetch};
///
/// async fn is_long(store: &impl Provides<Words>) -> Result<bool, RunError> {
///     Ok(*fetch::<Words>(store).await? > 100)
/// }
///
/// # fn main() -> Result<(), RunError> {
/// # smol::block_on(async {
/// assert!(!is_long(&Store::<Counts>::new().with(Text, "three short words".to_owned())).await?);
/// # Ok(()) }) }
/// ```
///
/// # Errors, panics, cancel safety
///
/// As for [`run`].
pub fn fetch<R: IsResource<Carried: Sized>>(store: &impl Provides<R>) -> Run<'_, &R::Carried> {
    fetch_from::<R>(store.view())
}

/// How to run: the options of [`run_with`].
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct RunOptions {
    /// How many steps may run at once; none for any number.
    pub(crate) limit: Option<usize>,
    /// Whether to go on with the rest after a failure.
    pub(crate) keep_going: bool,
    /// Who watches, if anybody does. In a box, so that a run that nobody watches carries no more than this.
    pub(crate) observers: Option<Box<Observers>>,
}

impl RunOptions {
    /// The options of [`run`]: any number of steps at once, and the first failure ends the run.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs no more than this number of steps at once. A step that another run executes, and that is only waited for
    /// here, does not count. In a [scope](crate::Scoped), each resource that has to be computed above counts as one, and its
    /// steps run one at a time.
    ///
    /// # Panics
    ///
    /// If it is 0: such a run would never end.
    #[must_use]
    pub fn limit(mut self, steps: usize) -> Self {
        assert!(steps > 0, "a run with a limit of 0 steps at once would never end");
        self.limit = Some(steps);
        self
    }

    /// Runs what can still be run after a failure, as `make --keep-going` does, and then reports every failure and what
    /// was not run because of them: see [`RunError::failures`] and [`RunError::skipped`].
    ///
    /// What succeeds is in the store afterwards, so that the next run has only the rest to do.
    #[must_use]
    pub fn keep_going(mut self) -> Self {
        self.keep_going = true;
        self
    }

    /// Lets an [`Observer`] watch the run, beside those who do already; an `Arc` of one is one.
    #[must_use]
    pub fn observe(mut self, observer: impl Observer) -> Self {
        self.observers.get_or_insert_default().push(observer);
        self
    }
}

/// A run that was asked for: the future of [`run`] and its siblings.
///
/// It does nothing until it is polled, and works under any executor. It is one allocation, and none at all where
/// everything was there already.
#[must_use = "a run does nothing until it is awaited"]
pub struct Run<'s, O>(State<'s, O>);

enum State<'s, O> {
    /// All is there.
    There(Option<O>),
    /// Boxed, so that the type of the future is not part of the caller's: the borrow checker would look into it.
    Running(BoxFuture<'s, Result<O, RunError>>),
}

// Nothing in it is pinned in place: the outputs are moved out, and the future is in a box.
impl<O> Unpin for Run<'_, O> {}

#[cfg(feature = "executor")]
impl<'s, O> Run<'s, O> {
    /// A run whose outputs are there.
    pub(crate) fn there(outputs: O) -> Self {
        Run(State::There(Some(outputs)))
    }

    /// A run that has to be polled.
    pub(crate) fn boxed(future: BoxFuture<'s, Result<O, RunError>>) -> Self {
        Run(State::Running(future))
    }
}

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

/// The outputs of a target that stores all its outputs, if they are there, and nobody is to be told.
pub(crate) fn there<'s, T: Step>(view: View<'s>, options: &RunOptions) -> Option<Handed<'s, T>> {
    if !T::Outputs::ALL_STORED || options.observers.is_some() {
        return None;
    }
    T::Outputs::hand(view, T::Outputs::nothing_returned()?)
}

/// Runs a target.
async fn target<'s, T: Step>(view: View<'s>, options: RunOptions) -> Result<Handed<'s, T>, RunError> {
    let returned = prepare::<T>(view, options).await?;
    Ok(T::Outputs::hand(view, returned).expect("what a run demands is there at its end"))
}

/// Runs a target until all its stored outputs are there; what it hands over by value is the result.
async fn prepare<T: Step>(
    view: View<'_>,
    options: RunOptions,
) -> Result<<T::Outputs as OutputList>::Returned, RunError> {
    let (order, graph) = Order::<T>::new(view, &options);
    Local::new(Job::new(graph, view), order.source.as_slice(), &options).await?;
    Ok(order.returned(view))
}

/// What is asked of a run for the target `T`.
pub(crate) struct Order<T: Step> {
    /// What has to be there at its end, if the target need not run for itself.
    pub(crate) source: Option<Source>,
    /// The place for what the target returns, if it has to run at every call.
    place: Option<Arc<Place<T>>>,
}

/// The place for what the target `T` returns.
struct Place<T: Step>(Mutex<Option<Outputs<T>>>);

/// Why the lock of that place is never poisoned.
const NO_PANIC: &str = "nothing panics while it holds this lock";

impl<T: Step> Order<T> {
    /// What is asked of a run on a store, and the graph that does it.
    pub(crate) fn new(view: View<'_>, options: &RunOptions) -> (Self, Graph) {
        if T::Outputs::ALL_STORED {
            let order = Order { source: step_of::<T>(view.plan()), place: None };
            return (order, Graph::new(view, None, options, T::name));
        }
        let place = Arc::new(Place::<T>(Mutex::new(None)));
        let (inputs, above) = sources(view, T::Inputs::KEYS);
        let target = Target {
            name: T::name,
            inputs,
            above,
            start: |inputs, place, cx| {
                let place: Arc<Place<T>> = Arc::clone(place).downcast().expect("each target has its own place");
                start::<T>(inputs, cx, move |values| *place.0.lock().expect(NO_PANIC) = Some(values))
            },
            outputs: Arc::clone(&place) as _,
        };
        (Order { source: None, place: Some(place) }, Graph::new(view, Some(target), options, T::name))
    }

    /// What the target hands over by value, once the run has ended well; what it stores is put into its slot.
    pub(crate) fn returned(self, view: View<'_>) -> <T::Outputs as OutputList>::Returned {
        let Some(place) = self.place else {
            return T::Outputs::nothing_returned().expect("a target that stores all returns nothing");
        };
        let values = place.0.lock().expect(NO_PANIC).take().expect("a target that has ended has returned something");
        let (stored, returned) = T::Outputs::split(values);
        if let Some(Source::Step { step, .. }) = step_of::<T>(view.plan()) {
            if let Some(slot) = view.slot(step.into()).as_any().downcast_ref::<Slot<T>>() {
                slot.fill(stored);
            }
        }
        returned
    }
}

/// Takes the outputs of a target out of a store.
fn take<T: Step>(store: &mut dyn Values, returned: <T::Outputs as OutputList>::Returned) -> Outputs<T> {
    let stored = match step_of::<T>(store.plan()) {
        Some(Source::Step { step, .. }) => {
            store.slot_mut(step.into()).as_any_mut().downcast_mut::<Slot<T>>().and_then(Slot::take)
        }
        _ => None,
    };
    T::Outputs::own(store, stored, returned).expect("what a run demands is there at its end")
}

/// A run of what is needed for one resource.
pub(crate) fn fetch_from<R: Resource>(view: View<'_>) -> Run<'_, &R::Value> {
    let look = move || view.value(Key::of::<R>().id)?.downcast_ref();
    if let Some(value) = look() {
        return Run(State::There(Some(value)));
    }
    Run(State::Running(Box::pin(async move {
        run_for(view, Key::of::<R>(), &RunOptions::default()).await?;
        Ok(look().expect("what a run demands is there at its end"))
    })))
}

/// The step `T` as a source: that of its outputs, but for those that were supplied.
fn step_of<T: Step>(plan: &Plan) -> Option<Source> {
    fn find(plan: &Plan, keys: &Tree<Key>) -> Option<Source> {
        match keys {
            Tree::Empty => None,
            Tree::One(key) => plan.source(key.id).filter(|source| matches!(source, Source::Step { .. })),
            Tree::Both(first, second) => find(plan, first).or_else(|| find(plan, second)),
        }
    }
    find(plan, T::Outputs::KEYS)
}

/// Where the resources of a list are, in order; and those which are above and of which the plan of the store has no place.
fn sources(view: View<'_>, keys: &Tree<Key>) -> (Vec<Source>, Vec<Key>) {
    fn list(plan: &Plan, keys: &Tree<Key>, to: &mut (Vec<Source>, Vec<Key>)) {
        match keys {
            Tree::Empty => {}
            Tree::One(key) => {
                let source = plan.source(key.id).unwrap_or_else(|| {
                    let place = plan.above().iter().map(|above| above.key().id);
                    let place = place.chain(to.1.iter().map(|key| key.id)).position(|id| id == key.id);
                    Source::Above(place.unwrap_or_else(|| {
                        to.1.push(*key);
                        plan.above().len() + to.1.len() - 1
                    }) as u16)
                });
                to.0.push(source);
            }
            Tree::Both(first, second) => {
                list(plan, first, to);
                list(plan, second, to);
            }
        }
    }
    let mut sources = (Vec::new(), Vec::new());
    list(view.plan(), keys, &mut sources);
    sources
}
