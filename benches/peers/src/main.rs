//! The same graphs of steps, run by pipeliner, by its peers, and by hand.
//!
//! `cargo bench -p peers` prints two tables: what a step costs besides its own work, and how long two crossed chains of
//! timers take. Compare within a table, not between machines; nothing here is a gate.
//!
//! A contender does what its user has to do for each request: it makes the graph or the store, runs it, and gets the
//! value of the last step. What is made once for a whole program, an executor or a runtime, is made once. Everything
//! runs in one thread.
//!
//! All contenders express all graphs, with one exception: a step of dagx and operese-dagx takes at most 8 inputs, and
//! one of async_dag at most 12. Where the last step takes more, it is no step of their graph: it is done by hand after
//! the run, on values that are fetched from the graph. This is marked (†), and is in their favour.

mod contenders;
mod graph;
mod sleeps;
mod spawning;
#[path = "../../shared/work.rs"]
mod work;

use contenders::{Contender, contenders};
use graph::{Graph, Shape};
use sleeps::Sleeps;
use std::hint::black_box;
use std::time::{Duration, Instant};
use work::{Ready, Work, Yields};

/// What a contender is measured in: so many batches, each of about so long.
const SAMPLES: usize = 30;
const BATCH: Duration = Duration::from_millis(20);

/// How many nanoseconds one call takes, with each contender. They take turns, so that noise meets all of them.
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
        while batch(contender, calls) < BATCH {
            calls *= 2;
        }
        calls
    };
    let calls: Vec<u32> = contenders.iter().map(calls).collect();

    // The best batch counts: noise only ever adds.
    let mut best = vec![f64::INFINITY; contenders.len()];
    for _ in 0..SAMPLES {
        for ((contender, &calls), best) in contenders.iter().zip(&calls).zip(&mut best) {
            *best = best.min(batch(contender, calls).as_nanos() as f64 / f64::from(calls));
        }
    }
    best
}

/// Prints the rows of one kind of work, after a look that all contenders come to the right result.
fn print_overhead<W: Work>() {
    let contenders = contenders::<W>();
    for graph in Shape::ALL.map(Graph::new) {
        for contender in &contenders {
            assert_eq!((contender.run)(&graph), graph.result(), "{}: {}", contender.name, graph.name());
        }
        let times = measure(&contenders, &graph);
        print!("| {}, {} |", graph.name(), W::NAME);
        for (contender, time) in contenders.iter().zip(&times) {
            let by_hand = if graph.last().len() > contender.most_inputs { " †" } else { "" };
            print!(" {:.0} ({:.2}){by_hand} |", time / graph.steps.len() as f64, time / times[0]);
        }
        println!();
    }
}

/// Prints how long the crossed chains take, the best of three times.
fn print_wall_times() {
    let graph = Graph::new(Shape::Crossed5);
    for contender in contenders::<Sleeps>() {
        let time = || {
            let start = Instant::now();
            assert_eq!((contender.run)(&graph), graph.result(), "{}: {}", contender.name, graph.name());
            start.elapsed().as_millis()
        };
        println!("| {} | {} |", contender.name, time().min(time()).min(time()));
    }
}

fn main() {
    let names = contenders::<Ready>().map(|contender| contender.name);
    println!("| ns a step (times pipeliner) | {} |", names.join(" | "));
    println!("|---|{}", "--:|".repeat(names.len()));
    print_overhead::<Ready>();
    print_overhead::<Yields>();
    println!("\n† The last step takes more inputs than the contender allows: it is done by hand, after the run.");

    println!("\n| A 200 ms → B 10 ms, C 10 ms → D 200 ms, both → E | ms |\n|---|--:|");
    print_wall_times();
}
