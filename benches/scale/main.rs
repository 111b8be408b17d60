//! The cost of a step in small pipelines and in large ones, the cost of a wake-up with few and with
//! many steps in progress, and a million small runs.
//!
//! `cargo bench -p benches --bench scale` prints a section of the page of measurements.
//! `-- --instructions` counts instructions in place of time, with valgrind. `-- --write` writes the
//! section. Compare within a table, not between machines; nothing here is a gate.

#[path = "../shared/by_hand.rs"]
#[allow(dead_code, reason = "one of the ways is measured")]
mod by_hand;
#[path = "../shared/callgrind.rs"]
mod callgrind;
#[path = "../shared/pipelines.rs"]
#[allow(dead_code, reason = "one of the pipelines is measured")]
#[macro_use]
mod pipelines;
mod large;
#[path = "../shared/work.rs"]
#[allow(dead_code, reason = "some kinds of work are measured")]
mod work;

use benches::{Section, argument, only_arguments};
use callgrind::{CALL, count, numbers};
use futures::stream::{self, StreamExt};
use large::{chain, fan, layers};
use pipelines::{Seed, diamond_4};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::{poll_fn, ready};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use typed_pipeliner::{Store, run, run_owned};
use work::{Ready, Work, Yields, block_on};

const COMMAND: &str = "cargo bench -p benches --bench scale";

/// The batches of calls: how many, and the least time of each, unless one call takes longer. They
/// are short, because a shared machine is quiet for a short time only.
const BATCHES: usize = 1_000;
const BATCH: Duration = Duration::from_micros(100);

/// The number of small runs.
const MILLION: usize = 1_000_000;

/// The number of wake-ups of a call.
const WAKEUPS: usize = 1_000;

/// A large pipeline.
struct Graph {
    name: String,
    steps: usize,
    /// Runs it on a new store.
    run: fn() -> u64,
}

/// A run of a new store with a large pipeline.
macro_rules! graph {
    ($shape:ident, $size:ident, $work:ident, $steps:expr) => {
        Graph {
            name: format!("{} of {}, {}", stringify!($shape), $steps, $work::NAME),
            steps: $steps,
            run: || {
                let store = Store::<$shape::$size::All<$work>>::new().with(Seed, black_box(0));
                block_on(async { *run::<$shape::$size::Last<$work>>(&store).await.unwrap() })
            },
        }
    };
}

/// A step that sleeps again whenever it is woken.
struct Sleeps;
impl Work for Sleeps {
    const NAME: &str = "sleeps";
    async fn work(_: usize) {
        poll_fn(|cx| {
            SLEEPERS.with_borrow_mut(|sleepers| sleepers.push_back(cx.waker().clone()));
            Poll::Pending
        })
        .await
    }
}

thread_local! {
    /// The wakers of the sleeping steps. The next one is first.
    static SLEEPERS: RefCell<VecDeque<Waker>> = const { RefCell::new(VecDeque::new()) };
}

/// Wakes the next sleeping step.
fn wake() {
    let waker = SLEEPERS.with_borrow_mut(VecDeque::pop_front);
    waker.expect("a step sleeps").wake();
}

/// Polls a run until this many steps are in progress, then wakes them one after the other, this
/// often in all, and polls the run after each wake-up. Returns the time of that.
fn wake_up(run: impl Future, steps: usize, wakeups: usize) -> Duration {
    let mut run = pin!(run);
    let cx = &mut Context::from_waker(Waker::noop());
    SLEEPERS.with_borrow_mut(VecDeque::clear);
    while SLEEPERS.with_borrow(VecDeque::len) < steps {
        assert!(run.as_mut().poll(cx).is_pending());
    }
    let start = Instant::now();
    for _ in 0..wakeups {
        wake();
        assert!(run.as_mut().poll(cx).is_pending());
    }
    start.elapsed()
}

