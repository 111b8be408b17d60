//! The exact number of allocations of a run: a constant for itself, one or two for each step, and
//! none if all its outputs are stored.

mod support;

use allocation_counter::measure;
use smol::future::yield_now;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use support::{Gate, Task, pipeline, poll, step};
use typed_pipeliner::observe::{RunInfo, StepEvent};
use typed_pipeliner::{HList, In, Observer, Out, Return, Run, Store, StoreOf, hlist, resource, run, run_owned};

/// Of a run: its future, and the list of slots.
const RUN: u64 = 2;

/// Of a run that consumes its store: the future that has the store with it.
const OWNED: u64 = 1;

/// Of a target that runs at every call: the place of its returned values.
const PLACE: u64 = 1;

/// Of such a target, if it has inputs: the list of them.
const DEMANDS: u64 = 1;

/// Of a run in which a step is not ready at once, or one was done before: the schedule.
const SCHEDULE: u64 = 1;

/// Of a run in which a step starts while another pends: the seats of steps in progress.
const SEATS: u64 = 1;

/// Of an async step that runs: its future.
const STEP: u64 = 1;

/// A waker. Steps that run one after another reuse it, unless they keep a clone. The set of woken
/// steps is in the first one.
const WAKER: u64 = 1;

/// Of a run with an observer: the options, the observer, the list of observers and its box; a copy
/// of the list, the steps that observers may ask for, a flag for each step, and the notifier.
const OBSERVED: u64 = 8;

/// Of a step that pends in such a run: the observers around its polls.
const AROUND: u64 = 1;

/// Polls a run to its end, drops it, and returns the number of its allocations.
fn allocations<'s, O>(run: impl FnOnce() -> Run<'s, O>) -> u64 {
    let task = Task::new();
    let info = measure(|| {
        let mut run = run();
        while task.poll(&mut run).is_pending() {}
    });
    assert_eq!(info.count_current, 0, "the run frees everything");
    info.count_total
}

/// Yields this often, without an allocation of its own.
async fn give_way(times: usize) {
    for _ in 0..times {
        yield_now().await;
    }
}

