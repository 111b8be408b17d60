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
    /// Where the value is first.
    pub(super) from: End,
    /// Where it goes.
    pub(super) to: End,
    /// The step can do without.
    pub(super) optional: bool,
    /// Steps of the critical path pass the resource on.
    pub(super) critical: bool,
    /// It plays no part.
    pub(super) faint: bool,
    /// It is what is wrong: it leads from what is missing or provided twice, or is part of a cycle.
    pub(super) wrong: bool,
    /// Nothing comes along it.
    pub(super) empty: bool,
}

impl Plan {
    /// The edges, in the direction in which values go.
    pub(super) fn edges(&self) -> Vec<Edge> {
        let mut path: Vec<usize> = (0..self.steps.len()).filter(|&step| self.steps[step].critical).collect();
        path.sort_by_key(|&step| self.steps[step].wave);
        let follow = |giver, taker| path.windows(2).any(|pair| pair == [giver, taker]);
        let turns = |taker, giver| {
            let mut cycles = self.cycles.iter().map(|cycle| (cycle, cycle.iter().position(|&step| step == taker)));
            cycles.any(|(cycle, at)| at.is_some_and(|at| cycle[(at + 1) % cycle.len()] == giver))
        };
        let mut edges = Vec::new();
        for (number, step) in self.steps.iter().enumerate() {
            for taken in &step.takes {
                let resource = &self.resources[taken.resource];
                edges.push(Edge {
                    from: End::Resource(taken.resource),
                    to: End::Step(number),
                    optional: taken.optional,
                    critical: resource.providers.iter().any(|&giver| follow(giver, number)),
                    faint: step.state.is_faint() || resource.state.is_faint(),
                    wrong: matches!(resource.state, State::Missing | State::Disputed) && !step.state.is_faint()
                        || resource.providers.iter().any(|&giver| turns(number, giver)),
                    empty: resource.state == State::Missing,
                });
            }
            for &output in &step.gives {
                let resource = &self.resources[output];
                edges.push(Edge {
                    from: End::Step(number),
                    to: End::Resource(output),
                    optional: false,
                    critical: resource.takers.iter().any(|&taker| follow(number, taker)),
                    // What is supplied does not come from a step.
                    faint: step.state.is_faint() || resource.state == State::Supplied,
                    wrong: resource.takers.iter().any(|&taker| turns(taker, number)),
                    empty: false,
                });
            }
        }
        edges
    }
}
