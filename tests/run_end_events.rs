//! The end event of a run, on threads and in one task: the right outcome, once, and after all its
//! steps are dropped.

mod support;

use smol::future::yield_now;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;
use support::{Journal, pipeline, poll, step};
use typed_pipeliner::executor::Executor;
use typed_pipeliner::observe::{RunEnd, RunInfo, StepEvent, StepEventKind};
use typed_pipeliner::{Observer, Run, Store, hlist, resource, run};

resource! {
    Left: ();
    Right: ();
    Both: ();
    Log: Journal;
    /// Whether the step that blocks its thread may return.
    Released: AtomicBool;
    Never: ();
    Ever: ();
}

step!(GoLeft() -> [Left] { Ok(hlist![()]) });
step!(GoRight() -> [Right], &'static str { Err("no way") });
step!(Meet(_left: Left, _right: Right) -> [Both] { Ok(hlist![()]) });
step!(Fail() -> [Both], &'static str { Err("it failed") });

pipeline! {
    Failing: [Fail];
    Apart: [GoLeft, GoRight, Meet];
    Endless: [WaitForever, WaitAsLong, Await];
    Blocked: [WaitForever, BlockItsThread, Await];
}

/// Records the end events, and whether any event came after one.
#[derive(Clone, Default)]
struct Ends(Arc<Mutex<(Vec<RunEnd>, bool)>>);

impl Observer for Ends {
    fn step(&self, _: &RunInfo, _: &StepEvent<'_>) {
        let mut ends = self.0.lock().unwrap();
        ends.1 |= !ends.0.is_empty();
    }

    fn run_ended(&self, _: &RunInfo, end: RunEnd, _: Instant) {
        self.0.lock().unwrap().0.push(end);
    }
}

impl Ends {
    /// Returns the only end event; no other event may have come after it.
    fn only(&self) -> RunEnd {
        let (ends, more) = &*self.0.lock().unwrap();
        assert!(!more, "an event after the end");
        assert_eq!(ends.len(), 1, "{ends:?}");
        ends[0]
    }
}

/// A run with an observer, which goes on after a failure if asked to.
fn observed<'s, O>(run: Run<'s, O>, keep_going: bool, ends: &Ends) -> Run<'s, O> {
    let run = run.observe(ends.clone());
    if keep_going { run.keep_going() } else { run }
}

#[test]
fn failed_run_ends_once_as_failed() {
    let executor = Executor::new(3);
    for keep_going in [false, true] {
        for _ in 0..500 {
            let ends = Ends::default();
            let store = Arc::new(Store::<Failing>::new());
            let error = smol::block_on(observed(executor.run::<Fail>(&store), keep_going, &ends)).unwrap_err();
            assert_eq!(error.step(), "Fail");
            assert_eq!(ends.only(), RunEnd::Failed);

            let ends = Ends::default();
            let store = Arc::new(Store::<Apart>::new());
            let error = smol::block_on(observed(executor.run::<Meet>(&store), keep_going, &ends)).unwrap_err();
            assert_eq!(error.step(), "GoRight");
            assert_eq!(ends.only(), RunEnd::Failed);
        }
    }
}

step!(WaitForever(log: Log) -> [Never] {
    let _running = log.on_drop("dropped");
    log.note("started");
    std::future::pending::<()>().await;
    Ok(hlist![()])
});
step!(WaitAsLong(log: Log) -> [Ever] {
    let _running = log.on_drop("dropped");
    log.note("started");
    loop {
        yield_now().await;
    }
});
step!(BlockItsThread(log: Log, released: Released) -> [Ever] {
    let _running = log.on_drop("dropped");
    log.note("blocked");
    while !released.load(Ordering::SeqCst) {
        thread::yield_now();
    }
    std::future::pending::<()>().await;
    Ok(hlist![()])
});
step!(Await(_never: Never, _ever: Ever) -> [Both] { Ok(hlist![()]) });

/// Notes the end of a run in the journal.
struct Noted(Journal);

