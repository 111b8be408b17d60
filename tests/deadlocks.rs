//! A step that waits for itself, directly or through others, gets an error and does not hang. One
//! that waits for another run can find out which one.

mod support;

use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::thread;
use support::{Gate, pipeline, poll, ready};
use typed_pipeliner::error::Deadlock;
use typed_pipeliner::executor::Executor;
use typed_pipeliner::observe::{RunInfo, StepEvent, StepEventKind};
use typed_pipeliner::{BoxError, HList, In, Observer, Out, RunError, Scoped, Store, StoreOf, resource, run, step};

/// A handle to the store, as services have one to their container.
type Own = Arc<OnceLock<Weak<ServiceStore>>>;
type ServiceStore = StoreOf<Service, HList![Handle, Opened]>;

resource! {
    Handle: Own;
    Opened: Gate;
    Alone: u8;
    Left: u8;
    Right: u8;
    First: u8;
    Second: u8;
    Third: u8;
    Slow: u8;
    Fast: u8;
    Blocked: u8;
    Page: u8;
}

/// The store itself.
fn own(handle: &Own) -> Result<Arc<ServiceStore>, BoxError> {
    Ok(handle.get().and_then(Weak::upgrade).ok_or("there is no store")?)
}

#[step]
async fn make_alone(own: In<'_, Handle>) -> Result<Out<Alone>, BoxError> {
    Ok(*self::own(own)?.resource::<Alone>().await?)
}

#[step]
async fn make_left(own: In<'_, Handle>) -> Result<Out<Left>, BoxError> {
    Ok(*self::own(own)?.resource::<Right>().await?)
}
#[step]
async fn make_right(own: In<'_, Handle>) -> Result<Out<Right>, BoxError> {
    Ok(*self::own(own)?.resource::<Left>().await?)
}

#[step]
async fn make_first(own: In<'_, Handle>) -> Result<Out<First>, BoxError> {
    Ok(*self::own(own)?.resource::<Second>().await?)
}
#[step]
async fn make_second(own: In<'_, Handle>, opened: In<'_, Opened>) -> Result<Out<Second>, BoxError> {
    opened.pass().await;
    Ok(*self::own(own)?.resource::<Third>().await?)
}
#[step]
async fn make_third(own: In<'_, Handle>) -> Result<Out<Third>, BoxError> {
    Ok(*self::own(own)?.resource::<First>().await?)
}

#[step]
async fn make_slow(opened: In<'_, Opened>) -> Out<Slow> {
    opened.pass().await;
    7
}
#[step]
async fn make_fast(own: In<'_, Handle>) -> Result<Out<Fast>, BoxError> {
    Ok(*self::own(own)?.resource::<Slow>().await?)
}

#[step(blocking)]
fn make_blocked(own: In<'_, Handle>) -> Result<Out<Blocked>, BoxError> {
    Ok(*smol::block_on(self::own(own)?.resource::<Blocked>())?)
}

#[step]
async fn make_page(own: In<'_, Handle>, _left: In<'_, Slow>) -> Result<Out<Page>, BoxError> {
    Ok(*self::own(own)?.resource::<Alone>().await?)
}

pipeline! {
    Service: [
        MakeAlone, MakeLeft, MakeRight, MakeFirst, MakeSecond, MakeThird, MakeSlow, MakeFast, MakeBlocked,
    ];
    Request: [MakePage];
}
impl Scoped for Request {
    type Parent = Service;
}

/// A store that its steps can reach.
fn service(opened: &Gate) -> Arc<ServiceStore> {
    let own = Own::default();
    let store = Arc::new(Store::<Service>::new().with(Handle, Arc::clone(&own)).with(Opened, opened.clone()));
    own.set(Arc::downgrade(&store)).unwrap();
    store
}

/// The steps of the deadlock at the root of an error.
fn circle(error: &RunError) -> Vec<&'static str> {
    if let Some(deadlock) = error.downcast_ref::<Deadlock>() {
        return deadlock.steps().to_vec();
    }
    circle(error.downcast_ref::<RunError>().unwrap_or_else(|| panic!("not a deadlock: {error:#}")))
}

#[test]
fn step_that_asks_for_its_own_output_fails() {
    let store = service(&Gate::opened());
    let error = ready(store.resource::<Alone>()).unwrap_err();
    assert_eq!(circle(&error), ["MakeAlone"]);
    assert_eq!(
        format!("{error:#}"),
        "step `MakeAlone` failed: step `MakeAlone` failed: step `MakeAlone` waits for itself"
    );
    // Nothing stays claimed.
    assert_eq!(circle(&ready(store.resource::<Alone>()).unwrap_err()), ["MakeAlone"]);
}

#[test]
fn steps_that_ask_for_each_other_fail() {
    let store = service(&Gate::opened());
    let error = ready(store.resource::<Left>()).unwrap_err();
    assert_eq!(circle(&error), ["MakeLeft"]);
    let error = ready(store.resource::<Third>()).unwrap_err();
    assert_eq!(circle(&error), ["MakeThird"]);
}

