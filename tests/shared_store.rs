//! Several runs at once on one store: one executes the body of a step, and the others wait for its
//! outputs.

mod support;

use std::convert::Infallible;
use std::error::Error;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use support::{Census, Counted, Gate, Journal, Task, pipeline, poll, ready, step};
use typed_pipeliner::{HList, Inputs, Outputs, Return, Step, Store, StoreOf, hlist, hlist_pat, resource, run};

resource! {
    Log: Journal;
    Opened: Gate;
    Slow: u32;
    Next: u32;
    Other: u32;
    Last: u32;
}

step!(RunSlow(log: Log, opened: Opened) -> [Slow] {
    log.note("RunSlow starts");
    opened.pass().await;
    log.note("RunSlow ends");
    Ok(hlist![1])
});
step!(RunNext(log: Log, slow: Slow) -> [Next] {
    log.note("RunNext");
    Ok(hlist![slow + 1])
});
step!(RunOther(log: Log) -> [Other] {
    log.note("RunOther");
    Ok(hlist![10])
});
step!(RunLast(log: Log, next: Next, other: Other) -> [Last] {
    log.note("RunLast");
    Ok(hlist![next + other])
});

pipeline! { Shared: [RunSlow, RunNext, RunOther, RunLast]; }

type SharedStore = StoreOf<Shared, HList![Log, Opened]>;

fn store(log: &Journal, opened: &Gate) -> SharedStore {
    Store::<Shared>::new().with(Log, log.clone()).with(Opened, opened.clone())
}

#[test]
fn step_needed_by_two_runs_runs_once() {
    let (log, opened) = (Journal::default(), Gate::new());
    let store = store(&log, &opened);
    let (first_task, second_task) = (Task::new(), Task::new());
    let (mut first, mut second) = (run::<RunNext>(&store), run::<RunNext>(&store));

    assert!(first_task.poll(&mut first).is_pending());
    assert!(second_task.poll(&mut second).is_pending());
    assert_eq!(log.take(), ["RunSlow starts"]);

    // The gate wakes only the run that executes the step.
    opened.open();
    assert_eq!((first_task.take_wakes(), second_task.take_wakes()), (1, 0));

    // The end of the step wakes the other run.
    let next = ready(first).unwrap();
    assert_eq!(*next, 2);
    assert_eq!(second_task.take_wakes(), 1);
    let next = ready(second).unwrap();
    assert_eq!(*next, 2);
    assert_eq!(log.take(), ["RunSlow ends", "RunNext"]);
}

#[test]
fn every_waiting_run_is_woken_when_the_step_is_done() {
    let (log, opened) = (Journal::default(), Gate::new());
    let store = store(&log, &opened);
    let mut first = run::<RunSlow>(&store);
    assert!(poll(&mut first).is_pending());
    let mut others: Vec<_> = (0..5).map(|_| (Task::new(), run::<RunSlow>(&store))).collect();
    for (task, other) in &mut others {
        assert!(task.poll(other).is_pending());
    }

    opened.open();
    assert!(poll(&mut first).is_ready());
    for (task, other) in others {
        assert_eq!(task.take_wakes(), 1);
        let slow = ready(other).unwrap();
        assert_eq!(*slow, 1);
    }
    assert_eq!(log.take(), ["RunSlow starts", "RunSlow ends"]);
}

#[test]
fn waiting_run_continues_with_other_steps() {
    let (log, opened) = (Journal::default(), Gate::new());
    let store = store(&log, &opened);
    let (mut first, mut second) = (run::<RunNext>(&store), run::<RunLast>(&store));

    assert!(poll(&mut first).is_pending());
    assert!(poll(&mut second).is_pending());
    assert_eq!(log.take(), ["RunSlow starts", "RunOther"]);

    opened.open();
    assert!(poll(&mut second).is_pending());
    assert!(poll(&mut first).is_ready());
    assert_eq!(log.take(), ["RunSlow ends", "RunNext"]);
    assert!(poll(&mut second).is_ready());
    assert_eq!(log.take(), ["RunLast"]);
}

#[test]
fn waiting_run_takes_over_from_a_dropped_run() {
    let (log, opened) = (Journal::default(), Gate::new());
    let store = store(&log, &opened);
    let tasks = [Task::new(), Task::new(), Task::new()];
    let mut first = run::<RunNext>(&store);
    let mut second = run::<RunNext>(&store);
    let mut third = store.resource::<Slow>();
    assert!(tasks[0].poll(&mut first).is_pending());
    assert!(tasks[1].poll(&mut second).is_pending());
    assert!(tasks[2].poll(&mut third).is_pending());

    drop(first);
    assert!(tasks[1].take_wakes() + tasks[2].take_wakes() >= 1, "a waiting run is woken");
    assert!(tasks[2].poll(&mut third).is_pending());
    assert!(tasks[1].poll(&mut second).is_pending());
    // Exactly one of the waiting runs takes over.
    assert_eq!(log.take(), ["RunSlow starts", "RunSlow starts"]);

    opened.open();
    assert_eq!((tasks[1].take_wakes(), tasks[2].take_wakes()), (0, 1));
    assert_eq!(ready(third).unwrap(), &1);
    assert_eq!(tasks[1].take_wakes(), 1);
    ready(second).unwrap();
    assert_eq!(log.take(), ["RunSlow ends", "RunNext"]);
}

