//! Runs whose steps are spread over threads keep the promises of all runs, on borrowed stores and
//! on shared ones.

mod support;

use futures::future::{join, join_all};
use smol::future::yield_now;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::task::Poll;
use std::thread::{self, ThreadId};
use support::{Census, Counted, Gate, Journal, Task, pipeline, poll, step};
use typed_pipeliner::executor::{Executor, run_on};
use typed_pipeliner::{HList, Return, RunError, RunOutput, Runs, Step, Store, StoreOf, hlist, resource, run};

resource! {
    Met: Barrier;
    Threads: Mutex<Vec<ThreadId>>;
    Left: ThreadId;
    Right: ThreadId;
    Both: ();
}

// Neither can end unless both execute at the same time.
step!(MeetLeft(met: Met) -> [Left] {
    met.wait();
    Ok(hlist![thread::current().id()])
});
step!(MeetRight(met: Met) -> [Right] {
    met.wait();
    Ok(hlist![thread::current().id()])
});
step!(Meet(_left: Left, _right: Right) -> [Both] { Ok(hlist![()]) });

pipeline! { Meeting: [MeetLeft, MeetRight, Meet]; }

fn meeting() -> StoreOf<Meeting, HList![Met]> {
    Store::<Meeting>::new().with(Met, Barrier::new(2))
}

#[test]
fn steps_of_one_run_execute_on_several_threads_at_once() {
    let store = meeting();
    Executor::new(2).run_blocking::<Meet>(&store).unwrap();
    assert_ne!(store.get::<Left>(), store.get::<Right>());

    let store = Arc::new(meeting());
    smol::block_on(Executor::new(2).run::<Meet>(&store)).unwrap();
    assert_ne!(store.get::<Left>(), store.get::<Right>());

    let store = meeting();
    let executor = smol::Executor::new();
    thread::scope(|threads| {
        let (stop, stopped) = smol::channel::bounded::<()>(1);
        let executor = &executor;
        threads.spawn(move || smol::block_on(executor.run(stopped.recv())));
        smol::block_on(executor.run(run_on::<Meet>(executor, &store))).unwrap();
        drop(stop);
    });
    assert_ne!(store.get::<Left>(), store.get::<Right>());
}

#[test]
fn calling_thread_executes_steps_too() {
    let store = meeting();
    Executor::new(2).run_blocking::<Meet>(&store).unwrap();
    let here = Some(thread::current().id());
    assert!(store.get::<Left>().copied() == here || store.get::<Right>().copied() == here);
}

resource! {
    Log: Journal;
    Opened: Gate;
    People: Census;
    Base: u64;
    Doubled: u64;
    Tripled: u64;
    Sum: u64;
    Person: Counted;
    Slow: ();
    Unhappy: ();
    Never: ();
    All: ();
    Server: AtomicBool;
}

step!(Double(base: Base) -> [Doubled] {
    yield_now().await;
    Ok(hlist![2 * base])
});
step!(Triple(base: Base) -> [Tripled] {
    yield_now().await;
    Ok(hlist![3 * base])
});
step!(Add(doubled: Doubled, tripled: Tripled) -> [Sum] { Ok(hlist![doubled + tripled]) });
step!(Tell(sum: Sum) -> [Return<String>] { Ok(hlist![Return(sum.to_string())]) });

pipeline! { Arithmetic: [Double, Triple, Add]; }

#[test]
fn executor_returns_stored_and_returned_outputs() {
    let store = Store::<Arithmetic>::new().with(Base, 10);
    let executor = Executor::new(3);
    let text = executor.run_blocking::<Tell>(&store).unwrap();
    assert_eq!(text, "50");
    let sum = executor.run_blocking::<Add>(&store).unwrap();
    assert!(std::ptr::eq(sum, store.get::<Sum>().unwrap()));

    let store = Arc::new(Store::<Arithmetic>::new().with(Base, 1));
    let text = smol::block_on(executor.run::<Tell>(&store)).unwrap();
    assert_eq!(text, "5");
    let sum = smol::block_on(executor.run::<Add>(&store)).unwrap();
    assert!(std::ptr::eq(sum, store.get::<Sum>().unwrap()));
}

#[test]
fn concurrent_runs_share_threads_and_steps() {
    let store = Store::<Arithmetic>::new().with(Base, 10);
    let (sum, (text, doubled)) = Executor::new(2).scope(async |scope| {
        join(scope.run::<Add>(&store), join(scope.run::<Tell>(&store), scope.run::<Double>(&store))).await
    });
    assert_eq!(*sum.unwrap(), 50);
    assert_eq!(text.unwrap(), "50");
    assert_eq!(*doubled.unwrap(), 20);

    let executor = Executor::new(2);
    let stores: Vec<_> = (0..50).map(|base| Arc::new(Store::<Arithmetic>::new().with(Base, base))).collect();
    let runs = stores.iter().map(|store| executor.run::<Add>(store));
    let sums: Vec<u64> = smol::block_on(join_all(runs)).into_iter().map(|outputs| *outputs.unwrap()).collect();
    assert_eq!(sums, (0..50).map(|base| 5 * base).collect::<Vec<_>>());
}

