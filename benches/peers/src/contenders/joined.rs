//! By hand: `futures::join!`, layer by layer; the crossed chains as two that are joined.

use crate::graph::{Graph, Shape};
use crate::work::{Work, add, block_on};
use futures::join;

/// Joins ten futures, made from the numbers 0 to 9.
async fn ten<F: Future>(f: impl Fn(usize) -> F) -> [F::Output; 10] {
    <[_; 10]>::from(join!(f(0), f(1), f(2), f(3), f(4), f(5), f(6), f(7), f(8), f(9)))
}

pub(crate) fn run<W: Work>(graph: &Graph) -> u64 {
    if graph.shape == Shape::Crossed5 { block_on(crossed::<W>()) } else { block_on(layers::<W>(graph)) }
}

async fn layers<W: Work>(graph: &Graph) -> u64 {
    let mut values = Vec::with_capacity(graph.steps.len());
    for layer in &graph.layers {
        let step = |place| add::<W>(layer.start + place, graph.input(layer.start + place, &values));
        let row = |row| ten(move |place| step(10 * row + place));
        match layer.len() {
            1 => values.push(step(0).await),
            2 => values.extend(<[_; 2]>::from(join!(step(0), step(1)))),
            10 => values.extend(row(0).await),
            100 => values.extend(ten(row).await.as_flattened()),
            _ => unreachable!("no graph has such a layer"),
        }
    }
    values[values.len() - 1]
}

async fn crossed<W: Work>() -> u64 {
    let chain = |first| async move { add::<W>(first + 2, add::<W>(first, 0).await).await };
    let (b, d) = join!(chain(0), chain(1));
    add::<W>(4, b + d).await
}
