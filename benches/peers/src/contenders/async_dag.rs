//! [async_dag](https://docs.rs/async_dag/0.1.2) 0.1.2: a graph of closures, wired at run time. Their
//! futures are polled in the caller's task, all of them whenever one is woken. A graph runs once. A
//! step takes at most 12 inputs.

use crate::graph::Graph;
use crate::work::{Work, add, block_on};

pub(crate) fn run<W: Work>(graph: &Graph) -> u64 {
    let mut dag = async_dag::Graph::new();
    let mut nodes = Vec::with_capacity(graph.steps.len());
    for (step, inputs) in graph.steps.iter().enumerate() {
        // The first edge comes with the step, which is cheaper.
        let node = match inputs[..] {
            [] => dag.add_task(move || add::<W>(step, 0)),
            [first] => dag.add_child_task(nodes[first], move |a: u64| add::<W>(step, a), 0).unwrap(),
            [first, _] => dag.add_child_task(nodes[first], move |a: u64, b: u64| add::<W>(step, a + b), 0).unwrap(),
            [first, _, _] => {
                let sum = move |a: u64, b: u64, c: u64| add::<W>(step, a + b + c);
                dag.add_child_task(nodes[first], sum, 0).unwrap()
            }
            [first, _, _, _, _, _, _, _, _, _] => {
                let sum = move |a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64, h: u64, i: u64, j: u64| {
                    add::<W>(step, a + b + c + d + e + f + g + h + i + j)
                };
                dag.add_child_task(nodes[first], sum, 0).unwrap()
            }
            _ => break,
        };
        for (place, &input) in (0..).zip(inputs).skip(1) {
            dag.update_dependency(nodes[input], node, place).unwrap();
        }
        nodes.push(node);
    }

    block_on(async {
        dag.run().await;
        let value = |step: usize| dag.get_value::<u64>(nodes[step]).unwrap();
        let last = graph.steps.len() - 1;
        if nodes.len() > last {
            value(last)
        } else {
            add::<W>(last, graph.last().iter().copied().map(value).sum()).await
        }
    })
}
