//! The cost of a step besides its own work: in a pipeline, the creation of the store included, and
//! in three ways to write the same by hand – with a `FuturesUnordered`, joined, and awaited one
//! after the other.
//!
//! `cargo bench -p benches --bench overhead` takes the arguments of criterion, and ends with a
//! section of the page of measurements. `-- --instructions` counts instructions in place of time,
//! with valgrind. `-- --write` measures everything, and writes the section. Compare within a table,
//! not between machines; nothing here is a gate.

#[path = "../shared/by_hand.rs"]
mod by_hand;
#[path = "../shared/callgrind.rs"]
mod callgrind;
#[path = "../shared/pipelines.rs"]
#[allow(dead_code, reason = "crossed chains are for the comparison with peers")]
mod pipelines;
#[path = "../shared/work.rs"]
mod work;

use benches::{Section, argument, only_arguments};
use callgrind::{CALL, count, numbers};
use criterion::Criterion;
use pipelines::{Seed, chain_5, chain_100, diamond_4, fan_102, layers_101};
use std::array;
use std::hint::black_box;
use std::time::{Duration, Instant};
use typed_pipeliner::observe::{Observer, RunInfo, StepEvent};
use typed_pipeliner::{Run, Store, run};
use typed_pipeliner_report::Recorder;
use work::{Plain, Ready, Work, Yields, block_on};

const COMMAND: &str = "cargo bench -p benches --bench overhead";

const CONTENDERS: [&str; 4] = ["pipeline", "FuturesUnordered", "join", "await"];

/// A graph of steps, and `N` ways to run it.
struct Graph<const N: usize> {
    name: String,
    steps: usize,
    runs: [fn() -> u64; N],
}

/// A graph, by its shape and the widths of its layers.
macro_rules! graph {
    ($work:ident, $shape:ident, $widths:expr) => {{
        const WIDTHS: &[usize] = &$widths;
        Graph {
            name: format!("{}, {}", stringify!($shape).replace('_', " "), $work::NAME),
            steps: WIDTHS.iter().sum(),
            runs: [
                || {
                    let store = Store::<$shape::All<$work>>::new().with(Seed, black_box(0));
                    block_on(async {
                        let value = run::<$shape::Last<$work>>(&store).await.unwrap();
                        *value
                    })
                },
                || block_on(by_hand::unordered::<$work>(black_box(WIDTHS))),
                || block_on(by_hand::joined::<$work>(black_box(WIDTHS))),
                || block_on(by_hand::awaited::<$work>(black_box(WIDTHS))),
            ],
        }
    }};
}

/// All graphs with one kind of work.
macro_rules! graphs {
    ($work:ident) => {
        [
            graph!($work, chain_5, [1; 5]),
            graph!($work, diamond_4, [1, 2, 1]),
            graph!($work, chain_100, [1; 100]),
            graph!($work, fan_102, [1, 100, 1]),
            graph!($work, layers_101, [10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 1]),
        ]
    };
}

/// Measures a call, and returns its nanoseconds.
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
    // The least counts, because noise only adds. There is none if a filter leaves the call out.
    samples.into_iter().reduce(f64::min).unwrap_or(f64::NAN)
}

/// The options of a run, each alone.
const OPTIONS: [&str; 5] = ["none", "limit", "keep_going", "observer", "recorder"];

/// An observer that does nothing.
struct Nothing;
impl Observer for Nothing {
    fn step(&self, _: &RunInfo, _: &StepEvent<'_>) {}
}

/// A graph, by its shape and the number of its steps, and a run of it in a new store with each of
/// the options.
macro_rules! with_options {
    ($shape:ident, $steps:expr) => {{
        fn with(set: impl for<'s> FnOnce(Run<'s, &'s u64>) -> Run<'s, &'s u64>) -> u64 {
            let store = Store::<$shape::All<Ready>>::new().with(Seed, black_box(0));
            block_on(async { *set(run::<$shape::Last<Ready>>(&store)).await.unwrap() })
        }
        let runs: [fn() -> u64; OPTIONS.len()] = [
            || with(|run| run),
            || with(|run| run.limit(1)),
            || with(|run| run.keep_going()),
            || with(|run| run.observe(Nothing)),
            || with(|run| run.observe(Recorder::new())),
        ];
        Graph { name: stringify!($shape).replace('_', " "), steps: $steps, runs }
    }};
}

/// A run of a target whose outputs are in the store already, and the creation of a store.
fn whole_runs(criterion: &mut Criterion) -> [(&'static str, f64); 4] {
    let small = Store::<diamond_4::All<Ready>>::new().with(Seed, 0);
    let large = Store::<layers_101::All<Ready>>::new().with(Seed, 0);
    let again_small = || block_on(async { *run::<diamond_4::Last<Ready>>(black_box(&small)).await.unwrap() });
    let again_large = || block_on(async { *run::<layers_101::Last<Ready>>(black_box(&large)).await.unwrap() });
    let create_small = || {
        black_box(Store::<diamond_4::All<Ready>>::new().with(Seed, 0));
        0
    };
    let create_large = || {
        black_box(Store::<layers_101::All<Ready>>::new().with(Seed, 0));
        0
    };
    let (_, _) = (again_small(), again_large());
    [
        ("second run, diamond 4", measure(criterion, "second run", "diamond 4", again_small)),
        ("second run, layers 101", measure(criterion, "second run", "layers 101", again_large)),
        ("new store, diamond 4", measure(criterion, "store", "diamond 4", create_small)),
        ("new store, layers 101", measure(criterion, "store", "layers 101", create_large)),
    ]
}

/// Measures time.
fn nanoseconds(graphs: &[Graph<{ CONTENDERS.len() }>], with_options: &[Graph<{ OPTIONS.len() }>]) {
    let mut criterion = Criterion::default()
        .sample_size(60)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1200))
        .without_plots();
    // Criterion refuses foreign arguments, and its filter would leave holes in the page.
    if argument("--write") {
        only_arguments(&["--write"]);
    } else {
        criterion = criterion.configure_from_args();
    }
    let of_contenders = costs(graphs, |graph, contender| {
        let Graph { name, runs, .. } = &graphs[graph];
        measure(&mut criterion, name, CONTENDERS[contender], runs[contender])
    });
    let of_options = costs(with_options, |graph, option| {
        let Graph { name, runs, .. } = &with_options[graph];
        measure(&mut criterion, &format!("{name}, options"), OPTIONS[option], runs[option])
    });
    let whole_runs = whole_runs(&mut criterion);
    criterion.final_summary();

