//! The gain from threads where steps compute: a fan of sixteen heavy steps in the caller's task,
//! and on one and two threads. Two plain threads with the same work show the possible gain. And the
//! cost of a step that does nothing, beside a task for each step on smol and tokio.
//!
//! `cargo bench -p benches --bench threads` prints a section of the page of measurements, and with
//! `-- --write` writes it. Compare within its table; nothing here is a gate.

#[path = "shared/pipelines.rs"]
#[allow(dead_code, reason = "one of the pipelines is measured")]
mod pipelines;
#[path = "shared/work.rs"]
#[allow(dead_code, reason = "one kind of work is measured")]
mod work;

use benches::{Section, argument, only_arguments};
use pipelines::fan_102;
use std::convert::Infallible;
use std::hint::black_box;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Instant;
use tokio::runtime;
use typed_pipeliner::executor::{Executor, block_on};
use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Step, Store, hlist, resource, run};
use work::{Ready, add};

resource! { Seed: u64; Sum: u64; }

/// A fraction of a millisecond of work that cannot be optimised away. Short runs fit between the
/// work of other programs.
fn compute(seed: u64) -> u64 {
    (0..300_000).fold(seed, |sum, number| black_box(sum.rotate_left(5) ^ number))
}

macro_rules! fan {
    ($($step:ident -> $output:ident),*) => {
        resource! { $($output: u64;)* }
        $(
            struct $step;
            impl Step for $step {
                type Inputs = HList![Seed];
                type Outputs = HList![$output];
                type Error = Infallible;
                async fn run(inputs: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
                    Ok(hlist![compute(*inputs.head)])
                }
            }
        )*

        struct Add;
        impl Step for Add {
            type Inputs = HList![$($output),*];
            type Outputs = HList![Sum];
            type Error = Infallible;
            async fn run(inputs: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
                Ok(hlist![*inputs.head])
            }
        }

        struct Fan;
        impl Pipeline for Fan {
            type Steps = HList![$($step,)* Add];
        }
    };
}
fan! {
    S0 -> R0, S1 -> R1, S2 -> R2, S3 -> R3, S4 -> R4, S5 -> R5, S6 -> R6, S7 -> R7,
    S8 -> R8, S9 -> R9, S10 -> R10, S11 -> R11, S12 -> R12, S13 -> R13, S14 -> R14, S15 -> R15
}

/// The sum of a fan by hand: a task for each step.
macro_rules! spawned {
    ($spawn:expr) => {
        async {
            let top = $spawn(0, black_box(0)).await;
            let fan: Vec<_> = (1..=100).map(|step| $spawn(step, top)).collect();
            let mut sum = 0;
            for task in fan {
                sum += task.await;
            }
            $spawn(101, sum).await
        }
    };
}

/// The nanoseconds of a processor for a run whose output is in the store, if this number of threads
/// share the store; the best of ten. `block_on` of smol is no part of it: it counts its calls in
/// memory that all threads share.
fn ask(threads: usize) -> f64 {
    const ASKS: usize = 50_000;
    let store = Store::<fan_102::All<Ready>>::new().with(pipelines::Seed, 0);
    block_on(run::<fan_102::Last<Ready>>(&store)).unwrap();
    let at_once = threads.min(thread::available_parallelism().map_or(1, usize::from));
    let time = || {
        let start = Instant::now();
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    for _ in 0..ASKS {
                        black_box(work::block_on(run::<fan_102::Last<Ready>>(black_box(&store))).unwrap());
                    }
                });
            }
        });
        start.elapsed().as_nanos() as f64 * at_once as f64 / (threads * ASKS) as f64
    };
    (0..10).map(|_| time()).fold(f64::INFINITY, f64::min)
}

/// How often each contender runs.
const RUNS: usize = 1000;

type Contender<'a> = (&'static str, &'a dyn Fn() -> u64);

