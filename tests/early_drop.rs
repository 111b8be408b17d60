//! `drop_early`: a run that owns its store drops each computed value once nothing needs it.

mod support;

use allocation_counter::measure;
use smol::future::yield_now;
use std::any::Any;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use support::{Journal, pipeline, step};
use typed_pipeliner::{In, Out, Return, RunError, Scoped, Store, hlist, resource, run, run_owned};

mod tables {
    use super::*;
    use typed_pipeliner::step;

    /// The size of each table.
    pub(super) const TABLE: usize = 1 << 20;

    resource! {
        Raw: Vec<u8>;
        Clean: Vec<u8>;
        Joined: Vec<u8>;
        Ranked: Vec<u8>;
    }

    fn next_table(table: &[u8]) -> Vec<u8> {
        table.iter().map(|byte| byte.wrapping_add(1)).collect()
    }

    #[step]
    async fn read() -> Out<Raw> {
        vec![1; TABLE]
    }

    #[step(name = MakeClean)]
    async fn clean(raw: In<'_, Raw>) -> Out<Clean> {
        yield_now().await;
        next_table(raw)
    }

    #[step]
    fn join(clean: In<'_, Clean>) -> Out<Joined> {
        next_table(clean)
    }

    #[step]
    async fn rank(joined: In<'_, Joined>) -> Out<Ranked> {
        next_table(joined)
    }

    #[step]
    fn sum(ranked: In<'_, Ranked>) -> Return<usize> {
        Return(ranked.iter().map(|&byte| usize::from(byte)).sum())
    }

    pipeline! { Tables: [Read, MakeClean, Join, Rank]; }

    /// The peak of the memory of a run.
    fn peak(run: impl Future<Output = Result<usize, RunError>>) -> usize {
        let info = measure(|| assert_eq!(smol::block_on(run).unwrap(), 4 * TABLE));
        usize::try_from(info.bytes_max).unwrap()
    }

    #[test]
    fn chain_of_tables_takes_the_memory_of_two() {
        let by_hand = peak(async {
            let raw = read().await;
            let clean = clean(&raw).await;
            drop(raw);
            let joined = join(&clean);
            drop(clean);
            let ranked = rank(&joined).await;
            drop(joined);
            Ok(sum(&ranked).0)
        });
        let store = Store::<Tables>::new;
        let kept = peak(async { run_owned::<Sum>(store()).await });
        let early = peak(async { run_owned::<Sum>(store()).drop_early().await });
        assert!((2 * TABLE..2 * TABLE + 1024).contains(&by_hand), "{by_hand}");
        assert!((4 * TABLE..4 * TABLE + 4096).contains(&kept), "{kept}");
        assert!((2 * TABLE..2 * TABLE + 4096).contains(&early), "{early}");
    }

    #[test]
    fn output_of_the_run_is_kept() {
        let ranked = smol::block_on(run_owned::<Rank>(Store::<Tables>::new()).drop_early()).unwrap();
        assert_eq!(ranked, vec![4; TABLE]);
        let joined = smol::block_on(Store::<Tables>::new().resource_owned::<Joined>().drop_early()).unwrap();
        assert_eq!(joined, vec![3; TABLE]);
    }

    #[test]
    fn run_that_borrows_its_store_cannot_drop_values() {
        let store = Store::<Tables>::new();
        let panic = catch_unwind(AssertUnwindSafe(|| drop(run::<Rank>(&store).drop_early()))).unwrap_err();
        let text = panic.downcast_ref::<&str>().unwrap();
        assert_eq!(*text, "only a run that owns its store drops values early: `run_owned`, `resource_owned`");
    }
}

/// A value that notes when it is dropped.
type Noted = Box<dyn Any + Send + Sync>;

resource! {
    Log: Journal;
    Seed: u32;
    A: Noted;
    B: Noted;
    C: Noted;
    D: Noted;
    E: Noted;
    F: Noted;
    G: Noted;
    H: Noted;
}

/// A step that notes its start and its end, and waits in between for as long as the seed says.
macro_rules! noted {
    ($step:ident($($input:ident: $taken:ident),*) -> $given:ident) => {
        step!($step(log: Log, seed: Seed $(, $input: $taken)*) -> [$given] {
            log.note(concat!("start ", stringify!($given)));
            let letter = u32::from(stringify!($given).as_bytes()[0]);
            for _ in 0..(seed ^ letter).wrapping_mul(0x9e37_79b9) >> 30 {
                yield_now().await;
            }
            $(let _: &Noted = $input;)*
            log.note(concat!("end ", stringify!($given)));
            Ok(hlist![Box::new(log.on_drop(concat!("drop ", stringify!($given)))) as Noted])
        });
    };
}

