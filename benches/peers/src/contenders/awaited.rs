//! By hand: one step after the other, each awaited.

use crate::graph::Graph;
use crate::work::{Work, add, block_on};

pub(crate) fn run<W: Work>(graph: &Graph) -> u64 {
    block_on(async {
        let mut values = Vec::with_capacity(graph.steps.len());
        for step in 0..graph.steps.len() {
            values.push(add::<W>(step, graph.input(step, &values)).await);
        }
        values[values.len() - 1]
    })
}
