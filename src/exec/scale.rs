//! Large runs: a step costs the same in a run of ten steps and in one of 4,000, a wake-up costs the
//! same however many steps are in progress, and nothing recurses along the graph.
//!
//! Time is not asserted, but exact numbers of polls and of allocations.

use super::claim::Claim;
use super::graph::{BorrowedRun, Graph};
use super::inputs::InputReader;
use super::multi_thread::{MultiThread, RunHandle, Worker};
use super::order::Order;
use super::plan::{ConstList, ExecPlan, Key, Source, StepSpec};
use super::single_task::{SingleTask, start_in_parent};
use super::slot::{AnySlot, SlotRef};
use super::stale::stale_steps;
use super::store_ref::{DynStore, Erased, StoreRef};
use super::task::{Started, StepResult};
use crate::drops::Drops;
use crate::kept::kept;
use crate::lower::slot::{Slot, Stored};
use crate::lower::stored::One;
use crate::observe::{Instant, Observer, RunInfo, StepEvent};
use crate::options::{Observers, RunOptions};
use crate::resource::Resource;
use crate::steps::{Inputs, Outputs, Step};
use crate::{HList, hlist, identity};
use allocation_counter::measure;
use core::any::Any;
use core::future::poll_fn;
use core::pin::Pin;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, Poll, Waker};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::thread;

/// The numbers of steps that are compared.
const SIZES: [usize; 4] = [10, 100, 1_000, 4_000];

/// The number of steps of the largest run.
const MOST: usize = 4_000;

/// The stack of a thread, unless the program chooses another one.
const STACK: usize = 2 << 20;

/// The output of each step.
struct Output;
impl Resource for Output {
    type Value = u64;
    type Identity = identity!("typed_pipeliner::exec::scale::Output");
}

/// The type of each step.
struct Counted;
impl Step for Counted {
    type Inputs = HList![];
    type Outputs = HList![Output];
    type Error = &'static str;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        unreachable!("`CountedSlot` starts the step")
    }
}

/// The behaviour of the steps of a store.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    /// They are ready at once.
    Ready,
    /// They wake themselves, and are ready at the next poll.
    Yields,
    /// They keep their wakers, and are ready when they are woken twice.
    Sleeps,
    /// They fail at once.
    Fails,
}

/// The slot of a step.
struct CountedSlot {
    /// The outputs.
    slot: Slot<Stored<Counted>>,
    /// The behaviour.
    work: Work,
    /// The number of inputs.
    inputs: usize,
    /// How often the step was polled.
    polls: AtomicUsize,
    /// The waker of the step, while it sleeps.
    waker: Mutex<Option<Waker>>,
}

impl CountedSlot {
    /// Does the work, and sums up.
    async fn run(&self, sum: u64) -> StepResult<'_> {
        let mut polls = 0;
        poll_fn(|cx| {
            polls += 1;
            self.polls.fetch_add(1, Ordering::Relaxed);
            match (self.work, polls) {
                (Work::Yields, 1) => cx.waker().wake_by_ref(),
                (Work::Sleeps, 1 | 2) => *self.waker.lock().unwrap() = Some(cx.waker().clone()),
                _ => return Poll::Ready(()),
            }
            Poll::Pending
        })
        .await;
        match self.work {
            Work::Fails => Err("a step fails".into()),
            _ => Ok(self.slot.fill(hlist![One(sum + 1)])),
        }
    }

    /// Wakes the step, which sleeps.
    fn wake(&self) {
        let waker = self.waker.lock().unwrap().take();
        waker.expect("the step sleeps").wake();
    }
}

impl AnySlot for CountedSlot {
    fn output(&self, place: usize) -> Option<&Erased> {
        self.slot.output(place)
    }
    fn claim(&self) -> &Claim {
        self.slot.claim()
    }
    fn start<'s>(&'s self, mut inputs: InputReader<'_, 's>, cx: &mut Context<'_>) -> Started<'s> {
        let sum = (0..self.inputs).map(|_| *inputs.next::<u64>()).fold(0, u64::wrapping_add);
        Started::poll(self.run(sum), cx)
    }
    fn clear(&mut self, drops: &mut Drops) {
        self.slot.clear(drops);
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// The spec of each step.
static SPEC: StepSpec = StepSpec { name: || "step", type_id: std::any::TypeId::of::<Store>, ..StepSpec::NONE };

/// A plan, and the order for its last step.
type Planned = (&'static ExecPlan, &'static Order);

/// The connections of the steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    /// Each step takes the output of the one before it.
    Chain,
    /// Ten steps a layer, each of which takes three outputs of the layer before; the last step
    /// takes the last layer.
    Layers,
    /// The last step takes the outputs of all others.
    Fan,
}

impl Shape {
    /// The steps from which a step takes its inputs.
    fn inputs(self, step: usize, steps: usize) -> Vec<usize> {
        match self {
            Shape::Chain => step.checked_sub(1).into_iter().collect(),
            Shape::Fan | Shape::Layers if step + 1 == steps => {
                let width = if self == Shape::Fan { steps } else { 10 };
                (steps.saturating_sub(width)..step).collect()
            }
            Shape::Fan => Vec::new(),
            Shape::Layers => match (step / 10 * 10).checked_sub(10) {
                None => Vec::new(),
                Some(above) => (0..3).map(|next| above + (step + next) % 10).collect(),
            },
        }
    }

