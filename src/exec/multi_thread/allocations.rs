//! The number of allocations of a step in a run on threads. Allocations are counted by thread, so
//! the test polls the worker itself.

use super::{MultiThread, RunHandle, SharedRun, Steps, Worker};
use crate::exec::graph::{BorrowedRun, Graph};
use crate::exec::store_ref::StoreRef;
use crate::lower::goal::OfTarget;
use crate::options::RunOptions;
use crate::run::target::graph_of;
use crate::store::AnyStore;
use crate::{HList, Inputs, Outputs, Pipeline, Step, Store, hlist, resource};
use allocation_counter::measure;
use core::pin::Pin;
use core::task::{Context, Waker};
use smol::future::yield_now;
use std::convert::Infallible;
use std::sync::Arc;

/// A step's future.
const STEP: u64 = 1;

/// The future that holds the store for the step, if the store is in an `Arc`.
const HOLDER: u64 = 1;

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
fn allocations<T: Step, C: Steps>(crew: impl FnOnce(Graph) -> C, view: StoreRef<'_>) -> u64 {
    let options = RunOptions::default();
    let info = measure(|| {
        let order = <Store<Chain> as AnyStore>::order::<OfTarget<T>>();
        let (sources, graph) = graph_of::<T>(view, order, &options);
        let spread = MultiThread::new(crew(graph), sources, &options);
        let mut worker = Worker::new(&spread, 0);
        let cx = &mut Context::from_waker(Waker::noop());
        while Pin::new(&mut worker).poll(cx).is_pending() {}
        assert!(Pin::new(&mut RunHandle(spread)).poll(cx).is_ready());
    });
    assert_eq!(info.count_current, 0, "the run frees everything");
    info.count_total
}

/// The number of allocations on a store in an `Arc`.
fn shared<T: Step>() -> u64 {
    let store = Arc::new(Store::<Chain>::new());
    let crew = |graph| SharedRun { graph: Arc::new(graph), store: Arc::clone(&store) as _ };
    allocations::<T, _>(crew, StoreRef::new(&*store))
}

/// The number of allocations on a borrowed store.
fn borrowed<T: Step>() -> u64 {
    let store = Store::<Chain>::new();
    let view = StoreRef::new(&store);
    allocations::<T, _>(|graph| BorrowedRun::new(graph, view), view)
}

#[test]
fn step_on_a_shared_store_allocates_twice() {
    assert_eq!(shared::<S3>() - shared::<S1>(), 2 * (STEP + HOLDER));
    assert_eq!(shared::<S6>() - shared::<S3>(), 3 * (STEP + HOLDER) + WOKEN);
}

#[test]
fn step_on_a_borrowed_store_allocates_once() {
    assert_eq!(borrowed::<S3>() - borrowed::<S1>(), 2 * STEP);
    assert_eq!(borrowed::<S6>() - borrowed::<S3>(), 3 * STEP + WOKEN);
}
