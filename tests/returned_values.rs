//! A `Return` is given to the caller of `run` by value and never stored; `run_owned` returns all
//! outputs by value.

mod support;

use support::{Census, Counted, Gate, Journal, pipeline, poll, ready, step};
use typed_pipeliner::{Return, Store, hlist, resource, run, run_owned};

resource! {
    Log: Journal;
    Population: Census;
    Opened: Gate;
    Base: u32;
    Square: u32;
    /// Not `Clone`.
    First: Counted;
    Second: Counted;
    Third: Counted;
    Report: String;
    Lines: usize;
}

step!(Multiply(log: Log, base: Base) -> [Square] {
    log.note("Multiply");
    Ok(hlist![base * base])
});
step!(Tell(log: Log, square: Square) -> [Return<String>] {
    log.note("Tell");
    Ok(hlist![Return(format!("{square}"))])
});
step!(TellTwice(square: Square) -> [Return<u32>, Return<u32>] { Ok(hlist![Return(*square), Return(2 * square)]) });
step!(Write(log: Log, population: Population, square: Square) -> [Return<Counted>, Report, Return<bool>, Lines] {
    log.note("Write");
    Ok(hlist![Return(population.make()), format!("square: {square}\n"), Return(true), 1])
});
step!(CountReport(report: Report) -> [Return<usize>] { Ok(hlist![Return(report.len())]) });
step!(Beep(log: Log, _square: Square) -> [] {
    log.note("Beep");
    Ok(hlist![])
});
step!(MakeTwo(log: Log, population: Population) -> [First, Second] {
    log.note("MakeTwo");
    Ok(hlist![population.make(), population.make()])
});
step!(MakeThird(population: Population, _first: First) -> [Third] { Ok(hlist![population.make()]) });
step!(WaitForThem(population: Population, opened: Opened, _first: First) -> [Return<Counted>] {
    let counted = population.make();
    opened.pass().await;
    Ok(hlist![Return(counted)])
});

pipeline! {
    Arithmetic: [Multiply, Tell, Beep, Write];
    /// The same without the targets that store nothing.
    Bare: [Multiply, Write];
    Making: [MakeTwo, MakeThird];
}

#[test]
fn returning_target_runs_at_each_call() {
    let log = Journal::default();
    let store = Store::<Arithmetic>::new().with(Log, log.clone()).with(Base, 6);

    for events in [&["Multiply", "Tell"][..], &["Tell"], &["Tell"]] {
        let text = ready(run::<Tell>(&store)).unwrap();
        let text: String = text;
        assert_eq!(text, "36");
        assert_eq!(log.take(), events);
    }
}

#[test]
fn target_that_stores_nothing_need_not_be_registered() {
    let log = Journal::default();
    let store = Store::<Bare>::new().with(Log, log.clone()).with(Base, 6);

    let text = ready(run::<Tell>(&store)).unwrap();
    assert_eq!(text, "36");
    let () = ready(run::<Beep>(&store)).unwrap();
    let (one, two) = ready(run::<TellTwice>(&store)).unwrap();
    assert_eq!((one, two), (36, 72));
    assert_eq!(log.take(), ["Multiply", "Tell", "Beep"]);
}

#[test]
fn target_without_outputs_runs_at_each_call() {
    let log = Journal::default();
    let store = Store::<Arithmetic>::new().with(Log, log.clone()).with(Base, 6);
    let () = ready(run::<Beep>(&store)).unwrap();
    ready(run::<Beep>(&store)).unwrap();
    assert_eq!(log.take(), ["Multiply", "Beep", "Beep"]);
}

#[test]
fn stored_and_returned_outputs_may_be_mixed() {
    let (log, population) = (Journal::default(), Census::default());
    let store = Store::<Arithmetic>::new().with(Log, log.clone()).with(Population, population.clone()).with(Base, 6);

    let (counted, report, yes, lines) = ready(run::<Write>(&store)).unwrap();
    assert_eq!((report.as_str(), yes, *lines), ("square: 36\n", true, 1));
    assert_eq!(store.get::<Report>().unwrap(), "square: 36\n");
    assert_eq!(population.alive(), 1);
    drop(counted);
    assert_eq!(population.alive(), 0);

    // As a target it runs again, for its returned values; the stored ones stay.
    let (_counted, again, _, _lines) = ready(run::<Write>(&store)).unwrap();
    assert!(std::ptr::eq(report, again));
    assert_eq!(population.made(), 2);
    assert_eq!(log.take(), ["Multiply", "Write", "Write"]);
}

#[test]
fn returned_value_is_dropped_when_the_step_runs_for_a_stored_one() {
    let (log, population) = (Journal::default(), Census::default());
    let store = Store::<Arithmetic>::new().with(Log, log.clone()).with(Population, population.clone()).with(Base, 6);

    let length = ready(run::<CountReport>(&store)).unwrap();
    assert_eq!(length, 11);
    assert_eq!((population.made(), population.alive()), (1, 0));
    assert_eq!(store.get::<Lines>(), Some(&1));

    // Its stored outputs are ready, so it would run again only as a target.
    ready(run::<CountReport>(&store)).unwrap();
    assert_eq!(log.take(), ["Multiply", "Write"]);
}

#[test]
fn mixed_target_runs_though_all_its_stored_outputs_are_supplied() {
    let (log, population) = (Journal::default(), Census::default());
    let store = Store::<Arithmetic>::new()
        .with(Log, log.clone())
        .with(Population, population.clone())
        .with(Square, 2)
        .with(Report, "supplied".to_owned())
        .with(Lines, 9);
    let (_counted, report, _, lines) = ready(run::<Write>(&store)).unwrap();
    assert_eq!((report.as_str(), *lines), ("supplied", 9));
    assert_eq!(log.take(), ["Write"]);
}

