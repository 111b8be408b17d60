//! The same graphs of steps, run by typed-pipeliner, by its peers, and by hand.
//!
//! `cargo bench -p peers` prints a section of the page of measurements: the cost of a step besides
//! its own work, and how long two crossed chains of timers take. `-- --write` writes it. Compare
//! within a table, not between machines; nothing here is a gate.
//!
//! A contender does the work of its user for each request: it creates the graph or the store, runs
//! it, and gets the value of the last step. An executor or a runtime is created once for the whole
//! program. Everything runs in one thread.
//!
//! All contenders express all graphs, with one exception: a step of dagx and operese-dagx takes at
//! most 8 inputs, and one of async_dag at most 12. Where the last step takes more, it is no step of
//! their graph: it is done by hand after the run, on values that are fetched from the graph. This
//! is marked (†), and is in their favour.

mod contenders;
mod graph;
mod sleeps;
mod spawning;
#[path = "../../shared/work.rs"]
mod work;

use benches::{Section, argument, only_arguments};
use contenders::{Contender, contenders};
use graph::{Graph, Shape};
use sleeps::Sleeps;
use std::hint::black_box;
use std::time::{Duration, Instant};
use work::{Plain, Ready, Work, Yields};

/// The batches of calls for each contender: how many, and the most time of each, unless one call
/// takes longer. They are short, because a shared machine is quiet for a short time only.
const SAMPLES: usize = 1_500;
const BATCH: Duration = Duration::from_micros(100);

/// How many nanoseconds one call takes, with each contender. They take turns, so that noise meets
/// all of them.
fn measure(contenders: &[Contender], graph: &Graph) -> Vec<f64> {
    let batch = |contender: &Contender, calls: u32| {
        let start = Instant::now();
        for _ in 0..calls {
            black_box((contender.run)(black_box(graph)));
        }
        start.elapsed()
    };
    // Warming up: how many calls make a batch?
    let calls = |contender: &Contender| {
        let mut calls = 1;
        while batch(contender, 2 * calls) < BATCH {
            calls *= 2;
        }
        calls
    };
    let calls: Vec<u32> = contenders.iter().map(calls).collect();

    // The best batch counts, because noise only adds.
    let mut best = vec![f64::INFINITY; contenders.len()];
    for _ in 0..SAMPLES {
        for ((contender, &calls), best) in contenders.iter().zip(&calls).zip(&mut best) {
            *best = best.min(batch(contender, calls).as_nanos() as f64 / f64::from(calls));
        }
    }
    best
}

/// Adds the rows of one kind of work. All contenders return the right result.
fn overhead<W: Work>(section: &mut Section) {
    let contenders = contenders::<W>();
    for graph in Shape::ALL.map(Graph::new) {
        for contender in &contenders {
            assert_eq!((contender.run)(&graph), graph.result(), "{}: {}", contender.name, graph.name());
        }
        let times = measure(&contenders, &graph);
        let cells = contenders.iter().zip(&times).map(|(contender, time)| {
            let by_hand = if graph.last().len() > contender.most_inputs { " †" } else { "" };
            format!("{:.0} ({:.2}){by_hand}", time / graph.steps.len() as f64, time / times[0])
        });
        section.row(format!("{}, {}", graph.name(), W::NAME), cells);
    }
}

/// Adds the time of the crossed chains, the best of three.
fn wall_times(section: &mut Section) {
    let graph = Graph::new(Shape::Crossed5);
    for contender in contenders::<Sleeps>() {
        let time = || {
            let start = Instant::now();
            assert_eq!((contender.run)(&graph), graph.result(), "{}: {}", contender.name, graph.name());
            start.elapsed().as_millis()
        };
        section.row(contender.name, [time().min(time()).min(time())]);
    }
}

fn main() {
    // `cargo test --all-targets` starts this too, but without the argument that `cargo bench` adds.
    if !argument("--bench") {
        eprintln!("nothing is measured without `--bench`");
        return;
    }
    only_arguments(&["--write"]);
    let mut section = Section::new("Other libraries", "cargo bench -p peers");
    section.paragraph("Nanoseconds a step. †: the last step has too many inputs, so it is done by hand.");
    section.table("", contenders::<Ready>().map(|contender| contender.name));
    overhead::<Ready>(&mut section);
    overhead::<Yields>(&mut section);
    section.paragraph("The steps of pipeliner are not async here; those of the others are, and ready.");
    section.table("", contenders::<Plain>().map(|contender| contender.name));
    overhead::<Plain>(&mut section);
    section.paragraph("Timers: A 200 ms → B 10 ms, C 10 ms → D 200 ms, both → E.");
    section.table("", ["ms"]);
    wall_times(&mut section);
    section.finish();
}
