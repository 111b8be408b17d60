//! By hand: a task of [smol](https://docs.rs/smol/2.0.2) 2.0.2 for each step, spawned layer by layer
//! and awaited; the crossed chains as two that are joined. The executor runs in this thread.

use crate::graph::{Graph, Shape};
use crate::spawning::{EXECUTOR, block_on_executor};
use crate::work::{Work, add};
use futures::join;

pub(crate) fn run<W: Work>(graph: &Graph) -> u64 {
    match graph.shape {
        Shape::Crossed5 => block_on_executor(crossed::<W>()),
        _ => block_on_executor(layers::<W>(graph)),
    }
}

async fn layers<W: Work>(graph: &Graph) -> u64 {
    let mut values = Vec::with_capacity(graph.steps.len());
    let mut tasks = Vec::new();
    for layer in &graph.layers {
        tasks.extend(layer.clone().map(|step| EXECUTOR.spawn(add::<W>(step, graph.input(step, &values)))));
        for task in tasks.drain(..) {
            values.push(task.await);
        }
    }
    values[values.len() - 1]
}

async fn crossed<W: Work>() -> u64 {
    let step = |step, sum| EXECUTOR.spawn(add::<W>(step, sum));
    let chain = |first| async move { step(first + 2, step(first, 0).await).await };
    let (b, d) = join!(chain(0), chain(1));
    step(4, b + d).await
}
