//! The executor: runs on several threads.

use crate::error::RunError;
use crate::exec::graph::BorrowedRun;
#[cfg(feature = "journal")]
use crate::exec::keeping::restore::restore;
use crate::exec::multi_thread::{MultiThread, RunHandle, Steps, Worker};
use crate::exec::single_task::graph_of;
use crate::options::RunOptions;
use crate::proof::witness::IsStep;
use crate::run::bounds::Runs;
use crate::run::target::{already_computed, demand_of, order_of, output_of};
use crate::run::{Run, RunOutput};
use crate::steps::Step;
use core::fmt;
use core::future;
use futures::future::join;
use smol::channel::{Receiver, Sender, bounded};
// It parks the thread, while `smol::block_on` waits for timers and sockets too. Then a wake-up
// costs several system calls and wakes the thread `async-io`, which waits for them anyway.
use smol::future::block_on as park_on;
use std::num::NonZero;
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};

/// Runs a future to its end, on this thread: for `main`, and for tests.
///
/// It is [`smol::block_on`], which also drives smol's timers and sockets. Feature `executor`, on by
/// default.
///
/// ```
/// assert_eq!(typed_pipeliner::executor::block_on(async { 6 * 7 }), 42);
/// ```
pub use smol::block_on;

/// A small executor on top of smol's. It spreads the steps of a run over threads, and serves many
/// runs with the same threads.
///
/// It pays off where steps compute, because [`run`](crate::run()) polls all steps of a run in one
/// task, one at a time. Steps that wait for a network gain nothing from threads. Feature
/// `executor`, on by default.
///
/// | the store is | | |
/// | --- | --- | --- |
/// | borrowed, no `Arc` needed | [`run_blocking`](Executor::run_blocking) | one run, waited for in this thread |
/// | | [`scope`](Executor::scope) | many runs at once |
/// | in an [`Arc`] | [`run`](Executor::run) | async, on threads that live as long as the executor |
///
/// To run on an executor that exists already, see [`run_on`]. It keeps the promises of
/// [`run`](crate::run()): steps start as soon as their inputs are there. A dropped run drops the
/// futures of its steps at once; a future that a thread is polling is dropped when that poll is
/// over. A panic in a step reaches the task that polls the run.
///
/// # Limits of borrowing
///
/// A thread that outlives a call cannot borrow from it: in safe Rust only scoped threads can. So
/// there are two ways to run on a borrowed store: a blocking call, with threads of its own for the
/// duration of the call; or an executor whose lifetime is that of the store, as in [`run_on`]. For
/// a future that waits in a task, put the store in an `Arc`.
///
/// # Blocking work
///
/// A step that blocks, in a file system or a long computation, holds up its thread. Make it a
/// `#[step(blocking)]`, or await [`smol::unblock`](https://docs.rs/smol/2/smol/fn.unblock.html),
/// which has a pool of threads for that, or give the executor more threads.
///
/// # With tokio
///
/// Tokio's timers and sockets need a thread of tokio. The threads of this executor belong to no
/// tokio runtime, so a step that awaits a timer or a socket panics with "there is no reactor
/// running". Run such steps with [`run`](crate::run()) in a task of tokio.
///
/// # With a scoped store
///
/// Steps of the [parent store](crate::Scoped) run on the thread that first needs them; they are not
/// spread over threads.
pub struct Executor {
    /// The number of threads.
    threads: usize,
    /// The threads of [`run`](Executor::run). They start when first needed, and live as long as the
    /// executor.
    pool: OnceLock<Pool>,
}

/// Threads that run an executor until they are stopped.
struct Pool {
    /// The executor that the threads run.
    executor: Arc<smol::Executor<'static>>,
    /// Dropped to stop the threads.
    stop: Option<Sender<()>>,
    /// The threads.
    threads: Vec<JoinHandle<()>>,
}

impl Executor {
    /// An executor with this number of threads.
    ///
    /// # Panics
    ///
    /// If `threads` is 0, because nothing would ever run.
    pub fn new(threads: usize) -> Self {
        assert!(threads > 0, "an executor without threads would run nothing");
        Executor { threads, pool: OnceLock::new() }
    }