impl Observer for Noted {
    fn step(&self, _: &RunInfo, _: &StepEvent<'_>) {}
    fn run_ended(&self, _: &RunInfo, _: RunEnd, _: Instant) {
        self.0.note("ended");
    }
}

#[test]
fn end_event_follows_the_drop_of_all_steps() {
    let log = Journal::default();
    let store = Store::<Endless>::new().with(Log, log.clone());
    let mut run = run::<Await>(&store).observe(Noted(log.clone()));
    assert!(poll(&mut run).is_pending());
    drop(run);
    assert_eq!(log.take(), ["started", "started", "dropped", "dropped", "ended"]);
}

#[test]
fn end_event_of_a_dropped_run_waits_for_threads_to_leave() {
    let executor = Executor::new(2);
    for _ in 0..100 {
        let (log, ends) = (Journal::default(), Ends::default());
        let store = Arc::new(Store::<Blocked>::new().with(Log, log.clone()).with(Released, false.into()));
        let mut run = executor.run::<Await>(&store).observe(ends.clone()).observe(Noted(log.clone()));
        assert!(poll(&mut run).is_pending());
        log.wait_for("started");
        log.wait_for("blocked");

        drop(run);
        // One thread is still in a step of the run.
        assert!(!log.has("ended"));
        store.get::<Released>().unwrap().store(true, Ordering::SeqCst);
        log.wait_for("ended");
        assert_eq!(log.take()[2..], ["dropped", "dropped", "ended"]);
        assert_eq!(ends.only(), RunEnd::Dropped);
    }
}

#[test]
fn shared_store_is_free_at_the_end_of_a_run() {
    let executor = Executor::new(2);
    let mut store = Arc::new(Store::<Failing>::new());
    for _ in 0..1000 {
        smol::block_on(executor.run::<Fail>(&store)).unwrap_err();
        Arc::get_mut(&mut store).expect("no thread holds the store").clear();
    }
}

/// Panics at every event of a kind.
struct Panics(fn(&StepEventKind<'_>) -> bool);

impl Observer for Panics {
    fn step(&self, _: &RunInfo, event: &StepEvent<'_>) {
        assert!(!(self.0)(&event.kind), "the observer panicked");
    }
}

#[test]
fn panic_of_an_observer_reaches_the_caller() {
    let executor = Executor::new(3);
    let kinds: [fn(&StepEventKind<'_>) -> bool; 4] = [
        |kind| matches!(kind, StepEventKind::Ready),
        |kind| matches!(kind, StepEventKind::Started),
        |kind| matches!(kind, StepEventKind::Finished),
        |kind| matches!(kind, StepEventKind::Failed(_)),
    ];
    for _ in 0..50 {
        for kind in kinds {
            let store = Arc::new(Store::<Apart>::new());
            let run = || smol::block_on(executor.run::<Meet>(&store).observe(Panics(kind)));
            // The run may end by the failure of a step before an event of that kind occurs.
            if let Err(panic) = catch_unwind(AssertUnwindSafe(run)) {
                assert_eq!(panic.downcast_ref(), Some(&"the observer panicked"));
            }
            assert_eq!(smol::block_on(executor.run::<Meet>(&store)).unwrap_err().step(), "GoRight");
        }
    }
}

step!(PanicAtDrop() -> [Never] {
    let _panics = PanicsAtDrop;
    std::future::pending::<()>().await;
    Ok(hlist![()])
});
step!(FailLater() -> [Ever], &'static str {
    yield_now().await;
    Err("it failed")
});
step!(AwaitBoth(_never: Never, _ever: Ever) -> [Both] { Ok(hlist![()]) });

pipeline! { Falling: [PanicAtDrop, FailLater, AwaitBoth]; }

struct PanicsAtDrop;

impl Drop for PanicsAtDrop {
    fn drop(&mut self) {
        assert!(thread::panicking(), "a step panicked as it was dropped");
    }
}

#[test]
fn panic_in_the_drop_of_a_step_reaches_the_caller() {
    let executor = Executor::new(2);
    for _ in 0..50 {
        let store = Arc::new(Store::<Falling>::new());
        let run = || smol::block_on(executor.run::<AwaitBoth>(&store));
        let panic = catch_unwind(AssertUnwindSafe(run)).expect_err("the drop of the step panics");
        assert_eq!(panic.downcast_ref(), Some(&"a step panicked as it was dropped"));
    }
}
