//! [dagx](https://docs.rs/dagx/0.3.1) 0.3.1: a graph that is run layer by layer. A step that has its
//! layer to itself is awaited, and the others are spawned on an executor of the caller's, here one
//! of smol in this thread. A graph runs once. A step takes at most 8 inputs.
//!
//! The steps are `task_fn`s, as in dagx's own benchmarks: the attribute `#[task]` takes no generic
//! types.

use crate::graph::Graph;
use crate::spawning::{EXECUTOR, block_on_executor};
use crate::work::{Work, add};
use dagx::{DagRunner, TaskHandle, task_fn};

pub(crate) fn run<W: Work>(graph: &Graph) -> u64 {
    let dag = DagRunner::new();
    let mut nodes: Vec<TaskHandle<u64>> = Vec::with_capacity(graph.steps.len());
    for (step, inputs) in graph.steps.iter().enumerate() {
        nodes.push(match inputs[..] {
            [] => dag.add_task(task_fn(move |(): ()| add::<W>(step, 0))).into(),
            [a] => dag.add_task(task_fn(move |a: u64| add::<W>(step, a))).depends_on(nodes[a]),
            [a, b] => dag
                .add_task(task_fn(move |(a, b): (u64, u64)| add::<W>(step, a + b)))
                .depends_on((&nodes[a], &nodes[b])),
            [a, b, c] => dag
                .add_task(task_fn(move |(a, b, c): (u64, u64, u64)| add::<W>(step, a + b + c)))
                .depends_on((&nodes[a], &nodes[b], &nodes[c])),
            _ => break,
        });
    }

    block_on_executor(async {
        dag.run(|future| EXECUTOR.spawn(future).detach()).await.unwrap();
        let value = |step: usize| dag.get(nodes[step]).unwrap();
        let last = graph.steps.len() - 1;
        if nodes.len() > last {
            value(last)
        } else {
            add::<W>(last, graph.last().iter().copied().map(value).sum()).await
        }
    })
}