/// Wake-ups in a fan: the number of its steps, and a call that wakes this often.
macro_rules! wakeups {
    ($size:ident, $steps:expr) => {
        ($steps, |wakeups| {
            let store = Store::<fan::$size::All<Sleeps>>::new().with(Seed, black_box(0));
            wake_up(run::<fan::$size::Last<Sleeps>>(&store), $steps, wakeups)
        })
    };
}

/// Wakes steps this often, and returns the time of that.
type WakeUp = fn(usize) -> Duration;

/// The wake-ups.
const WAKING: [(usize, WakeUp); 3] = [wakeups!(ten, 10), wakeups!(hundred, 100), wakeups!(most, 400)];

/// A run of four steps on a store of its own, in a pipeline and by hand.
const SMALL: [fn() -> u64; 2] = [
    || {
        let store = Store::<diamond_4::All<Ready>>::new().with(Seed, black_box(0));
        block_on(async { *run::<diamond_4::Last<Ready>>(&store).await.unwrap() })
    },
    || block_on(by_hand::unordered::<Ready>(black_box(&[1, 2, 1]))),
];

/// A million of these runs as the elements of a stream, of which some are in progress at once.
const BATCH_OF_SMALL: [fn(); 2] = [
    || {
        batch(|| async {
            let store = Store::<diamond_4::All<Ready>>::new().with(Seed, black_box(0));
            run_owned::<diamond_4::Last<Ready>>(store).await.unwrap()
        })
    },
    || batch(|| by_hand::unordered::<Ready>(black_box(&[1, 2, 1]))),
];

/// The number of runs of a batch that are in progress at once.
const AT_ONCE: usize = 64;

/// Runs a batch.
fn batch<F: Future<Output = u64>>(run: impl Fn() -> F) {
    let runs = stream::iter(0..MILLION).map(|_| run()).buffer_unordered(AT_ONCE);
    block_on(runs.for_each(|output| ready(_ = black_box(output))));
}

/// The large runs.
fn graphs() -> [Graph; 12] {
    [
        graph!(chain, ten, Ready, 10),
        graph!(chain, hundred, Ready, 100),
        graph!(chain, most, Ready, 400),
        graph!(layers, ten, Ready, 11),
        graph!(layers, hundred, Ready, 101),
        graph!(layers, most, Ready, 401),
        graph!(chain, ten, Yields, 10),
        graph!(chain, hundred, Yields, 100),
        graph!(chain, most, Yields, 400),
        graph!(layers, ten, Yields, 11),
        graph!(layers, hundred, Yields, 101),
        graph!(layers, most, Yields, 401),
    ]
}

/// Measures the nanoseconds of each call: the best batch, because noise only adds. The calls take
/// turns, so that noise meets all of them.
fn nanoseconds(calls: &[fn() -> u64]) -> Vec<f64> {
    let batch = |call: fn() -> u64, calls: u32| {
        let start = Instant::now();
        for _ in 0..calls {
            black_box(call());
        }
        start.elapsed()
    };
    let size = |&call: &fn() -> u64| {
        let mut calls = 1;
        while batch(call, calls) < BATCH {
            calls *= 2;
        }
        calls
    };
    let sizes: Vec<u32> = calls.iter().map(size).collect();
    let mut best = vec![f64::INFINITY; calls.len()];
    for _ in 0..BATCHES {
        for ((&call, &size), best) in calls.iter().zip(&sizes).zip(&mut best) {
            *best = best.min(batch(call, size).as_nanos() as f64 / f64::from(size));
        }
    }
    best
}

/// Measures the milliseconds of a call.
fn milliseconds(call: impl FnOnce()) -> u128 {
    let start = Instant::now();
    call();
    start.elapsed().as_millis()
}

/// Measures the nanoseconds of a wake-up.
fn nanoseconds_of_wakeup(wake_up: WakeUp) -> f64 {
    let call = || wake_up(WAKEUPS).as_nanos() as f64 / WAKEUPS as f64;
    (0..BATCHES).map(|_| call()).fold(f64::INFINITY, f64::min)
}

