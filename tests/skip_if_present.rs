//! A step whose outputs are ready is skipped, whether they were supplied or computed; a slot is
//! written once.

mod support;

use support::{Census, Counted, Gate, Journal, pipeline, poll, ready, step};
use typed_pipeliner::{Return, Store, hlist, resource, run};

resource! {
    Log: Journal;
    Base: u32;
    Doubled: u32;
    Tripled: u32;
    Sum: u32;
    Low: u32;
    High: u32;
    Pass: Gate;
    Population: Census;
    Citizen: Counted;
}

step!(Double(log: Log, base: Base) -> [Doubled] {
    log.note("Double");
    Ok(hlist![2 * base])
});
step!(Triple(log: Log, base: Base) -> [Tripled] {
    log.note("Triple");
    Ok(hlist![3 * base])
});
step!(Add(log: Log, doubled: Doubled, tripled: Tripled) -> [Sum] {
    log.note("Add");
    Ok(hlist![doubled + tripled])
});
step!(Bounds(log: Log, base: Base) -> [Low, High] {
    log.note("Bounds");
    Ok(hlist![base - 1, base + 1])
});
step!(Naturalise(population: Population) -> [Citizen] { Ok(hlist![population.make()]) });
step!(DoubleSlowly(log: Log, pass: Pass, base: Base) -> [Doubled] {
    log.note("DoubleSlowly starts");
    pass.pass().await;
    log.note("DoubleSlowly ends");
    Ok(hlist![2 * base])
});
step!(TripleAndTell(log: Log, base: Base, doubled: Doubled) -> [Tripled, Return<u32>] {
    log.note("TripleAndTell");
    Ok(hlist![3 * base, Return(*doubled)])
});

pipeline! {
    Arithmetic: [Double, Triple, Add, Bounds];
    Slow: [DoubleSlowly, TripleAndTell, Add];
    Town: [Naturalise];
}