step!(WaitInVain(log: Log, opened: Opened) -> [Slow] {
    let _dropped = log.on_drop("WaitInVain is dropped");
    log.note("WaitInVain waits");
    opened.pass().await;
    Ok(hlist![()])
});
step!(Fail(log: Log) -> [Unhappy], &'static str {
    // `WaitInVain` executes by then.
    while !log.has("WaitInVain waits") {
        yield_now().await;
    }
    Err("no luck")
});
step!(Panic(log: Log) -> [Unhappy] {
    while !log.has("WaitInVain waits") {
        yield_now().await;
    }
    panic!("no luck at all")
});
step!(NeverStart(log: Log, _unhappy: Unhappy) -> [Never] {
    log.note("NeverStart starts");
    Ok(hlist![()])
});
step!(Finish(_slow: Slow, _never: Never) -> [All] { Ok(hlist![()]) });

pipeline! {
    Failing: [WaitInVain, Fail, NeverStart, Finish];
    Panicking: [WaitInVain, Panic, NeverStart, Finish];
}

#[test]
fn failure_drops_the_other_steps_before_it_is_returned() {
    let log = Journal::default();
    let store = Store::<Failing>::new().with(Log, log.clone()).with(Opened, Gate::new());
    let error = Executor::new(2).run_blocking::<Finish>(&store).unwrap_err();
    assert_eq!(format!("{error:#}"), "step `Fail`, needed by `NeverStart`, needed by `Finish`, failed: no luck");
    assert_eq!(log.take(), ["WaitInVain waits", "WaitInVain is dropped"]);

    let store = Arc::new(Store::<Failing>::new().with(Log, log.clone()).with(Opened, Gate::new()));
    let error = smol::block_on(Executor::new(2).run::<Finish>(&store)).unwrap_err();
    assert_eq!(format!("{error:#}"), "step `Fail`, needed by `NeverStart`, needed by `Finish`, failed: no luck");
    assert_eq!(log.take(), ["WaitInVain waits", "WaitInVain is dropped"]);
}

#[test]
fn panic_on_a_thread_reaches_the_caller_and_leaves_the_store_usable() {
    let message = |panic: Box<dyn std::any::Any + Send>| *panic.downcast::<&str>().unwrap();
    let (log, opened) = (Journal::default(), Gate::new());
    let store = Arc::new(Store::<Panicking>::new().with(Log, log.clone()).with(Opened, opened.clone()));
    let executor = Executor::new(2);

    let panic = catch_unwind(AssertUnwindSafe(|| executor.run_blocking::<Finish>(&*store))).unwrap_err();
    assert_eq!(message(panic), "no luck at all");
    assert_eq!(log.take(), ["WaitInVain waits", "WaitInVain is dropped"]);

    let panic = catch_unwind(AssertUnwindSafe(|| smol::block_on(executor.run::<Finish>(&store)))).unwrap_err();
    assert_eq!(message(panic), "no luck at all");
    assert_eq!(log.take(), ["WaitInVain waits", "WaitInVain is dropped"]);

    // The threads are still there, and so is the store.
    opened.open();
    smol::block_on(executor.run::<WaitInVain>(&store)).unwrap();
    assert!(store.is_ready::<Slow>());
}

#[test]
fn keep_going_runs_the_remaining_steps_on_threads() {
    let log = Journal::default();
    let store = Arc::new(Store::<Failing>::new().with(Log, log.clone()).with(Opened, Gate::opened()));
    let executor = Executor::new(2);
    let run = executor.run::<Finish>(&store).keep_going();
    let error = smol::block_on(run).unwrap_err();
    assert_eq!(error.failures().len(), 1);
    assert_eq!(error.skipped(), ["NeverStart", "Finish"]);
    assert!(store.is_ready::<Slow>());
}

#[test]
fn dropped_run_drops_its_steps_at_once() {
    let log = Journal::default();
    let store = Arc::new(Store::<Failing>::new().with(Log, log.clone()).with(Opened, Gate::new()));
    let executor = Executor::new(1);
    let mut run = executor.run::<WaitInVain>(&store);
    assert!(poll(&mut run).is_pending());
    log.wait_for("WaitInVain waits");
    // The only thread of the executor completes another run, so it has left `WaitInVain`.
    let other = Arc::new(Store::<Arithmetic>::new().with(Base, 1));
    smol::block_on(executor.run::<Add>(&other)).unwrap();
    drop(run);
    assert_eq!(log.take(), ["WaitInVain waits", "WaitInVain is dropped"]);
}