#[test]
fn steps_of_runs_in_other_tasks_are_in_the_circle() {
    let gate = Gate::new();
    let store = service(&gate);
    // The first run has begun the second step, which waits. The other begins the third and first.
    let mut first = store.resource::<Second>();
    assert!(poll(&mut first).is_pending());
    let mut other = store.resource::<Third>();
    assert!(poll(&mut other).is_pending());
    gate.open();
    // Now the second step asks for the third, in which a run waits for the second.
    let error = ready(first).unwrap_err();
    assert_eq!(circle(&error), ["MakeThird", "MakeSecond"]);
    assert!(format!("{error:#}").ends_with("step `MakeSecond` waits for `MakeThird`, which waits for `MakeSecond`"));
    ready(other).unwrap_err();
}

#[test]
fn step_that_awaits_a_sibling_of_its_own_run_succeeds() {
    let gate = Gate::new();
    let store = service(&gate);
    let (mut slow, mut fast) = (store.resource::<Slow>(), store.resource::<Fast>());
    assert!(poll(&mut slow).is_pending());
    assert!(poll(&mut fast).is_pending());
    gate.open();
    assert!(poll(&mut slow).is_ready());
    assert_eq!(ready(fast).unwrap(), &7);
}

#[test]
fn blocking_step_that_asks_for_its_own_output_fails() {
    let store = service(&Gate::opened());
    let error = smol::block_on(store.resource::<Blocked>()).unwrap_err();
    assert_eq!(circle(&error), ["MakeBlocked"]);
}

#[test]
fn step_on_threads_that_asks_for_its_own_output_fails() {
    let store = service(&Gate::opened());
    let executor = Executor::new(2);
    let error = smol::block_on(executor.run::<MakeLeft>(&store)).unwrap_err();
    assert_eq!(circle(&error), ["MakeLeft"]);
    let error = executor.run_blocking::<MakeAlone>(&*store).unwrap_err();
    assert_eq!(circle(&error), ["MakeAlone"]);
}

#[test]
fn many_threads_that_ask_in_a_circle_all_end() {
    for _ in 0..50 {
        let store = service(&Gate::opened());
        let errors: Vec<bool> = thread::scope(|scope| {
            let left = scope.spawn(|| smol::block_on(store.resource::<Left>()).is_err());
            let right = scope.spawn(|| smol::block_on(store.resource::<Right>()).is_err());
            [left, right].map(|thread| thread.join().unwrap()).to_vec()
        });
        assert_eq!(errors, [true, true]);
    }
}

#[test]
fn step_of_a_scope_may_run_the_parent() {
    let gate = Gate::opened();
    let app = service(&gate);
    let request = Store::<Request>::within(&*app);
    let error = ready(request.resource::<Page>()).unwrap_err();
    assert_eq!(error.step(), "MakePage");
    assert_eq!(circle(&error), ["MakeAlone"]);
}

#[test]
fn run_on_threads_that_is_kept_and_not_polled_holds_up_no_other() {
    let gate = Gate::new();
    let store = service(&gate);
    let executor = Executor::new(1);
    let mut kept = executor.run::<MakeSlow>(&store);
    assert!(poll(&mut kept).is_pending());
    gate.open();
    assert_eq!(smol::block_on(store.resource::<Slow>()).unwrap(), &7);
    drop(kept);
}

/// Notes for which run and step a run waits.
#[derive(Default)]
struct Waits(Mutex<Vec<(u64, &'static str)>>, Mutex<Vec<u64>>);

impl Observer for Waits {
    fn run_started(&self, run: &RunInfo, _: std::time::Instant) {
        self.1.lock().unwrap().push(run.id().get());
    }
    fn step(&self, _: &RunInfo, event: &StepEvent<'_>) {
        if let StepEventKind::WaitingForOtherRun { run } = event.kind {
            self.0.lock().unwrap().push((run.get(), event.name()));
        }
    }
}

#[test]
fn event_names_the_run_and_the_step_that_are_waited_for() {
    let gate = Gate::new();
    let app = service(&gate);
    let (holder, waits) = (Arc::new(Waits::default()), Arc::new(Waits::default()));
    let mut held = app.resource::<Slow>().observe(holder.clone());
    assert!(poll(&mut held).is_pending());
    let id = holder.1.lock().unwrap()[0];

    let request = Store::<Request>::within(&*app);
    let executor = Executor::new(1);
    let mut runs = (
        app.resource::<Slow>().observe(waits.clone()),
        request.resource::<Page>().observe(waits.clone()),
        executor.run::<MakeSlow>(&app).observe(waits.clone()),
    );
    assert!(poll(&mut runs.0).is_pending());
    assert!(poll(&mut runs.1).is_pending());
    assert!(poll(&mut runs.2).is_pending());
    while waits.0.lock().unwrap().len() < 3 {
        thread::yield_now();
    }
    assert_eq!(*waits.0.lock().unwrap(), [(id, "MakeSlow"); 3]);
}

#[test]
fn store_prints_the_runs_that_execute_its_steps() {
    let gate = Gate::new();
    let store = service(&gate);
    let holder = Arc::new(Waits::default());
    let mut held = run::<MakeSlow>(&store).observe(holder.clone());
    assert!(format!("{store:?}").contains("Slow: absent"));
    assert!(poll(&mut held).is_pending());
    let id = holder.1.lock().unwrap()[0];
    let printed = format!("{store:?}");
    let expected = format!("Slow: computed by run {id} now, which has waited for ");
    assert!(printed.contains(&expected), "{printed}");

    drop(held);
    assert!(format!("{store:?}").contains("Slow: absent"));
    gate.open();
    ready(store.resource::<Slow>()).unwrap();
    assert!(format!("{store:?}").contains("Slow: computed,"));
}
