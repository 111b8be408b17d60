//! A panic in a step propagates from the poll of the run; the store stays usable.

mod support;

use std::any::Any;
use std::future::{Future, Ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use support::{Gate, Journal, Task, pipeline, poll, ready, step};
use typed_pipeliner::{HList, Inputs, Outputs, Return, Step, Store, hlist, hlist_pat, resource, run, run_owned};

resource! {
    Log: Journal;
    /// Whether the steps panic.
    Danger: AtomicBool;
    Opened: Gate;
    Early: u8;
    AtOnce: u8;
    Later: u8;
    BeforeItStarts: u8;
    Beside: u8;
}

step!(GetUpEarly(log: Log) -> [Early] {
    log.note("GetUpEarly");
    Ok(hlist![1])
});
step!(FallAtOnce(log: Log, danger: Danger, _early: Early) -> [AtOnce] {
    log.note("FallAtOnce");
    assert!(!danger.load(Ordering::SeqCst), "fell at once");
    Ok(hlist![2])
});
step!(FallLater(log: Log, danger: Danger, opened: Opened) -> [Later] {
    log.note("FallLater starts");
    opened.pass().await;
    assert!(!danger.load(Ordering::SeqCst), "fell later");
    log.note("FallLater ends");
    Ok(hlist![3])
});
step!(StandBeside(log: Log, opened: Opened) -> [Beside] {
    log.note("StandBeside starts");
    let _running = log.on_drop("StandBeside is dropped");
    opened.pass().await;
    opened.pass().await;
    Ok(hlist![4])
});
step!(BothAtOnce(at_once: AtOnce, beside: Beside) -> [Return<u8>] { Ok(hlist![Return(at_once + beside)]) });
step!(BothLater(later: Later, beside: Beside) -> [Return<u8>] { Ok(hlist![Return(later + beside)]) });
step!(FallAtTheEnd(danger: Danger, early: Early) -> [Return<u8>] {
    assert!(!danger.load(Ordering::SeqCst), "fell at the end");
    Ok(hlist![Return(*early)])
});

/// Panics before it returns its future.
struct FallBeforeItStarts;
impl Step for FallBeforeItStarts {
    type Inputs = HList![Danger];
    type Outputs = HList![BeforeItStarts];
    type Error = &'static str;
    fn run(hlist_pat![danger]: Inputs<'_, Self>) -> impl Future<Output = Result<Outputs<Self>, Self::Error>> + Send {
        assert!(!danger.load(Ordering::SeqCst), "fell before it started");
        let ready: Ready<Result<Outputs<Self>, Self::Error>> = std::future::ready(Ok(hlist![5]));
        ready
    }
}

pipeline! { Rope: [GetUpEarly, FallAtOnce, FallLater, StandBeside, FallBeforeItStarts]; }

/// A store in which steps panic.
macro_rules! rope {
    ($log:expr, $opened:expr) => {
        Store::<Rope>::new().with(Log, $log.clone()).with(Danger, AtomicBool::new(true)).with(Opened, $opened.clone())
    };
}

/// The message of the panic of a closure.
fn panic_of<T>(something: impl FnOnce() -> T) -> String {
    let payload: Box<dyn Any + Send> = match catch_unwind(AssertUnwindSafe(something)) {
        Ok(_) => panic!("the closure did not panic"),
        Err(payload) => payload,
    };
    payload.downcast_ref::<&str>().expect("a panic with a literal").to_string()
}

#[test]
fn panic_propagates_from_the_poll_of_the_run() {
    let store = rope!(Journal::default(), Gate::opened());
    assert_eq!(panic_of(|| ready(run::<FallAtOnce>(&store))), "fell at once");
    assert_eq!(panic_of(|| ready(run::<FallLater>(&store))), "fell later");
    assert_eq!(panic_of(|| ready(run::<FallAtTheEnd>(&store))), "fell at the end");
    assert_eq!(panic_of(|| ready(run::<FallBeforeItStarts>(&store))), "fell before it started");
    assert_eq!(panic_of(|| ready(store.resource::<AtOnce>())), "fell at once");
    assert_eq!(panic_of(|| ready(run_owned::<FallAtOnce>(store))), "fell at once");
}

#[test]
fn store_keeps_computed_values_and_stays_usable_after_a_panic() {
    let log = Journal::default();
    let store = rope!(log, Gate::opened());
    panic_of(|| ready(run::<FallAtOnce>(&store)));
    panic_of(|| ready(run::<FallAtTheEnd>(&store)));
    panic_of(|| ready(run::<FallBeforeItStarts>(&store)));
    assert_eq!(log.take(), ["GetUpEarly", "FallAtOnce"]);
    assert_eq!(store.get::<Early>(), Some(&1));
    assert_eq!(store.get::<AtOnce>(), None);

    store.get::<Danger>().unwrap().store(false, Ordering::SeqCst);
    assert_eq!(ready(store.resource::<AtOnce>()).unwrap(), &2);
    assert_eq!(ready(store.resource::<BeforeItStarts>()).unwrap(), &5);
    let early = ready(run::<FallAtTheEnd>(&store)).unwrap();
    assert_eq!(early, 1);
    assert_eq!(log.take(), ["FallAtOnce"]);
}

#[test]
fn panic_drops_concurrent_steps() {
    let (log, opened) = (Journal::default(), Gate::new());
    let store = rope!(log, opened);
    let mut falling = run::<BothLater>(&store);
    assert!(poll(&mut falling).is_pending());
    assert_eq!(log.take(), ["FallLater starts", "StandBeside starts"]);

    opened.open();
    panic_of(|| poll(&mut falling));
    assert_eq!(log.take(), ["StandBeside is dropped"]);

    // The run that panicked is not dropped yet, and does not block the next one.
    store.get::<Danger>().unwrap().store(false, Ordering::SeqCst);
    let sum = ready(run::<BothLater>(&store)).unwrap();
    assert_eq!(sum, 7);
    drop(falling);
}

#[test]
fn panic_during_start_drops_started_steps() {
    let (log, opened) = (Journal::default(), Gate::new());
    let store = rope!(log, opened);
    panic_of(|| poll(&mut run::<BothAtOnce>(&store)));
    assert_eq!(log.take().last(), Some(&"StandBeside is dropped"));
}

#[test]
fn waiting_run_takes_over_from_one_that_panicked() {
    let (log, opened) = (Journal::default(), Gate::new());
    let store = rope!(log, opened);
    let task = Task::new();
    let mut falling = run::<FallLater>(&store);
    let mut waiting = run::<FallLater>(&store);
    assert!(poll(&mut falling).is_pending());
    assert!(task.poll(&mut waiting).is_pending());

    opened.open();
    panic_of(|| poll(&mut falling));
    assert_eq!(task.take_wakes(), 1);
    store.get::<Danger>().unwrap().store(false, Ordering::SeqCst);
    assert!(task.poll(&mut waiting).is_ready());
    assert_eq!(log.take(), ["FallLater starts", "FallLater starts", "FallLater ends"]);
}

#[test]
fn panic_in_a_spawned_run_is_reported_by_its_task() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let store = Arc::new(rope!(Journal::default(), Gate::opened()));
    let spawned = Arc::clone(&store);
    let error =
        runtime.block_on(runtime.spawn(async move { run::<FallAtOnce>(&spawned).await.map(|_| ()) })).unwrap_err();
    assert!(error.is_panic());

    store.get::<Danger>().unwrap().store(false, Ordering::SeqCst);
    assert_eq!(runtime.block_on(store.resource::<AtOnce>()).unwrap(), &2);
}
