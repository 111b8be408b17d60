//! The order in which the values of random graphs are dropped and closed.

use super::*;
use crate::closing::Closing;
use crate::exec::claim::Claim;
use crate::exec::close::close_steps;
use crate::exec::inputs::InputReader;
use crate::exec::plan::{ConstList, Key, StepSpec, Tables};
use crate::exec::slot::{AnySlot, SlotRef};
use crate::exec::store_ref::{DynStore, Erased, StoreRef};
use crate::exec::task::Started;
use crate::kept::kept;
use crate::options::Observers;
use crate::sealed::Seal;
use core::any::Any;
use core::task::Context;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::thread;

/// A value that notes its drop, and panics then if it shall. It does not hold those from which
/// it was computed, so nothing else determines the order.
struct Value {
    step: usize,
    panics: bool,
    log: Arc<Mutex<Vec<usize>>>,
}

impl Drop for Value {
    fn drop(&mut self) {
        self.log.lock().unwrap().push(self.step);
        assert!(!self.panics, "drop {}", self.step);
    }
}

impl AnySlot for Option<Value> {
    fn output(&self, _: usize) -> Option<&Erased> {
        self.as_ref().map(|value| value as &Erased)
    }
    fn claim(&self) -> &Claim {
        unreachable!("no run begins")
    }
    fn start<'s>(&'s self, _: InputReader<'_, 's>, _: &mut Context<'_>) -> Started<'s> {
        unreachable!("no run begins")
    }
    fn clear(&mut self, drops: &mut Drops) {
        drops.drop(self.take());
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// Slots of a random graph.
#[derive(Default)]
struct Values(Vec<Option<Value>>);

impl Slots for Values {
    fn seal(_: Seal) {}

    const LEN: usize = STEPS;
    fn slot(&self, place: usize) -> &dyn AnySlot {
        &self.0[place]
    }
    fn slot_mut(&mut self, place: usize) -> &mut dyn AnySlot {
        &mut self.0[place]
    }
    fn list<'s>(&'s self, _: &mut Vec<SlotRef<'s>>) {
        unreachable!("no run begins")
    }
}

/// The number of steps of a random graph.
const STEPS: usize = 12;

/// Begins to close a value, which some polls later notes its end.
fn close_value(store: &mut dyn DynStore, step: usize) -> Option<Closing> {
    let value = store.slot_mut(step).as_any_mut().downcast_mut::<Option<Value>>()?.take()?;
    value.log.lock().unwrap().push(BEGINS + value.step);
    Some(Closing::new(async move {
        for _ in 0..value.step * 7 % 3 {
            smol::future::yield_now().await;
        }
        drop(value);
    }))
}

/// Added to the number of a step whose value begins to be closed.
const BEGINS: usize = 100;

/// The computed values as a store.
struct Store(&'static ExecPlan, Computed<Values>);

impl DynStore for Store {
    fn plan(&self) -> &'static ExecPlan {
        self.0
    }
    fn slot(&self, step: usize) -> &dyn AnySlot {
        self.1.slots.slot(step)
    }
    fn slot_mut(&mut self, step: usize) -> &mut dyn AnySlot {
        self.1.slots.slot_mut(step)
    }
    fn slots<'s>(&'s self, _: &mut Vec<SlotRef<'s>>) {
        unreachable!("no run begins")
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
        unreachable!("no run begins")
    }
}

/// A random graph: the inputs of each step, and a step.
fn random_graph(seed: u64) -> (Vec<Vec<usize>>, usize) {
    let mut random = seed;
    let mut below = |limit: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % limit
    };
    // The order in which they are computed, apart from that of registration.
    let mut order: Vec<usize> = (0..STEPS).collect();
    (1..STEPS).rev().for_each(|last| order.swap(last, below(last + 1)));
    let mut inputs = vec![Vec::new(); STEPS];
    for place in 1..STEPS {
        inputs[order[place]] = (0..below(4)).map(|_| order[below(place)]).collect();
    }
    (inputs, below(STEPS))
}