resource! {
    Held: ();
}

/// Holds a guard until its future is dropped. An async block would drop the guard at its end.
struct Hold;
impl Step for Hold {
    type Inputs = HList![Log, Opened];
    type Outputs = HList![Held];
    type Error = Infallible;
    fn run(
        hlist_pat![log, opened]: Inputs<'_, Self>,
    ) -> impl Future<Output = Result<Outputs<Self>, Self::Error>> + Send {
        let held = log.on_drop("guard dropped");
        let mut passed = Box::pin(opened.pass());
        poll_fn(move |cx| {
            let _ = &held;
            passed.as_mut().poll(cx).map(|()| Ok(hlist![()]))
        })
    }
}

pipeline! { Holding: [Hold]; }

/// A task that notes when it is woken.
struct Bell(Journal);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.note("woken");
    }
}

#[test]
fn waiting_run_is_woken_after_the_step_is_dropped() {
    let log = Journal::default();
    let bell = Waker::from(Arc::new(Bell(log.clone())));
    let ring = &mut Context::from_waker(&bell);
    for ends in [true, false] {
        let opened = Gate::new();
        let store = Store::<Holding>::new().with(Log, log.clone()).with(Opened, opened.clone());
        let (mut first, mut second) = (run::<Hold>(&store), run::<Hold>(&store));
        assert!(poll(&mut first).is_pending());
        assert!(Pin::new(&mut second).poll(ring).is_pending());
        if ends {
            opened.open();
            assert!(poll(&mut first).is_ready());
        } else {
            drop(first);
        }
        assert_eq!(log.take(), ["guard dropped", "woken"]);
    }
}

#[test]
fn take_over_reaches_the_last_waiting_run() {
    let (log, opened) = (Journal::default(), Gate::new());
    let store = store(&log, &opened);
    let mut runs: Vec<_> = (0..5).map(|_| (Task::new(), run::<RunNext>(&store))).collect();
    for (task, run) in &mut runs {
        assert!(task.poll(run).is_pending());
    }
    assert_eq!(log.take(), ["RunSlow starts"]);

    // Drops the first run, then polls those that were woken.
    while runs.len() > 1 {
        drop(runs.remove(0));
        for (task, run) in &mut runs {
            if task.take_wakes() > 0 {
                assert!(task.poll(run).is_pending());
            }
        }
        assert_eq!(log.take(), ["RunSlow starts"], "with {} left", runs.len());
    }
    opened.open();
    let (task, run) = runs.pop().unwrap();
    assert_eq!(task.take_wakes(), 1);
    ready(run).unwrap();
    assert_eq!(log.take(), ["RunSlow ends", "RunNext"]);
}

#[test]
fn dropped_waiting_run_is_harmless() {
    let (log, opened) = (Journal::default(), Gate::new());
    let store = store(&log, &opened);
    let (mut first, mut second) = (run::<RunNext>(&store), run::<RunNext>(&store));
    assert!(poll(&mut first).is_pending());
    assert!(poll(&mut second).is_pending());
    drop(second);
    opened.open();
    assert!(poll(&mut first).is_ready());
    assert_eq!(log.take(), ["RunSlow starts", "RunSlow ends", "RunNext"]);
}

#[test]
fn woken_run_dropped_before_it_takes_over_is_harmless() {
    let (log, opened) = (Journal::default(), Gate::new());
    let store = store(&log, &opened);
    let task = Task::new();
    let (mut first, mut second, mut third) = (run::<RunNext>(&store), run::<RunNext>(&store), run::<RunNext>(&store));
    assert!(poll(&mut first).is_pending());
    assert!(poll(&mut second).is_pending());
    assert!(task.poll(&mut third).is_pending());
    drop(first);
    drop(second);
    assert!(task.take_wakes() >= 1);
    opened.open();
    assert!(task.poll(&mut third).is_ready());
    assert_eq!(log.take(), ["RunSlow starts", "RunSlow starts", "RunSlow ends", "RunNext"]);
}

#[test]
fn unpolled_run_claims_nothing() {
    let (log, opened) = (Journal::default(), Gate::new());
    let store = store(&log, &opened);
    opened.open();
    let _first = run::<RunNext>(&store);
    ready(run::<RunNext>(&store)).unwrap();
    assert_eq!(log.take(), ["RunSlow starts", "RunSlow ends", "RunNext"]);
}

resource! {
    FailuresLeft: AtomicUsize;
    Fetched: u32;
}

