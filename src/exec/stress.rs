//! Runs under stress: random graphs, and runs on them that are polled, woken, dropped and broken in
//! random order.
//!
//! On one thread a seed determines everything; on several threads it determines the graph. The
//! invariants: no step executes twice at once or succeeds twice; no run waits in vain (all runs
//! have ended when nothing is left to poll); each value is right; each value is dropped once.
//!
//! A seed that fails gets a test of its own. None has failed so far, except when the code was
//! broken on purpose.

use super::claim::Claim;
use super::graph::{BorrowedRun, Graph};
use super::inputs::InputReader;
use super::multi_thread::{MultiThread, RunHandle, Worker};
use super::order::Order;
use super::plan::{ExecPlan, Source, StepSpec};
use super::schedule::{Pace, Schedule};
use super::single_task::{SingleTask, start_in_parent};
use super::slot::{AnySlot, SlotRef};
use super::store_ref::{DynStore, Erased, StoreRef};
use super::task::Started;
use crate::drops::Drops;
use crate::error::{RunError, SharedError};
use crate::kept::kept;
use crate::lower::slot::{Slot, Stored};
use crate::lower::stored::One;
use crate::observe::{Instant, Observer, RunEnd, RunInfo, StepEvent, StepEventKind};
use crate::options::{Observers, RunOptions};
use crate::resource::Resource;
use crate::steps::{Inputs, Outputs, Step};
use crate::{HList, hlist, identity};
use core::any::Any;
use core::future::poll_fn;
use core::num::NonZero;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use core::task::{Context, Poll, Waker};
use futures::FutureExt;
use futures::task::{ArcWake, waker};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

/// The output of each step.
struct Output;
impl Resource for Output {
    type Value = Counted;
    type Identity = identity!("typed_pipeliner::exec::stress::Output");
}

/// A number. The test counts how many of them are alive.
struct Counted {
    /// The number.
    value: u64,
    /// The count of those that are alive.
    alive: Arc<AtomicUsize>,
}

impl Counted {
    /// A number, counted in `alive`.
    fn new(value: u64, alive: &Arc<AtomicUsize>) -> Self {
        alive.fetch_add(1, Ordering::SeqCst);
        Counted { value, alive: Arc::clone(alive) }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.alive.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Prescribes the behaviour of a step and records its actions. It is the first input of the step.
struct Script {
    /// The number of the step.
    step: u64,
    /// The number of its other inputs.
    inputs: usize,
    /// How often it waits before it succeeds.
    waits: usize,
    /// How often it fails before it succeeds.
    failures: AtomicUsize,
    /// How often it panics before it succeeds.
    panics: AtomicUsize,
    /// Whether it executes now.
    running: AtomicBool,
    /// How often it has succeeded.
    successes: AtomicUsize,
    /// How often it was polled while it slept.
    polls: AtomicUsize,
    /// The wakers of all sleeping steps, which the test wakes.
    sleepers: Arc<Mutex<Vec<Waker>>>,
    /// The count of the values that are alive.
    alive: Arc<AtomicUsize>,
}

impl Script {
    /// A step with this many inputs, which waits this often and does not fail.
    fn new(step: usize, inputs: usize, waits: usize, alive: &Arc<AtomicUsize>) -> Self {
        Script {
            step: step as u64,
            inputs,
            waits,
            failures: AtomicUsize::new(0),
            panics: AtomicUsize::new(0),
            running: AtomicBool::new(false),
            successes: AtomicUsize::new(0),
            polls: AtomicUsize::new(0),
            sleepers: Arc::default(),
            alive: Arc::clone(alive),
        }
    }

    /// Waits until the test wakes it.
    async fn sleep(&self) {
        let mut slept = false;
        poll_fn(|cx| {
            self.polls.fetch_add(1, Ordering::SeqCst);
            if slept {
                return Poll::Ready(());
            }
            slept = true;
            self.sleepers.lock().unwrap().push(cx.waker().clone());
            Poll::Pending
        })
        .await
    }
}

/// The value of a step, computed from those of its inputs.
fn mix(step: u64, inputs: impl Iterator<Item = u64>) -> u64 {
    inputs.fold(step, |sum, input| sum.rotate_left(7).wrapping_mul(31).wrapping_add(input))
}

/// Decrements a counter and returns true, unless the counter is zero.
fn take_one(left: &AtomicUsize) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
}

/// The type of every step of a random graph.
struct Scripted;
impl Step for Scripted {
    type Inputs = HList![];
    type Outputs = HList![Output];
    type Error = &'static str;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        unreachable!("`ScriptSlot` starts the script")
    }
}

