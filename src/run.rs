//! Runs: a target, and everything it needs.

pub(crate) mod bounds;
mod lazy;
pub(crate) mod target;

use crate::error::RunError;
use crate::exec::graph::{Demand, StartTarget};
use crate::exec::order::Order;
use crate::exec::plan::Key;
use crate::exec::single_task::early_drop::run_dropping_early;
use crate::exec::single_task::{SingleTask, run_resource};
use crate::exec::store_ref::{DynStore, StoreRef};
use crate::lower::goal::{OfResource, OfTarget};
use crate::observe::Observer;
use crate::options::{Observers, RunOptions};
use crate::pipelines::Pipeline;
use crate::proof::check::store::CanProvide;
use crate::proof::witness::{IsResource, IsStep};
use crate::resource::Resource;
use crate::run::bounds::{Provides, Runs, RunsOwned};
use crate::run::lazy::{Lazy, LazyRun};
use crate::run::target::{HAS_ALL, already_computed, demand_of, order_of, output_of, returned, take};
use crate::steps::Step;
use crate::steps::lists::OutputList;
use crate::store::parent::ParentStore;
use crate::store::supplied::SuppliedValues;
use crate::store::{AnyStore, Owns, Store};
#[cfg(feature = "policy")]
use crate::timer::Timer;
use crate::tuple::Tuple;
use core::fmt;
use core::mem;
use core::num::NonZero;
use core::pin::Pin;
use core::task::{Context, Poll};

/// The output of a run of the target `T`: one output as itself, several as a tuple, none as `()`.
///
/// A stored output is a reference into the store, and a [`Return<V>`](crate::Return) is a `V`. A
/// tuple has up to 12 elements. Of more outputs, its last element is the tuple of the others:
/// `let (a, b, (c, …, n)) = run::<Many>(&store).await?`.
pub type RunOutput<'s, T> = <<<T as Step>::Outputs as OutputList>::RunOutput<StoreRef<'s>, ()> as Tuple>::Output;

/// The output of a run that consumes the store: that of [`RunOutput`], with values in place of the
/// references.
pub type OwnedOutput<T> = <<<T as Step>::Outputs as OutputList>::OwnedOutput<()> as Tuple>::Output;

/// Runs a target and, before it, every step that it needs and whose outputs are not in the store.
///
/// The target is the only type argument to write: `run::<GetDivision>(&store)`. The store may be in
/// an [`Arc`](std::sync::Arc). One output is returned as itself, and several as a tuple: see
/// [`RunOutput`]. Options are set on the [`Run`] before it is awaited.
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
/// # Fairness
///
/// A step that was woken goes before steps that are ready. After 128 steps that it has started or
/// polled, the run gives its task back, so that timeouts, other futures of the task and other tasks
/// of the thread have their turn.
///
/// # Examples
///
/// ```
/// use typed_pipeliner::{HList, In, Out, Pipeline, Return, RunError, Store, resource, run, step};
///
/// resource! { Width: u32; Height: u32; Area: u32; }
///
/// #[step]
/// fn multiply(width: In<'_, Width>, height: In<'_, Height>) -> Out<Area> {
///     width * height
/// }
///
/// #[step]
/// async fn describe(width: In<'_, Width>, area: In<'_, Area>) -> (Return<String>, Return<bool>) {
///     (Return(format!("{width} wide, {area} large")), Return(*area > 10))
/// }
///
/// struct Geometry;
/// impl Pipeline for Geometry {
///     type Steps = HList![Multiply];
/// }
///
/// # fn main() -> Result<(), RunError> {
/// # smol::block_on(async {
/// let store = Store::<Geometry>::new().with(Width, 3).with(Height, 4);
/// let area = run::<Multiply>(&store).await?;
/// assert_eq!(*area, 12);
///
/// let (text, is_large) = run::<Describe>(&store).await?;
/// assert_eq!((text.as_str(), is_large), ("3 wide, 12 large", true));
/// # Ok(()) }) }
/// ```
pub fn run<'s, T: IsStep<Witness: Sized>>(store: &'s impl Runs<T>) -> Run<'s, RunOutput<'s, T>> {
    run_in::<T, _>(store)
}

/// Runs a target in a store of a known type.
fn run_in<'s, T: Step, S: AnyStore>(store: &'s S) -> Run<'s, RunOutput<'s, T>> {
    let (store, order) = (store.store_ref(), order_of::<T, S>(store));
    Run::in_task(store, already_computed::<T>(store, order), |store, options| {
        begin_target::<T>(store, S::order::<OfTarget<T>>(), options)
    })
}

