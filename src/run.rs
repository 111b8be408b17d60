//! Runs: a target, and everything it needs.

pub(crate) mod bounds;
pub(crate) mod target;

use crate::error::RunError;
use crate::exec::graph::BorrowedRun;
use crate::exec::plan::Key;
use crate::exec::single_task::{SingleTask, run_resource};
use crate::exec::store_ref::StoreRef;
use crate::options::RunOptions;
use crate::pipeline::Pipeline;
use crate::proof::check::store::CanProvide;
use crate::proof::witness::{IsResource, IsStep};
use crate::resource::Resource;
use crate::run::bounds::{Provides, Runs, RunsOwned};
use crate::run::target::{TargetRun, already_computed, take};
use crate::step::lists::OutputList;
use crate::step::{Outputs, Step};
use crate::store::Store;
use crate::store::parent::ParentStore;
use crate::store::supplied::SuppliedValues;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures::future::BoxFuture;

/// The output of a run of the target `T`: a list with a reference to each stored output, and each
/// [`Return`](crate::Return) by value.
pub type RunOutput<'s, T> = <<T as Step>::Outputs as OutputList>::RunOutput<'s>;

/// Runs a target and, before it, every step that it needs and whose outputs are not in the store.
///
/// The target is the only type argument to write: `run::<GetDivision>(&store)`. The store may be in
/// an [`Arc`](std::sync::Arc). The result is a list, to be taken apart with
/// [`hlist_pat!`](crate::hlist_pat!): a reference into the store for each stored output, and the
/// value of each [`Return`](crate::Return).
///
/// It compiles if each prerequisite of the target, direct or through other steps, is in the type of
/// the store or provided by a registered step. If it does not compile, see [how to read the
/// error](crate::proof).
///
/// # Errors
///
/// The first error that a step returns ends the run. The error names the step and the path from it
/// to the target. The other running steps are dropped. Every value that was computed stays, and the
/// next run goes on from there.
///
/// # Panics
///
/// A panic in a step reaches the task that polls the run. The store stays usable.
///
/// # Cancel safety
///
/// Dropping the run drops its running steps at once. Values that were computed stay; a step that
/// was dropped runs again when it is next needed. A run that is neither polled nor dropped keeps
/// the steps that it had started, and other runs of the same store wait for them.
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
pub fn run<'s, T: IsStep<Witness: Sized>>(store: &'s impl Runs<T>) -> Run<'s, RunOutput<'s, T>> {
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
pub fn run_with<'s, T: IsStep<Witness: Sized>>(
    store: &'s impl Runs<T>,
    options: RunOptions,
) -> Run<'s, RunOutput<'s, T>> {
    let store = store.store_ref();
    match already_computed::<T>(store, &options) {
        Some(outputs) => Run::ready(outputs),
        None => Run::boxed(Box::pin(run_target::<T>(store, options))),
    }
}

/// Runs a target like [`run`], but consumes the store and returns all outputs by value, without
/// cloning.
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
pub fn run_owned<'s, T: IsStep<Witness: Sized>>(mut store: impl RunsOwned<T> + 's) -> Run<'s, Outputs<T>> {
    Run::boxed(Box::pin(async move {
        let returned = compute::<T>(store.store_ref(), RunOptions::default()).await?;
        Ok(take::<T>(&mut store, returned))
    }))
}

/// Returns the value of a resource. It runs the step that provides the resource, everything that
/// this step needs, and nothing else.
///
/// It is [`Store::resource`](crate::Store::resource) as a function, for generic code that knows
/// only that a store [`Provides`] the resource. The store may be in an [`Arc`](std::sync::Arc).
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
pub fn fetch<R: IsResource<CheckedValue: Sized>>(store: &impl Provides<R>) -> Run<'_, &R::CheckedValue> {
    fetch_from::<R>(store.store_ref())
}

impl<Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> Store<Pipe, Supplied, Parent> {
    /// Returns the value of a resource. It runs the step that provides the resource, everything
    /// that this step needs, and nothing else.
    ///
    /// Errors, panics and cancel safety are those of [`run`](crate::run()). In generic code,
    /// [`fetch`] does the same.
    pub fn resource<R: IsResource>(&self) -> Run<'_, &R::CheckedValue>
    where
        Self: CanProvide<R, Witness: Sized>,
    {
        fetch_from::<R>(StoreRef::new(self))
    }
}

/// A requested run: the future of [`run`] and its siblings.
///
/// It does nothing until it is polled, and works under any executor. It costs one
/// allocation, or none if everything was computed already.
#[must_use = "a run does nothing until it is awaited"]
pub struct Run<'s, O>(State<'s, O>);

/// The state of a requested run.
enum State<'s, O> {
    /// The outputs were there from the start.
    Ready(Option<O>),
    /// Boxed, so that its type is not part of the future of the caller, where the borrow checker
    /// would look into it.
    Running(BoxFuture<'s, Result<O, RunError>>),
}

// Nothing in it is pinned in place: the outputs are moved out, and the future is in a box.
impl<O> Unpin for Run<'_, O> {}

impl<'s, O> Run<'s, O> {
    /// A run whose outputs are there.
    pub(crate) fn ready(outputs: O) -> Self {
        Run(State::Ready(Some(outputs)))
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
            State::Ready(outputs) => Poll::Ready(Ok(outputs.take().expect("a run is not polled after its end"))),
            State::Running(future) => future.as_mut().poll(cx),
        }
    }
}

impl<O> fmt::Debug for Run<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").finish_non_exhaustive()
    }
}

/// Runs a target in the task of the caller.
async fn run_target<T: Step>(store: StoreRef<'_>, options: RunOptions) -> Result<RunOutput<'_, T>, RunError> {
    let returned = compute::<T>(store, options).await?;
    Ok(T::Outputs::run_output(store, returned).expect("a run that succeeded has all values that it demanded"))
}

/// Runs a target until all its stored outputs are there, and returns the others.
async fn compute<T: Step>(
    store: StoreRef<'_>,
    options: RunOptions,
) -> Result<<T::Outputs as OutputList>::Returned, RunError> {
    let (run, graph) = TargetRun::<T>::new(store, &options);
    SingleTask::new(BorrowedRun::new(graph, store), run.source.as_slice(), &options).await?;
    Ok(run.returned(store))
}

/// Runs everything that is needed for one resource.
fn fetch_from<R: Resource>(store: StoreRef<'_>) -> Run<'_, &R::Value> {
    let value = move || store.value(Key::of::<R>().id)?.downcast_ref();
    if let Some(value) = value() {
        return Run::ready(value);
    }
    Run::boxed(Box::pin(async move {
        run_resource(store, Key::of::<R>(), &RunOptions::default()).await?;
        Ok(value().expect("a run that succeeded has all values that it demanded"))
    }))
}