/// The slot of a [`Scripted`] step, which starts a script.
struct ScriptSlot(Slot<Stored<Scripted>>);

impl AnySlot for ScriptSlot {
    fn output(&self, place: usize) -> Option<&Erased> {
        self.0.output(place)
    }
    fn claim(&self) -> &Claim {
        self.0.claim()
    }
    fn start<'s>(&'s self, inputs: InputReader<'_, 's>, cx: &mut Context<'_>) -> Started<'s> {
        match self.output(0) {
            Some(first) => Started::Ended(Ok(Some(first))),
            None => start(inputs, &self.0, cx),
        }
    }
    fn clear(&mut self, drops: &mut Drops) {
        self.0.clear(drops);
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// Starts a step of a random graph.
fn start<'s>(mut inputs: InputReader<'_, 's>, slot: &'s Slot<Stored<Scripted>>, cx: &mut Context<'_>) -> Started<'s> {
    let script: &'s Script = inputs.next();
    let inputs: Vec<&'s Counted> = (0..script.inputs).map(|_| inputs.next()).collect();
    let step = async move {
        /// Marks a step as running until it is dropped.
        struct Runs<'a>(&'a AtomicBool);
        impl Drop for Runs<'_> {
            fn drop(&mut self) {
                self.0.store(false, Ordering::SeqCst);
            }
        }
        assert!(!script.running.swap(true, Ordering::SeqCst), "step {} executes twice at once", script.step);
        let _runs = Runs(&script.running);
        for wait in 0..script.waits {
            match (script.step as usize + wait) % 3 {
                2 => smol::future::yield_now().await,
                _ => script.sleep().await,
            }
        }
        if take_one(&script.panics) {
            std::panic::panic_any("a step panics");
        }
        if take_one(&script.failures) {
            return Err("a step fails".into());
        }
        assert_eq!(script.successes.fetch_add(1, Ordering::SeqCst), 0, "step {} succeeds twice", script.step);
        let value = mix(script.step, inputs.iter().map(|input| input.value));
        Ok(slot.fill(hlist![One(Counted::new(value, &script.alive))]))
    };
    Started::poll(step, cx)
}

/// Asserts that a panic came from a script.
fn expected(panic: &(dyn Any + Send)) {
    assert_eq!(panic.downcast_ref(), Some(&"a step panics"), "an assertion of the test failed");
}

/// The step of every node of a random graph.
static SPEC: StepSpec = StepSpec { name: || "step", type_id: std::any::TypeId::of::<Store>, ..StepSpec::NONE };

/// The order for a step of a plan. It is computed once.
fn order(plan: &'static ExecPlan, step: u16) -> &'static Order {
    static ORDERS: Mutex<BTreeMap<(usize, u16), &'static Order>> = Mutex::new(BTreeMap::new());
    let mut orders = ORDERS.lock().unwrap_or_else(PoisonError::into_inner);
    orders
        .entry((core::ptr::from_ref(plan).addr(), step))
        .or_insert_with(|| kept(Order::of_step::<MOST_STEPS>(plan, step)))
}

/// The number of steps of the largest random graph.
const MOST_STEPS: usize = 128;

/// A store of a random graph.
struct Store {
    /// The random graph.
    plan: &'static ExecPlan,
    /// The slots of its steps.
    slots: Vec<ScriptSlot>,
    /// The scripts of its steps.
    scripts: Vec<Script>,
}

impl DynStore for Store {
    fn plan(&self) -> &'static ExecPlan {
        self.plan
    }
    fn slot(&self, step: usize) -> &dyn AnySlot {
        &self.slots[step]
    }
    fn slot_mut(&mut self, step: usize) -> &mut dyn AnySlot {
        &mut self.slots[step]
    }
    fn slots<'s>(&'s self, to: &mut Vec<SlotRef<'s>>) {
        to.extend(self.slots.iter().map(|slot| SlotRef::new(slot)));
    }
    fn supplied(&self, place: usize) -> Option<&Erased> {
        Some(&self.scripts[place])
    }
    fn supplied_mut(&mut self, place: usize) -> &mut dyn Any {
        &mut self.scripts[place]
    }
    fn parent(&self) -> Option<StoreRef<'_>> {
        None
    }
    fn observers(&self) -> Option<&Observers> {
        None
    }
    fn begin_run(&self) -> bool {
        false
    }
}

