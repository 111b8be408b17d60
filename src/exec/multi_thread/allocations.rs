//! The number of allocations of a step in a run on threads. Allocations are counted by thread, so
//! the test polls the worker itself.

use super::{MultiThread, RunHandle, Steps, Worker};
use crate::exec::graph::{BorrowedRun, Graph};
use crate::exec::order::Order;
use crate::exec::plan::Source;
use crate::exec::single_task::graph_of;
use crate::exec::store_ref::StoreRef;
use crate::options::RunOptions;
use crate::run::target::{demand_of, order_of};
use crate::{HList, Inputs, Outputs, Pipeline, Step, Store, hlist, resource};
use allocation_counter::measure;
use core::pin::Pin;
use core::task::{Context, Waker};
use smol::future::yield_now;
use std::convert::Infallible;
use std::sync::Arc;

/// A step's future.
const STEP: u64 = 1;

/// The cells of the steps, allocated when the first one pends.
const CELLS: u64 = 1;

/// The queue of woken steps, allocated at the first wake-up.
const WOKEN: u64 = 1;

resource! { R1: (); R2: (); R3: (); R4: (); R5: (); R6: (); }

/// Declares a chain of steps, some of which yield.
macro_rules! chain {
    ($($step:ident: [$($input:ident)?] -> $output:ident $(after $wait:ident)?;)*) => {$(
        struct $step;
        impl Step for $step {
            type Inputs = HList![$($input)?];
            type Outputs = HList![$output];
            type Error = Infallible;
            async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
                $($wait().await;)?
                Ok(hlist![()])
            }
        }
    )*};
}
chain! {
    S1: [] -> R1;
    S2: [R1] -> R2;
    S3: [R2] -> R3;
    S4: [R3] -> R4 after yield_now;
    S5: [R4] -> R5;
    S6: [R5] -> R6 after yield_now;
}

struct Chain;
impl Pipeline for Chain {
    type Steps = HList![S1, S2, S3, S4, S5, S6];
}

/// The number of allocations of a run with one worker.
fn allocations<T: Step, S: Steps>(
    store: &Store<Chain>,
    run: impl FnOnce(Graph, &[Option<Source>], &Order, &RunOptions) -> Arc<MultiThread<S>>,
) -> u64 {
    let options = RunOptions::default();
    let info = measure(|| {
        let order = order_of::<T, _>(store);
        let view = StoreRef::new(store);
        let demand = demand_of::<T>(view, order);
        let sources = demand.sources;
        let graph = graph_of(view, demand, &options);
        let run = run(graph, sources, order, &options);
        let mut worker = Worker::new(&run, 0);
        let cx = &mut Context::from_waker(Waker::noop());
        while Pin::new(&mut worker).poll(cx).is_pending() {}
        assert!(Pin::new(&mut RunHandle(run)).poll(cx).is_ready());
    });
    assert_eq!(info.count_current, 0, "the run frees everything");
    info.count_total
}

/// The number of allocations on a store in an `Arc`.
fn shared<T: Step>() -> u64 {
    let store = Arc::new(Store::<Chain>::new());
    allocations::<T, _>(&store, |graph, source, order, options| {
        MultiThread::shared(Arc::clone(&store) as _, graph, source, order, options, 2)
    })
}

/// The number of allocations on a borrowed store.
fn borrowed<T: Step>() -> u64 {
    let store = Store::<Chain>::new();
    allocations::<T, _>(&store, |graph, source, order, options| {
        MultiThread::borrowed(BorrowedRun::new(graph, StoreRef::new(&store)), source, order, options, 2)
    })
}

/// Steps that pend one after the other share the waker and what holds the store, too.
#[test]
fn step_allocates_its_future_alone() {
    for run in
        [[shared::<S1>(), shared::<S3>(), shared::<S6>()], [borrowed::<S1>(), borrowed::<S3>(), borrowed::<S6>()]]
    {
        let [one, three, six] = run;
        assert_eq!(three - one, 2 * STEP);
        assert_eq!(six - three, 3 * STEP + CELLS + WOKEN);
    }
}