/// The least time of each contender in seconds, because noise only adds. They take turns, so that
/// noise meets all of them.
fn measure<const N: usize>(contenders: &[Contender<'_>; N]) -> [f64; N] {
    let mut least = [f64::INFINITY; N];
    for _ in 0..RUNS {
        for (least, (_, run)) in least.iter_mut().zip(contenders) {
            let start = Instant::now();
            black_box(run());
            *least = least.min(start.elapsed().as_secs_f64());
        }
    }
    least
}

fn main() {
    // `cargo test --all-targets` starts this too, but without the argument that `cargo bench` adds.
    if !argument("--bench") {
        eprintln!("nothing is measured without `--bench`");
        return;
    }
    only_arguments(&["--write"]);
    let (one, two) = (Executor::new(1), Executor::new(2));
    let store = || Store::<Fan>::new().with(Seed, black_box(1));
    let half = || (0..8).map(|_| compute(black_box(1))).sum::<u64>();
    // They wait for work, and the caller waits for them, as with an executor.
    let threads = [(); 2].map(|()| {
        let (ask, asked) = mpsc::channel();
        let (answer, answered) = mpsc::channel();
        thread::spawn(move || asked.iter().try_for_each(|()| answer.send(half())));
        (ask, answered)
    });
    let plain = || {
        threads.iter().for_each(|(ask, _)| ask.send(()).unwrap());
        threads.iter().map(|(_, answered)| answered.recv().unwrap()).sum()
    };
    let contenders: [Contender<'_>; 6] = [
        ("in the caller's task", &|| *block_on(run::<Add>(&store())).unwrap()),
        ("two plain threads", &plain),
        ("borrowed, 1 thread", &|| *one.run_blocking::<Add>(&store()).unwrap()),
        ("borrowed, 2 threads", &|| *two.run_blocking::<Add>(&store()).unwrap()),
        ("in an `Arc`, 1 thread", &|| *block_on(one.run::<Add>(&Arc::new(store()))).unwrap()),
        ("in an `Arc`, 2 threads", &|| *block_on(two.run::<Add>(&Arc::new(store()))).unwrap()),
    ];
    let times = measure(&contenders);
    let mut section = Section::new("Threads", "cargo bench -p benches --bench threads");
    section.paragraph("The last column is a multiple of the speed in the caller's task.");
    section.table("sixteen heavy steps", ["ms", "times as fast"]);
    for ((name, _), time) in contenders.iter().zip(times) {
        section.row(name, [format!("{:.1}", time * 1e3), format!("{:.2}", times[0] / time)]);
    }

    let small = || Arc::new(Store::<fan_102::All<Ready>>::new().with(pipelines::Seed, black_box(0)));
    let executor = Arc::new(smol::Executor::new());
    let threads = [(); 2].map(|()| {
        let (executor, (stop, stopped)) = (Arc::clone(&executor), smol::channel::bounded::<()>(1));
        (stop, thread::spawn(move || smol::block_on(executor.run(stopped.recv()))))
    });
    let runtime = runtime::Builder::new_multi_thread().worker_threads(2).build().expect("threads can be started");
    let in_tokio = |step, sum| {
        let task = runtime.spawn(add::<Ready>(step, sum));
        async { task.await.expect("a task does not panic") }
    };
    let contenders: [Contender<'_>; 5] = [
        ("in the caller's task", &|| *block_on(run::<fan_102::Last<Ready>>(&small())).unwrap()),
        ("in an `Arc`, 1 thread", &|| *block_on(one.run::<fan_102::Last<Ready>>(&small())).unwrap()),
        ("in an `Arc`, 2 threads", &|| *block_on(two.run::<fan_102::Last<Ready>>(&small())).unwrap()),
        ("smol spawn, 2 threads", &|| block_on(spawned!(|step, sum| executor.spawn(add::<Ready>(step, sum))))),
        ("tokio spawn, 2 threads", &|| runtime.block_on(spawned!(in_tokio))),
    ];
    let times = measure(&contenders);
    section.paragraph("A fan of a hundred steps that do nothing, with its store.");
    section.table("fan 102, ready", ["ns a step", "of tokio spawn"]);
    for ((name, _), time) in contenders.iter().zip(times) {
        section.row(name, [format!("{:.0}", time * 1e9 / 102.0), format!("{:.2}", time / times[4])]);
    }
    drop(threads.map(|(stop, thread)| (drop(stop), thread.join())));

    section.paragraph("A run whose output is in the store, on threads that share the store.");
    section.table("", ["ns of a processor"]);
    for threads in [1, 2, 8] {
        section.row(format!("{threads} threads"), [format!("{:.1}", ask(threads))]);
    }
    section.finish();
}
