//! The edges of a plan, for its graphical forms.

use super::Plan;
use core::fmt;

/// An end of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// A step, by its index.
    Step(usize),
    /// A resource, by its index.
    Resource(usize),
}

/// Prints the identifier of the node: `s0` for a step, `r0` for a resource.
impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Step(index) => write!(f, "s{index}"),
            End::Resource(index) => write!(f, "r{index}"),
        }
    }
}

/// An edge from a step to its output, or from an input to its step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    /// The source of the value.
    pub(super) from: End,
    /// The destination of the value.
    pub(super) to: End,
    /// Whether the input is optional.
    pub(super) optional: bool,
    /// Whether it connects two steps of the critical path.
    pub(super) critical: bool,
}

impl Plan {
    /// All edges, in the direction of the values.
    pub(super) fn edges(&self) -> Vec<Edge> {
        let mut path: Vec<usize> = (0..self.steps.len()).filter(|&step| self.steps[step].critical).collect();
        path.sort_by_key(|&step| self.steps[step].level);
        let mut places = vec![None; self.steps.len()];
        path.into_iter().enumerate().for_each(|(place, step)| places[step] = Some(place));
        let follow = |provider: usize, consumer: usize| {
            places[provider].is_some_and(|place| places[consumer] == Some(place + 1))
        };
        let mut edges = Vec::new();
        for (number, step) in self.steps.iter().enumerate() {
            for input in &step.inputs {
                let resource = &self.resources[input.resource];
                edges.push(Edge {
                    from: End::Resource(input.resource),
                    to: End::Step(number),
                    optional: input.optional,
                    critical: resource.providers.iter().any(|&provider| follow(provider, number)),
                });
            }
            for &output in &step.outputs {
                let resource = &self.resources[output];
                edges.push(Edge {
                    from: End::Step(number),
                    to: End::Resource(output),
                    optional: false,
                    critical: resource.consumers.iter().any(|&consumer| follow(number, consumer)),
                });
            }
        }
        edges
    }
}