    /// Runs a target and everything that it needs, and waits for the end. This thread does its
    /// share of the work.
    ///
    /// The store is only borrowed. The other threads exist only during the call, and there are none
    /// if nothing is left to run.
    ///
    /// ```
    /// use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};
    /// use typed_pipeliner::executor::Executor;
    ///
    /// resource! { Half: u64; OtherHalf: u64; Whole: u64; }
    ///
    /// # #[step]
    /// # fn compute_half() -> Out<Half> { (1..=10).sum() }
    /// # #[step]
    /// # fn compute_other_half() -> Out<OtherHalf> { (1..=10).sum() }
    /// #[step]
    /// fn add(half: In<'_, Half>, other_half: In<'_, OtherHalf>) -> Out<Whole> {
    ///     half + other_half
    /// }
    ///
    /// struct Sums;
    /// impl Pipeline for Sums {
    ///     type Steps = HList![ComputeHalf, ComputeOtherHalf, Add];
    /// }
    ///
    /// # fn main() -> Result<(), typed_pipeliner::RunError> {
    /// let store = Store::<Sums>::new();
    /// let whole = Executor::new(2).run_blocking::<Add>(&store)?;
    /// assert_eq!(*whole, 110);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors, panics
    ///
    /// As for [`run`](crate::run()); a panic in a step reaches the caller.
    pub fn run_blocking<'s, T: IsStep<Witness: Sized>>(
        &self,
        store: &'s (impl Runs<T> + 's),
    ) -> Result<RunOutput<'s, T>, RunError> {
        // `work` blocks, so the future is ready when it is polled.
        park_on(run_borrowed(store, None, self.threads, |run| future::ready(work(&run, self.threads))))
    }

    /// Runs a future on this thread, and lends it the threads for that time: for many concurrent
    /// runs on borrowed stores.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, Out, Pipeline, Store, resource, step};
    /// # resource! { Rows: u64; Columns: u64; }
    /// # #[step]
    /// # fn count_rows() -> Out<Rows> { 3 }
    /// # #[step]
    /// # fn count_columns() -> Out<Columns> { 3 }
    /// # struct Table;
    /// # impl Pipeline for Table { type Steps = HList![CountRows, CountColumns]; }
    /// use futures::future::join;
    /// use typed_pipeliner::executor::Executor;
    ///
    /// # fn main() -> Result<(), typed_pipeliner::RunError> {
    /// let store = Store::<Table>::new();
    /// let (rows, columns) = Executor::new(2).scope(async |scope| {
    ///     join(scope.run::<CountRows>(&store), scope.run::<CountColumns>(&store)).await
    /// });
    /// assert_eq!((*rows?, *columns?), (3, 3));
    /// # Ok(()) }
    /// ```
    pub fn scope<'s, O>(&self, run: impl AsyncFnOnce(&Scope<'s>) -> O) -> O {
        let scope = Scope { executor: smol::Executor::new(), threads: self.threads };
        let (stop, stopped) = bounded::<()>(1);
        thread::scope(|threads| {
            // Dropped when the future ends or panics: then the other threads end too.
            let _stop: Sender<()> = stop;
            for number in 1..self.threads {
                let (executor, stopped) = (&scope.executor, stopped.clone());
                spawn_scoped(threads, number, move || until_stopped(executor, &stopped));
            }
            park_on(scope.executor.run(run(&scope)))
        })
    }

    /// Runs a target and everything that it needs on the threads of this executor. The first call
    /// starts the threads.
    ///
    /// It does nothing until it is polled. It borrows the executor and the `Arc`; to spawn it, move
    /// both into the task: `async move { executor.run::<CountRows>(&store).await }`.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, Out, Pipeline, Store, resource, step};
    /// # resource! { Rows: u64; }
    /// # #[step]
    /// # fn count_rows() -> Out<Rows> { 3 }
    /// # struct Table;
    /// # impl Pipeline for Table { type Steps = HList![CountRows]; }
    /// use typed_pipeliner::executor::Executor;
    /// use std::sync::Arc;
    ///
    /// # fn main() -> Result<(), typed_pipeliner::RunError> {
    /// # typed_pipeliner::executor::block_on(async {
    /// let executor = Executor::new(2);
    /// let store = Arc::new(Store::<Table>::new());
    /// let rows = executor.run::<CountRows>(&store).await?;
    /// assert_eq!(*rows, 3);
    /// # Ok(()) }) }
    /// ```
    pub fn run<'s, T: IsStep<Witness: Sized>>(
        &'s self,
        store: &'s Arc<impl Runs<T> + 'static>,
    ) -> Run<'s, RunOutput<'s, T>> {
        Run::boxed(move |options| async move {
            let (view, order) = ((**store).store_ref(), order_of::<T, _>(&**store));
            let options = RunOptions::with(options, view.observers());
            if let Some(outputs) =
                already_computed::<T>(view, order).filter(|_| RunOptions::are_silent(options.as_deref()))
            {
                return Ok(outputs);
            }
            let options = RunOptions::or_default(options.as_deref());
            let demand = demand_of::<T>(view, order);
            let (cell, sources) = (demand.cell(), demand.sources);
            let graph = graph_of(view, demand, options);
            #[cfg(feature = "journal")]
            restore(&graph, view, sources).await?;
            let run = MultiThread::shared(Arc::clone(store) as _, graph, sources, order, options, self.threads);
            let executor = &self.pool.get_or_init(|| Pool::new(self.threads)).executor;
            spawn_workers(executor, run, self.threads).await?;
            Ok(output_of::<T>(view, order, cell.as_deref()))
        })
    }
}

