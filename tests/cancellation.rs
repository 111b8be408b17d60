//! Dropping a run cancels it, at any point: its steps are dropped at once, and the store stays
//! usable.

mod support;

use smol::future::yield_now;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use support::{Census, Counted, pipeline, poll, ready, step};
use typed_pipeliner::{HList, Return, RunError, Store, StoreOf, hlist, resource, run, run_owned};

/// The counters of the steps.
#[derive(Clone, Default)]
struct Counts {
    /// The values of the steps.
    values: Census,
    /// The futures of the steps, from the first poll on.
    running: Census,
    /// How often each step ended.
    ended: Arc<[AtomicUsize; 5]>,
}

impl Counts {
    /// How often each step ended.
    fn ended(&self) -> [usize; 5] {
        std::array::from_fn(|step| self.ended[step].load(Ordering::SeqCst))
    }
}

resource! {
    Count: Counts;
    Supplied: Counted;
    Source: Counted;
    Left: Counted;
    Right: Counted;
    Side: Counted;
    Goal: Counted;
}

/// Yields this often, then makes a value.
async fn work(counts: &Counts, step: usize, yields: usize) -> Counted {
    let _running = counts.running.make();
    let half_done = counts.values.make();
    for _ in 0..yields {
        yield_now().await;
    }
    drop(half_done);
    counts.ended[step].fetch_add(1, Ordering::SeqCst);
    counts.values.make()
}

step!(Begin(counts: Count, _supplied: Supplied) -> [Source, Side] {
    Ok(hlist![work(counts, 0, 2).await, counts.values.make()])
});
step!(GoLeft(counts: Count, _source: Source) -> [Left] { Ok(hlist![work(counts, 1, 1).await]) });
step!(GoRight(counts: Count, _source: Source) -> [Right] { Ok(hlist![work(counts, 2, 4).await]) });
step!(Meet(counts: Count, _left: Left, _right: Right, _side: Side) -> [Goal] {
    Ok(hlist![work(counts, 3, 2).await])
});
step!(Tell(counts: Count, _goal: Goal) -> [Return<Counted>] { Ok(hlist![Return(work(counts, 4, 2).await)]) });

pipeline! { Walk: [Meet, GoLeft, GoRight, Begin, Tell]; }

type WalkStore = StoreOf<Walk, HList![Count, Supplied]>;

fn store(counts: &Counts) -> WalkStore {
    let supplied = counts.values.make();
    Store::<Walk>::new().with(Count, counts.clone()).with(Supplied, supplied)
}

/// Drops a run after each possible number of polls, then runs the target to its end. Returns the
/// number of polls of a whole run.
fn dropped_everywhere(
    run: impl for<'s> Fn(&'s WalkStore) -> Pin<Box<dyn Future<Output = Result<(), RunError>> + 's>>,
    ended: [usize; 5],
) -> usize {
    for polls in 0.. {
        let counts = Counts::default();
        let store = store(&counts);

        let mut dropped = run(&store);
        let done = (0..polls).any(|_| poll(&mut dropped).is_ready());
        drop(dropped);
        assert_eq!(counts.running.alive(), 0, "after {polls} polls");

        let before = counts.ended();
        smol::block_on(run(&store)).unwrap();
        assert_eq!(counts.ended()[..4], ended[..4], "each step ended once, after {polls} polls");
        assert_eq!(counts.ended()[4] - before[4], ended[4], "the target runs at each call");

        drop(store);
        assert_eq!(counts.values.alive(), 0, "after {polls} polls");
        assert_eq!(counts.running.alive(), 0, "after {polls} polls");
        if done {
            return polls;
        }
    }
    unreachable!("a run ends after some polls")
}

#[test]
fn run_can_be_dropped_at_any_point() {
    let polls = dropped_everywhere(
        |store| {
            Box::pin(async {
                run::<Meet>(store).await?;
                Ok(())
            })
        },
        [1, 1, 1, 1, 0],
    );
    assert_eq!(polls, 9);
}

#[test]
fn run_of_returning_target_can_be_dropped_at_any_point() {
    let polls = dropped_everywhere(
        |store| {
            Box::pin(async {
                run::<Tell>(store).await?;
                Ok(())
            })
        },
        [1, 1, 1, 1, 1],
    );
    assert_eq!(polls, 11);
}

#[test]
fn run_for_a_resource_can_be_dropped_at_any_point() {
    let polls = dropped_everywhere(
        |store| {
            Box::pin(async {
                store.resource::<Right>().await?;
                Ok(())
            })
        },
        [1, 0, 1, 0, 0],
    );
    assert_eq!(polls, 7);
}

#[test]
fn owned_run_can_be_dropped_at_any_point() {
    for polls in 0.. {
        let counts = Counts::default();
        let mut dropped = run_owned::<Meet>(store(&counts));
        let done = (0..polls).any(|_| poll(&mut dropped).is_ready());
        drop(dropped);
        assert_eq!(counts.running.alive(), 0, "after {polls} polls");
        assert_eq!(counts.values.alive(), 0, "after {polls} polls");
        if done {
            assert_eq!(polls, 9);
            break;
        }
    }
}

#[test]
fn run_does_nothing_until_polled() {
    let counts = Counts::default();
    let store = store(&counts);
    let run = run::<Tell>(&store);
    assert_eq!((counts.values.made(), counts.running.made()), (1, 0));
    drop(run);
    assert_eq!((counts.values.made(), counts.running.made()), (1, 0));
}

#[test]
fn dropped_run_leaves_the_store_movable_and_droppable() {
    let counts = Counts::default();
    let store = store(&counts);
    assert!(poll(&mut run::<Meet>(&store)).is_pending());
    let moved = Box::new(store);
    let _goal = smol::block_on(run::<Meet>(&*moved)).unwrap();
    drop(moved);
    assert_eq!(counts.values.alive(), 0);
}

// Needs nothing.
step!(Other() -> [Return<()>] { Ok(hlist![Return(())]) });

#[test]
fn race_drops_the_losing_run() {
    let counts = Counts::default();
    let store = store(&counts);
    let quick = run::<Other>(&store);
    let slow = run::<Meet>(&store);
    let winner = ready(futures::future::select(slow, quick));
    assert!(matches!(winner, futures::future::Either::Right(_)));
    assert_eq!(counts.running.alive(), 1);
    drop(winner);
    assert_eq!(counts.running.alive(), 0);
}
