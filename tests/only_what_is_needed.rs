//! Demand starts at the target and continues to prerequisites only where a value is absent.

mod support;

use support::{Journal, pipeline, ready, step};
use typed_pipeliner::{Return, Store, hlist, resource, run};

resource! {
    Log: Journal;
    Seed: u32;
    Left: u32;
    Right: u32;
    Joined: u32;
    Aside: u32;
    Even: u32;
    Odd: u32;
    Missing: u32;
    Chicken: u32;
    Egg: u32;
}

step!(MakeSeed(log: Log) -> [Seed] {
    log.note("MakeSeed");
    Ok(hlist![1])
});
step!(MakeLeft(log: Log, seed: Seed) -> [Left] {
    log.note("MakeLeft");
    Ok(hlist![seed + 1])
});
step!(MakeRight(log: Log, seed: Seed) -> [Right] {
    log.note("MakeRight");
    Ok(hlist![seed + 2])
});
step!(Join(log: Log, left: Left, right: Right) -> [Joined] {
    log.note("Join");
    Ok(hlist![10 * left + right])
});
step!(StepAside(log: Log, joined: Joined) -> [Aside] {
    log.note("StepAside");
    Ok(hlist![*joined])
});
step!(Split(log: Log, seed: Seed) -> [Even, Odd] {
    log.note("Split");
    Ok(hlist![2 * seed, 2 * seed + 1])
});
step!(TellEven(even: Even) -> [Return<u32>] { Ok(hlist![Return(*even)]) });
step!(TellBoth(even: Even, odd: Odd) -> [Return<(u32, u32)>] { Ok(hlist![Return((*even, *odd))]) });
step!(Hatch(log: Log, egg: Egg) -> [Chicken] {
    log.note("Hatch");
    Ok(hlist![egg + 1])
});
step!(Lay(log: Log, chicken: Chicken) -> [Egg] {
    log.note("Lay");
    Ok(hlist![chicken + 1])
});
step!(Ask(missing: Missing) -> [Aside] { Ok(hlist![*missing]) });

pipeline! {
    Diamond: [StepAside, Join, MakeLeft, MakeRight, MakeSeed, Split];
    Cyclic: [Hatch, Lay];
    Incomplete: [Ask, MakeSeed];
}

#[test]
fn unneeded_steps_do_not_run() {
    let log = Journal::default();
    let store = Store::<Diamond>::new().with(Log, log.clone());

    let left = ready(run::<MakeLeft>(&store)).unwrap();
    assert_eq!(*left, 2);
    assert_eq!(log.take(), ["MakeSeed", "MakeLeft"]);

    let joined = ready(run::<Join>(&store)).unwrap();
    assert_eq!(*joined, 23);
    assert_eq!(log.take(), ["MakeRight", "Join"]);
}

#[test]
fn supplied_value_replaces_its_step() {
    let log = Journal::default();
    let store = Store::<Diamond>::new().with(Log, log.clone()).with(Left, 7);

    let joined = ready(run::<Join>(&store)).unwrap();
    assert_eq!(*joined, 73);
    assert_eq!(log.take(), ["MakeSeed", "MakeRight", "Join"]);
}

#[test]
fn prerequisites_of_a_replaced_step_do_not_run() {
    let log = Journal::default();
    let store = Store::<Diamond>::new().with(Log, log.clone()).with(Left, 7).with(Right, 8);

    let joined = ready(run::<Join>(&store)).unwrap();
    assert_eq!(*joined, 78);
    assert_eq!(log.take(), ["Join"]);
}

#[test]
fn computed_value_stops_demand() {
    let log = Journal::default();
    let store = Store::<Diamond>::new().with(Log, log.clone());
    ready(run::<Join>(&store)).unwrap();
    log.take();

    ready(run::<StepAside>(&store)).unwrap();
    assert_eq!(log.take(), ["StepAside"]);
}

#[test]
fn stored_target_runs_no_step() {
    let log = Journal::default();
    let store = Store::<Diamond>::new().with(Log, log.clone()).with(Joined, 5);
    let joined = ready(run::<Join>(&store)).unwrap();
    assert_eq!(*joined, 5);
    assert_eq!(log.take(), [""; 0]);

    ready(run::<MakeLeft>(&store)).unwrap();
    log.take();
    let left = ready(run::<MakeLeft>(&store)).unwrap();
    assert_eq!(*left, 2);
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn step_does_not_run_for_a_supplied_output() {
    let log = Journal::default();
    let store = Store::<Diamond>::new().with(Log, log.clone()).with(Even, 100);

    let even = ready(run::<TellEven>(&store)).unwrap();
    assert_eq!(even, 100);
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn step_runs_for_an_absent_output_beside_a_supplied_one() {
    let log = Journal::default();
    let store = Store::<Diamond>::new().with(Log, log.clone()).with(Even, 100);

    let both = ready(run::<TellBoth>(&store)).unwrap();
    assert_eq!(both, (100, 3));
    assert_eq!(log.take(), ["MakeSeed", "Split"]);
}

#[test]
fn step_needed_twice_runs_once() {
    let log = Journal::default();
    let store = Store::<Diamond>::new().with(Log, log.clone());

    ready(run::<Join>(&store)).unwrap();
    let events = log.take();
    assert_eq!(events.iter().filter(|&&event| event == "MakeSeed").count(), 1);
    assert_eq!(events.len(), 4);
}

#[test]
fn supplied_value_breaks_a_cycle() {
    let log = Journal::default();
    let store = Store::<Cyclic>::new().with(Log, log.clone()).with(Egg, 1);
    assert_eq!(ready(store.resource::<Chicken>()).unwrap(), &2);
    assert_eq!(log.take(), ["Hatch"]);

    let store = Store::<Cyclic>::new().with(Log, log.clone()).with(Chicken, 1);
    assert_eq!(ready(store.resource::<Egg>()).unwrap(), &2);
    assert_eq!(log.take(), ["Lay"]);
}

#[test]
fn missing_input_of_an_unneeded_step_is_accepted() {
    let store = Store::<Incomplete>::new().with(Log, Journal::default());
    let seed = ready(run::<MakeSeed>(&store)).unwrap();
    assert_eq!(*seed, 1);
}
