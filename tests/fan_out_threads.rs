//! Fan-out on several threads: they work on different elements, and all promises hold.

#![cfg(all(feature = "executor", feature = "macros"))]

mod support;

use smol::future::yield_now;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread::{self, ThreadId};
use support::{Census, Counted, poll};
use typed_pipeliner::each::{Each, ElementError, ForEach};
use typed_pipeliner::executor::{Executor, run_on};
use typed_pipeliner::{HList, In, Out, Pipeline, Return, RunError, Store, StoreOf, resource, step};

resource! {
    Meeting: Barrier;
    Meetings: Vec<usize>;
    Place: usize;
    Threads: Vec<ThreadId>;
}

/// Two elements meet, each on a thread of its own.
#[step]
fn meet(place: In<'_, Place>, meeting: In<'_, Meeting>) -> Return<ThreadId> {
    if *place < 2 {
        meeting.wait();
    }
    Return(thread::current().id())
}

struct PerMeeting;
impl Pipeline for PerMeeting {
    type Steps = HList![];
}
impl Each for PerMeeting {
    type Over = Meetings;
    type Item = Place;
    type Takes = HList![Meeting];
    type Target = Meet;
    type Into = Threads;
}

struct Meets;
impl Pipeline for Meets {
    type Steps = HList![ForEach<PerMeeting>];
}

/// A store of elements of which the first two meet.
fn meets() -> StoreOf<Meets, HList![Meeting, Meetings]> {
    Store::<Meets>::new().with(Meeting, Barrier::new(2)).with(Meetings, (0..10).collect())
}

/// Requires that the first two elements ran on different threads.
fn met(threads: &[ThreadId]) {
    assert_eq!(threads.len(), 10);
    assert_ne!(threads[0], threads[1]);
}

#[test]
fn elements_run_on_different_threads_on_a_borrowed_store() {
    met(Executor::new(2).run_blocking::<ForEach<PerMeeting>>(&meets()).unwrap());
    let store = meets();
    met(Executor::new(2).scope(async |scope| scope.run::<ForEach<PerMeeting>>(&store).await.unwrap()));
}

#[test]
fn elements_run_on_different_threads_on_a_shared_store() {
    let (executor, store) = (Executor::new(2), Arc::new(meets()));
    met(smol::block_on(executor.run::<ForEach<PerMeeting>>(&store)).unwrap());
    drop(executor);
    assert_eq!(Arc::strong_count(&store), 1);
}

#[test]
fn elements_run_on_different_threads_of_another_executor() {
    let store = meets();
    let executor = smol::Executor::new();
    thread::scope(|scope| {
        let (stop, stopped) = smol::channel::bounded::<()>(1);
        let executor = &executor;
        scope.spawn(move || smol::block_on(executor.run(stopped.recv())));
        met(smol::block_on(executor.run(run_on::<ForEach<PerMeeting>>(executor, &store))).unwrap());
        drop(stop);
    });
}

resource! {
    Alive: Census;
    Begun: Mutex<Vec<usize>>;
    Limit: usize;
    Fails: Option<usize>;
    Panics: Option<usize>;
    AtOnce: AtomicUsize;
    MostAtOnce: AtomicUsize;
    Numbers: Vec<usize>;
    Number: usize;
    Half: Counted;
    Results: Vec<usize>;
    Inner: Vec<usize>;
    InnerNumber: usize;
    Doubled: Vec<usize>;
    Sum: usize;
}

#[step]
async fn begin(
    number: In<'_, Number>,
    begun: In<'_, Begun>,
    alive: In<'_, Alive>,
    at_once: In<'_, AtOnce>,
    most: In<'_, MostAtOnce>,
) -> Out<Half> {
    begun.lock().unwrap().push(*number);
    let now = at_once.fetch_add(1, Ordering::SeqCst) + 1;
    most.fetch_max(now, Ordering::SeqCst);
    let _held = alive.make();
    for _ in 0..number % 5 {
        yield_now().await;
    }
    at_once.fetch_sub(1, Ordering::SeqCst);
    alive.make()
}

#[step]
fn list_inner(number: In<'_, Number>, _half: In<'_, Half>) -> Out<Inner> {
    (0..number % 4).collect()
}

#[step]
async fn double(number: In<'_, InnerNumber>) -> Return<usize> {
    yield_now().await;
    Return(2 * number)
}

#[step]
async fn end(
    number: In<'_, Number>,
    doubled: In<'_, Doubled>,
    fails: In<'_, Fails>,
    panics: In<'_, Panics>,
) -> Result<Return<usize>, &'static str> {
    yield_now().await;
    assert!(*panics != Some(*number), "element 7");
    if *fails == Some(*number) { Err("failed") } else { Ok(Return(number * 100 + doubled.iter().sum::<usize>())) }
}

struct PerInner;
impl Pipeline for PerInner {
    type Steps = HList![];
}
impl Each for PerInner {
    type Over = Inner;
    type Item = InnerNumber;
    type Takes = HList![];
    type Target = Double;
    type Into = Doubled;
}

struct PerNumber;
impl Pipeline for PerNumber {
    type Steps = HList![Begin, ListInner, ForEach<PerInner>];
}
impl Each for PerNumber {
    type Over = Numbers;
    type Item = Number;
    type Takes = HList![Begun, Alive, Fails, Panics, AtOnce, MostAtOnce];
    type Target = End;
    type Into = Results;
    const AT_ONCE: usize = 7;
}

#[step]
fn add(results: In<'_, Results>) -> Out<Sum> {
    results.iter().sum()
}

struct App;
impl Pipeline for App {
    type Steps = HList![ForEach<PerNumber>, Add];
}

type Many = StoreOf<App, HList![Numbers, Alive, Begun, Fails, Panics, AtOnce, MostAtOnce]>;

