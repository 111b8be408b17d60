//! A run is fair: a step that was woken goes before steps that are ready, and a run gives its task
//! back after a budget. So timeouts, siblings and other tasks have their turn.

mod support;

use futures::future::{Either, select};
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use support::{pipeline, step};
use typed_pipeliner::{HList, In, Inputs, Out, Outputs, Pipeline, RunError, Step, Store, hlist, resource, run};

/// The most steps that a run starts or polls before it gives its task back.
const BUDGET: usize = 128;

/// The most steps that may pend again before it does.
const YIELDS: usize = 16;

resource! {
    /// The number of steps that have run.
    Count: Arc<AtomicUsize>;
    Seed: u32;
}

/// Ten steps that are not async, each with its inputs, in a module.
macro_rules! ten {
    ($module:ident: $([$($input:ty),*])*) => {
        pub(crate) mod $module {
            use super::*;
            ten! { @steps $([$($input),*])* }
        }
    };
    (@steps $i0:tt $i1:tt $i2:tt $i3:tt $i4:tt $i5:tt $i6:tt $i7:tt $i8:tt $i9:tt) => {
        ten! { @step $i0 s0 S0 R0 } ten! { @step $i1 s1 S1 R1 } ten! { @step $i2 s2 S2 R2 } ten! { @step $i3 s3 S3 R3 }
        ten! { @step $i4 s4 S4 R4 } ten! { @step $i5 s5 S5 R5 } ten! { @step $i6 s6 S6 R6 } ten! { @step $i7 s7 S7 R7 }
        ten! { @step $i8 s8 S8 R8 } ten! { @step $i9 s9 S9 R9 }
        pub(crate) type Steps = HList![S0, S1, S2, S3, S4, S5, S6, S7, S8, S9];
        /// Their outputs; a chain does not take them all.
        #[allow(dead_code)]
        pub(crate) type Resources = HList![R0, R1, R2, R3, R4, R5, R6, R7, R8, R9];
    };
    (@step [$a:ty] $function:ident $step:ident $output:ident) => {
        resource! { pub(crate) $output: u32; }
        #[typed_pipeliner::step]
        pub(crate) fn $function(input: In<'_, $a>, count: In<'_, Count>) -> Out<$output> {
            count.fetch_add(1, Ordering::Relaxed);
            input + 1
        }
    };
}

/// A pipeline of thirty times ten steps.
macro_rules! pipelines {
    ($first:ident $($row:ident below $above:ident;)*) => {
        /// Each step takes the output of the one before it.
        mod chain {
            use super::*;
            ten! { $first: [Seed] [R0] [R1] [R2] [R3] [R4] [R5] [R6] [R7] [R8] }
            $(ten! { $row: [$above::R9] [R0] [R1] [R2] [R3] [R4] [R5] [R6] [R7] [R8] })*
            pub(crate) struct All;
            impl Pipeline for All {
                type Steps = HList![$first::Steps, $($row::Steps),*];
            }
        }

        /// No step takes the output of another.
        mod fan {
            use super::*;
            ten! { $first: [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] }
            $(ten! { $row: [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] })*
            gather! { $first $($row)* }
        }

        /// Ten steps at a time take the outputs of the ten steps before them.
        mod layers {
            use super::*;
            ten! { $first: [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] }
            $(ten! { $row:
                [$above::R1] [$above::R2] [$above::R3] [$above::R4] [$above::R5]
                [$above::R6] [$above::R7] [$above::R8] [$above::R9] [$above::R0]
            })*
            gather! { $first $($row)* }
        }
    };
}

/// A step that takes the outputs of all these rows, and the pipeline.
macro_rules! gather {
    ($($row:ident)*) => {
        resource! { pub(crate) Gathered: (); }
        pub(crate) struct Gather;
        impl Step for Gather {
            type Inputs = HList![$($row::Resources),*];
            type Outputs = HList![Gathered];
            type Error = Infallible;
            async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
                Ok(hlist![()])
            }
        }
        pub(crate) struct All;
        impl Pipeline for All {
            type Steps = HList![$($row::Steps,)* Gather];
        }
    };
}

