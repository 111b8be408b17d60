//! The library that is measured. A store is created, with the supplied resource, and the last step
//! is run.

#[path = "../../../shared/pipelines.rs"]
mod pipelines;

use crate::graph::{Graph, Shape};
use crate::work::{Work, block_on};
use pipelines::{Seed, chain_5, chain_100, crossed_5, diamond_4, fan_102, layers_101};
use std::hint::black_box;
use typed_pipeliner::{Store, run as run_step};

/// Creates a store for the pipeline of a module, and runs the last step.
macro_rules! run_last {
    ($pipeline:ident, $work:ident) => {{
        let store = Store::<$pipeline::All<$work>>::new().with(Seed, black_box(0));
        block_on(async {
            let value = run_step::<$pipeline::Last<$work>>(&store).await.unwrap();
            *value
        })
    }};
}

pub(crate) fn run<W: Work>(graph: &Graph) -> u64 {
    match graph.shape {
        Shape::Chain5 => run_last!(chain_5, W),
        Shape::Chain100 => run_last!(chain_100, W),
        Shape::Diamond4 => run_last!(diamond_4, W),
        Shape::Fan102 => run_last!(fan_102, W),
        Shape::Layers101 => run_last!(layers_101, W),
        Shape::Crossed5 => run_last!(crossed_5, W),
    }
}
