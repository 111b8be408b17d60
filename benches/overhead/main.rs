//! What a step costs besides its own work: in a pipeline, making the store included, and in three ways to write the same
//! by hand – with a `FuturesUnordered`, joined, and awaited one after the other.
//!
//! `cargo bench --bench overhead` ends with a table. Compare within a table, not between machines; nothing here is a gate.

mod by_hand;
#[path = "../shared/pipelines.rs"]
#[allow(dead_code, reason = "crossed chains are for the comparison with peers")]
mod pipelines;
#[path = "../shared/work.rs"]
mod work;

use criterion::Criterion;
use pipelines::{Seed, chain_5, chain_100, diamond_4, fan_102, layers_101};
use std::hint::black_box;
use std::time::{Duration, Instant};
use typed_pipeliner::{Store, hlist_pat, run};
use work::{Ready, Work, Yields, block_on};

/// A row of the table: a shape, and what one step of it costs in nanoseconds.
struct Row {
    name: String,
    pipeline: f64,
    unordered: f64,
    joined: f64,
    awaited: f64,
}

/// Measures a contender, and returns how many nanoseconds one call takes.
fn measure(criterion: &mut Criterion, group: &str, name: &str, mut call: impl FnMut() -> u64) -> f64 {
    let mut samples = Vec::new();
    criterion.benchmark_group(group).bench_function(name, |bencher| {
        bencher.iter_custom(|calls| {
            let start = Instant::now();
            for _ in 0..calls {
                black_box(call());
            }
            let time = start.elapsed();
            samples.push(time.as_nanos() as f64 / calls as f64);
            time
        });
    });
    // The lower quartile: noise only ever adds.
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 4).copied().unwrap_or(f64::NAN)
}

/// Measures a shape with each contender, after a look that they all come to the same.
macro_rules! compare {
    ($criterion:ident, $work:ident, $shape:ident, $widths:expr) => {{
        let pipeline = || {
            let store = Store::<$shape::All<$work>>::new().with(Seed, black_box(0));
            block_on(async {
                let hlist_pat![value] = run::<$shape::Last<$work>>(&store).await.unwrap();
                *value
            })
        };
        let widths = black_box::<&[usize]>(&$widths);
        let awaited = || block_on(by_hand::awaited::<$work>(widths));
        let joined = || block_on(by_hand::joined::<$work>(widths));
        let unordered = || block_on(by_hand::unordered::<$work>(widths));
        assert_eq!([pipeline(), unordered(), joined()], [awaited(); 3], "{}", stringify!($shape));

        let name = format!("{}, {}", stringify!($shape).replace('_', " "), $work::NAME);
        let steps = widths.iter().sum::<usize>() as f64;
        Row {
            pipeline: measure($criterion, &name, "pipeline", pipeline) / steps,
            unordered: measure($criterion, &name, "FuturesUnordered", unordered) / steps,
            joined: measure($criterion, &name, "join", joined) / steps,
            awaited: measure($criterion, &name, "await", awaited) / steps,
            name,
        }
    }};
}

/// Measures all shapes.
macro_rules! compare_all {
    ($criterion:ident, $work:ident) => {
        [
            compare!($criterion, $work, chain_5, [1; 5]),
            compare!($criterion, $work, diamond_4, [1, 2, 1]),
            compare!($criterion, $work, chain_100, [1; 100]),
            compare!($criterion, $work, fan_102, [1, 100, 1]),
            compare!($criterion, $work, layers_101, [10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 1]),
        ]
    };
}

/// A run of a target whose outputs are in the store already, and the making of a store.
fn whole_runs(criterion: &mut Criterion) -> [(&'static str, f64); 4] {
    let small = Store::<diamond_4::All<Ready>>::new().with(Seed, 0);
    let large = Store::<layers_101::All<Ready>>::new().with(Seed, 0);
    let again_small = || block_on(async { *run::<diamond_4::Last<Ready>>(black_box(&small)).await.unwrap().head });
    let again_large = || block_on(async { *run::<layers_101::Last<Ready>>(black_box(&large)).await.unwrap().head });
    let make_small = || {
        black_box(Store::<diamond_4::All<Ready>>::new().with(Seed, 0));
        0
    };
    let make_large = || {
        black_box(Store::<layers_101::All<Ready>>::new().with(Seed, 0));
        0
    };
    let (_, _) = (again_small(), again_large());
    [
        ("second run, diamond 4", measure(criterion, "second run", "diamond 4", again_small)),
        ("second run, layers 101", measure(criterion, "second run", "layers 101", again_large)),
        ("making a store, diamond 4", measure(criterion, "store", "diamond 4", make_small)),
        ("making a store, layers 101", measure(criterion, "store", "layers 101", make_large)),
    ]
}

fn main() {
    let criterion = &mut Criterion::default()
        .sample_size(60)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1200))
        .without_plots()
        .configure_from_args();
    let rows = [compare_all!(criterion, Ready), compare_all!(criterion, Yields)];
    let whole_runs = whole_runs(criterion);
    criterion.final_summary();

    println!("\n| ns a step | pipeline | FuturesUnordered | ratio | join | await |");
    println!("|---|--:|--:|--:|--:|--:|");
    for Row { name, pipeline, unordered, joined, awaited } in rows.iter().flatten() {
        let ratio = pipeline / unordered;
        println!("| {name} | {pipeline:.1} | {unordered:.1} | **{ratio:.2}** | {joined:.1} | {awaited:.1} |");
    }
    println!("\n| ns in all | |\n|---|--:|");
    for (name, time) in whole_runs {
        println!("| {name} | {time:.0} |");
    }
}