    /// The plan of this many steps. It is made once, and never freed.
    fn plan(self, steps: usize) -> Planned {
        static PLANS: Mutex<BTreeMap<(Shape, usize), Planned>> = Mutex::new(BTreeMap::new());
        *PLANS.lock().unwrap().entry((self, steps)).or_insert_with(|| {
            let source = |step| Source::Step { step: step as u16, output: 0 };
            let inputs = (0..steps).map(|step| self.inputs(step, steps).into_iter().map(source).collect());
            let plan = kept(ExecPlan::of(&SPEC, &inputs.collect::<Vec<_>>()));
            (plan, kept(Order::of_step::<MOST>(plan, (steps - 1) as u16)))
        })
    }
}

/// A store.
struct Store {
    /// The plan.
    plan: &'static ExecPlan,
    /// The order for the last step.
    order: &'static Order,
    /// The slots of the steps.
    slots: Vec<CountedSlot>,
}

impl Store {
    /// A store of this many steps. The last step of a fan is ready when its inputs are there.
    fn new(shape: Shape, steps: usize, work: Work) -> Self {
        let (plan, order) = shape.plan(steps);
        let slot = |step| CountedSlot {
            slot: Slot::of::<Counted>(),
            work: if shape == Shape::Fan && step + 1 == steps { Work::Ready } else { work },
            inputs: shape.inputs(step, steps).len(),
            polls: AtomicUsize::new(0),
            waker: Mutex::new(None),
        };
        Store { plan, order, slots: (0..steps).map(slot).collect() }
    }

    /// A run of the last step.
    fn run(&self, options: &RunOptions) -> Box<SingleTask<'_>> {
        SingleTask::new(self.job(options), &self.target(), Some(self.order), options)
    }

    /// A run of the last step on threads.
    fn spread(&self, options: &RunOptions) -> Arc<MultiThread<BorrowedRun<'_>>> {
        MultiThread::borrowed(self.job(options), &self.target(), self.order, options, 2)
    }

    /// The graph of a run.
    fn job(&self, options: &RunOptions) -> BorrowedRun<'_> {
        let view = StoreRef::new(self);
        BorrowedRun::new(Graph::new(view, None, options, || "scale", start_in_parent), view)
    }

    /// The last step.
    fn target(&self) -> [Option<Source>; 1] {
        [Some(Source::Step { step: (self.slots.len() - 1) as u16, output: 0 })]
    }

    /// The number of polls of all steps.
    fn polls(&self) -> usize {
        self.slots.iter().map(|slot| slot.polls.load(Ordering::Relaxed)).sum()
    }
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
    fn supplied(&self, _: usize) -> Option<&Erased> {
        None
    }
    fn supplied_mut(&mut self, _: usize) -> &mut dyn Any {
        unreachable!("nothing is supplied")
    }
    fn parent(&self) -> Option<StoreRef<'_>> {
        None
    }
    fn observers(&self) -> Option<&Observers> {
        None
    }
    fn begin_run(&self) -> bool {
        !self.slots.iter().any(|slot| slot.output(0).is_some())
    }
}

/// Polls a future once.
fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls a future to its end.
fn end_of<F: Future + Unpin>(mut future: F) -> F::Output {
    loop {
        if let Poll::Ready(output) = poll(&mut future) {
            return output;
        }
    }
}

/// Calls a function on a thread with a small stack.
fn on_small_stack<T: Send>(call: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, call).unwrap();
        thread.join().unwrap()
    })
}

/// The allocations of a run besides those of its steps, each of which allocates its future.
fn allocations_of_run(shape: Shape, steps: usize, work: Work) -> u64 {
    let store = Store::new(shape, steps, work);
    let info = measure(|| end_of(store.run(&RunOptions::default())).unwrap());
    assert_eq!(info.count_current, 0, "the run frees everything");
    assert_eq!(store.polls(), steps * if work == Work::Yields { 2 } else { 1 });
    info.count_total - steps as u64
}

#[test]
fn step_of_a_large_run_is_polled_and_allocates_as_in_a_small_one() {
    for work in [Work::Ready, Work::Yields] {
        let [small, others @ ..] = SIZES.map(|steps| allocations_of_run(Shape::Chain, steps, work));
        // The words for woken seats, of which a small run needs none.
        assert_eq!(others, [small + 1; 3]);
        let [_, others @ ..] = SIZES.map(|steps| allocations_of_run(Shape::Layers, steps, work));
        assert_eq!(others, [others[0]; 3]);
    }
}