/// Runs a target like [`run`], but consumes the store and returns all outputs by value, without
/// cloning.
///
/// ```
/// # use typed_pipeliner::{HList, Out, Pipeline, Store, resource, step};
/// # resource! { Text: String; }
/// # #[step] fn write() -> Out<Text> { "text".to_owned() }
/// # struct Report;
/// # impl Pipeline for Report { type Steps = HList![Write]; }
/// use typed_pipeliner::run_owned;
///
/// # fn main() -> Result<(), typed_pipeliner::RunError> {
/// # smol::block_on(async {
/// let text: String = run_owned::<Write>(Store::<Report>::new()).await?;
/// # assert_eq!(text, "text");
/// # Ok(()) }) }
/// ```
///
/// # Errors, panics, cancel safety
///
/// As for [`run`], except that the store is dropped with the run. If a destructor in it panics, the
/// run panics, and the outputs are leaked.
pub fn run_owned<'s, T: IsStep<Witness: Sized>>(store: impl RunsOwned<T> + 's) -> Run<'s, OwnedOutput<T>> {
    run_owned_in::<T, _>(store)
}

/// Runs a target in a store of a known type, and takes it apart.
fn run_owned_in<'s, T: Step, S: AnyStore + DynStore + 's>(mut store: S) -> Run<'s, OwnedOutput<T>> {
    Run::owned(move |options| async move {
        let options = RunOptions::with(options, store.store_ref().observers());
        let (view, order) = (store.store_ref(), S::order::<OfTarget<T>>());
        if let Some(options) = options.as_deref().filter(|options| options.drop_early) {
            let demand = demand_of::<T>(view, order);
            let cell = run_dropping_early(&mut store, demand, order.outputs, options).await?;
            let returned = returned::<T>(store.store_ref(), cell.as_deref());
            return Ok(take::<T>(&mut store, returned));
        }
        let mut task = SingleTask::begin(view, demand_of::<T>(view, order), order, options.as_deref());
        (&mut task).await?;
        let returned = returned::<T>(store.store_ref(), task.target_cell());
        drop(task);
        Ok(take::<T>(&mut store, returned))
    })
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
    fetch_from::<R, _>(store)
}

impl<Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> Store<Pipe, Supplied, Parent> {
    /// Runs a target, and returns its outputs: [`run`](crate::run()) as a method.
    ///
    /// In generic code, which knows only that a store [`Runs`] the target, use the function.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, In, Pipeline, Return, RunError, Store, resource, step};
    /// # resource! { Name: String; }
    /// # #[step] fn greet(name: In<'_, Name>) -> Return<String> { Return(format!("Hello, {name}")) }
    /// # struct Greetings;
    /// # impl Pipeline for Greetings { type Steps = HList![]; }
    /// # fn main() -> Result<(), RunError> {
    /// # smol::block_on(async {
    /// let store = Store::<Greetings>::new().with(Name, "Ada".to_owned());
    /// assert_eq!(store.run::<Greet>().await?, "Hello, Ada");
    /// # Ok(()) }) }
    /// ```
    pub fn run<T: IsStep<Witness: Sized>>(&self) -> Run<'_, RunOutput<'_, T>>
    where
        Self: Runs<T>,
    {
        run::<T>(self)
    }

    /// Returns the value of a resource. It runs the step that provides the resource, everything
    /// that this step needs, and nothing else.
    ///
    /// Errors, panics and cancel safety are those of [`run`](crate::run()). In generic code,
    /// [`fetch`] does the same.
    pub fn resource<R: IsResource>(&self) -> Run<'_, &R::CheckedValue>
    where
        Self: CanProvide<R, Witness: Sized>,
    {
        fetch_from::<R, _>(self)
    }

