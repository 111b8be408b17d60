//! The line of an edge.

use crate::plan::edges::{Edge, End};
use crate::plan::{Plan, State};

/// The look of an edge.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stroke {
    /// The colour of the line and of its head.
    pub(super) colour: &'static str,
    /// The width of the line.
    pub(super) width: f64,
    /// Whether the line is dashed.
    pub(super) dashed: bool,
    /// The layer: lines of a higher layer are drawn on top of the others.
    pub(super) layer: u8,
}

impl Stroke {
    /// The line of an edge of a plan.
    pub(super) fn new(plan: &Plan, edge: &Edge) -> Self {
        let (step, resource, is_input) = match (edge.from, edge.to) {
            (End::Resource(resource), End::Step(step)) => (step, resource, true),
            (End::Step(step), End::Resource(resource)) => (step, resource, false),
            _ => unreachable!("an edge connects a step and a resource"),
        };
        let (step_state, resource) = (plan.steps[step].state, &plan.resources[resource]);
        // A supplied resource does not come from the step that could provide it.
        let is_unused = if is_input { is_faint(resource.state) } else { resource.state == State::Supplied };
        let faint = is_faint(step_state) || is_unused;
        let wrong = if is_input {
            matches!(resource.state, State::Missing | State::Ambiguous) && !is_faint(step_state)
                || resource.providers.iter().any(|&provider| in_cycle(plan, step, provider))
        } else {
            resource.consumers.iter().any(|&consumer| in_cycle(plan, consumer, step))
        };
        let (colour, width) = match (edge.critical, wrong, faint) {
            (true, ..) => ("#1a1a1a", 2.6),
            (_, true, _) => ("#d55e00", 1.6),
            (.., true) => ("#c4c4c4", 1.1),
            _ => ("#6b6b6b", 1.2),
        };
        // No value comes from a missing resource.
        let dashed = edge.optional || is_input && resource.state == State::Missing;
        let layer = if edge.critical { 2 } else { u8::from(!faint) };
        Stroke { colour, width, dashed, layer }
    }
}

/// Whether a step or a resource in this state plays no part in the run.
fn is_faint(state: State) -> bool {
    matches!(state, State::NotNeeded | State::OptionalMissing)
}

/// Whether one step depends on another within a cycle.
fn in_cycle(plan: &Plan, consumer: usize, provider: usize) -> bool {
    plan.cycles.iter().any(|cycle| {
        let at = cycle.iter().position(|&step| step == consumer);
        at.is_some_and(|at| cycle[(at + 1) % cycle.len()] == provider)
    })
}