#[test]
fn wakeup_polls_one_step_and_allocates_nothing_among_4000() {
    for steps in SIZES {
        let store = Store::new(Shape::Fan, steps, Work::Sleeps);
        let options = RunOptions::default();
        let mut run = store.run(&options);
        // A run gives its task back after some steps.
        while store.polls() + 1 < steps {
            assert!(poll(&mut run).is_pending());
        }
        assert!(poll(&mut run).is_pending());
        for step in [0, steps / 3, steps / 2, steps - 2] {
            let before = store.polls();
            // It sleeps once more.
            let info = measure(|| {
                store.slots[step].wake();
                assert!(poll(&mut run).is_pending());
            });
            assert_eq!((store.polls() - before, info.count_total), (1, 0), "{steps} steps");
        }
    }
}

#[test]
fn long_chain_runs_and_is_cleared_on_a_small_stack() {
    on_small_stack(|| {
        for work in [Work::Ready, Work::Yields] {
            let mut store = Store::new(Shape::Chain, MOST, work);
            for run in 1..=2 {
                end_of(store.run(&RunOptions::default())).unwrap();
                assert_eq!(store.slots[MOST - 1].output(0).unwrap().downcast_ref(), Some(&(MOST as u64)));
                assert_eq!(store.polls(), run * MOST * if work == Work::Yields { 2 } else { 1 });
                let mut drops = Drops::default();
                (0..MOST).for_each(|step| store.slot_mut(step).clear(&mut drops));
            }
        }
    });
}

#[test]
fn long_chain_on_threads_runs_on_a_small_stack() {
    on_small_stack(|| {
        let store = Store::new(Shape::Chain, MOST, Work::Yields);
        let spread = store.spread(&RunOptions::default());
        end_of(Worker::new(&spread, 0));
        end_of(RunHandle(spread)).unwrap();
        assert_eq!(store.polls(), 2 * MOST);
    });
}

#[test]
fn run_of_4000_sleeping_steps_is_dropped_on_a_small_stack() {
    on_small_stack(|| {
        let store = Store::new(Shape::Fan, MOST, Work::Sleeps);
        // The second run finds no step claimed.
        for runs in 1..=2 {
            let mut run = store.run(&RunOptions::default());
            while store.polls() < runs * (MOST - 1) {
                assert!(poll(&mut run).is_pending());
            }
        }
    });
}

#[test]
fn failure_at_the_end_of_a_long_chain_is_reported_on_a_small_stack() {
    on_small_stack(|| {
        for keep_going in [false, true] {
            let store = Store::new(Shape::Chain, MOST, Work::Fails);
            let error = end_of(store.run(&RunOptions { keep_going, ..RunOptions::default() })).unwrap_err();
            assert_eq!(error.path().len(), MOST);
            assert_eq!(error.skipped().len(), if keep_going { MOST - 1 } else { 0 });
            assert!(format!("{error:#}").contains("… 3991 more …"));
        }
    });
}

/// Counts the events of a run, and its edges.
#[derive(Default)]
struct Counts {
    /// The events.
    events: AtomicUsize,
    /// The steps that steps need.
    edges: AtomicUsize,
}

impl Observer for Counts {
    fn run_started(&self, run: &RunInfo, _: Instant) {
        self.edges.store(run.steps().iter().map(|step| step.needs().len()).sum(), Ordering::Relaxed);
    }
    fn step(&self, _: &RunInfo, _: &StepEvent<'_>) {
        self.events.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn long_chain_is_observed_on_a_small_stack() {
    on_small_stack(|| {
        let counts = Arc::new(Counts::default());
        let observers = Observers { all: vec![counts.clone()], ..Observers::default() };
        let store = Store::new(Shape::Chain, MOST, Work::Yields);
        let options = RunOptions { observers: Some(Box::new(observers)), ..RunOptions::default() };
        end_of(store.run(&options)).unwrap();
        // Each step is demanded, ready, started and finished.
        assert_eq!(counts.events.load(Ordering::Relaxed), 4 * MOST);
        assert_eq!(counts.edges.load(Ordering::Relaxed), MOST - 1);
    });
}

/// A list in the shape of [`HList!`]: lists of sixteen, and lists of these.
fn list<T: Send + Sync>(mut elements: Vec<&'static ConstList<T>>) -> &'static ConstList<T> {
    let one = |elements: &[&'static ConstList<T>]| {
        let before = |tail, &head: &&'static ConstList<T>| kept(ConstList::Both(head, tail));
        elements.iter().rev().fold(&ConstList::Empty, before)
    };
    while elements.len() > 16 {
        elements = elements.chunks(16).map(one).collect();
    }
    one(&elements)
}

#[test]
fn stale_values_of_a_long_chain_are_found_on_a_small_stack() {
    on_small_stack(|| {
        let key = |id| {
            let key = Key { id: id as u64, name: || "resource", ..Key::NONE };
            kept(ConstList::One(key))
        };
        let spec = |step| StepSpec { inputs: key(step), outputs: key(step + 1), ..SPEC };
        let specs = list((0..MOST).map(|step| kept(ConstList::One(spec(step)))).collect());
        let is_stale = stale_steps(specs, key(0), |step| step.inputs.list()[0].id == 0);
        assert_eq!(is_stale, [true; MOST]);
    });
}