#[test]
fn returned_value_outlives_the_store() {
    let population = Census::default();
    let kept = {
        let store = Store::<Making>::new()
            .with(Log, Journal::default())
            .with(Population, population.clone())
            .with(Opened, Gate::opened());
        ready(run::<WaitForThem>(&store)).unwrap()
    };
    assert_eq!(population.alive(), 1);
    drop(kept);
    assert_eq!(population.alive(), 0);
}

#[test]
fn run_owned_returns_values_that_are_not_clone() {
    let (log, population) = (Journal::default(), Census::default());
    let store = Store::<Making>::new().with(Log, log.clone()).with(Population, population.clone());
    let (first, second) = ready(run_owned::<MakeTwo>(store)).unwrap();
    let values: [Counted; 2] = [first, second];
    assert_eq!((population.made(), population.alive()), (2, 2));
    drop(values);
    assert_eq!(population.alive(), 0);
}

#[test]
fn run_owned_drops_all_other_values() {
    let population = Census::default();
    let store = Store::<Making>::new().with(Log, Journal::default()).with(Population, population.clone());
    let third = ready(run_owned::<MakeThird>(store)).unwrap();
    assert_eq!((population.made(), population.alive()), (3, 1));
    drop(third);
}

#[test]
fn run_owned_returns_values_computed_before() {
    let (log, population) = (Journal::default(), Census::default());
    let store = Store::<Making>::new().with(Log, log.clone()).with(Population, population.clone());
    ready(run::<MakeTwo>(&store)).unwrap();
    assert_eq!(log.take(), ["MakeTwo"]);
    let (_first, _second) = ready(run_owned::<MakeTwo>(store)).unwrap();
    assert_eq!(log.take(), [""; 0]);
    assert_eq!((population.made(), population.alive()), (2, 2));
}

#[test]
fn run_owned_returns_supplied_outputs() {
    let (log, population, supplied) = (Journal::default(), Census::default(), Census::default());
    let making = || Store::<Making>::new().with(Log, log.clone()).with(Population, population.clone());

    // The step runs for the absent output. Its value for the supplied one is dropped.
    let (first, second) = ready(run_owned::<MakeTwo>(making().with(Second, supplied.make()))).unwrap();
    assert_eq!((population.made(), population.alive(), supplied.alive()), (2, 1, 1));
    drop(first);
    assert_eq!((population.alive(), supplied.alive()), (0, 1));
    drop(second);
    assert_eq!(supplied.alive(), 0);
    assert_eq!(log.take(), ["MakeTwo"]);

    let store = making().with(First, supplied.make()).with(Second, supplied.make());
    let (first, second) = ready(run_owned::<MakeTwo>(store)).unwrap();
    assert_eq!((population.made(), supplied.alive()), (2, 2));
    drop((first, second));
    assert_eq!(supplied.alive(), 0);
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn run_owned_returns_stored_and_returned_values() {
    let (log, population) = (Journal::default(), Census::default());
    let arithmetic =
        || Store::<Arithmetic>::new().with(Log, log.clone()).with(Population, population.clone()).with(Base, 6);
    let (counted, report, yes, lines) = ready(run_owned::<Write>(arithmetic())).unwrap();
    let report: String = report;
    assert_eq!((report.as_str(), yes, lines), ("square: 36\n", true, 1));
    assert_eq!(population.alive(), 1);
    drop(counted);

    let store = arithmetic().with(Report, "supplied".to_owned());
    let (_, report, _, lines) = ready(run_owned::<Write>(store)).unwrap();
    assert_eq!((report.as_str(), lines), ("supplied", 1));

    let store = arithmetic().with(Report, "supplied".to_owned()).with(Lines, 9);
    let (_, report, _, lines) = ready(run_owned::<Write>(store)).unwrap();
    assert_eq!((report.as_str(), lines), ("supplied", 9));
    assert_eq!(log.take(), ["Multiply", "Write", "Multiply", "Write", "Multiply", "Write"]);
}

#[test]
fn run_owned_accepts_a_target_that_stores_nothing() {
    let log = Journal::default();
    let bare = || Store::<Bare>::new().with(Log, log.clone()).with(Base, 6);
    let text = ready(run_owned::<Tell>(bare())).unwrap();
    assert_eq!(text, "36");
    let () = ready(run_owned::<Beep>(bare())).unwrap();
    assert_eq!(log.take(), ["Multiply", "Tell", "Multiply", "Beep"]);
}

#[test]
fn dropped_run_owned_drops_its_store() {
    let population = Census::default();
    let store = Store::<Making>::new()
        .with(Log, Journal::default())
        .with(Population, population.clone())
        .with(Opened, Gate::new());
    let mut run = run_owned::<WaitForThem>(store);
    assert!(poll(&mut run).is_pending());
    assert_eq!(population.alive(), 3);
    drop(run);
    assert_eq!(population.alive(), 0);
}

#[test]
fn outputs_have_the_declared_types() {
    let store =
        Store::<Arithmetic>::new().with(Log, Journal::default()).with(Population, Census::default()).with(Base, 6);
    let _: (Counted, &String, bool, &usize) = ready(run::<Write>(&store)).unwrap();
    let _: (Counted, String, bool, usize) = ready(run_owned::<Write>(store)).unwrap();
}