    let mut section = Section::new("A step at run time", COMMAND);
    section.paragraph("Nanoseconds a step, the creation of the store included.");
    table(&mut section, graphs, &of_contenders);
    section.paragraph("Nanoseconds a step that is ready, with an option of the run.");
    table_of_options(&mut section, with_options, &of_options);
    section.paragraph("Nanoseconds in all; in a second run the outputs are in the store.");
    section.table("", ["ns"]);
    for (name, time) in whole_runs {
        section.row(name, [format!("{time:.0}")]);
    }
    section.finish();
}

/// Counts instructions.
fn instructions(graphs: &[Graph<{ CONTENDERS.len() }>], with_options: &[Graph<{ OPTIONS.len() }>]) {
    only_arguments(&["--instructions", "--write"]);
    // Two calls, because the first has work that is done once.
    let count = |graph, run| (count([graph, run, 102]) - count([graph, run, 2])) / 100.0;
    let of_options = costs(with_options, |graph, option| count(graphs.len() + graph, option));
    let of_contenders = costs(graphs, count);
    let mut section = Section::new("A step at run time, in instructions", COMMAND);
    section.paragraph("Instructions a step, by callgrind, the creation of the store included.");
    table(&mut section, graphs, &of_contenders);
    section.paragraph("Instructions a step that is ready, with an option of the run; without those of the clock.");
    table_of_options(&mut section, with_options, &of_options);
    section.finish();
}

/// The cost of a step in each graph with each way to run it, from the cost of a run.
fn costs<const N: usize>(graphs: &[Graph<N>], mut run: impl FnMut(usize, usize) -> f64) -> Vec<[f64; N]> {
    let steps = graphs.iter().map(|graph| graph.steps as f64).enumerate();
    steps.map(|(graph, steps)| array::from_fn(|way| run(graph, way) / steps)).collect()
}

/// Adds the table of these costs.
fn table(section: &mut Section, graphs: &[Graph<{ CONTENDERS.len() }>], costs: &[[f64; CONTENDERS.len()]]) {
    section.table("", CONTENDERS);
    for (graph, costs) in graphs.iter().zip(costs) {
        section.row(&graph.name, costs.map(|cost| format!("{cost:.0} ({:.2})", cost / costs[0])));
    }
}

/// Adds the table of these costs with options of the run.
fn table_of_options(section: &mut Section, graphs: &[Graph<{ OPTIONS.len() }>], costs: &[[f64; OPTIONS.len()]]) {
    section.table("", OPTIONS);
    for (graph, costs) in graphs.iter().zip(costs) {
        section.row(&graph.name, costs.map(|cost| format!("{cost:.0} ({:+.0})", cost - costs[0])));
    }
}

fn main() {
    let graphs = Vec::from_iter([graphs!(Ready), graphs!(Yields), graphs!(Plain)].into_iter().flatten());
    let with_options = [with_options!(chain_100, 100), with_options!(layers_101, 101)];
    if argument(CALL) {
        let [graph, run, calls] = numbers();
        let run = match graphs.get(graph) {
            Some(graph) => graph.runs[run],
            None => with_options[graph - graphs.len()].runs[run],
        };
        for _ in 0..calls {
            black_box(run());
        }
        return;
    }
    for Graph { name, runs, .. } in &graphs {
        let values = runs.map(|run| run());
        assert_eq!(values, [values[0]; CONTENDERS.len()], "{name}");
    }
    if argument("--instructions") { instructions(&graphs, &with_options) } else { nanoseconds(&graphs, &with_options) }
}