/// Yields twice and keeps its waker meanwhile, as timers and sockets do.
async fn wait() {
    let (mut polls, mut waker) = (0, None);
    poll_fn(|cx| {
        waker = Some(cx.waker().clone());
        polls += 1;
        cx.waker().wake_by_ref();
        if polls < 3 { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    drop(waker);
}

/// Declares steps, each with the work of its body.
macro_rules! steps {
    ($($name:ident($($input:ident)?) -> $output:ident: $work:expr;)*) => {
        resource! { $($output: ();)* }
        $(step!($name($(_input: $input)?) -> [$output] {
            let () = $work;
            Ok(hlist![()])
        });)*
    };
}
steps! {
    // Ready at the first poll, one after another.
    Quick1() -> Q1: ();
    Quick2(Q1) -> Q2: ();
    Quick3(Q2) -> Q3: ();
    Quick4(Q3) -> Q4: ();
    Quick5(Q4) -> Q5: ();
    Quick6(Q5) -> Q6: ();
    // Ready at the first poll, none needs another.
    Free1() -> F1: ();
    Free2() -> F2: ();
    Free3() -> F3: ();
    // Pend, one after another.
    Slow1() -> S1: give_way(2).await;
    Slow2(S1) -> S2: give_way(100).await;
    Slow3(S2) -> S3: give_way(2).await;
    // Pend at once.
    Beside1() -> B1: wait().await;
    Beside2() -> B2: wait().await;
    Beside3() -> B3: wait().await;
}
resource! {
    Freed: ();
    Besides: ();
}
step!(Free(_1: F1, _2: F2, _3: F3) -> [Freed] { Ok(hlist![()]) });
step!(Beside(_1: B1, _2: B2, _3: B3) -> [Besides] { Ok(hlist![()]) });
step!(Tell(_besides: Besides) -> [Return<()>] { Ok(hlist![Return(())]) });
step!(TellNothing() -> [Return<()>] {
    give_way(10).await;
    Ok(hlist![Return(())])
});

pipeline! {
    All: [
        Quick1, Quick2, Quick3, Quick4, Quick5, Quick6, Free1, Free2, Free3, Free, Slow1, Slow2, Slow3, Beside1, Beside2,
        Beside3, Beside,
    ];
}

resource! {
    Once: u32;
    Twice: u32;
    Thrice: u32;
}

#[typed_pipeliner::step]
fn add_once() -> Out<Once> {
    1
}

#[typed_pipeliner::step]
fn add_twice(once: In<'_, Once>) -> Out<Twice> {
    once + 1
}

#[typed_pipeliner::step]
fn add_thrice(twice: In<'_, Twice>) -> Out<Thrice> {
    twice + 1
}

#[typed_pipeliner::step]
fn tell_sum(thrice: In<'_, Thrice>) -> Return<u32> {
    Return(*thrice)
}

pipeline! { Plain: [AddOnce, AddTwice, AddThrice]; }

#[test]
fn run_of_stored_target_allocates_nothing() {
    let store = Store::<All>::new().with(F1, ()).with(F2, ());
    allocations(|| run::<Quick6>(&store));

    assert_eq!(allocations(|| run::<Quick6>(&store)), 0);
    assert_eq!(allocations(|| run::<Quick3>(&store)), 0);
    assert_eq!(allocations(|| run::<Free1>(&store)), 0);
    assert_eq!(allocations(|| store.resource::<Q6>()), 0);
    assert_eq!(allocations(|| store.resource::<F2>()), 0);

    let shared = Arc::new(store);
    assert_eq!(allocations(|| run::<Quick6>(&shared)), 0);
}

#[test]
fn store_allocates_nothing() {
    let info = measure(|| {
        let mut store = Store::<All>::new().with(F1, ()).with(F2, ());
        assert!(store.get::<F1>().is_some());
        assert!(!store.is_ready::<Q1>());
        store.clear();
    });
    assert_eq!(info.count_total, 0);
}

#[test]
fn step_that_is_not_async_allocates_nothing() {
    let (store, other) = (Store::<Plain>::new(), Store::<Plain>::new());
    assert_eq!(allocations(|| run::<AddThrice>(&other)), RUN);
    assert_eq!(allocations(|| run::<AddOnce>(&store)), RUN);
    // It skips a step, so it has no order.
    assert_eq!(allocations(|| run::<AddThrice>(&store)), RUN + SCHEDULE);
    assert_eq!(allocations(|| run::<TellSum>(&store)), RUN + PLACE + DEMANDS + SCHEDULE);
}

#[test]
fn step_ready_at_once_allocates_once() {
    let run_of = |run: fn(&Store<All>) -> u64| run(&Store::<All>::new());
    assert_eq!(run_of(|store| allocations(|| run::<Quick1>(store))), RUN + WAKER + STEP);
    assert_eq!(run_of(|store| allocations(|| run::<Quick2>(store))), RUN + WAKER + 2 * STEP);
    assert_eq!(run_of(|store| allocations(|| run::<Quick6>(store))), RUN + WAKER + 6 * STEP);
    assert_eq!(run_of(|store| allocations(|| run::<Free>(store))), RUN + WAKER + 4 * STEP);
}

#[test]
fn run_for_a_resource_allocates_as_run_for_a_target() {
    let store = Store::<All>::new();
    assert_eq!(allocations(|| store.resource::<Q6>()), RUN + WAKER + 6 * STEP);
}

#[test]
fn step_pending_alone_allocates_once_however_often_it_pends() {
    let store = Store::<All>::new();
    assert_eq!(allocations(|| run::<Slow3>(&store)), RUN + 3 * STEP + WAKER);
}

#[test]
fn step_pending_beside_others_allocates_twice() {
    let store = Store::<All>::new();
    assert_eq!(allocations(|| run::<Beside>(&store)), RUN + SCHEDULE + SEATS + 3 * (STEP + WAKER) + STEP);
}

#[test]
fn skipped_step_allocates_nothing() {
    let store = Store::<All>::new();
    allocations(|| run::<Quick4>(&store));
    assert_eq!(allocations(|| run::<Quick6>(&store)), RUN + SCHEDULE + WAKER + 2 * STEP);

    let store = Store::<All>::new().with(F1, ()).with(F3, ());
    // It has an order, without the supplied values.
    assert_eq!(allocations(|| run::<Free>(&store)), RUN + WAKER + 2 * STEP);
}

#[test]
fn returning_target_allocates_a_step_and_its_place() {
    let store = Store::<All>::new();
    let besides = SCHEDULE + SEATS + 3 * (STEP + WAKER) + STEP;
    assert_eq!(allocations(|| run::<Tell>(&store)), RUN + PLACE + DEMANDS + besides + STEP);
    assert_eq!(allocations(|| run::<Tell>(&store)), RUN + PLACE + DEMANDS + SCHEDULE + WAKER + STEP);
    assert_eq!(allocations(|| run::<TellNothing>(&store)), RUN + PLACE + STEP + WAKER);
}

#[test]
fn run_owned_allocates_as_run() {
    let store = Store::<All>::new();
    assert_eq!(allocations(|| run_owned::<Quick6>(store)), OWNED + RUN + WAKER + 6 * STEP);
}

#[test]
fn unpolled_run_allocates_nothing() {
    let store = Store::<All>::new();
    assert_eq!(measure(|| drop(run::<Quick6>(&store))).count_total, 0);
    let info = measure(|| drop(run_owned::<Quick6>(store)));
    assert_eq!((info.count_total, info.count_current), (1, 0));
}

/// An observer that does nothing.
struct Nothing;
impl Observer for Nothing {
    fn step(&self, _: &RunInfo, _: &StepEvent<'_>) {}
}

#[test]
fn observed_run_allocates_a_constant_more() {
    let (store, other) = (Store::<Plain>::new(), Store::<Plain>::new());
    assert_eq!(allocations(|| run::<AddOnce>(&store).observe(Nothing)), RUN + OBSERVED);
    assert_eq!(allocations(|| run::<AddThrice>(&other).observe(Nothing)), RUN + OBSERVED);

    let store = Store::<All>::new();
    assert_eq!(allocations(|| run::<Quick6>(&store).observe(Nothing)), RUN + WAKER + 6 * STEP + OBSERVED);
    assert_eq!(allocations(|| run::<Slow3>(&store).observe(Nothing)), RUN + 3 * STEP + WAKER + OBSERVED + 3 * AROUND);
}

resource! {
    Opened: Gate;
    Passed: ();
    Onward: ();
}

step!(Pass(opened: Opened) -> [Passed] {
    opened.pass().await;
    Ok(hlist![()])
});
step!(GoOn(_passed: Passed) -> [Onward] { Ok(hlist![()]) });

pipeline! { Gated: [Pass, GoOn]; }

#[test]
fn waiting_for_another_run_allocates_five_times() {
    let opened = Gate::new();
    let store: StoreOf<Gated, HList![Opened]> = Store::<Gated>::new().with(Opened, opened.clone());
    let mut first = run::<GoOn>(&store);
    assert!(poll(&mut first).is_pending());

    let mut second = None;
    let waiting = measure(|| {
        let run = second.insert(run::<GoOn>(&store));
        assert!(poll(run).is_pending());
    });
    // The wait: a waker, a waiter that receives the outcome, the list of waiters and its box.
    assert_eq!(waiting.count_total, RUN + SCHEDULE + 5);

    opened.open();
    assert!(poll(&mut first).is_ready());
    let done = measure(|| {
        let _onward = match poll(second.as_mut().unwrap()) {
            Poll::Ready(outputs) => outputs.unwrap(),
            Poll::Pending => panic!("the outputs are stored"),
        };
    });
    assert_eq!(done.count_total, 0);
}