impl fmt::Debug for Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Executor").field("threads", &self.threads).finish_non_exhaustive()
    }
}

impl Pool {
    /// Starts this number of threads.
    fn new(threads: usize) -> Self {
        let executor = Arc::new(smol::Executor::new());
        let (stop, stopped) = bounded(1);
        let threads = (0..threads)
            .map(|number| {
                let (executor, stopped) = (Arc::clone(&executor), stopped.clone());
                thread::Builder::new()
                    .name(format!("pipeliner-{number}"))
                    .spawn(move || until_stopped(&executor, &stopped))
                    .expect("a thread can be started")
            })
            .collect();
        Pool { executor, stop: Some(stop), threads }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.stop.take();
        // This may be one of the threads, if a worker dropped the last reference to a store that
        // held the executor.
        let others = self.threads.drain(..).filter(|thread| thread.thread().id() != thread::current().id());
        for thread in others {
            // A panic of a step goes to the caller of its run, so it is ignored here.
            let _ = thread.join();
        }
    }
}

/// Runs an executor until the other end of a channel is dropped.
fn until_stopped(executor: &smol::Executor<'_>, stopped: &Receiver<()>) {
    // Nothing is ever sent, so `recv` returns when the sender is dropped.
    let _ = park_on(executor.run(stopped.recv()));
}

/// The threads of an [`Executor`], lent to a future.
pub struct Scope<'s> {
    /// The executor that the threads run.
    executor: smol::Executor<'s>,
    /// The number of threads.
    threads: usize,
}

impl<'s> Scope<'s> {
    /// Runs a target and everything that it needs on these threads.
    pub fn run<'e, T: IsStep<Witness: Sized>>(&'e self, store: &'s (impl Runs<T> + 's)) -> Run<'e, RunOutput<'s, T>> {
        run_in::<T>(&self.executor, store, self.threads)
    }

    /// The executor of these threads, for other tasks.
    pub fn executor(&self) -> &smol::Executor<'s> {
        &self.executor
    }
}

impl fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("threads", &self.threads).finish_non_exhaustive()
    }
}

