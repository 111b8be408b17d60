//! [operese-dagx](https://docs.rs/operese-dagx/0.4.1) 0.4.1, a fork of dagx: a graph that is run
//! layer by layer, here in the caller's task, its cheapest way. A graph runs once. A step takes at
//! most 8 inputs.
//!
//! The steps implement `Task` by hand: the attribute `#[task]` takes no generic types.

use crate::graph::Graph;
use crate::work::{Work, add, block_on};
use operese_dagx::{DagRunner, Task, TaskHandle, TaskInput};
use std::marker::PhantomData;

struct Sum<W> {
    step: usize,
    work: PhantomData<W>,
}

impl<W: Work> Task<()> for Sum<W> {
    type Output = u64;
    async fn run(self, _: TaskInput<'_, ()>) -> u64 {
        add::<W>(self.step, 0).await
    }
}

impl<W: Work> Task<(u64,)> for Sum<W> {
    type Output = u64;
    async fn run(self, inputs: TaskInput<'_, (u64,)>) -> u64 {
        let (a, _) = inputs.next();
        add::<W>(self.step, *a).await
    }
}

impl<W: Work> Task<(u64, u64)> for Sum<W> {
    type Output = u64;
    async fn run(self, inputs: TaskInput<'_, (u64, u64)>) -> u64 {
        let (a, inputs) = inputs.next();
        let (b, _) = inputs.next();
        add::<W>(self.step, a + b).await
    }
}

impl<W: Work> Task<(u64, u64, u64)> for Sum<W> {
    type Output = u64;
    async fn run(self, inputs: TaskInput<'_, (u64, u64, u64)>) -> u64 {
        let (a, inputs) = inputs.next();
        let (b, inputs) = inputs.next();
        let (c, _) = inputs.next();
        add::<W>(self.step, a + b + c).await
    }
}

pub(crate) fn run<W: Work>(graph: &Graph) -> u64 {
    let mut dag = DagRunner::new();
    let mut nodes: Vec<TaskHandle<u64>> = Vec::with_capacity(graph.steps.len());
    for (step, inputs) in graph.steps.iter().enumerate() {
        let sum = Sum::<W> { step, work: PhantomData };
        nodes.push(match inputs[..] {
            [] => dag.add_task::<(), _>(sum),
            [a] => dag.add_task::<(u64,), _>(sum).depends_on(&nodes[a]),
            [a, b] => dag.add_task::<(u64, u64), _>(sum).depends_on((&nodes[a], &nodes[b])),
            [a, b, c] => dag.add_task::<(u64, u64, u64), _>(sum).depends_on((&nodes[a], &nodes[b], &nodes[c])),
            _ => break,
        });
    }

    block_on(async {
        let mut outputs = dag.run(|future| future).await.unwrap();
        let last = graph.steps.len() - 1;
        if nodes.len() > last {
            outputs.get(nodes.remove(last))
        } else {
            // A handle is used up by its value. The inputs of the last step are the last nodes.
            add::<W>(last, nodes.drain(graph.last()[0]..).map(|node| outputs.get(node)).sum()).await
        }
    })
}