/// A small random number generator (SplitMix64).
struct Random(u64);

impl Random {
    /// The next number.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a limit.
    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// Returns true once in this many calls, on average.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// A run, or a worker of a run, which the test polls after a wake-up.
struct Task<'s> {
    /// The run or the worker.
    future: Pin<Box<dyn Future<Output = Result<(), RunError>> + 's>>,
    /// Whether it was woken since its last poll.
    woken: Arc<Woken>,
    /// Whether the test may drop it. A worker belongs to its executor.
    is_run: bool,
}

/// Whether a task was woken.
struct Woken(AtomicBool);
impl ArcWake for Woken {
    fn wake_by_ref(this: &Arc<Self>) {
        this.0.store(true, Ordering::SeqCst);
    }
}

impl<'s> Task<'s> {
    /// A task that is polled at the first opportunity.
    fn new(future: impl Future<Output = Result<(), RunError>> + 's, is_run: bool) -> Self {
        Task { future: Box::pin(future), woken: Arc::new(Woken(AtomicBool::new(true))), is_run }
    }
}

/// All runs on one store.
struct World<'s> {
    /// The store.
    store: &'s Store,
    /// The source of all decisions.
    random: Random,
    /// The runs and workers that have not ended.
    tasks: Vec<Task<'s>>,
    /// The number of runs still to begin.
    left: usize,
}

impl<'s> World<'s> {
    /// Begins a run for random steps, in one task or spread over workers.
    fn begin(&mut self) {
        self.left = self.left.saturating_sub(1);
        let random = &mut self.random;
        let steps = self.store.slots.len();
        let targets = 1 + random.below(3);
        let sources: Vec<_> =
            (0..targets).map(|_| Some(Source::Step { step: random.below(steps) as u16, output: 0 })).collect();
        let limit = random.once_in(3).then(|| NonZero::new(1 + random.below(3))).flatten();
        let options = RunOptions { limit, keep_going: random.once_in(2), ..RunOptions::default() };
        let view = StoreRef::new(self.store);
        let job = BorrowedRun::new(Graph::new(view, None, &options, || "stress", start_in_parent), view);
        if random.once_in(2) {
            let task = match sources[..] {
                [Some(Source::Step { step, .. })] => {
                    SingleTask::new(job, &sources, Some(order(self.store.plan, step)), &options)
                }
                _ => SingleTask::new(job, &sources, None, &options),
            };
            self.tasks.push(Task::new(task, true));
            return;
        }
        let schedule = Schedule::new(job.graph(), &sources, Pace::of(&options), |step| job.was_done(step));
        let spread = MultiThread::new(job, schedule);
        for number in 0..1 + random.below(3) {
            let worker = Worker::new(&spread, number);
            self.tasks.push(Task::new(
                async move {
                    worker.await;
                    Ok(())
                },
                false,
            ));
        }
        self.tasks.push(Task::new(RunHandle(spread), true));
    }

    /// Polls a task. A run that failed or panicked begins again.
    fn poll(&mut self, place: usize) {
        let task = &mut self.tasks[place];
        task.woken.0.store(false, Ordering::SeqCst);
        let waker = waker(Arc::clone(&task.woken));
        let polled = catch_unwind(AssertUnwindSafe(|| task.future.as_mut().poll(&mut Context::from_waker(&waker))));
        let again = match polled {
            Ok(Poll::Pending) => return,
            Ok(Poll::Ready(Ok(()))) => false,
            Ok(Poll::Ready(Err(_))) => true,
            Err(panic) => {
                expected(&*panic);
                true
            }
        };
        self.tasks.swap_remove(place);
        if again {
            self.begin();
        }
    }

