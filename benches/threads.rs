//! What threads bring where steps compute: a fan of sixteen heavy steps in the caller's task, and on one and two threads;
//! and what they can bring on this machine, to the same work in two plain threads.
//!
//! `cargo bench --bench threads` ends with a table. Compare within it; nothing here is a gate.

use std::convert::Infallible;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};
use typed_pipeliner::executor::{Executor, block_on};
use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Step, Store, hlist, resource, run};

resource! { Seed: u64; Sum: u64; }

/// A few milliseconds of work that cannot be optimised away.
fn compute(seed: u64) -> u64 {
    (0..3_000_000).fold(seed, |sum, number| black_box(sum.rotate_left(5) ^ number))
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

/// The least time of several calls: noise only adds.
fn least(mut call: impl FnMut() -> u64) -> Duration {
    call();
    (0..7)
        .map(|_| {
            let start = Instant::now();
            black_box(call());
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}

fn main() {
    let (one, two) = (Executor::new(1), Executor::new(2));
    let store = || Store::<Fan>::new().with(Seed, black_box(1));
    let task = least(|| *block_on(run::<Add>(&store())).unwrap().head);
    let plain = || {
        let half = || (0..8).map(|_| compute(black_box(1))).sum::<u64>();
        std::thread::scope(|threads| {
            let other = threads.spawn(half);
            half() + other.join().unwrap()
        })
    };
    let rows = [
        ("two plain threads", least(plain)),
        ("in the caller's task", task),
        ("borrowed, 1 thread", least(|| *one.run_blocking::<Add>(&store()).unwrap().head)),
        ("borrowed, 2 threads", least(|| *two.run_blocking::<Add>(&store()).unwrap().head)),
        ("in an `Arc`, 1 thread", least(|| *block_on(one.run::<Add>(&Arc::new(store()))).unwrap().head)),
        ("in an `Arc`, 2 threads", least(|| *block_on(two.run::<Add>(&Arc::new(store()))).unwrap().head)),
    ];
    println!("| sixteen heavy steps | ms | times as fast |\n|---|--:|--:|");
    for (name, time) in rows {
        println!("| {name} | {:.1} | {:.2} |", time.as_secs_f64() * 1e3, task.as_secs_f64() / time.as_secs_f64());
    }
}