#[test]
fn second_target_reuses_values_of_the_first() {
    let log = Journal::default();
    let store = Store::<Arithmetic>::new().with(Log, log.clone()).with(Base, 10);

    ready(run::<Triple>(&store)).unwrap();
    assert_eq!(log.take(), ["Triple"]);

    let sum = ready(run::<Add>(&store)).unwrap();
    assert_eq!(*sum, 50);
    assert_eq!(log.take(), ["Double", "Add"]);

    let doubled = ready(run::<Double>(&store)).unwrap();
    assert_eq!(*doubled, 20);
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn repeated_runs_return_the_same_reference() {
    let store = Store::<Arithmetic>::new().with(Log, Journal::default()).with(Base, 10);
    let first = ready(run::<Add>(&store)).unwrap();
    let second = ready(run::<Add>(&store)).unwrap();
    assert!(std::ptr::eq(first, second));
    assert!(std::ptr::eq(first, store.get::<Sum>().unwrap()));
}

#[test]
fn step_with_one_supplied_output_runs_and_keeps_it() {
    let log = Journal::default();
    let store = Store::<Arithmetic>::new().with(Log, log.clone()).with(Base, 10).with(High, 99);

    let (low, high) = ready(run::<Bounds>(&store)).unwrap();
    assert_eq!((*low, *high), (9, 99));
    assert_eq!(store.get::<High>(), Some(&99));
    assert_eq!(log.take(), ["Bounds"]);

    let (low, high) = ready(run::<Bounds>(&store)).unwrap();
    assert_eq!((*low, *high), (9, 99));
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn step_with_all_outputs_supplied_does_not_run() {
    let log = Journal::default();
    let store = Store::<Arithmetic>::new().with(Log, log.clone()).with(Base, 10).with(High, 99).with(Low, 1);
    let (low, high) = ready(run::<Bounds>(&store)).unwrap();
    assert_eq!((*low, *high), (1, 99));
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn step_is_skipped_if_its_outputs_arrive_before_its_turn() {
    let (log, pass) = (Journal::default(), Gate::new());
    let store = Store::<Slow>::new().with(Log, log.clone()).with(Base, 10).with(Pass, pass.clone());
    let mut first = run::<TripleAndTell>(&store);
    let mut sum = run::<Add>(&store);
    assert!(poll(&mut first).is_pending());
    assert!(poll(&mut sum).is_pending());
    assert_eq!(log.take(), ["DoubleSlowly starts"]);

    pass.open();
    assert!(poll(&mut first).is_ready());
    assert_eq!(log.take(), ["DoubleSlowly ends", "TripleAndTell"]);

    // Both steps were demanded when this run began.
    let sum = ready(sum).unwrap();
    assert_eq!(*sum, 50);
    assert_eq!(log.take(), ["Add"]);
}

#[test]
fn stored_output_stays_when_a_returning_target_runs_again() {
    let log = Journal::default();
    let store = Store::<Slow>::new().with(Log, log.clone()).with(Base, 10).with(Pass, Gate::opened());

    let (first, _) = ready(run::<TripleAndTell>(&store)).unwrap();
    let (second, _) = ready(run::<TripleAndTell>(&store)).unwrap();
    assert!(std::ptr::eq(first, second));
    assert_eq!(log.take(), ["DoubleSlowly starts", "DoubleSlowly ends", "TripleAndTell", "TripleAndTell"]);
}

#[test]
fn get_never_runs_a_step() {
    let log = Journal::default();
    let store = Store::<Arithmetic>::new().with(Log, log.clone()).with(Base, 10);
    assert_eq!(store.get::<Base>(), Some(&10));
    assert!(store.is_ready::<Base>());
    assert_eq!(store.get::<Doubled>(), None);
    assert!(!store.is_ready::<Doubled>());
    assert_eq!(log.take(), [""; 0]);

    ready(run::<Double>(&store)).unwrap();
    assert_eq!(store.get::<Doubled>(), Some(&20));
    assert!(store.is_ready::<Doubled>());
    assert_eq!(store.get::<Tripled>(), None);
}

#[test]
fn clear_drops_computed_values_and_keeps_supplied_ones() {
    let log = Journal::default();
    let mut store = Store::<Arithmetic>::new().with(Log, log.clone()).with(Base, 10).with(High, 99);
    ready(run::<Add>(&store)).unwrap();
    ready(run::<Bounds>(&store)).unwrap();
    log.take();

    store.clear();
    assert_eq!(store.get::<Base>(), Some(&10));
    assert_eq!(store.get::<High>(), Some(&99));
    assert_eq!(store.get::<Low>(), None);
    assert_eq!(store.get::<Doubled>(), None);
    assert_eq!(store.get::<Sum>(), None);

    let sum = ready(run::<Add>(&store)).unwrap();
    assert_eq!(*sum, 50);
    assert_eq!(log.take(), ["Double", "Triple", "Add"]);
}

#[test]
fn value_supplied_later_wins_and_drops_its_dependents() {
    let store = Store::<Arithmetic>::new().with(Log, Journal::default()).with(Base, 10);
    ready(run::<Add>(&store)).unwrap();

    let store = store.with(Doubled, 1000);
    assert_eq!(store.get::<Doubled>(), Some(&1000));
    assert_eq!(store.get::<Sum>(), None);

    let sum = ready(run::<Add>(&store)).unwrap();
    assert_eq!(*sum, 1030);
}

#[test]
fn clear_drops_values_at_once() {
    let population = Census::default();
    let mut store = Store::<Town>::new().with(Population, population.clone());
    ready(run::<Naturalise>(&store)).unwrap();
    assert_eq!((population.made(), population.alive()), (1, 1));
    store.clear();
    assert_eq!((population.made(), population.alive()), (1, 0));
    ready(run::<Naturalise>(&store)).unwrap();
    assert_eq!((population.made(), population.alive()), (2, 1));
    drop(store);
    assert_eq!(population.alive(), 0);
}

#[test]
fn clear_works_after_a_dropped_run() {
    let (log, pass) = (Journal::default(), Gate::new());
    let mut store = Store::<Slow>::new().with(Log, log.clone()).with(Base, 10).with(Pass, pass.clone());
    assert!(poll(&mut run::<Add>(&store)).is_pending());
    store.clear();
    pass.open();
    let sum = ready(run::<Add>(&store)).unwrap();
    assert_eq!(*sum, 50);
    assert_eq!(log.take(), ["DoubleSlowly starts", "DoubleSlowly starts", "DoubleSlowly ends", "TripleAndTell", "Add"]);
}
