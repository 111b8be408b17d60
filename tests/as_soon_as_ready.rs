//! A step starts as soon as its own inputs are ready: no layers, no barriers.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use support::{Gate, Journal, pipeline, poll, ready, step};
use typed_pipeliner::{Return, Store, hlist, resource, run};

resource! {
    Log: Journal;
    GateA: Gate;
    GateD: Gate;
    A: ();
    B: ();
    C: ();
    D: ();
    E: ();
}

step!(RunA(log: Log, gate: GateA) -> [A] {
    log.note("A starts");
    gate.pass().await;
    log.note("A ends");
    Ok(hlist![()])
});
step!(RunB(log: Log, _a: A) -> [B] {
    log.note("B");
    Ok(hlist![()])
});
step!(RunC(log: Log) -> [C] {
    log.note("C");
    Ok(hlist![()])
});
step!(RunD(log: Log, gate: GateD, _c: C) -> [D] {
    log.note("D starts");
    gate.pass().await;
    log.note("D ends");
    Ok(hlist![()])
});
step!(RunE(log: Log, _b: B, _d: D) -> [E] {
    log.note("E");
    Ok(hlist![()])
});

pipeline! { Crossed: [RunE, RunD, RunC, RunB, RunA]; }

#[test]
fn crossed_chains_advance_when_the_slow_start_opens_first() {
    let (log, a, d) = (Journal::default(), Gate::new(), Gate::new());
    let store = Store::<Crossed>::new().with(Log, log.clone()).with(GateA, a.clone()).with(GateD, d.clone());
    let mut run = run::<RunE>(&store);

    assert!(poll(&mut run).is_pending());
    assert_eq!(log.take(), ["A starts", "C", "D starts"]);

    a.open();
    assert!(poll(&mut run).is_pending());
    assert_eq!(log.take(), ["A ends", "B"]);

    d.open();
    assert!(poll(&mut run).is_ready());
    assert_eq!(log.take(), ["D ends", "E"]);
}

#[test]
fn crossed_chains_advance_when_the_slow_end_opens_first() {
    let (log, a, d) = (Journal::default(), Gate::new(), Gate::new());
    let store = Store::<Crossed>::new().with(Log, log.clone()).with(GateA, a.clone()).with(GateD, d.clone());
    let mut run = run::<RunE>(&store);

    assert!(poll(&mut run).is_pending());
    log.take();

    d.open();
    assert!(poll(&mut run).is_pending());
    assert_eq!(log.take(), ["D ends"]);

    a.open();
    assert!(poll(&mut run).is_ready());
    assert_eq!(log.take(), ["A ends", "B", "E"]);
}

resource! {
    Water: ();
    Beans: ();
    Coffee: ();
    Milk: ();
}

step!(Boil(log: Log) -> [Water] {
    log.note("Boil");
    Ok(hlist![()])
});
step!(Grind(log: Log) -> [Beans] {
    log.note("Grind");
    Ok(hlist![()])
});
step!(Brew(log: Log, _water: Water, _beans: Beans) -> [Coffee] {
    log.note("Brew");
    Ok(hlist![()])
});
step!(Froth(log: Log) -> [Milk] {
    log.note("Froth");
    Ok(hlist![()])
});
step!(Pour(log: Log, _coffee: Coffee, _milk: Milk) -> [Return<()>] {
    log.note("Pour");
    Ok(hlist![Return(())])
});

pipeline! { Cafe: [Brew, Boil, Grind, Froth]; }

#[test]
fn steps_without_prerequisites_start_first() {
    let log = Journal::default();
    for limit in [usize::MAX, 2, 1] {
        let store = Store::<Cafe>::new().with(Log, log.clone());
        ready(run::<Pour>(&store).limit(limit)).unwrap();
        let mut events = log.take();
        // The first three may start in any order, because none waits for another.
        events[..3].sort_unstable();
        assert_eq!(events, ["Boil", "Froth", "Grind", "Brew", "Pour"]);
    }
}

resource! {
    Crowd: Arc<AtomicUsize>;
    Gate1: Gate;
    Gate2: Gate;
    Gate3: Gate;
    Gate4: Gate;
    Done1: ();
    Done2: ();
    Done3: ();
    Done4: ();
}

/// Declares steps that each wait for a gate, and count how many of them are running.
macro_rules! visitors {
    ($($name:ident($gate:ident) -> $done:ident);* $(;)?) => {$(
        step!($name(crowd: Crowd, gate: $gate) -> [$done] {
            crowd.fetch_add(1, Ordering::SeqCst);
            gate.pass().await;
            crowd.fetch_sub(1, Ordering::SeqCst);
            Ok(hlist![()])
        });
    )*};
}
visitors! {
    Visit1(Gate1) -> Done1;
    Visit2(Gate2) -> Done2;
    Visit3(Gate3) -> Done3;
    Visit4(Gate4) -> Done4;
}
step!(Close(_1: Done1, _2: Done2, _3: Done3, _4: Done4) -> [Return<()>] { Ok(hlist![Return(())]) });

pipeline! { Museum: [Visit1, Visit2, Visit3, Visit4]; }

/// Runs the museum with this limit and returns the number of running steps before each gate opens.
fn crowds(limit: Option<usize>) -> Vec<usize> {
    let crowd = Arc::new(AtomicUsize::new(0));
    let gates = [(); 4].map(|()| Gate::new());
    let [gate1, gate2, gate3, gate4] = gates.clone();
    let store = Store::<Museum>::new()
        .with(Crowd, crowd.clone())
        .with(Gate1, gate1)
        .with(Gate2, gate2)
        .with(Gate3, gate3)
        .with(Gate4, gate4);
    let run = run::<Close>(&store);
    let mut run = match limit {
        Some(limit) => run.limit(limit),
        None => run,
    };
    let mut crowds = Vec::new();
    for gate in gates {
        assert!(poll(&mut run).is_pending());
        crowds.push(crowd.load(Ordering::SeqCst));
        gate.open();
    }
    assert!(poll(&mut run).is_ready());
    assert_eq!(crowd.load(Ordering::SeqCst), 0);
    crowds
}

#[test]
fn ready_steps_all_run_at_once() {
    assert_eq!(crowds(None), [4, 3, 2, 1]);
}

#[test]
fn limit_bounds_the_steps_that_run_at_once() {
    assert_eq!(crowds(Some(1)), [1, 1, 1, 1]);
    assert_eq!(crowds(Some(2)), [2, 2, 2, 1]);
    assert_eq!(crowds(Some(3)), [3, 3, 2, 1]);
    assert_eq!(crowds(Some(4)), [4, 3, 2, 1]);
    assert_eq!(crowds(Some(100)), [4, 3, 2, 1]);
}

#[test]
#[should_panic(expected = "a run with a limit of 0 steps at once would never end")]
fn limit_of_0_is_refused() {
    let gates = [(); 4].map(|()| Gate::new());
    let [gate1, gate2, gate3, gate4] = gates;
    let store = Store::<Museum>::new().with(Crowd, Arc::default()).with(Gate1, gate1).with(Gate2, gate2);
    let store = store.with(Gate3, gate3).with(Gate4, gate4);
    drop(run::<Close>(&store).limit(0));
}