    /// Returns the value of a resource like [`resource`](Store::resource), but by value, without
    /// cloning, and consumes the store.
    ///
    /// The compiler refuses a resource that belongs to the [parent store](crate::Scoped).
    ///
    /// ```
    /// # use typed_pipeliner::{HList, Out, Pipeline, RunError, Store, resource, step};
    /// # resource! { Text: String; }
    /// # #[step] fn write() -> Out<Text> { "text".to_owned() }
    /// # struct Report;
    /// # impl Pipeline for Report { type Steps = HList![Write]; }
    /// # fn main() -> Result<(), RunError> {
    /// # smol::block_on(async {
    /// let text: String = Store::<Report>::new().resource_owned::<Text>().await?;
    /// # assert_eq!(text, "text");
    /// # Ok(()) }) }
    /// ```
    pub fn resource_owned<'s, R: IsResource>(self) -> Run<'s, R::CheckedValue>
    where
        Self: CanProvide<R, Witness: Sized> + Owns<R, Witness: Sized> + 's,
    {
        let mut store = self;
        Run::owned(move |options| async move {
            let options = RunOptions::with(options, StoreRef::new(&store).observers());
            let options = RunOptions::or_default(options.as_deref());
            let order = <Self as AnyStore>::order::<OfResource<R>>();
            if options.drop_early {
                let demand = Demand { name: Key::of::<R>().name, sources: order.outputs, target: None };
                run_dropping_early(&mut store, demand, order.outputs, options).await?;
                return Ok(Owns::<R>::take(store).expect(HAS_ALL));
            }
            run_resource(StoreRef::new(&store), Key::of::<R>(), Some(order), options).await?;
            Ok(Owns::<R>::take(store).expect(HAS_ALL))
        })
    }
}

/// A run that was asked for: the future of [`run`] and its siblings.
///
/// Its options are set before it is awaited. It does nothing until it is polled, and works under
/// any executor. It costs one allocation, or none if everything was computed already.
///
/// ```
/// # use typed_pipeliner::{HList, Out, Pipeline, Store, resource, run, step};
/// # resource! { One: u32; }
/// # #[step] fn make_one() -> Out<One> { 1 }
/// # struct Numbers;
/// # impl Pipeline for Numbers { type Steps = HList![MakeOne]; }
/// # fn main() -> Result<(), typed_pipeliner::RunError> {
/// # smol::block_on(async {
/// # let store = Store::<Numbers>::new();
/// let one = run::<MakeOne>(&store).limit(4).keep_going().await?;
/// # assert_eq!(*one, 1);
/// # Ok(()) }) }
/// ```
#[must_use = "a run does nothing until it is awaited"]
pub struct Run<'s, O> {
    /// The outputs, if they were there from the start and no observer has to see the run.
    ready: Ready<O>,
    /// How far it is, if they were not.
    state: State<'s, O>,
}

/// The outputs of a run that has nothing to do.
enum Ready<O> {
    /// They are not there.
    No,
    /// They are there.
    Yes(O),
    /// They were returned.
    Returned,
}

/// How far a run is.
enum State<'s, O> {
    /// It has not begun, and takes options; most runs have none. It runs on this store.
    Borrowed { store: StoreRef<'s>, begin: Begin<'s, O>, options: Option<Box<RunOptions>> },
    /// It has all that it needs with it, its options included. It may own its store.
    Boxed { run: Pin<Box<dyn LazyRun<O> + 's>>, owns_store: bool },
    /// It has begun. It is boxed, so that its type is not part of the future of the caller, where
    /// the borrow checker would look into it.
    InTask { task: Box<SingleTask<'s>>, store: StoreRef<'s>, order: &'static Order, output: EndOutput<'s, O> },
    /// It has ended.
    Ended,
}

/// Begins a run on a store. The options have the observers of the store.
type Begin<'s, O> = fn(StoreRef<'s>, Option<Box<RunOptions>>) -> State<'s, O>;

/// The output of a run that has succeeded, with the cell for the outputs of its target.
type EndOutput<'s, O> = fn(StoreRef<'s>, &'static Order, Option<&dyn StartTarget>) -> O;

// Nothing in it is pinned in place: the future is in a box.
impl<O> Unpin for Run<'_, O> {}

impl<'s, O> Run<'s, O> {
    /// A run on a store, in the task of its caller.
    #[inline]
    fn in_task(store: StoreRef<'s>, ready: Option<O>, begin: Begin<'s, O>) -> Self {
        let ready = ready.map_or(Ready::No, Ready::Yes);
        Run { ready, state: State::Borrowed { store, begin, options: None } }
    }

