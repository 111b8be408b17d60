//! `store.resource::<R>()` returns the value of a resource and runs only the steps it needs.

mod support;

use support::{Gate, Journal, Task, pipeline, poll, ready, step};
use typed_pipeliner::{HList, Store, StoreOf, hlist, resource, run};

resource! {
    Log: Journal;
    Flour: u32;
    Dough: u32;
    Bread: u32;
    Crumbs: u32;
    Toast: u32;
    Oven: Gate;
    Cake: u32;
}

step!(Knead(log: Log, flour: Flour) -> [Dough] {
    log.note("Knead");
    Ok(hlist![flour + 1])
});
step!(Bake(log: Log, dough: Dough) -> [Bread, Crumbs] {
    log.note("Bake");
    Ok(hlist![10 * dough, 1])
});
step!(Roast(log: Log, bread: Bread) -> [Toast] {
    log.note("Roast");
    Ok(hlist![bread + 1])
});
step!(BakeSlowly(log: Log, oven: Oven, dough: Dough) -> [Cake] {
    log.note("BakeSlowly");
    oven.pass().await;
    Ok(hlist![100 * dough])
});

pipeline! { Bakery: [Roast, Bake, Knead, BakeSlowly]; }

type BakeryStore = StoreOf<Bakery, HList![Flour, Log, Oven]>;

/// A store with an oven that is shut.
fn bakery(log: &Journal) -> BakeryStore {
    Store::<Bakery>::new().with(Log, log.clone()).with(Flour, 4).with(Oven, Gate::new())
}

#[test]
fn resource_runs_only_the_steps_it_needs() {
    let log = Journal::default();
    let store = bakery(&log);
    let bread: &u32 = ready(store.resource::<Bread>()).unwrap();
    assert_eq!(bread, &50);
    assert_eq!(log.take(), ["Knead", "Bake"]);
}

#[test]
fn computed_resource_is_returned_without_a_run() {
    let log = Journal::default();
    let store = bakery(&log);
    let first = ready(store.resource::<Bread>()).unwrap();
    log.take();

    let second = ready(store.resource::<Bread>()).unwrap();
    assert!(std::ptr::eq(first, second));
    // The other output of the same step is ready as well.
    assert_eq!(ready(store.resource::<Crumbs>()).unwrap(), &1);
    assert_eq!(log.take(), [""; 0]);

    assert_eq!(ready(store.resource::<Toast>()).unwrap(), &51);
    assert_eq!(log.take(), ["Roast"]);
}

#[test]
fn supplied_resource_is_returned_without_a_run() {
    let log = Journal::default();
    let store = bakery(&log).with(Bread, 7);
    assert_eq!(ready(store.resource::<Flour>()).unwrap(), &4);
    assert_eq!(ready(store.resource::<Bread>()).unwrap(), &7);
    assert_eq!(log.take(), [""; 0]);

    assert_eq!(ready(store.resource::<Toast>()).unwrap(), &8);
    assert_eq!(log.take(), ["Roast"]);
}

#[test]
fn supplied_value_stays_when_its_step_runs_for_another_output() {
    let log = Journal::default();
    let store = bakery(&log).with(Bread, 7);
    assert_eq!(ready(store.resource::<Crumbs>()).unwrap(), &1);
    assert_eq!(log.take(), ["Knead", "Bake"]);
    assert_eq!(ready(store.resource::<Bread>()).unwrap(), &7);
}

#[test]
fn two_resources_can_be_requested_at_once() {
    let log = Journal::default();
    let store = bakery(&log);
    let mut cake = store.resource::<Cake>();
    let mut toast = store.resource::<Toast>();
    assert!(poll(&mut cake).is_pending());
    assert!(poll(&mut toast).is_ready());
    assert_eq!(log.take(), ["Knead", "BakeSlowly", "Bake", "Roast"]);

    store.get::<Oven>().unwrap().open();
    assert_eq!(ready(cake).unwrap(), &500);
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn resource_waits_for_a_run_in_progress() {
    let log = Journal::default();
    let store = bakery(&log);
    let task = Task::new();
    let mut target = run::<BakeSlowly>(&store);
    let mut resource = store.resource::<Cake>();
    assert!(poll(&mut target).is_pending());
    assert!(task.poll(&mut resource).is_pending());
    store.get::<Oven>().unwrap().open();

    assert!(poll(&mut target).is_ready());
    assert_eq!(task.take_wakes(), 1);
    assert_eq!(ready(resource).unwrap(), &500);
    assert_eq!(log.take(), ["Knead", "BakeSlowly"]);
}

#[test]
fn target_reuses_a_value_computed_for_a_resource() {
    let log = Journal::default();
    let store = bakery(&log);
    ready(store.resource::<Dough>()).unwrap();
    let (bread, crumbs) = ready(run::<Bake>(&store)).unwrap();
    assert_eq!((*bread, *crumbs), (50, 1));
    assert_eq!(log.take(), ["Knead", "Bake"]);
}