/// Runs a target and everything that it needs on an executor of your own.
///
/// You have to run that executor, on as many threads as the steps may use. At most as many steps
/// are polled at once as this machine has cores
/// ([`available_parallelism`](std::thread::available_parallelism)). Feature `executor`, on by
/// default.
///
/// ```
/// # use typed_pipeliner::{HList, Out, Pipeline, Store, resource, step};
/// # resource! { Rows: u64; }
/// # #[step]
/// # fn count_rows() -> Out<Rows> { 3 }
/// # struct Table;
/// # impl Pipeline for Table { type Steps = HList![CountRows]; }
/// use typed_pipeliner::executor::run_on;
///
/// # fn main() -> Result<(), typed_pipeliner::RunError> {
/// let store = Store::<Table>::new();
/// let executor = smol::Executor::new();
/// let rows = smol::block_on(executor.run(run_on::<CountRows>(&executor, &store)))?;
/// assert_eq!(*rows, 3);
/// # Ok(()) }
/// ```
pub fn run_on<'e, 's: 'e, T: IsStep<Witness: Sized>>(
    executor: &'e smol::Executor<'s>,
    store: &'s (impl Runs<T> + 's),
) -> Run<'e, RunOutput<'s, T>> {
    run_in::<T>(executor, store, thread::available_parallelism().map_or(1, NonZero::get))
}

/// Runs a target on an executor, with this number of workers.
fn run_in<'e, 's: 'e, T: Step>(
    executor: &'e smol::Executor<'s>,
    store: &'s (impl Runs<T> + 's),
    workers: usize,
) -> Run<'e, RunOutput<'s, T>> {
    Run::boxed(move |options| run_borrowed(store, options, workers, move |run| spawn_workers(executor, run, workers)))
}

/// Runs a target on a borrowed store, on this number of threads. `work` sees to it that workers
/// work for the run, and returns its end.
async fn run_borrowed<'s, T: Step, F: Future<Output = Result<(), RunError>>>(
    store: &'s (impl Runs<T> + 's),
    options: Option<Box<RunOptions>>,
    threads: usize,
    work: impl FnOnce(Arc<MultiThread<BorrowedRun<'s>>>) -> F,
) -> Result<RunOutput<'s, T>, RunError> {
    let (view, order) = (store.store_ref(), order_of::<T, _>(store));
    let options = RunOptions::with(options, view.observers());
    if let Some(outputs) = already_computed::<T>(view, order).filter(|_| RunOptions::are_silent(options.as_deref())) {
        return Ok(outputs);
    }
    let options = RunOptions::or_default(options.as_deref());
    let demand = demand_of::<T>(view, order);
    let (cell, sources) = (demand.cell(), demand.sources);
    let graph = graph_of(view, demand, options);
    #[cfg(feature = "journal")]
    restore(&graph, view, sources).await?;
    let run = BorrowedRun::new(graph, view);
    work(MultiThread::borrowed(run, sources, order, options, threads)).await?;
    Ok(output_of::<T>(view, order, cell.as_deref()))
}

/// Works for a run in this thread and in others, this many in all, until the run ends.
///
/// Each thread polls one worker, without an executor. So the others end by themselves with the run,
/// while this thread takes its result.
fn work(run: &Arc<MultiThread<BorrowedRun<'_>>>, threads: usize) -> Result<(), RunError> {
    thread::scope(|scope| {
        // Dropped if a thread cannot be started: then the threads so far end.
        let end = RunHandle(Arc::clone(run));
        for number in 1..run.workers(threads) {
            let worker = Worker::new(run, number);
            spawn_scoped(scope, number, || park_on(worker));
        }
        park_on(join(Worker::new(run, 0), end)).1
    })
}

/// Starts a thread with this number.
fn spawn_scoped<'t>(scope: &'t thread::Scope<'t, '_>, number: usize, work: impl FnOnce() + Send + 't) {
    let name = format!("pipeliner-{number}");
    thread::Builder::new().name(name).spawn_scoped(scope, work).expect("a thread can be started");
}

/// Spawns the workers of a run, and returns the future that resolves at its end.
fn spawn_workers<'a, S: Steps + 'a>(
    executor: &smol::Executor<'a>,
    run: Arc<MultiThread<S>>,
    workers: usize,
) -> RunHandle<S> {
    for number in 0..run.workers(workers) {
        executor.spawn(Worker::new(&run, number)).detach();
    }
    RunHandle(run)
}