/// A graph: of each step, in the order of registration, those from which it takes.
fn plan<const N: usize>(inputs: &[Vec<usize>]) -> &'static ExecPlan {
    let key = |step: &usize| ConstList::One(Key { id: *step as u64, name: || "resource", ..Key::NONE });
    let steps = inputs.iter().enumerate().map(|(step, inputs)| StepSpec {
        name: || "step",
        inputs: inputs.iter().fold(&ConstList::Empty, |keys, input| kept(ConstList::Both(keys, kept(key(input))))),
        outputs: kept(key(&step)),
        is_sync: true,
        needs_drop: true,
        close: Some(close_value),
        ..StepSpec::NONE
    });
    // Halves, because the functions on lists recurse along them.
    let mut lists: Vec<&_> = steps.map(|step| kept(ConstList::One(step))).collect();
    while lists.len() > 1 {
        lists = lists
            .chunks(2)
            .map(|pair| match *pair {
                [first, second] => kept(ConstList::Both(first, second)),
                _ => pair[0],
            })
            .collect();
    }
    kept(kept(Tables::<N>::build(lists[0], &ConstList::Empty)).plan())
}

/// A value of each step, which notes its drop. The step `panics` panics then.
fn computed(plan: &'static ExecPlan, panics: Option<usize>, log: &Arc<Mutex<Vec<usize>>>) -> Computed<Values> {
    let mut computed = Computed::of(Values::default());
    assert!(computed.plan.begin_run(plan));
    let value = |step| Some(Value { step, panics: panics == Some(step), log: Arc::clone(log) });
    computed.slots.0.extend((0..plan.steps().len()).map(value));
    computed
}

#[test]
fn values_of_random_graphs_are_dropped_before_those_they_were_computed_from() {
    let mut edges = 0;
    for seed in 0..400_u64 {
        let (inputs, step) = random_graph(seed);
        let plan = plan::<64>(&inputs);
        for panics in [None, Some(step)] {
            for clear in [false, true] {
                let log = Arc::default();
                let mut computed = computed(plan, panics, &log);
                let end = catch_unwind(AssertUnwindSafe(|| {
                    if clear {
                        computed.clear(None);
                    }
                    drop(computed);
                }));
                assert_eq!(end.is_err(), panics.is_some());
                let log = log.lock().unwrap();
                let dropped = |step: &usize| log.iter().position(|other| other == step).unwrap();
                assert_eq!(log.len(), STEPS, "graph {seed}: each once");
                for (step, inputs) in inputs.iter().enumerate() {
                    assert!(inputs.iter().all(|input| dropped(&step) < dropped(input)), "graph {seed}: {log:?}");
                    edges += inputs.len();
                }
            }
        }
    }
    assert!(edges > 10_000, "the graphs have edges: {edges}");
}

#[test]
fn values_of_random_graphs_begin_to_be_closed_when_all_that_were_computed_from_them_are() {
    let mut at_once = 0;
    for seed in 0..400_u64 {
        let (inputs, step) = random_graph(seed);
        let plan = plan::<64>(&inputs);
        for panics in [None, Some(step)] {
            let log = Arc::default();
            let mut store = Store(plan, computed(plan, panics, &log));
            let closed = smol::block_on(close_steps(&mut store, "pipeline"));
            assert_eq!(closed.map_err(|error| error.failures().len()), panics.map_or(Ok(()), |_| Err(1)));
            let log = log.lock().unwrap();
            let place = |event: usize| log.iter().position(|&other| other == event).unwrap();
            assert_eq!(log.len(), 2 * STEPS, "graph {seed}: each once");
            for (step, inputs) in inputs.iter().enumerate() {
                assert!(inputs.iter().all(|&input| place(step) < place(BEGINS + input)), "graph {seed}: {log:?}");
            }
            at_once += log.windows(2).filter(|pair| pair.iter().all(|&event| event >= BEGINS)).count();
        }
    }
    assert!(at_once > 400, "values are closed at the same time: {at_once}");
}

#[test]
fn steps_of_a_cycle_are_dropped_before_those_from_which_they_take() {
    let plan = plan::<16>(&[vec![1, 3], vec![0], vec![1], vec![], vec![2]]);
    assert_eq!(plan.drops().collect::<Vec<_>>(), [4, 2, 1, 0, 3]);
}

#[test]
fn chain_of_4000_values_is_dropped_on_a_small_stack() {
    const MOST: usize = 4000;
    let inputs: Vec<Vec<usize>> = (0..MOST).map(|step| step.checked_sub(1).into_iter().collect()).collect();
    // A program has its tables from the compiler.
    let build = thread::Builder::new().stack_size(64 << 20);
    let plan = thread::scope(|scope| build.spawn_scoped(scope, || plan::<8192>(&inputs)).unwrap().join().unwrap());
    let log = Arc::default();
    let computed = computed(plan, None, &log);
    thread::Builder::new().stack_size(2 << 20).spawn(move || drop(computed)).unwrap().join().unwrap();
    assert!(log.lock().unwrap().iter().copied().eq((0..MOST).rev()));
}
