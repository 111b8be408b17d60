//! Options are set on a run before it is polled, on every kind of run, and observers also on a
//! store.

mod support;

use std::sync::{Arc, Mutex};
use support::{Gate, pipeline, poll, ready, step};
use typed_pipeliner::executor::{Executor, run_on};
use typed_pipeliner::observe::{RunEnd, RunInfo, StepEvent};
use typed_pipeliner::{Observer, Return, Scoped, Store, fetch, hlist, resource, run, run_owned};

resource! { Opened: Gate; Base: u32; Square: u32; Cube: u32; User: u32; Page: u32; }

step!(MakeSquare(base: Base) -> [Square], &'static str { Ok(hlist![base.checked_mul(*base).ok_or("overflow")?]) });
step!(MakeCube(base: Base) -> [Cube] { Ok(hlist![base.wrapping_mul(3)]) });
step!(Add(square: Square, cube: Cube) -> [Return<u32>] { Ok(hlist![Return(square + cube)]) });
step!(Wait(opened: Opened) -> [Return<()>] {
    opened.pass().await;
    Ok(hlist![Return(())])
});
step!(MakePage(square: Square, user: User) -> [Page] { Ok(hlist![square + user]) });

pipeline! {
    Numbers: [MakeSquare, MakeCube];
    Request: [MakePage];
}
impl Scoped for Request {
    type Parent = Numbers;
}

/// Notes the target of each run that ends, after a name of its own.
#[derive(Clone)]
struct Targets(&'static str, Arc<Mutex<Vec<String>>>);

impl Targets {
    fn new(name: &'static str) -> Self {
        Targets(name, Arc::default())
    }
    fn named(&self, name: &'static str) -> Self {
        Targets(name, Arc::clone(&self.1))
    }
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.1.lock().unwrap())
    }
}

impl Observer for Targets {
    fn step(&self, _: &RunInfo, _: &StepEvent<'_>) {}
    fn run_ended(&self, run: &RunInfo, _: RunEnd, _: std::time::Instant) {
        self.1.lock().unwrap().push(format!("{}: {}", self.0, run.target()));
    }
}

fn store() -> typed_pipeliner::StoreOf<Numbers, typed_pipeliner::HList![Base]> {
    Store::<Numbers>::new().with(Base, 2)
}

#[test]
fn every_kind_of_run_has_an_observer() {
    let seen = Targets::new("seen");
    let observer = || seen.clone();
    let threads = Executor::new(1);

    ready(run::<Add>(&store()).observe(observer())).unwrap();
    ready(store().resource::<Square>().observe(observer())).unwrap();
    ready(fetch::<Cube>(&store()).observe(observer())).unwrap();
    ready(run_owned::<Add>(store()).observe(observer())).unwrap();
    ready(store().resource_owned::<Square>().observe(observer())).unwrap();
    smol::block_on(threads.run::<Add>(&Arc::new(store())).observe(observer())).unwrap();
    let held = store();
    threads.scope(async |scope| scope.run::<Add>(&held).observe(observer()).await).unwrap();
    let executor = smol::Executor::new();
    smol::block_on(executor.run(run_on::<Add>(&executor, &held).observe(observer()))).unwrap();
    let expected =
        ["Add", "Square", "Cube", "Add", "Square", "Add", "Add", "Add"].map(|target| format!("seen: {target}"));
    assert_eq!(seen.take(), expected);
}

#[test]
fn options_add_up() {
    let seen = Targets::new("first");
    let failing = Store::<Numbers>::new().with(Base, u32::MAX);
    let run = run::<Add>(&failing).observe(seen.clone()).limit(1).keep_going().observe(seen.named("second"));
    let error = ready(run).unwrap_err();
    assert_eq!(error.skipped(), ["Add"]);
    assert_eq!(seen.take(), ["first: Add", "second: Add"]);
}

#[test]
fn observers_see_a_run_that_has_nothing_to_do() {
    let (seen, store) = (Targets::new("seen"), store());
    ready(store.resource::<Square>()).unwrap();
    ready(store.resource::<Square>().observe(seen.clone())).unwrap();
    ready(run::<MakeSquare>(&store).observe(seen.clone())).unwrap();
    assert_eq!(seen.take(), ["seen: Square", "seen: MakeSquare"]);
}

#[test]
#[should_panic(expected = "the options of a run are set before it is polled")]
fn options_of_a_run_in_progress_do_not_change() {
    let store = Store::<Numbers>::new().with(Opened, Gate::new());
    let mut wait = run::<Wait>(&store);
    assert!(poll(&mut wait).is_pending());
    drop(wait.limit(1));
}

#[test]
#[should_panic(expected = "a run is not polled after its end")]
fn run_is_not_polled_after_its_end() {
    let store = store();
    ready(store.resource::<Square>()).unwrap();
    let mut again = store.resource::<Square>();
    assert!(poll(&mut again).is_ready());
    let _ = poll(&mut again);
}

#[test]
fn observers_of_a_store_see_every_run_in_it_and_in_its_scopes() {
    let seen = Targets::new("app");
    let app = store().observed_by(seen.clone());
    ready(run::<Add>(&app)).unwrap();
    ready(app.resource::<Square>()).unwrap();
    assert_eq!(seen.take(), ["app: Add", "app: Square"]);

    // The order of the observers is that of the stores and then the run. The run in the parent has
    // all of them, and each once.
    let app = store().observed_by(seen.clone());
    let request = Store::<Request>::within(&app).with(User, 1).observed_by(seen.named("request"));
    ready(request.resource::<Page>().observe(seen.named("run"))).unwrap();
    assert_eq!(
        seen.take(),
        ["app: Square", "request: Square", "run: Square", "app: Page", "request: Page", "run: Page"]
    );

    // A run on the parent itself does not have those of the scope.
    ready(app.resource::<Cube>()).unwrap();
    assert_eq!(seen.take(), ["app: Cube"]);
}

#[test]
fn observers_stay_when_a_value_is_supplied() {
    let seen = Targets::new("seen");
    let store = Store::<Numbers>::new().observed_by(seen.clone()).with(Base, 2);
    ready(run_owned::<Add>(store)).unwrap();
    assert_eq!(seen.take(), ["seen: Add"]);
}