/// The tables: the cost of a step, of a wake-up, and of a small run in both ways.
fn write(section: &mut Section, unit: &str, of_step: Vec<f64>, of_wakeup: [f64; WAKING.len()], of_small: [f64; 2]) {
    section.table("a step, with its part of a new store", [unit]);
    for (Graph { name, steps, .. }, cost) in graphs().iter().zip(of_step) {
        section.row(name, [format!("{:.1}", cost / *steps as f64)]);
    }
    section.table("a wake-up and the poll of the step", [unit]);
    for ((steps, _), cost) in WAKING.iter().zip(of_wakeup) {
        section.row(format!("{steps} steps in progress"), [format!("{cost:.1}")]);
    }
    section.table("a run of diamond 4 on a store of its own", [unit, "ratio"]);
    for (name, cost) in ["pipeline", "by hand, `FuturesUnordered`"].iter().zip(of_small) {
        section.row(name, [format!("{cost:.0}"), format!("{:.2}", cost / of_small[1])]);
    }
}

/// Measures time.
fn measure_time() {
    only_arguments(&["--write"]);
    let mut section = Section::new("Large pipelines and many runs", COMMAND);
    let runs = graphs().map(|graph| graph.run);
    let of_step = nanoseconds(&runs);
    let of_wakeup = WAKING.map(|(_, wake_up)| nanoseconds_of_wakeup(wake_up));
    let of_small = nanoseconds(&SMALL);
    write(&mut section, "ns", of_step, of_wakeup, [of_small[0], of_small[1]]);
    section.table("a million such runs", ["one after the other, ms", "64 at once, ms"]);
    for ((name, call), batch) in ["pipeline", "by hand, `FuturesUnordered`"].iter().zip(SMALL).zip(BATCH_OF_SMALL) {
        let one_by_one = milliseconds(|| (0..MILLION).for_each(|_| _ = black_box(call())));
        section.row(name, [one_by_one, milliseconds(batch)]);
    }
    section.finish();
}

/// Counts instructions.
fn count_instructions() {
    only_arguments(&["--instructions", "--write"]);
    let mut section = Section::new("Large pipelines and many runs, in instructions", COMMAND);
    // Two counts, because the first call has work that is done once.
    let between = |kind: Kind, which, few, many| {
        (count([kind as usize, which, many]) - count([kind as usize, which, few])) / (many - few) as f64
    };
    let of_step = (0..graphs().len()).map(|graph| between(Kind::Graph, graph, 2, 102)).collect();
    let of_wakeup = std::array::from_fn(|which| between(Kind::Wakeups, which, WAKEUPS, 2 * WAKEUPS));
    let of_small = std::array::from_fn(|way| between(Kind::Small, way, 2, 102));
    write(&mut section, "instructions", of_step, of_wakeup, of_small);
    section.finish();
}

/// The kind of a call that valgrind counts.
#[derive(Clone, Copy)]
enum Kind {
    Graph,
    Wakeups,
    Small,
}

/// Calls something so often, for valgrind.
fn call([kind, which, times]: [usize; 3]) {
    let repeat = |call: fn() -> u64| (0..times).for_each(|_| _ = black_box(call()));
    match kind {
        _ if kind == Kind::Graph as usize => repeat(graphs()[which].run),
        _ if kind == Kind::Wakeups as usize => _ = black_box((WAKING[which].1)(times)),
        _ => repeat(SMALL[which]),
    }
}

fn main() {
    if argument(CALL) {
        return call(numbers());
    }
    assert_eq!(SMALL[0](), SMALL[1]());
    // `cargo test --all-targets` starts this too, but without the argument that `cargo bench` adds.
    if !argument("--bench") {
        eprintln!("nothing is measured without `--bench`");
        return;
    }
    if argument("--instructions") { count_instructions() } else { measure_time() }
}