pipelines! {
    a0 a1 below a0; a2 below a1; a3 below a2; a4 below a3; a5 below a4; a6 below a5; a7 below a6; a8 below a7;
    a9 below a8; b0 below a9; b1 below b0; b2 below b1; b3 below b2; b4 below b3; b5 below b4; b6 below b5;
    b7 below b6; b8 below b7; b9 below b8; c0 below b9; c1 below c0; c2 below c1; c3 below c2; c4 below c3;
    c5 below c4; c6 below c5; c7 below c6; c8 below c7; c9 below c8;
}

/// Calls a function with a run in each pipeline, its counter, and the number of its steps.
macro_rules! for_each_run {
    ($function:expr) => {
        for_each_run! { @one $function, chain::All, chain::c9::S9, 300 }
        for_each_run! { @one $function, fan::All, fan::Gather, 300 }
        for_each_run! { @one $function, layers::All, layers::Gather, 300 }
    };
    (@one $function:expr, $pipeline:ty, $target:ty, $steps:expr) => {
        let count = Arc::new(AtomicUsize::new(0));
        let store = Store::<$pipeline>::new().with(Count, Arc::clone(&count)).with(Seed, 0);
        $function(async { run::<$target>(&store).await.map(|_| ()) }, &count, $steps);
    };
}

/// Counts how often a task is woken.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn run_gives_its_task_back_after_a_budget() {
    fn check(run: impl Future<Output = Result<(), RunError>>, count: &AtomicUsize, steps: usize) {
        let (mut run, task) = (pin!(run), Arc::new(Woken::default()));
        let waker = Waker::from(Arc::clone(&task));
        let mut turns = 0;
        while run.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
            turns += 1;
            assert_eq!(count.load(Ordering::SeqCst), turns * BUDGET);
            assert_eq!(task.0.load(Ordering::SeqCst), turns, "it wakes its task each time");
        }
        assert_eq!((count.load(Ordering::SeqCst), turns), (steps, steps / BUDGET));
    }
    for_each_run!(check);
}

#[test]
fn sibling_in_the_task_has_its_turn() {
    fn check(run: impl Future<Output = Result<(), RunError>>, count: &AtomicUsize, _: usize) {
        let ready = pin!(std::future::ready(()));
        // `select` polls the run first.
        let Either::Right(_) = smol::block_on(select(pin!(run), ready)) else { panic!("the run hides its sibling") };
        assert_eq!(count.load(Ordering::SeqCst), BUDGET);
    }
    for_each_run!(check);
}

#[test]
fn other_tasks_of_smol_have_their_turn() {
    fn check(run: impl Future<Output = Result<(), RunError>>, count: &AtomicUsize, steps: usize) {
        let executor = smol::LocalExecutor::new();
        let mut seen = 0;
        smol::block_on(executor.run(async {
            let run = executor.spawn(run);
            let other = executor.spawn(async { count.load(Ordering::SeqCst) });
            seen = other.await;
            run.await.unwrap();
        }));
        assert!(seen < steps, "the other task comes after {seen} steps");
    }
    for_each_run!(check);
}

#[test]
fn other_tasks_and_timeouts_of_tokio_have_their_turn() {
    fn check(run: impl Future<Output = Result<(), RunError>>, count: &AtomicUsize, steps: usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let tasks = tokio::task::LocalSet::new();
        runtime.block_on(tasks.run_until(async {
            // A timeout that is over looks at the clock when the future that it bounds is pending.
            let over = tokio::time::Instant::now() - Duration::from_millis(1);
            let run = tokio::time::timeout_at(over, run);
            assert!(run.await.is_err(), "the timeout is not heard");
        }));
        assert!((1..steps).contains(&count.load(Ordering::SeqCst)));
    }
    for_each_run!(check);

    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let store = Arc::new(Store::<chain::All>::new().with(Count, Arc::clone(&count)).with(Seed, 0));
    let seen = runtime.block_on(async {
        let shared = Arc::clone(&store);
        let run = tokio::spawn(async move { run::<chain::c9::S9>(&shared).await.copied() });
        let other = tokio::spawn(async move { count.load(Ordering::SeqCst) });
        assert_eq!(run.await.unwrap().unwrap(), 300);
        other.await.unwrap()
    });
    assert!(seen < 300, "the other task comes after {seen} steps");
}

resource! {
    /// The names of the steps, in the order in which they went on.
    Journal: Arc<Mutex<Vec<&'static str>>>;
    /// The waker of the step that waits for a reply.
    Asked: Arc<Mutex<Option<Waker>>>;
    Answer: ();
    Ringing: ();
    Both: ();
}

