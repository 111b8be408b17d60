//! A run that keeps going after a failure: it runs the remaining steps and reports every failure.

mod support;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use support::{Gate, Journal, Task, pipeline, poll, ready, step};
use typed_pipeliner::{HList, Return, RunError, Store, StoreOf, hlist, resource, run};

resource! {
    Log: Journal;
    Opened: Gate;
    ServerIsUp: AtomicBool;
    Users: u32;
    Orders: u32;
    Stock: u32;
    Sold: u32;
    Forecast: u32;
    Shelves: u32;
    Checked: ();
}

#[derive(Debug, PartialEq)]
struct NoAnswer(&'static str);
impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no answer from {}", self.0)
    }
}
impl std::error::Error for NoAnswer {}

step!(FetchUsers(log: Log, up: ServerIsUp) -> [Users], NoAnswer {
    log.note("FetchUsers");
    if up.load(Ordering::SeqCst) { Ok(hlist![1]) } else { Err(NoAnswer("the users' server")) }
});
step!(FetchOrders(log: Log, up: ServerIsUp, opened: Opened) -> [Orders], NoAnswer {
    log.note("FetchOrders");
    opened.pass().await;
    if up.load(Ordering::SeqCst) { Ok(hlist![2]) } else { Err(NoAnswer("the orders' server")) }
});
step!(CountStock(log: Log) -> [Stock] {
    log.note("CountStock");
    Ok(hlist![3])
});
step!(CountSold(log: Log, users: Users, orders: Orders) -> [Sold] {
    log.note("CountSold");
    Ok(hlist![users + orders])
});
step!(MakeForecast(log: Log, sold: Sold) -> [Forecast] {
    log.note("MakeForecast");
    Ok(hlist![*sold])
});
step!(FillShelves(log: Log, stock: Stock) -> [Shelves] {
    log.note("FillShelves");
    Ok(hlist![*stock])
});
step!(Report(log: Log, forecast: Forecast, shelves: Shelves) -> [Return<u32>] {
    log.note("Report");
    Ok(hlist![Return(forecast + shelves)])
});

pipeline! { Shop: [MakeForecast, CountSold, FillShelves, FetchUsers, CountStock, FetchOrders]; }

type ShopStore = StoreOf<Shop, HList![Log, ServerIsUp, Opened]>;

/// A store whose servers do not answer.
fn shop(log: &Journal, opened: &Gate) -> ShopStore {
    Store::<Shop>::new().with(Log, log.clone()).with(ServerIsUp, false.into()).with(Opened, opened.clone())
}

#[test]
fn keep_going_runs_the_remaining_steps_and_reports_every_failure() {
    let (log, opened) = (Journal::default(), Gate::new());
    let store = shop(&log, &opened);
    let mut running = run::<Report>(&store).keep_going();
    assert!(poll(&mut running).is_pending());
    // `FetchUsers` has failed by now, and the other steps went on.
    assert_eq!(log.take(), ["CountStock", "FetchUsers", "FetchOrders", "FillShelves"]);

    opened.open();
    let error = ready(running).unwrap_err();
    assert_eq!(log.take(), [""; 0]);
    let steps: Vec<_> = error.failures().iter().map(|failure| failure.step()).collect();
    assert_eq!(steps, ["FetchUsers", "FetchOrders"]);
    assert_eq!(error.skipped(), ["CountSold", "MakeForecast", "Report"]);
    for (failure, server) in error.failures().iter().zip(["the users' server", "the orders' server"]) {
        assert_eq!(failure.downcast_ref::<NoAnswer>(), Some(&NoAnswer(server)));
        assert_eq!(failure.path()[1..], ["CountSold", "MakeForecast", "Report"]);
    }

    // The next run continues with the values of this one.
    store.get::<ServerIsUp>().unwrap().store(true, Ordering::SeqCst);
    let report = ready(run::<Report>(&store)).unwrap();
    assert_eq!(report, 6);
    assert_eq!(log.take(), ["FetchUsers", "FetchOrders", "CountSold", "MakeForecast", "Report"]);
}

/// The error of a run that goes on after failures.
fn failed() -> RunError {
    let store = shop(&Journal::default(), &Gate::opened());
    ready(run::<Report>(&store).keep_going()).unwrap_err()
}

#[test]
fn error_lists_every_failure_in_one_line() {
    let error = failed();
    assert_eq!(
        error.to_string(),
        "step `FetchUsers`, needed by `CountSold`, needed by `MakeForecast`, needed by `Report`, failed; \
         step `FetchOrders`, needed by `CountSold`, needed by `MakeForecast`, needed by `Report`, failed; \
         so 3 steps were not run"
    );
    assert_eq!(
        format!("{error:#}"),
        "step `FetchUsers`, needed by `CountSold`, needed by `MakeForecast`, needed by `Report`, failed: \
         no answer from the users' server; \
         step `FetchOrders`, needed by `CountSold`, needed by `MakeForecast`, needed by `Report`, failed: \
         no answer from the orders' server; \
         so 3 steps were not run"
    );
    assert_eq!(error.step(), "FetchUsers");
    assert_eq!(error.downcast::<NoAnswer>().unwrap(), NoAnswer("the users' server"));
}

#[test]
fn run_without_keep_going_ends_at_the_first_failure() {
    let store = shop(&Journal::default(), &Gate::opened());
    let error = ready(run::<Report>(&store)).unwrap_err();
    assert_eq!(error.failures().len(), 1);
    assert_eq!(error.skipped(), [""; 0]);
    assert_eq!(
        error.to_string(),
        "step `FetchUsers`, needed by `CountSold`, needed by `MakeForecast`, needed by `Report`, failed"
    );
}

step!(Check(_users: Users, _shelves: Shelves) -> [Checked] { Ok(hlist![()]) });

pipeline! { Checking: [Check, FetchUsers, FillShelves, CountStock]; }

#[test]
fn keep_going_without_failures_succeeds() {
    let store = Store::<Checking>::new().with(Log, Journal::default()).with(ServerIsUp, true.into());
    ready(run::<Check>(&store).keep_going()).unwrap();
    assert!(store.is_ready::<Checked>());
}

#[test]
fn stored_target_may_be_the_step_not_run() {
    let log = Journal::default();
    let store = Store::<Checking>::new().with(Log, log.clone()).with(ServerIsUp, false.into());
    let error = ready(run::<Check>(&store).keep_going().limit(1)).unwrap_err();
    assert_eq!(error.skipped(), ["Check"]);
    assert_eq!(error.to_string(), "step `FetchUsers`, needed by `Check`, failed; so step `Check` was not run");
    assert!(store.is_ready::<Shelves>());
}

#[test]
fn waiting_run_receives_the_failure_and_keeps_going() {
    let (log, opened) = (Journal::default(), Gate::new());
    let store = shop(&log, &opened);
    let (task, mut first) = (Task::new(), run::<FetchOrders>(&store));
    assert!(poll(&mut first).is_pending());
    let mut second = run::<CountSold>(&store).keep_going();
    assert!(task.poll(&mut second).is_pending());

    opened.open();
    ready(first).unwrap_err();
    assert_eq!(task.take_wakes(), 1);
    let error = ready(second).unwrap_err();
    assert_eq!(error.failures().len(), 2);
    assert_eq!(error.skipped(), ["CountSold"]);
    // Neither run has started a step twice.
    assert_eq!(log.take(), ["FetchOrders", "FetchUsers"]);
}