noted!(MakeA() -> A);
noted!(MakeB(a: A) -> B);
noted!(MakeC(a: A) -> C);
noted!(MakeD(b: B) -> D);
noted!(MakeE(b: B, c: C) -> E);
noted!(MakeF() -> F);
noted!(MakeG(e: E, f: F) -> G);
noted!(MakeH(d: D, g: G) -> H);

/// Each value with the steps that take it.
const TAKERS: [(&str, &[&str]); 7] = [
    ("drop A", &["B", "C"]),
    ("drop B", &["D", "E"]),
    ("drop C", &["E"]),
    ("drop D", &["H"]),
    ("drop E", &["G"]),
    ("drop F", &["G"]),
    ("drop G", &["H"]),
];

pipeline! {
    Graph: [MakeH, MakeG, MakeF, MakeE, MakeD, MakeC, MakeB, MakeA];
    Child: [MakeB, MakeC, MakeE];
    Parent: [MakeA];
}
impl Scoped for Child {
    type Parent = Parent;
}

#[test]
fn value_is_dropped_when_its_last_taker_has_ended_and_no_step_is_in_progress() {
    let mut orders = BTreeSet::new();
    for seed in 0..500 {
        let log = Journal::default();
        let store = Store::<Graph>::new().with(Log, log.clone()).with(Seed, seed);
        let output = smol::block_on(store.resource_owned::<H>().drop_early()).unwrap();
        let events = log.take();
        let (mut ended, mut running, mut dropped) = (BTreeSet::new(), 0, BTreeSet::new());
        for event in events.iter().copied() {
            let (kind, name) = event.split_once(' ').unwrap();
            match kind {
                "start" => {
                    for (drop, takers) in TAKERS.iter().filter(|_| running == 0) {
                        let is_spent = takers.iter().all(|taker| ended.contains(taker));
                        assert_eq!(dropped.contains(drop), is_spent, "{drop} before {event}: {events:?}");
                    }
                    running += 1;
                }
                "end" => {
                    ended.insert(name);
                    running -= 1;
                }
                _ => assert!(dropped.insert(event), "{event} twice: {events:?}"),
            }
        }
        assert!(TAKERS.iter().all(|(drop, _)| dropped.contains(drop)), "{events:?}");
        assert!(!dropped.contains("drop H"));
        drop(output);
        assert_eq!(log.take(), ["drop H"]);
        orders.insert(events);
    }
    assert!(orders.len() > 20, "the seeds make different orders: {}", orders.len());
}

#[test]
fn values_that_nothing_takes_are_dropped_first() {
    let log = Journal::default();
    let store = Store::<Graph>::new().with(Log, log.clone()).with(Seed, 0);
    smol::block_on(store.resource::<C>()).unwrap();
    smol::block_on(store.resource::<F>()).unwrap();
    log.take();
    let output = smol::block_on(store.resource_owned::<B>().drop_early()).unwrap();
    let events = log.take();
    let place = |event| events.iter().position(|&other| other == event).unwrap();
    assert!(place("drop C") < place("drop A"), "{events:?}");
    assert!(events.contains(&"drop F"), "{events:?}");
    drop(output);
}

#[test]
fn scope_drops_its_own_values_and_leaves_its_parent_alone() {
    let log = Journal::default();
    let parent = Store::<Parent>::new().with(Log, log.clone()).with(Seed, 0);
    let child = Store::<Child>::within(&parent);
    let output = smol::block_on(child.resource_owned::<E>().drop_early()).unwrap();
    let events = log.take();
    assert!(events.contains(&"drop B") && events.contains(&"drop C"), "{events:?}");
    assert!(!events.contains(&"drop A"), "{events:?}");
    drop(output);
    assert!(parent.get::<A>().is_some());
}

#[test]
fn limit_and_failures_and_drops_of_the_run_hold_as_without() {
    step!(Fail(_a: A, _b: B) -> [Return<()>], &'static str { Err("no") });
    let log = Journal::default();
    let store = || Store::<Graph>::new().with(Log, log.clone()).with(Seed, 1);
    let error = smol::block_on(run_owned::<Fail>(store()).drop_early().limit(1).keep_going()).unwrap_err();
    assert_eq!(error.to_string(), "step `Fail` failed");
    let drops = |events: &[&str]| events.iter().filter(|event| event.starts_with("drop")).count();
    assert_eq!(drops(&log.take()), 2, "those of A and B");

    let mut run = Box::pin(store().resource_owned::<H>().drop_early());
    for _ in 0..3 {
        assert!(support::poll(&mut run).is_pending());
    }
    drop(run);
    let events = log.take();
    let ends = events.iter().filter(|event| event.starts_with("end")).count();
    assert_eq!(drops(&events), ends, "{events:?}");
}
