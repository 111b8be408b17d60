//! By hand: `futures::stream::FuturesUnordered`, one for the whole run, filled layer by layer; the
//! crossed chains as two futures. So it keeps no account of the edges.

use crate::graph::{Graph, Shape};
use crate::work::{Work, add, block_on};
use futures::StreamExt;
use futures::stream::FuturesUnordered;

pub(crate) fn run<W: Work>(graph: &Graph) -> u64 {
    if graph.shape == Shape::Crossed5 { block_on(crossed::<W>()) } else { block_on(layers::<W>(graph)) }
}

async fn layers<W: Work>(graph: &Graph) -> u64 {
    let mut running = FuturesUnordered::new();
    let mut values = vec![0; graph.steps.len()];
    for layer in &graph.layers {
        for step in layer.clone() {
            let input = graph.input(step, &values);
            running.push(async move { (step, add::<W>(step, input).await) });
        }
        while let Some((step, value)) = running.next().await {
            values[step] = value;
        }
    }
    values[values.len() - 1]
}

async fn crossed<W: Work>() -> u64 {
    let chain = |first| async move { add::<W>(first + 2, add::<W>(first, 0).await).await };
    let mut running = FuturesUnordered::from_iter([chain(0), chain(1)]);
    let mut sum = 0;
    while let Some(value) = running.next().await {
        sum += value;
    }
    add::<W>(4, sum).await
}
