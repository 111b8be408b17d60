//! [taski](https://docs.rs/taski/0.0.7) 0.0.7: a graph of closures, wired at run time. Their futures
//! are polled in the caller's task, in a `FuturesUnordered`. It has policies, time-outs and traces,
//! which keep their defaults. A graph runs once. The inputs of a step are a tuple of at most 8, or
//! a type of one's own.

use crate::graph::Graph;
use crate::work::{Work, add, block_on};
use taski::execution::Execution;
use taski::{Dependencies, Handle, PolicyExecutor, Schedule, make_guard};

/// The inputs of a step that takes more than a tuple holds.
struct Many<'id>(Vec<Handle<'id, u64>>);

impl<'id> Dependencies<'id, (Vec<u64>,)> for Many<'id> {
    fn task_ids(&self) -> Vec<taski::dag::TaskId<'id>> {
        self.0.iter().map(|handle| handle.task_id()).collect()
    }

    fn inputs(&self, execution: &Execution<'id>) -> Option<(Vec<u64>,)> {
        Some((self.0.iter().map(|&handle| execution.output_ref(handle).copied()).collect::<Option<_>>()?,))
    }
}

pub(crate) fn run<W: Work>(graph: &Graph) -> u64 {
    make_guard!(guard);
    let mut schedule: Schedule<'_, ()> = Schedule::new(guard);
    let mut nodes = Vec::with_capacity(graph.steps.len());
    for (step, inputs) in graph.steps.iter().enumerate() {
        let step = move |sum| async move { Ok(add::<W>(step, sum).await) };
        let node = match inputs[..] {
            [] => schedule.add_closure(move || step(0), ()),
            [a] => schedule.add_closure(step, (nodes[a],)),
            [a, b] => schedule.add_closure(move |a: u64, b: u64| step(a + b), (nodes[a], nodes[b])),
            [a, b, c] => {
                schedule.add_closure(move |a: u64, b: u64, c: u64| step(a + b + c), (nodes[a], nodes[b], nodes[c]))
            }
            _ => {
                let many = Many(inputs.iter().map(|&input| nodes[input]).collect());
                schedule.add_closure(move |values: Vec<u64>| step(values.iter().sum()), many)
            }
        };
        nodes.push(node.unwrap());
    }

    let mut executor = PolicyExecutor::fifo(schedule);
    block_on(executor.run()).unwrap();
    *executor.execution().output_ref(nodes[nodes.len() - 1]).unwrap()
}