    /// A run that this function begins.
    #[cfg(feature = "executor")]
    pub(crate) fn boxed<F>(begin: impl FnOnce(Option<Box<RunOptions>>) -> F + Send + 's) -> Self
    where
        F: Future<Output = Result<O, RunError>> + Send + 's,
    {
        Run { ready: Ready::No, state: State::Boxed { run: Box::pin(Lazy::new(begin)), owns_store: false } }
    }

    /// A run that owns its store, and that this function begins.
    fn owned<F>(begin: impl FnOnce(Option<Box<RunOptions>>) -> F + Send + 's) -> Self
    where
        F: Future<Output = Result<O, RunError>> + Send + 's,
    {
        Run { ready: Ready::No, state: State::Boxed { run: Box::pin(Lazy::new(begin)), owns_store: true } }
    }

    /// Runs no more than this number of steps at once.
    ///
    /// A step that another run executes, and for which this run waits, does not count. In a
    /// [scope](crate::Scoped), each resource that has to be computed in the parent counts as one,
    /// and its steps run one at a time.
    ///
    /// # Panics
    ///
    /// If `steps` is 0, because such a run would never end. If the run was polled, because the
    /// options of a run in progress do not change.
    pub fn limit(mut self, steps: usize) -> Self {
        let steps = NonZero::new(steps).expect("a run with a limit of 0 steps at once would never end");
        self.options().limit = Some(steps);
        self
    }

    /// Goes on after a failure with all steps that can still run, as `make --keep-going` does.
    ///
    /// The error of the run then reports every failure and every step that was skipped because of
    /// them: see [`RunError::failures`] and [`RunError::skipped`]. The outputs of the steps that
    /// succeeded are in the store afterwards, so the next run has only the rest to do.
    ///
    /// # Panics
    ///
    /// If the run was polled.
    pub fn keep_going(mut self) -> Self {
        self.options().keep_going = true;
        self
    }

    /// Drops each computed value as soon as nothing in the run needs it any more, so that a run
    /// over large tables takes no more memory than the tables that are in use.
    ///
    /// A value goes when the last step that takes it has ended and no other step is in progress.
    /// The outputs of the run stay, and so do supplied values. Without this option a run that owns
    /// its store keeps all values to its end, and drops them in reverse order of the graph: so a
    /// temporary folder is there as long as the files that were written into it, even if only their
    /// paths are used. With it, the folder goes first.
    ///
    /// The run goes along a schedule, and looks for such values after each step, which takes it
    /// about a microsecond longer for each.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, run_owned, step};
    /// # resource! { Rows: Vec<u64>; Evens: Vec<u64>; }
    /// # #[step] fn read() -> Out<Rows> { (0..1000).collect() }
    /// # #[step] fn filter(rows: In<'_, Rows>) -> Out<Evens> { rows.iter().copied().filter(|row| row % 2 == 0).collect() }
    /// # #[step] fn count(evens: In<'_, Evens>) -> Return<usize> { Return(evens.len()) }
    /// # struct Tables;
    /// # impl Pipeline for Tables { type Steps = HList![Read, Filter]; }
    /// # fn main() -> Result<(), typed_pipeliner::RunError> {
    /// # smol::block_on(async {
    /// // Of three tables, two are in memory at once.
    /// let count = run_owned::<Count>(Store::<Tables>::new()).drop_early().await?;
    /// assert_eq!(count, 500);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Panics
    ///
    /// If the run does not own its store: only [`run_owned`] and
    /// [`resource_owned`](Store::resource_owned) do. If the run was polled.
    pub fn drop_early(mut self) -> Self {
        let owns_store = !matches!(self.state, State::Borrowed { .. } | State::Boxed { owns_store: false, .. });
        assert!(owns_store, "only a run that owns its store drops values early: `run_owned`, `resource_owned`");
        self.options().drop_early = true;
        self
    }

    /// Adds an [`Observer`] to the run. An `Arc` of an observer is an observer too.
    ///
    /// The observers [of the store](Store::observed_by) come before those of the run.
    ///
    /// # Panics
    ///
    /// If the run was polled.
    pub fn observe(mut self, observer: impl Observer) -> Self {
        Observers::add(&mut self.options().observers, observer);
        self.ready = Ready::No;
        self
    }

    /// Takes this timer for the delays and timeouts of steps with a [policy](crate::policy).
    /// Feature `policy`, on by default.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, Out, Pipeline, Store, resource, run, step};
    /// # resource! { Page: String; }
    /// use typed_pipeliner::policy::Timer;
    /// use std::time::Duration;
    ///
    /// #[step(timeout = Duration::from_secs(30))]
    /// async fn fetch() -> Out<Page> {
    ///     "content".to_owned()
    /// }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![Fetch]; }
    ///
    /// #[tokio::main]
    /// async fn main() -> Result<(), typed_pipeliner::RunError> {
    ///     let store = Store::<App>::new();
    ///     let page = run::<Fetch>(&store).timer(Timer::new(tokio::time::sleep)).await?;
    ///     assert_eq!(page, "content");
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Panics
    ///
    /// If the run was polled.
    #[cfg(feature = "policy")]
    pub fn timer(mut self, timer: Timer) -> Self {
        self.options().timer = Some(timer);
        self
    }

    /// The options, to change them.
    fn options(&mut self) -> &mut RunOptions {
        let options = match &mut self.state {
            State::Borrowed { options, .. } => Some(&mut **options.get_or_insert_default()),
            State::Boxed { run, .. } => run.as_mut().options(),
            State::InTask { .. } | State::Ended => None,
        };
        options.expect("the options of a run are set before it is polled")
    }
}

impl<O> Future for Run<'_, O> {
    type Output = Result<O, RunError>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if let Ready::No = this.ready {
            return this.poll_begun(cx);
        }
        match mem::replace(&mut this.ready, Ready::Returned) {
            Ready::Yes(outputs) => Poll::Ready(Ok(outputs)),
            Ready::No | Ready::Returned => panic!("{POLLED_ON}"),
        }
    }
}

