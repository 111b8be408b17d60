//! The cost of an element of a fan-out, beside a run of its pipeline alone, in instructions; and
//! the gain from threads where elements compute.
//!
//! `cargo bench -p benches --bench fan_out` prints a section of the page of measurements, and with
//! `-- --write` writes it. It needs valgrind. Nothing here is a gate.

#[path = "shared/callgrind.rs"]
mod callgrind;
#[path = "shared/pipelines.rs"]
#[allow(dead_code, reason = "some of the pipelines are measured")]
mod pipelines;
#[path = "shared/work.rs"]
#[allow(dead_code, reason = "each kind of work is measured")]
mod work;

use benches::{Section, argument, only_arguments};
use callgrind::{CALL, count, numbers};
use pipelines::{Seed, chain_5, diamond_4, layers_101};
use std::convert::Infallible;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;
use typed_pipeliner::each::{Each, ForEach};
use typed_pipeliner::executor::{Executor, block_on};
use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Return, Step, Store, hlist, resource, run};
use work::{Plain, Ready, Yields};

resource! {
    Seeds: Vec<u64>;
    Number: u64;
    Heavy: Vec<u64>;
}

/// The elements of a fan-out, and a run alone for each of them, for these pipelines.
macro_rules! per_seed {
    ($($fan:ident: $shape:ident, $work:ident -> $results:ident;)*) => {
        resource! { $($results: Vec<u64>;)* }
        $(
            struct $fan;
            impl Pipeline for $fan {
                type Steps = <$shape::All<$work> as Pipeline>::Steps;
            }
            impl Each for $fan {
                type Over = Seeds;
                type Item = Seed;
                type Takes = HList![];
                type Target = $shape::Last<$work>;
                type Into = $results;
            }
        )*

        struct Fans;
        impl Pipeline for Fans {
            type Steps = HList![$(ForEach<$fan>),*];
        }

        /// Each pipeline by its name, with the sum of the results of a fan-out and of runs alone.
        const SHAPES: &[(&str, [fn(Vec<u64>) -> u64; 2])] = &[$((
            concat!(stringify!($shape), ", ", stringify!($work)),
            [
                |seeds| {
                    let store = Store::<Fans>::new().with(Seeds, seeds);
                    work::block_on(run::<ForEach<$fan>>(&store)).unwrap().iter().sum()
                },
                |seeds| {
                    let mut results = Vec::with_capacity(seeds.len());
                    for &seed in &seeds {
                        let store = Store::<$shape::All<$work>>::new().with(Seed, seed);
                        results.push(*work::block_on(run::<$shape::Last<$work>>(&store)).unwrap());
                    }
                    results.iter().sum()
                },
            ],
        ),)*];
    };
}
per_seed! {
    PerDiamond: diamond_4, Ready -> Diamonds;
    PerPlainDiamond: diamond_4, Plain -> PlainDiamonds;
    PerYieldingDiamond: diamond_4, Yields -> YieldingDiamonds;
    PerChain: chain_5, Ready -> Chains;
    PerLayers: layers_101, Ready -> Layers;
}

/// A fraction of a millisecond of work that cannot be optimised away.
struct Compute;
impl Step for Compute {
    type Inputs = HList![Number];
    type Outputs = HList![Return<u64>];
    type Error = Infallible;
    async fn run(inputs: Inputs<'_, Self>) -> Result<Outputs<Self>, Infallible> {
        let compute = |sum: u64, number| black_box(sum.rotate_left(5) ^ number);
        Ok(hlist![Return((0..100_000).fold(*inputs.head, compute))])
    }
}

struct PerNumber;
impl Pipeline for PerNumber {
    type Steps = HList![];
}
impl Each for PerNumber {
    type Over = Seeds;
    type Item = Number;
    type Takes = HList![];
    type Target = Compute;
    type Into = Heavy;
}

struct Heavily;
impl Pipeline for Heavily {
    type Steps = HList![ForEach<PerNumber>];
}

/// How often each contender runs.
const RUNS: usize = 300;

fn main() {
    // `cargo test --all-targets` starts this too, but without the argument that `cargo bench` adds.
    if argument(CALL) {
        let [shape, way, elements] = numbers();
        black_box(SHAPES[shape].1[way]((0..elements as u64).collect()));
        return;
    }
    if !argument("--bench") {
        eprintln!("nothing is measured without `--bench`");
        return;
    }
    only_arguments(&["--write"]);
    for (name, [fan, alone]) in SHAPES {
        assert_eq!(fan((0..10).collect()), alone((0..10).collect()), "{name}");
    }
    let mut section = Section::new("Fan-out", "cargo bench -p benches --bench fan_out");
    section
        .paragraph("Instructions an element, by callgrind, and those of a run of its pipeline alone with its store.");
    section.table("", ["element", "run alone", "ratio"]);
    for (shape, (name, _)) in SHAPES.iter().enumerate() {
        let cost = |way| (count([shape, way, 1100]) - count([shape, way, 100])) / 1000.0;
        let (element, alone) = (cost(0), cost(1));
        section.row(name, [format!("{element:.0}"), format!("{alone:.0}"), format!("{:.2}", element / alone)]);
    }

    let (one, two) = (Executor::new(1), Executor::new(2));
    let store = || Store::<Heavily>::new().with(Seeds, (0..100).collect());
    type Contender<'a> = (&'a str, &'a dyn Fn() -> usize);
    let contenders: [Contender<'_>; 5] = [
        ("in the caller's task", &|| block_on(run::<ForEach<PerNumber>>(&store())).unwrap().len()),
        ("borrowed, 1 thread", &|| one.run_blocking::<ForEach<PerNumber>>(&store()).unwrap().len()),
        ("borrowed, 2 threads", &|| two.run_blocking::<ForEach<PerNumber>>(&store()).unwrap().len()),
        ("in an `Arc`, 1 thread", &|| block_on(one.run::<ForEach<PerNumber>>(&Arc::new(store()))).unwrap().len()),
        ("in an `Arc`, 2 threads", &|| block_on(two.run::<ForEach<PerNumber>>(&Arc::new(store()))).unwrap().len()),
    ];
    // The least time of each, because noise only adds. They take turns, so that noise meets all.
    let mut least = [f64::INFINITY; 5];
    for _ in 0..RUNS {
        for (least, (_, run)) in least.iter_mut().zip(contenders) {
            let start = Instant::now();
            black_box(run());
            *least = least.min(start.elapsed().as_secs_f64());
        }
    }
    section
        .paragraph("A hundred elements that compute. The last column is a multiple of the speed in the caller's task.");
    section.table("100 heavy elements", ["ms", "times as fast"]);
    for ((name, _), time) in contenders.iter().zip(least) {
        section.row(name, [format!("{:.1}", time * 1e3), format!("{:.2}", least[0] / time)]);
    }
    section.finish();
}
