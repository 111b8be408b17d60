//! The computed values of a store, and the order in which they are dropped.

use crate::drops::Drops;
use crate::exec::plan::ExecPlan;
use crate::lower::slots::Slots;
use once_cell::race::OnceRef;

/// The outputs of the steps. No value is dropped before those that were computed from it.
pub(super) struct Computed<S: Slots> {
    /// The outputs, a slot for each step.
    pub(super) slots: S,
    /// The plan of the first run on the store, once it has begun. If the store is supplied with a
    /// value after that, the plan of the next run has fewer edges, and the order is the same.
    plan: OnceRef<'static, ExecPlan>,
}

impl<S: Slots> Computed<S> {
    /// Computed values in these slots, which are empty.
    pub(super) const fn of(slots: S) -> Self {
        Computed { slots, plan: OnceRef::new() }
    }

    /// Notes that a run with this plan begins. Returns whether it is the first one.
    #[inline]
    pub(super) fn begin_run(&self, plan: &'static ExecPlan) -> bool {
        // Many runs find the plan, and then need not write to memory that other threads read.
        let is_first = self.plan.get().is_none();
        if is_first {
            // Fails if another run has begun meanwhile. Its plan is the same.
            let _ = self.plan.set(plan);
        }
        is_first
    }

    /// Whether a run may have computed values.
    #[inline]
    pub(super) fn may_have_values(&self) -> bool {
        self.plan.get().is_some()
    }

    /// Drops the outputs of some steps, all of them even if destructors panic.
    pub(super) fn clear(&mut self, is_cleared: impl Fn(usize) -> bool) {
        let mut drops = Drops::default();
        for step in self.destructors().chain(0..S::LEN).filter(|&step| is_cleared(step)) {
            self.slots.slot_mut(step).clear(&mut drops);
        }
    }

    /// The steps whose outputs have destructors, in their order.
    fn destructors(&self) -> impl Iterator<Item = usize> + use<S> {
        self.plan.get().into_iter().flat_map(ExecPlan::drops)
    }
}

impl<S: Slots> Drop for Computed<S> {
    fn drop(&mut self) {
        let mut drops = Drops::default();
        for step in self.destructors() {
            self.slots.slot_mut(step).clear(&mut drops);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::claim::Claim;
    use crate::exec::inputs::InputReader;
    use crate::exec::plan::{ConstList, Key, StepSpec, Tables};
    use crate::exec::slot::{AnySlot, SlotRef};
    use crate::exec::store_ref::Erased;
    use crate::exec::task::Started;
    use crate::kept::kept;
    use crate::sealed::Seal;
    use core::any::Any;
    use core::task::Context;
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
            unreachable!("no run begins")
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

    /// A graph: of each step, in the order of registration, those from which it takes.
    fn plan<const N: usize>(inputs: &[Vec<usize>]) -> &'static ExecPlan {
        let key = |step: &usize| ConstList::One(Key { id: *step as u64, name: || "resource", optional: false });
        let steps = inputs.iter().enumerate().map(|(step, inputs)| StepSpec {
            name: || "step",
            inputs: inputs.iter().fold(&ConstList::Empty, |keys, input| kept(ConstList::Both(keys, kept(key(input))))),
            outputs: kept(key(&step)),
            type_id: || unreachable!(),
            is_sync: true,
            needs_drop: true,
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
        assert!(computed.begin_run(plan));
        let value = |step| Some(Value { step, panics: panics == Some(step), log: Arc::clone(log) });
        computed.slots.0.extend((0..plan.steps().len()).map(value));
        computed
    }

    #[test]
    fn values_of_random_graphs_are_dropped_before_those_they_were_computed_from() {
        let mut edges = 0;
        for seed in 0..400_u64 {
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
            let plan = plan::<64>(&inputs);
            for panics in [None, Some(below(STEPS))] {
                for clear in [false, true] {
                    let log = Arc::default();
                    let mut computed = computed(plan, panics, &log);
                    let end = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                        if clear {
                            computed.clear(|_| true);
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
}
