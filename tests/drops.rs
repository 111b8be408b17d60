//! Destructors that panic, even several at once, neither abort the process nor keep other values
//! from being dropped.

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use support::{Gate, pipeline, poll, ready, step};
use typed_pipeliner::executor::Executor;
use typed_pipeliner::{Return, Store, StoreOf, hlist, resource, run, run_owned};

/// Counts its drops in all, and panics at each.
struct Bomb(Arc<AtomicUsize>);

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("drop {}", self.0.fetch_add(1, Ordering::SeqCst));
    }
}

resource! {
    Drops: Arc<AtomicUsize>;
    Opened: Gate;
    Given: Bomb;
    AlsoGiven: Bomb;
    First: Bomb;
    Second: Bomb;
    Third: Bomb;
    Beside: Bomb;
    AlsoBeside: Bomb;
    Safe: Vec<u32>;
    Held: u8;
    AlsoHeld: u8;
}

step!(MakeThree(drops: Drops) -> [Given, Beside, AlsoBeside] {
    Ok(hlist![Bomb(drops.clone()), Bomb(drops.clone()), Bomb(drops.clone())])
});
step!(MakeTwo(drops: Drops) -> [First, Second] { Ok(hlist![Bomb(drops.clone()), Bomb(drops.clone())]) });
step!(MakeThird(drops: Drops, _first: First) -> [Third] { Ok(hlist![Bomb(drops.clone())]) });
step!(MakeSafe(_third: Third) -> [Safe] { Ok(hlist![vec![1, 2, 3]]) });
step!(Hold(drops: Drops, opened: Opened) -> [Held] {
    let (_one, _two) = (Bomb(drops.clone()), 2);
    opened.pass().await;
    Ok(hlist![1])
});
step!(AlsoHold(drops: Drops, opened: Opened) -> [AlsoHeld] {
    let _one = Bomb(drops.clone());
    opened.pass().await;
    Ok(hlist![1])
});
step!(Wait(_held: Held, _also: AlsoHeld) -> [Return<()>] { Ok(hlist![Return(())]) });

pipeline! { Threes: [MakeThree]; }
pipeline! { Bombs: [MakeTwo, MakeThird, MakeSafe, Hold, AlsoHold]; }

type Armed = StoreOf<Bombs, typed_pipeliner::HList![Drops]>;

/// A store with three computed bombs.
fn armed(drops: &Arc<AtomicUsize>) -> Armed {
    let store = Store::<Bombs>::new().with(Drops, Arc::clone(drops));
    ready(store.resource::<Safe>()).unwrap();
    store
}

/// The message of the panic of a function.
fn panic_of<O>(function: impl FnOnce() -> O) -> String {
    let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(function()))) else { panic!("there is no panic") };
    *panic.downcast::<String>().unwrap()
}

#[test]
fn clear_drops_all_values() {
    let drops = Arc::default();
    let mut store = armed(&drops);
    assert_eq!(panic_of(|| store.clear()), "drop 0");
    assert_eq!(drops.load(Ordering::SeqCst), 3);
    assert!(!store.is_ready::<First>() && !store.is_ready::<Third>() && !store.is_ready::<Safe>());
    // It is usable.
    assert_eq!(ready(store.resource::<Safe>()).unwrap().len(), 3);
    assert_eq!(panic_of(|| drop(store)), "drop 3");
}

#[test]
fn forget_drops_all_that_is_stale() {
    let drops = Arc::default();
    let mut store = armed(&drops);
    panic_of(|| store.forget::<First>());
    assert_eq!(drops.load(Ordering::SeqCst), 3);
    assert!(!store.is_ready::<Second>() && !store.is_ready::<Safe>());
}

#[test]
fn store_drops_all_values() {
    let drops: Arc<AtomicUsize> = Arc::default();
    let bomb = || Bomb(Arc::clone(&drops));
    let store = armed(&drops).with(Given, bomb()).with(AlsoGiven, bomb());
    assert_eq!(panic_of(|| drop(store)), "drop 0");
    assert_eq!(drops.load(Ordering::SeqCst), 5);
}

