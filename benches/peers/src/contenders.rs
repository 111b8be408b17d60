//! The contenders, which run the graphs.

mod async_dag;
mod awaited;
mod dagrs;
mod dagx;
mod joined;
mod operese_dagx;
mod pipeliner;
mod spawned;
mod taski;
mod unordered;

use crate::graph::Graph;
use crate::work::Work;

/// A library, or code by hand, that runs a graph.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// How many inputs a step may take; a last step that takes more is done by hand.
    pub(crate) most_inputs: usize,
    /// Creates and runs the graph; returns the value of its last step.
    pub(crate) run: fn(&Graph) -> u64,
}

/// All contenders; pipeliner is the first.
pub(crate) fn contenders<W: Work>() -> [Contender; 10] {
    let any = usize::MAX;
    [
        Contender { name: "pipeliner", most_inputs: any, run: pipeliner::run::<W> },
        Contender { name: "async_dag", most_inputs: 12, run: async_dag::run::<W> },
        Contender { name: "dagx", most_inputs: 8, run: dagx::run::<W> },
        Contender { name: "operese-dagx", most_inputs: 8, run: operese_dagx::run::<W> },
        Contender { name: "taski", most_inputs: any, run: taski::run::<W> },
        Contender { name: "dagrs", most_inputs: any, run: dagrs::run::<W> },
        Contender { name: "smol spawn", most_inputs: any, run: spawned::run::<W> },
        Contender { name: "FuturesUnordered", most_inputs: any, run: unordered::run::<W> },
        Contender { name: "join!", most_inputs: any, run: joined::run::<W> },
        Contender { name: "await", most_inputs: any, run: awaited::run::<W> },
    ]
}
