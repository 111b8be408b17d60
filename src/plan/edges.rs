//! The edges of a plan, as pictures need them.

use super::{Plan, State};
use core::fmt;

/// What an edge leads from, or to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// A step, by its place.
    Step(usize),
    /// A resource, by its place.
    Resource(usize),
}

/// The name of the end in a picture: `s0` for a step, `r0` for a resource.
impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Step(place) => write!(f, "s{place}"),
            End::Resource(place) => write!(f, "r{place}"),
        }
    }
}

/// That a step gives a resource, or takes one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) from: End,
    pub(super) to: End,
    /// The step can do without.
    pub(super) optional: bool,
    /// Steps of the critical path pass the resource on.
    pub(super) critical: bool,
    /// Of the two ends, the state that says more of the edge.
    pub(super) state: State,
}

impl Plan {
    /// The edges, in the direction in which values go.
    pub(super) fn edges(&self) -> Vec<Edge> {
        let mut path: Vec<usize> = (0..self.steps.len()).filter(|&step| self.steps[step].critical).collect();
        path.sort_by_key(|&step| self.steps[step].wave);
        let follow = |giver, taker| path.windows(2).any(|pair| pair == [giver, taker]);
        let mut edges = Vec::new();
        for (number, step) in self.steps.iter().enumerate() {
            for taken in &step.takes {
                let resource = &self.resources[taken.resource];
                let given = resource.providers.iter().any(|&giver| follow(giver, number));
                edges.push(Edge {
                    from: End::Resource(taken.resource),
                    to: End::Step(number),
                    optional: taken.optional,
                    critical: given,
                    state: if step.state == State::NotDemanded { step.state } else { resource.state },
                });
            }
            for &output in &step.gives {
                let passed_on = self.resources[output].takers.iter().any(|&taker| follow(number, taker));
                let (from, to) = (End::Step(number), End::Resource(output));
                // What is supplied does not come from a step.
                let supplied = self.resources[output].state == State::Supplied;
                let state = if supplied { State::NotDemanded } else { step.state };
                edges.push(Edge { from, to, optional: false, critical: passed_on, state });
            }
        }
        edges
    }
}