#[test]
fn panic_that_drops_a_store_goes_on() {
    let drops: Arc<AtomicUsize> = Arc::default();
    let bomb = || Bomb(Arc::clone(&drops));
    let panic = panic_of(|| {
        let _store = armed(&drops).with(Given, bomb()).with(AlsoGiven, bomb());
        panic!("{}", "the reason");
    });
    assert_eq!(panic, "the reason");
    assert_eq!(drops.load(Ordering::SeqCst), 5);
}

#[test]
fn dropped_run_drops_all_its_steps() {
    let drops: Arc<AtomicUsize> = Arc::default();
    let gate = Gate::new();
    let store = Store::<Bombs>::new().with(Drops, Arc::clone(&drops)).with(Opened, gate.clone());
    let mut waiting = run::<Wait>(&store);
    assert!(poll(&mut waiting).is_pending());
    assert_eq!(panic_of(|| drop(waiting)), "drop 0");
    assert_eq!(drops.load(Ordering::SeqCst), 2);

    // Nothing is claimed any more. Each future panics when it ends.
    gate.open();
    assert_eq!(panic_of(|| ready(run::<Wait>(&store))), "drop 2");
    let mut store = store;
    store.clear();
}

#[test]
fn panic_that_drops_a_run_goes_on() {
    let drops: Arc<AtomicUsize> = Arc::default();
    let store = Store::<Bombs>::new().with(Drops, Arc::clone(&drops)).with(Opened, Gate::new());
    let panic = panic_of(|| {
        let mut waiting = run::<Wait>(&store);
        assert!(poll(&mut waiting).is_pending());
        panic!("{}", "the reason");
    });
    assert_eq!((panic.as_str(), drops.load(Ordering::SeqCst)), ("the reason", 2));
}

#[test]
fn run_on_threads_drops_all_its_steps() {
    let drops: Arc<AtomicUsize> = Arc::default();
    let store = Store::<Bombs>::new().with(Drops, Arc::clone(&drops)).with(Opened, Gate::new());
    let store = Arc::new(store);
    let executor = Executor::new(2);
    let mut waiting = Box::pin(executor.run::<Wait>(&store));
    smol::block_on(async {
        let started = async {
            while Arc::strong_count(&drops) < 4 {
                smol::future::yield_now().await;
            }
        };
        futures::future::select(&mut waiting, Box::pin(started)).await;
    });
    drop(waiting);
    assert_eq!(drops.load(Ordering::SeqCst), 2);
}

#[test]
fn values_that_are_not_taken_out_are_dropped() {
    let drops: Arc<AtomicUsize> = Arc::default();
    assert_eq!(panic_of(|| armed(&drops).into_value::<First>()), "drop 0");
    // The second output of its step, the third, and the value itself, which nobody has received.
    assert_eq!(drops.swap(0, Ordering::SeqCst), 3);

    let store = armed(&drops).with(Given, Bomb(Arc::clone(&drops)));
    assert_eq!(panic_of(|| store.into_value::<Given>()), "drop 0");
    assert_eq!(drops.load(Ordering::SeqCst), 4);
}

#[test]
fn outputs_beside_the_one_that_is_taken_out_are_dropped() {
    let drops: Arc<AtomicUsize> = Arc::default();
    let store = Store::<Threes>::new().with(Drops, Arc::clone(&drops));
    assert_eq!(panic_of(|| ready(store.resource_owned::<Given>())), "drop 0");
    assert_eq!(drops.load(Ordering::SeqCst), 3);
}

#[test]
fn outputs_of_a_store_that_panics_are_leaked() {
    // Within reach, so the sanitizer reports no leak.
    static DROPS: LazyLock<Arc<AtomicUsize>> = LazyLock::new(Arc::default);
    assert_eq!(panic_of(|| ready(run_owned::<MakeThird>(armed(&DROPS)))), "drop 0");
    assert_eq!(DROPS.load(Ordering::SeqCst), 2, "both values in the store are dropped");
}