step!(Ask(journal: Journal, asked: Asked) -> [Answer] {
    let mut polls = 0;
    poll_fn(|cx| {
        polls += 1;
        *asked.lock().unwrap() = Some(cx.waker().clone());
        if polls == 1 { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    journal.lock().unwrap().push("reply");
    Ok(hlist![()])
});
step!(Ring(journal: Journal, asked: Asked) -> [Ringing] {
    journal.lock().unwrap().push("ring");
    asked.lock().unwrap().take().unwrap().wake();
    Ok(hlist![()])
});
step!(Before(journal: Journal, _ringing: Ringing) -> [Seed] {
    journal.lock().unwrap().push("next");
    Ok(hlist![0])
});
step!(Join(_answer: Answer, _last: chain::c9::R9) -> [Both] { Ok(hlist![()]) });

/// The step that waits, the one that wakes it, and a long chain after that one.
struct Replies;
impl Pipeline for Replies {
    type Steps = HList![Ask, Ring, Before, <chain::All as Pipeline>::Steps, Join];
}

#[test]
fn reply_goes_before_steps_that_are_ready() {
    let (journal, count) = (Arc::<Mutex<Vec<&'static str>>>::default(), Arc::new(AtomicUsize::new(0)));
    let store = Store::<Replies>::new()
        .with(Journal, Arc::clone(&journal))
        .with(Asked, Arc::default())
        .with(Count, Arc::clone(&count));
    smol::block_on(run::<Join>(&store)).unwrap();
    assert_eq!(*journal.lock().unwrap(), ["ring", "reply", "next"]);
}

resource! {
    /// The number of polls in which a step could not go on.
    InVain: Arc<AtomicUsize>;
}

/// Goes on as often as the budget of the task allows, and counts the other polls.
async fn consume(times: usize, in_vain: &AtomicUsize) {
    for _ in 0..times {
        let mut consume = pin!(tokio::task::coop::consume_budget());
        poll_fn(|cx| {
            let polled = consume.as_mut().poll(cx);
            if polled.is_pending() {
                in_vain.fetch_add(1, Ordering::Relaxed);
            }
            polled
        })
        .await;
    }
}

/// Twenty steps that spend the budget of the task.
macro_rules! spenders {
    ($($step:ident $output:ident)*) => {
        resource! { $(pub(crate) $output: ();)* pub(crate) Spent: (); }
        $(step!($step(in_vain: InVain) -> [$output] {
            consume(100, in_vain).await;
            Ok(hlist![()])
        });)*
        pub(crate) struct SpendAll;
        impl Step for SpendAll {
            type Inputs = HList![$($output),*];
            type Outputs = HList![Spent];
            type Error = Infallible;
            async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
                Ok(hlist![()])
            }
        }
        pipeline! { Spenders: [$($step,)* SpendAll]; }
    };
}
spenders! {
    Spend0 P0 Spend1 P1 Spend2 P2 Spend3 P3 Spend4 P4 Spend5 P5 Spend6 P6 Spend7 P7 Spend8 P8 Spend9 P9
    Spend10 P10 Spend11 P11 Spend12 P12 Spend13 P13 Spend14 P14 Spend15 P15 Spend16 P16 Spend17 P17 Spend18 P18
    Spend19 P19
}

#[test]
fn run_whose_steps_have_spent_the_budget_of_tokio_does_not_poll_on() {
    let in_vain = Arc::new(AtomicUsize::new(0));
    let store = Store::<Spenders>::new().with(InVain, Arc::clone(&in_vain));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (mut run, mut turns) = (run::<SpendAll>(&store), 0);
    runtime.block_on(poll_fn(|cx| {
        turns += 1;
        Pin::new(&mut run).poll(cx).map(|result| result.map(|_| ()).unwrap())
    }));
    // The steps go on 2,000 times in all, and a task may do so 128 times in a poll.
    assert!((16..32).contains(&turns), "{turns} polls of the task");
    let in_vain = in_vain.load(Ordering::Relaxed);
    // Besides these, each step may pend once when it starts.
    assert!((1..=turns * YIELDS + 20).contains(&in_vain), "{in_vain} polls in vain in {turns} polls of the task");
}