    /// Wakes a random sleeping step. Returns false if no step sleeps.
    fn wake(&mut self) -> bool {
        let sleepers = &self.store.scripts[0].sleepers;
        let waker = {
            let mut sleepers = sleepers.lock().unwrap();
            match sleepers.len() {
                0 => return false,
                count => sleepers.swap_remove(self.random.below(count)),
            }
        };
        waker.wake();
        true
    }

    /// Performs a random action. Returns false when no action is left.
    fn happen(&mut self) -> bool {
        if self.left > 0 && self.random.once_in(4) {
            self.begin();
            return true;
        }
        if self.random.once_in(3) && self.wake() {
            return true;
        }
        let count = self.tasks.len();
        if count > 0 {
            let place = self.random.below(count);
            if self.left > 0 && self.random.once_in(20) && self.tasks[place].is_run {
                self.tasks.swap_remove(place);
                return true;
            }
            // A spurious poll now and then.
            if self.random.once_in(10) {
                self.poll(place);
                return true;
            }
            // The next task that was woken.
            let woken = (0..count)
                .map(|step| (place + step) % count)
                .find(|&place| self.tasks[place].woken.0.load(Ordering::SeqCst));
            if let Some(place) = woken {
                self.poll(place);
                return true;
            }
        }
        self.wake() || self.left > 0
    }
}

/// A random store, and the expected values of its steps.
struct Case {
    /// The seed of the store.
    seed: u64,
    /// The store.
    store: Store,
    /// The expected value of each step.
    values: Vec<u64>,
    /// The count of the values that are alive.
    alive: Arc<AtomicUsize>,
}

impl Case {
    /// The store that this seed determines.
    fn new(seed: u64, most_steps: usize, random: &mut Random) -> Self {
        let (sleepers, alive) = (Arc::default(), Arc::new(AtomicUsize::new(0)));
        let steps = 1 + random.below(most_steps);
        let mut values: Vec<u64> = Vec::new();
        let (mut inputs, mut scripts, mut slots) = (Vec::new(), Vec::new(), Vec::new());
        for step in 0..steps {
            let mut taken = vec![Source::Supplied(step as u16)];
            for _ in 0..random.below(4).min(step) {
                taken.push(Source::Step { step: random.below(step) as u16, output: 0 });
            }
            let of = |source: &Source| match *source {
                Source::Step { step, .. } => values[usize::from(step)],
                _ => unreachable!(),
            };
            let value = mix(step as u64, taken[1..].iter().map(of));
            values.push(value);
            scripts.push(Script {
                failures: AtomicUsize::new(if random.once_in(3) { random.below(3) } else { 0 }),
                panics: AtomicUsize::new(if random.once_in(8) { 1 } else { 0 }),
                sleepers: Arc::clone(&sleepers),
                ..Script::new(step, taken.len() - 1, random.below(4), &alive)
            });
            inputs.push(taken);
            slots.push(ScriptSlot(Slot::of::<Scripted>()));
        }
        let plan = kept(ExecPlan::of(&SPEC, &inputs));
        let store = Store { plan, slots, scripts };
        Case { seed, store, values, alive }
    }

    /// Checks the invariants at the end.
    fn check(self) {
        let Case { seed, store, values, alive } = self;
        let mut filled = 0;
        for (slot, value) in store.slots.iter().zip(values) {
            if let Some(output) = slot.output(0) {
                filled += 1;
                assert_eq!(output.downcast_ref::<Counted>().unwrap().value, value, "seed {seed}: a wrong value");
            }
        }
        assert_eq!(alive.load(Ordering::SeqCst), filled, "seed {seed}: a value is lost or doubled");
        drop(store);
        assert_eq!(alive.load(Ordering::SeqCst), 0, "seed {seed}: a value is never dropped");
    }
}

/// Runs on a random store, on one thread.
fn in_one_thread(seed: u64, most_steps: usize, runs: usize) {
    let mut random = Random(seed);
    let case = Case::new(seed, most_steps, &mut random);
    let mut world = World { store: &case.store, random, tasks: Vec::new(), left: runs };
    while world.happen() {}
    // Only workers of ended runs may be left; they end at their next poll.
    while let Some(place) = world.tasks.iter().position(|task| !task.is_run) {
        let count = world.tasks.len();
        world.poll(place);
        assert!(world.tasks.len() < count, "seed {seed}: a worker goes on after its run");
    }
    assert_eq!(world.tasks.len(), 0, "seed {seed}: a run waits in vain");
    drop(world);

    case.check();
}