#[test]
fn run_on_starts_no_step_until_polled_and_ticked() {
    let log = Journal::default();
    let store = Store::<Failing>::new().with(Log, log.clone()).with(Opened, Gate::new());
    let executor = smol::Executor::new();
    let mut unpolled = run_on::<WaitInVain>(&executor, &store);
    assert!(executor.is_empty());
    assert!(poll(&mut unpolled).is_pending());
    assert!(!executor.is_empty());
    assert_eq!(log.take(), [""; 0]);
    while executor.try_tick() {}
    assert_eq!(log.take(), ["WaitInVain waits"]);
    drop(unpolled);
    assert_eq!(log.take(), ["WaitInVain is dropped"]);
    // Its workers end at their next poll.
    while executor.try_tick() {}
    assert!(executor.is_empty());
}

#[test]
fn run_on_takes_over_from_a_dropped_run() {
    let (log, opened) = (Journal::default(), Gate::new());
    let store = Store::<Failing>::new().with(Log, log.clone()).with(Opened, opened.clone());
    let executor = smol::Executor::new();
    let (task, mut here) = (Task::new(), run::<WaitInVain>(&store));
    assert!(task.poll(&mut here).is_pending());
    let mut there = run_on::<WaitInVain>(&executor, &store);
    assert!(poll(&mut there).is_pending());
    while executor.try_tick() {}
    assert_eq!(log.take(), ["WaitInVain waits"]);

    // The run on the executor takes over.
    drop(here);
    while executor.try_tick() {}
    assert_eq!(log.take(), ["WaitInVain is dropped", "WaitInVain waits"]);
    opened.open();
    while executor.try_tick() {}
    assert!(poll(&mut there).is_ready());
}

resource! {
    Running: AtomicUsize;
    Most: AtomicUsize;
    C1: ();
    C2: ();
    C3: ();
    C4: ();
    C5: ();
    C6: ();
    Crowd: ();
}

macro_rules! crowd {
    ($($name:ident -> $output:ident),*) => {$(
        step!($name(running: Running, most: Most) -> [$output] {
            let now = running.fetch_add(1, Ordering::SeqCst) + 1;
            most.fetch_max(now, Ordering::SeqCst);
            for _ in 0..5 {
                yield_now().await;
            }
            running.fetch_sub(1, Ordering::SeqCst);
            Ok(hlist![()])
        });
    )*};
}
crowd! { Crowd1 -> C1, Crowd2 -> C2, Crowd3 -> C3, Crowd4 -> C4, Crowd5 -> C5, Crowd6 -> C6 }
step!(Gather(_1: C1, _2: C2, _3: C3, _4: C4, _5: C5, _6: C6) -> [Crowd] { Ok(hlist![()]) });

pipeline! { Crowded: [Crowd1, Crowd2, Crowd3, Crowd4, Crowd5, Crowd6, Gather]; }

#[test]
fn limit_bounds_the_steps_on_threads() {
    for limit in [1, 2, 3] {
        let store = Arc::new(Store::<Crowded>::new().with(Running, 0.into()).with(Most, 0.into()));
        let executor = Executor::new(4);
        smol::block_on(executor.run::<Gather>(&store).limit(limit)).unwrap();
        assert!(store.get::<Most>().unwrap().load(Ordering::SeqCst) <= limit);
    }
    // Without a limit more of them run at once: each yields to the others.
    let store = Store::<Crowded>::new().with(Running, 0.into()).with(Most, 0.into());
    Executor::new(1).run_blocking::<Gather>(&store).unwrap();
    assert!(store.get::<Most>().unwrap().load(Ordering::SeqCst) > 3);
}

resource! {
    Polls: AtomicUsize;
    Restless: ();
    Ready: ();
    Rested: ();
}

// Wakes itself until `Rest` has run.
step!(BeRestless(polls: Polls) -> [Restless] {
    while polls.load(Ordering::SeqCst) == 0 {
        yield_now().await;
    }
    Ok(hlist![()])
});
step!(PrepareReady() -> [Ready] { Ok(hlist![()]) });
step!(Rest(polls: Polls, _ready: Ready) -> [Rested] {
    polls.store(1, Ordering::SeqCst);
    Ok(hlist![()])
});
step!(RestAll(_restless: Restless, _rested: Rested) -> [All] { Ok(hlist![()]) });

pipeline! { Restlessness: [BeRestless, PrepareReady, Rest, RestAll]; }

#[test]
fn self_waking_step_does_not_starve_others() {
    let store = Store::<Restlessness>::new().with(Polls, 0.into());
    Executor::new(1).run_blocking::<RestAll>(&store).unwrap();
}