/// A store of this many elements, one of which may fail, and one may panic.
fn many(numbers: usize, fails: Option<usize>, panics: Option<usize>) -> (Many, Census) {
    let alive = Census::default();
    let store = Store::<App>::new().with(Numbers, (0..numbers).collect()).with(Alive, alive.clone());
    let store = store.with(Begun, Mutex::default()).with(Fails, fails).with(Panics, panics);
    (store.with(AtOnce, AtomicUsize::new(0)).with(MostAtOnce, AtomicUsize::new(0)), alive)
}

/// The sum of the results of this many elements.
fn sum(numbers: usize) -> usize {
    (0..numbers).map(|number| number * 100 + (0..number % 4).map(|inner| 2 * inner).sum::<usize>()).sum()
}

/// Requires that each element has begun once.
fn each_once(store: &Many, numbers: usize) {
    let begun = store.get::<Begun>().unwrap().lock().unwrap();
    assert_eq!((begun.len(), begun.iter().collect::<HashSet<_>>().len()), (numbers, numbers));
}

#[test]
fn elements_that_pend_are_spread_and_keep_their_order() {
    for threads in 1..4 {
        let executor = Executor::new(threads);
        let (store, alive) = many(1000, None, None);
        assert_eq!(*executor.run_blocking::<Add>(&store).unwrap(), sum(1000));
        assert!(store.get::<Results>().unwrap().iter().enumerate().all(|(place, result)| result / 100 == place));
        each_once(&store, 1000);
        assert_eq!(alive.alive(), 0, "the values of an element end with it");
        let most = store.get::<MostAtOnce>().unwrap().load(Ordering::SeqCst);
        assert!((2..=7).contains(&most), "{most} elements at once");
        let store = Arc::new(many(1000, None, None).0);
        assert_eq!(smol::block_on(executor.run::<Add>(&store)).copied().unwrap(), sum(1000));
        each_once(&store, 1000);
    }
}

#[test]
fn limit_of_the_run_around_is_no_deadlock() {
    let (executor, store) = (Executor::new(2), Arc::new(many(100, None, None).0));
    assert_eq!(*smol::block_on(executor.run::<Add>(&store).limit(1)).unwrap(), sum(100));
}

#[test]
fn ten_runs_on_threads_run_each_element_once() {
    let (executor, (store, _)) = (Executor::new(2), many(100, None, None));
    let runs = executor.scope(async |scope| futures::future::join_all((0..10).map(|_| scope.run::<Add>(&store))).await);
    assert!(runs.into_iter().all(|run| *run.unwrap() == sum(100)));
    each_once(&store, 100);
    let store = Arc::new(many(100, None, None).0);
    let runs = smol::block_on(futures::future::join_all((0..10).map(|_| executor.run::<Add>(&store))));
    assert!(runs.into_iter().all(|run| *run.unwrap() == sum(100)));
    each_once(&store, 100);
}

/// Requires the error of element 70, with its path.
fn failed_at_70(error: &RunError, store: &Many, alive: &Census) {
    assert_eq!(
        format!("{error:#}"),
        "step `PerNumber`, needed by `Add`, failed: element 70 of `Numbers`: step `End` failed: failed"
    );
    assert_eq!(error.downcast_ref::<ElementError>().unwrap().place(), 70);
    assert!(store.get::<Begun>().unwrap().lock().unwrap().len() < 1000, "the first failure stops the others");
    assert_eq!(alive.alive(), 0, "no element goes on after the error");
}

#[test]
fn failure_stops_all_threads() {
    for _ in 0..20 {
        let executor = Executor::new(3);
        let (store, alive) = many(1000, Some(70), None);
        failed_at_70(&executor.run_blocking::<Add>(&store).unwrap_err(), &store, &alive);
        let (store, alive) = many(1000, Some(70), None);
        let store = Arc::new(store);
        failed_at_70(&smol::block_on(executor.run::<Add>(&store)).unwrap_err(), &store, &alive);
    }
}

#[test]
fn panic_in_an_element_reaches_the_caller() {
    for _ in 0..20 {
        let executor = Executor::new(2);
        let (store, alive) = many(1000, None, Some(7));
        let panic = catch_unwind(AssertUnwindSafe(|| executor.run_blocking::<Add>(&store).copied()));
        assert_eq!(panic.unwrap_err().downcast_ref::<&str>(), Some(&"element 7"));
        assert_eq!(alive.alive(), 0);
        let store = Arc::new(many(1000, None, Some(7)).0);
        let panic = catch_unwind(AssertUnwindSafe(|| smol::block_on(executor.run::<Add>(&store)).copied()));
        assert_eq!(panic.unwrap_err().downcast_ref::<&str>(), Some(&"element 7"));
    }
}

#[test]
fn dropped_run_frees_everything() {
    for polls in 0..30 {
        let executor = Executor::new(2);
        let (store, alive) = many(1000, None, None);
        let store = Arc::new(store);
        let mut run = Box::pin(executor.run::<Add>(&store));
        for _ in 0..polls {
            if poll(&mut run).is_ready() {
                break;
            }
            thread::yield_now();
        }
        drop(run);
        // A future that a thread polls is dropped when that poll is over.
        drop(executor);
        assert_eq!(alive.alive(), 0);
        assert_eq!(Arc::strong_count(&store), 1);
        assert_eq!(smol::block_on(store.resource::<Sum>()).unwrap(), &sum(1000), "another run does it all");
    }
}

#[test]
fn no_elements_are_no_error_on_threads() {
    assert_eq!(*Executor::new(2).run_blocking::<Add>(&many(0, None, None).0).unwrap(), 0);
    assert_eq!(*Executor::new(2).run_blocking::<Add>(&many(1, None, None).0).unwrap(), 0);
}