/// Runs on a random store, on several threads. Some runs are dropped before their end.
fn in_threads(seed: u64, runs: usize) {
    let mut random = Random(seed);
    let case = Case::new(seed, 30, &mut random);
    let done = AtomicBool::new(false);
    let executor = smol::Executor::new();
    let (stop, stopped) = smol::channel::bounded::<()>(1);
    std::thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| smol::block_on(executor.run(stopped.recv())));
        }
        // This thread wakes every sleeping step. If the runs take too long, one waits in vain.
        threads.spawn(|| {
            let start = std::time::Instant::now();
            while !done.load(Ordering::SeqCst) {
                let sleepers = core::mem::take(&mut *case.store.scripts[0].sleepers.lock().unwrap());
                sleepers.into_iter().for_each(Waker::wake);
                if start.elapsed().as_secs() > 60 {
                    eprintln!("seed {seed}: a run waits in vain");
                    std::process::abort();
                }
                std::thread::yield_now();
            }
        });
        let callers: Vec<_> = (0..2)
            .map(|_| {
                let mut randoms: Vec<_> = (0..runs / 2).map(|_| Random(random.next())).collect();
                let (case, executor) = (&case, &executor);
                threads.spawn(move || {
                    let runs = randoms.iter_mut().map(|random| some_run(case, executor, random));
                    smol::block_on(futures::future::join_all(runs));
                })
            })
            .collect();
        callers.into_iter().for_each(|caller| caller.join().expect("a run has failed the test"));
        done.store(true, Ordering::SeqCst);
        drop(stop);
    });
    drop(executor);
    case.check();
}

/// Runs a random step again until it succeeds, or gives up after some polls.
async fn some_run<'s>(case: &'s Case, executor: &smol::Executor<'s>, random: &mut Random) {
    let step = random.below(case.values.len());
    let source = Source::Step { step: step as u16, output: 0 };
    let patience = if random.once_in(3) { random.below(4) } else { usize::MAX };
    loop {
        let options = RunOptions { keep_going: random.once_in(2), ..RunOptions::default() };
        let view = StoreRef::new(&case.store);
        let job = BorrowedRun::new(Graph::new(view, None, &options, || "stress", start_in_parent), view);
        let run: futures::future::BoxFuture<'_, Result<(), RunError>> = if random.once_in(2) {
            Box::pin(SingleTask::new(job, &[Some(source)], Some(order(case.store.plan, step as u16)), &options))
        } else {
            let order = order(case.store.plan, step as u16);
            let spread = MultiThread::borrowed(job, &[Some(source)], order, &options, 2);
            for number in 0..2 {
                executor.spawn(Worker::new(&spread, number)).detach();
            }
            Box::pin(RunHandle(spread))
        };
        let mut run = AssertUnwindSafe(run).catch_unwind();
        let mut polls = 0;
        let end = poll_fn(|cx| {
            polls += 1;
            if polls > patience {
                return Poll::Ready(None);
            }
            Pin::new(&mut run).poll(cx).map(Some)
        });
        match end.await {
            None => return,
            Some(Ok(Ok(()))) => {
                assert!(view.slot(step).is_filled(), "a run has succeeded without its target");
                return;
            }
            Some(Ok(Err(_))) => {}
            Some(Err(panic)) => expected(&*panic),
        }
    }
}

#[test]
fn random_graphs_hold_the_invariants_on_one_thread() {
    for seed in 0..400 {
        in_one_thread(seed, 30, 60);
    }
}

#[test]
fn ten_thousand_concurrent_runs_hold_the_invariants() {
    in_one_thread(1_000_000, 200, 10_000);
}

#[test]
fn random_graphs_hold_the_invariants_on_several_threads() {
    for seed in 0..60 {
        in_threads(seed, 40);
    }
}

/// A store of independent steps, each of which sleeps this often.
fn fan(steps: usize, waits: usize) -> Store {
    let alive = Arc::default();
    let plan =
        kept(ExecPlan::of(&SPEC, &(0..steps).map(|step| vec![Source::Supplied(step as u16)]).collect::<Vec<_>>()));
    let scripts = (0..steps).map(|step| Script::new(step, 0, waits, &alive)).collect();
    Store { plan, slots: (0..steps).map(|_| ScriptSlot(Slot::of::<Scripted>())).collect(), scripts }
}