#[test]
fn options_apply_to_runs_on_an_executor() {
    for limit in [1, 2, 3] {
        let store = Store::<Crowded>::new().with(Running, 0.into()).with(Most, 0.into());
        let executor = smol::Executor::new();
        let run = run_on::<Gather>(&executor, &store).limit(limit);
        smol::block_on(executor.run(run)).unwrap();
        // All six are ready at once and yield to each other, so the limit is reached.
        assert_eq!(store.get::<Most>().unwrap().load(Ordering::SeqCst), limit);
    }

    let log = Journal::default();
    let store = Store::<Failing>::new().with(Log, log.clone()).with(Opened, Gate::opened());
    let executor = smol::Executor::new();
    let run = run_on::<Finish>(&executor, &store).keep_going();
    let error = smol::block_on(executor.run(run)).unwrap_err();
    assert_eq!(error.skipped(), ["NeverStart", "Finish"]);
    assert!(store.is_ready::<Slow>());
}

resource! { Blocked: usize; }

step!(Block(base: Base) -> [Blocked] {
    let base = *base;
    // A thread of the blocking pool computes it; the executor's thread is free meanwhile.
    Ok(hlist![smol::unblock(move || base as usize + 1).await])
});

pipeline! { Blocking: [Block]; }

#[test]
fn step_may_await_the_blocking_pool() {
    let store = Store::<Blocking>::new().with(Base, 1);
    assert_eq!(*Executor::new(1).run_blocking::<Block>(&store).unwrap(), 2);
    let store = Store::<Blocking>::new().with(Base, 1);
    assert_eq!(*typed_pipeliner::executor::block_on(run::<Block>(&store)).unwrap(), 2);
}

resource! { Slept: (); }

step!(Sleep() -> [Slept] {
    smol::Timer::after(std::time::Duration::from_millis(1)).await;
    Ok(hlist![()])
});

pipeline! { Sleeping: [Sleep]; }

/// The threads wait for no timer themselves; smol has a thread for that.
#[test]
fn step_may_await_a_timer() {
    for threads in [1, 2] {
        let executor = Executor::new(threads);
        let store = Arc::new(Store::<Sleeping>::new());
        executor.run_blocking::<Sleep>(&*store).unwrap();
        let store = Arc::new(Store::<Sleeping>::new());
        executor.scope(async |scope| scope.run::<Sleep>(&*store).await).unwrap();
        let store = Arc::new(Store::<Sleeping>::new());
        futures::executor::block_on(executor.run::<Sleep>(&store)).unwrap();
    }
}

step!(BeBorn(people: People) -> [Person] {
    yield_now().await;
    Ok(hlist![people.make()])
});

pipeline! { Town: [BeBorn]; }

/// Races runs of several kinds on a shared store, one of which is dropped on the way.
#[test]
fn racing_runs_make_each_value_once_and_lose_none() {
    let executor = Executor::new(3);
    for round in 0..200 {
        let people = Census::default();
        let store = Arc::new(Store::<Town>::new().with(People, people.clone()));
        let mut dropped = executor.run::<BeBorn>(&store);
        for _ in 0..round % 4 {
            if let Poll::Ready(done) = poll(&mut dropped) {
                done.unwrap();
                break;
            }
        }
        let (there, here) = (executor.run::<BeBorn>(&store), run::<BeBorn>(&store));
        if round % 2 == 0 {
            drop(dropped);
            let (there, here) = smol::block_on(join(there, here));
            assert!(there.is_ok() && here.is_ok());
        } else {
            let (there, here) = smol::block_on(join(there, here));
            assert!(there.is_ok() && here.is_ok());
            drop(dropped);
        }
        assert_eq!(people.alive(), 1, "in round {round}");
        // The workers of a run let go of the store at their next poll.
        while Arc::strong_count(&store) > 1 {
            thread::yield_now();
        }
        drop(store);
        assert_eq!(people.alive(), 0);
    }
}

#[test]
#[should_panic(expected = "an executor without threads would run nothing")]
fn executor_without_threads_is_refused() {
    let _ = Executor::new(0);
}

/// Runs any target on any store that it shares with the threads of an executor.
async fn run_on_threads<'s, T: Step, S>(executor: &'s Executor, store: &'s Arc<S>) -> Result<RunOutput<'s, T>, RunError>
where
    S: Runs<T> + 'static,
{
    executor.run::<T>(store).await
}

#[test]
fn code_may_be_generic_over_targets_on_an_executor() {
    let (executor, store) = (Executor::new(1), Arc::new(Store::<Arithmetic>::new().with(Base, 1)));
    let sum = smol::block_on(run_on_threads::<Add, _>(&executor, &store)).unwrap();
    assert_eq!(*sum, 5);
}