step!(Fetch(log: Log, opened: Opened, left: FailuresLeft) -> [Fetched], &'static str {
    log.note("Fetch starts");
    opened.pass().await;
    match left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) {
        Ok(_) => Err("no answer"),
        Err(_) => Ok(hlist![7]),
    }
});

pipeline! { Fetching: [Fetch]; }

type FetchingStore = StoreOf<Fetching, HList![Log, Opened, FailuresLeft]>;

/// A store in which `Fetch` fails once.
fn fetching(log: &Journal, opened: &Gate) -> FetchingStore {
    Store::<Fetching>::new().with(Log, log.clone()).with(Opened, opened.clone()).with(FailuresLeft, 1.into())
}

#[test]
fn failed_step_can_be_run_again() {
    let (log, opened) = (Journal::default(), Gate::new());
    let store = fetching(&log, &opened);
    let mut first = run::<Fetch>(&store);
    assert!(poll(&mut first).is_pending());
    opened.open();
    ready(first).unwrap_err();
    let fetched = ready(run::<Fetch>(&store)).unwrap();
    assert_eq!(*fetched, 7);
    assert_eq!(log.take(), ["Fetch starts", "Fetch starts"]);
}

#[test]
fn waiting_runs_share_the_error_and_later_runs_retry() {
    let (log, opened) = (Journal::default(), Gate::new());
    let store = fetching(&log, &opened);
    let mut first = run::<Fetch>(&store);
    assert!(poll(&mut first).is_pending());
    let mut others: Vec<_> = (0..3).map(|_| (Task::new(), run::<Fetch>(&store))).collect();
    for (task, other) in &mut others {
        assert!(task.poll(other).is_pending());
    }

    opened.open();
    let error = ready(first).unwrap_err();
    // A run that begins after the failure does not receive it.
    let fetched = ready(run::<Fetch>(&store)).unwrap();
    assert_eq!(*fetched, 7);
    for (task, other) in others {
        assert_eq!(task.take_wakes(), 1);
        let shared = ready(other).unwrap_err();
        assert_eq!(format!("{shared:#}"), format!("{error:#}"));
        // The same error value.
        assert!(std::ptr::addr_eq(shared.source().unwrap(), error.source().unwrap()));
    }
    assert_eq!(log.take(), ["Fetch starts", "Fetch starts"]);
}

/// A client with a timeout does this: it gives up and tries again.
#[test]
fn dropped_waiting_run_leaves_no_waker_behind() {
    let (log, opened) = (Journal::default(), Gate::new());
    let store = store(&log, &opened);
    let (task, mut first) = (Task::new(), run::<RunNext>(&store));
    assert!(poll(&mut first).is_pending());
    for _ in 0..10 {
        let mut impatient = run::<RunNext>(&store);
        assert!(task.poll(&mut impatient).is_pending());
        drop(impatient);
        assert_eq!(Arc::strong_count(&task), 1, "the store holds no waker");
    }
}

resource! {
    Bodies: Arc<AtomicUsize>;
    Values: Census;
    W1: Counted;
    W2: Counted;
    W3: Counted;
    W4: Counted;
}

/// Declares steps that yield some times and count how often their bodies end.
macro_rules! workers {
    ($($name:ident($($input:ident)?) -> $output:ident);* $(;)?) => {$(
        step!($name(bodies: Bodies, values: Values $(, _input: $input)?) -> [$output] {
            for _ in 0..3 {
                smol::future::yield_now().await;
            }
            bodies.fetch_add(1, Ordering::SeqCst);
            Ok(hlist![values.make()])
        });
    )*};
}
workers! {
    Work1() -> W1;
    Work2(W1) -> W2;
    Work3(W1) -> W3;
    Work4() -> W4;
}
step!(All(_2: W2, _3: W3, _4: W4) -> [Return<()>] { Ok(hlist![Return(())]) });

pipeline! { Working: [Work1, Work2, Work3, Work4]; }

/// Races runs on several threads, some of which are dropped before their end.
#[test]
fn runs_on_several_threads_share_steps() {
    for round in 0..200 {
        let (bodies, values) = (Arc::new(AtomicUsize::new(0)), Census::default());
        let store = Store::<Working>::new().with(Bodies, bodies.clone()).with(Values, values.clone());
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let store = &store;
                scope.spawn(move || {
                    let mut dropped = run::<All>(store);
                    for _ in 0..(round + thread) % 6 {
                        if let Poll::Ready(done) = poll(&mut dropped) {
                            done.unwrap();
                            break;
                        }
                    }
                    drop(dropped);
                    smol::block_on(run::<All>(store)).unwrap();
                });
            }
        });
        assert_eq!(bodies.load(Ordering::SeqCst), 4, "in round {round}");
        assert_eq!((values.made(), values.alive()), (4, 4));
        drop(store);
        assert_eq!(values.alive(), 0);
    }
}