/// A wake-up costs one poll of one step, however many others sleep.
#[test]
fn wakeup_polls_one_step_among_a_thousand() {
    const STEPS: usize = 1000;
    let store = fan(STEPS, 1);
    // Every third step yields instead of sleeping, so the test leaves it out.
    let steps: Vec<_> = (0..STEPS).filter(|step| step % 3 != 2).collect();
    let polls = || steps.iter().map(|&step| store.scripts[step].polls.load(Ordering::SeqCst)).sum::<usize>();

    let sources: Vec<_> = steps.iter().map(|&step| Some(Source::Step { step: step as u16, output: 0 })).collect();
    let options = RunOptions::default();
    let view = StoreRef::new(&store);
    let mut run = SingleTask::new(
        BorrowedRun::new(Graph::new(view, None, &options, || "stress", start_in_parent), view),
        &sources,
        None,
        &options,
    );
    let mut poll = || Pin::new(&mut run).poll(&mut Context::from_waker(Waker::noop()));
    // A run gives its task back after some steps.
    while polls() < steps.len() {
        assert!(poll().is_pending());
    }
    assert!(poll().is_pending());
    assert_eq!(polls(), steps.len());
    for (done, &step) in steps.iter().enumerate() {
        store.scripts[step].sleepers.lock().unwrap().pop().unwrap().wake();
        assert_eq!(poll().is_ready(), done + 1 == steps.len());
        assert_eq!(polls(), steps.len() + done + 1);
    }
}

/// The schedule starts steps in their order if each is ready at once. The schedule that is made
/// from an order is the one that a search makes.
#[test]
fn orders_of_random_graphs_are_those_of_the_schedule() {
    let mut starts = 0;
    for seed in 0..300 {
        let mut random = Random(seed);
        let case = Case::new(seed, MOST_STEPS, &mut random);
        let graph = Graph::new(StoreRef::new(&case.store), None, &RunOptions::default(), || "stress", start_in_parent);
        let step = random.below(case.values.len()) as u16;
        let order = order(case.store.plan, step);
        let pace = Pace::of(&RunOptions::default());
        let searched = Schedule::new(&graph, &[Some(Source::Step { step, output: 0 })], pace, |_| false);
        for mut schedule in [searched, Schedule::in_order(&graph, order, pace)] {
            let mut started = Vec::new();
            while let Some(step) = schedule.next() {
                started.push(step);
                schedule.finish(&graph, step);
            }
            assert_eq!(started, order.steps, "graph {seed}");
            assert!(schedule.outcome(&graph).is_ready());
            starts += started.len();
        }
        // The paths in errors are equal too.
        let failed = order.steps[random.below(order.steps.len())];
        let paths = [
            Schedule::new(&graph, &[Some(Source::Step { step, output: 0 })], pace, |_| false),
            Schedule::in_order(&graph, order, pace),
        ]
        .map(|mut schedule| {
            let error = schedule.fail(&graph, failed, SharedError::new("no luck".into())).unwrap_err();
            error.failures().iter().map(|failure| failure.path().len()).collect::<Vec<_>>()
        });
        assert_eq!(paths[0], paths[1], "graph {seed}");
    }
    assert!(starts > 2_000, "the graphs have steps: {starts}");
}

/// Records the events of a run, and the polls of its steps.
#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Log {
    /// Notes an event.
    fn note(&self, text: String) {
        self.0.lock().unwrap().push(text);
    }
}

impl Observer for Log {
    fn run_started(&self, run: &RunInfo, _: Instant) {
        self.note(format!("run of {} begins", run.target()));
    }
    fn step(&self, _: &RunInfo, event: &StepEvent<'_>) {
        self.note(match event.kind {
            StepEventKind::WaitingForOtherRun { .. } => format!("{} waits for another run", event.step),
            kind => format!("{} {kind:?}", event.step),
        });
    }
    fn run_ended(&self, _: &RunInfo, end: RunEnd, _: Instant) {
        self.note(format!("run {end:?}"));
    }
    fn polling(&self, _: &RunInfo, step: usize, poll: &mut dyn FnMut()) {
        self.note(format!("{step} is polled"));
        poll();
        self.note(format!("{step} was polled"));
    }
}