impl<O> Run<'_, O> {
    /// Polls a run whose outputs were not there from the start.
    fn poll_begun(&mut self, cx: &mut Context<'_>) -> Poll<Result<O, RunError>> {
        if let State::Borrowed { store, begin, options } = &mut self.state {
            let options = RunOptions::with(options.take(), store.observers());
            self.state = begin(*store, options);
        }
        let panics = EndsInPanic(&mut self.state);
        let result = match &mut *panics.0 {
            State::InTask { task, store, order, output } => {
                Pin::new(&mut **task).poll(cx).map_ok(|()| output(*store, order, task.target_cell()))
            }
            State::Boxed { run, .. } => run.as_mut().poll(cx),
            State::Borrowed { .. } | State::Ended => panic!("{POLLED_ON}"),
        };
        mem::forget(panics);
        if result.is_ready() {
            self.state = State::Ended;
        }
        result
    }
}

/// Ends a run that panics, so that other runs can take over its steps.
struct EndsInPanic<'a, 's, O>(&'a mut State<'s, O>);

impl<O> Drop for EndsInPanic<'_, '_, O> {
    fn drop(&mut self) {
        *self.0 = State::Ended;
    }
}

/// The reason for the panic of a run that is polled on.
const POLLED_ON: &str = "a run is not polled after its end";

impl<O> fmt::Debug for Run<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").finish_non_exhaustive()
    }
}

/// Begins a run of a target in the task of the caller.
fn begin_target<'s, T: Step>(
    store: StoreRef<'s>,
    order: &'static Order,
    options: Option<Box<RunOptions>>,
) -> State<'s, RunOutput<'s, T>> {
    let task = SingleTask::begin(store, demand_of::<T>(store, order), order, options.as_deref());
    State::InTask { task, store, order, output: output_of::<T> }
}

/// Runs everything that is needed for one resource, in a store of a known type.
fn fetch_from<R: Resource, S: AnyStore>(store: &S) -> Run<'_, &R::Value> {
    let store = store.store_ref();
    let ready = value_of::<R>(store, S::order::<OfResource<R>>()).filter(|_| store.observers().is_none());
    Run::in_task(store, ready, |store, options| begin_resource::<R>(store, S::order::<OfResource<R>>(), options))
}

/// Begins a run of everything that is needed for one resource.
fn begin_resource<'s, R: Resource>(
    store: StoreRef<'s>,
    order: &'static Order,
    options: Option<Box<RunOptions>>,
) -> State<'s, &'s R::Value> {
    let task = run_resource(store, Key::of::<R>(), Some(order), RunOptions::or_default(options.as_deref()));
    State::InTask { task, store, order, output: |store, order, _| value_of::<R>(store, order).expect(HAS_ALL) }
}

/// The value of a resource, if it is there.
fn value_of<'s, R: Resource>(store: StoreRef<'s>, order: &'static Order) -> Option<&'s R::Value> {
    let source = order.outputs.first().copied().flatten();
    store.find(Key::of::<R>().id, source)?.downcast_ref()
}