/// The events of a run on the random store of this seed, and whether the run could go along an
/// order. Beside an odd seed, another run executes some of the steps. Every sleeping step is woken
/// between the polls.
fn events(seed: u64, with_order: bool) -> (Vec<String>, bool) {
    let mut random = Random(seed);
    let case = Case::new(seed, MOST_STEPS, &mut random);
    let [step, other] = [0; 2].map(|_| random.below(case.values.len()) as u16);
    let log = Arc::new(Log::default());
    let observers = Observers { all: vec![log.clone()], ..Observers::default() };
    let limit = NonZero::new(random.below(4));
    let options = RunOptions {
        limit,
        keep_going: random.once_in(2),
        observers: Some(Box::new(observers)),
        ..RunOptions::default()
    };
    let view = StoreRef::new(&case.store);
    let job =
        |options: &RunOptions| BorrowedRun::new(Graph::new(view, None, options, || "stress", start_in_parent), view);
    let source = |step| Source::Step { step, output: 0 };

    let silent = RunOptions::default();
    let mut beside = (seed % 2 == 1).then(|| SingleTask::new(job(&silent), &[Some(source(other))], None, &silent));
    let mut poll_beside = || {
        let poll =
            |run: &mut Box<SingleTask<'_>>| Pin::new(run).poll(&mut Context::from_waker(Waker::noop())).is_pending();
        let is_pending = |run: &mut Box<SingleTask<'_>>| {
            catch_unwind(AssertUnwindSafe(|| poll(run))).unwrap_or_else(|panic| {
                expected(&*panic);
                false
            })
        };
        beside = beside.take().and_then(|mut run| is_pending(&mut run).then_some(run));
    };
    poll_beside();
    let job = job(&options);
    let order = order(case.store.plan, step);
    let can_follow = job.can_follow(order);
    let mut run = Some(match with_order {
        true => SingleTask::new(job, &[Some(source(step))], Some(order), &options),
        false => SingleTask::new(job, &[Some(source(step))], None, &options),
    });
    while let Some(polled) = &mut run {
        let poll = || Pin::new(polled).poll(&mut Context::from_waker(Waker::noop())).is_ready();
        if catch_unwind(AssertUnwindSafe(poll)).map_err(|panic| expected(&*panic)).unwrap_or(true) {
            run = None;
        }
        let sleepers = core::mem::take(&mut *case.store.scripts[0].sleepers.lock().unwrap());
        sleepers.into_iter().for_each(Waker::wake);
        poll_beside();
    }
    drop((run, beside, options));
    case.check();
    let events = core::mem::take(&mut *log.0.lock().unwrap());
    (events, can_follow)
}

/// Observers receive the same events from a run that goes along its order as from one that has a
/// schedule from the start: also if steps pend, fail or panic, or another run executes them.
#[test]
fn events_along_an_order_are_those_of_the_schedule() {
    let mut followed = 0;
    for seed in 0..600 {
        let (scheduled, _) = events(seed, false);
        let (in_order, can_follow) = events(seed, true);
        assert_eq!(in_order, scheduled, "graph {seed}");
        followed += usize::from(can_follow);
    }
    assert!(followed > 400, "most runs have an order: {followed}");
}

/// Workers that find no step to execute ask for the outcome too, at any time.
#[test]
fn outcome_of_a_run_is_reported_once() {
    let store = fan(1, 0);
    for keep_going in [false, true] {
        let options = RunOptions { keep_going, ..RunOptions::default() };
        let graph = Graph::new(StoreRef::new(&store), None, &options, || "stress", start_in_parent);
        let source = Source::Step { step: 0, output: 0 };
        let mut schedule = Schedule::new(&graph, &[Some(source)], Pace::of(&options), |_| false);
        assert_eq!(schedule.next(), Some(0));
        assert!(schedule.outcome(&graph).is_pending());
        // Without `keep_going` the failure itself is the outcome.
        match schedule.fail(&graph, 0, SharedError::new("no luck".into())) {
            Ok(()) => assert!(matches!(schedule.outcome(&graph), Poll::Ready(Err(_)))),
            Err(error) => assert_eq!(error.step(), "step"),
        }
        assert!(schedule.outcome(&graph).is_pending());
    }
}
