//! Where everything in the picture of a graph goes: by dagre, which the page then only draws.

use crate::graph::Graph;
use dagre::graph::{Graph as Layers, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, Point};
use serde::Serialize;
use std::panic::resume_unwind;
use std::thread;
use typed_pipeliner::text::shortened;

/// The height of the box of a step, in pixels.
const BOX: f64 = 30.0;
/// The height of the pill of a resource, in pixels.
const PILL: f64 = 26.0;
/// The width of a letter: the page writes names in a monospaced font of 12 pixels.
const LETTER: f64 = 7.3;
/// The room beside the name in a node: the mark of the state, and some space.
const AROUND: f64 = 40.0;

/// The number of nodes that dagre lays out on the stack of the caller.
const FEW: usize = 200;
/// The bytes of stack for each of more nodes. dagre recurses along the graph; it takes 800 for each
/// node of a chain in a debug build, and half of that in a release build.
const FRAME: usize = 4096;

/// The places of the nodes, and the routes of the edges between them, in pixels.
#[derive(Debug, Serialize)]
pub(crate) struct Drawing {
    /// The steps, then the resources.
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

/// A node in its place.
#[derive(Debug, Serialize)]
struct Node {
    /// The name, cut in the middle if it is long: the ends distinguish generic types.
    name: String,
    /// The left end.
    x: f64,
    /// The upper end.
    y: f64,
    width: f64,
    height: f64,
}

/// An edge.
#[derive(Debug, Serialize)]
struct Edge {
    /// The nodes that the edge connects, by their places.
    from: usize,
    to: usize,
    /// The step can run without the resource.
    optional: bool,
    /// The points that the edge passes.
    points: Vec<(f64, f64)>,
}

/// Lays a graph out.
pub(crate) fn draw(graph: &Graph) -> Drawing {
    with_stack(graph.steps.len() + graph.resources.len(), || draw_here(graph))
}

/// Lays it out on this stack.
fn draw_here(graph: &Graph) -> Drawing {
    let names = graph.steps.iter().map(|step| (step.name, BOX));
    let names = names.chain(graph.resources.iter().map(|resource| (resource.name, PILL)));
    let mut nodes: Vec<_> = names.map(|(name, height)| Node::new(name, height)).collect();
    let mut edges = edges(graph);

    let mut layers = Layers::with_options(GraphOptions { directed: true, multigraph: false, compound: false });
    for (place, node) in nodes.iter().enumerate() {
        let label = NodeLabel { width: node.width, height: node.height, ..NodeLabel::default() };
        layers.set_node(place.to_string(), Some(label));
    }
    for edge in &edges {
        layers.set_edge(edge.from.to_string(), edge.to.to_string(), Some(EdgeLabel::default()), None);
    }
    if !nodes.is_empty() {
        let spacing = LayoutOptions { nodesep: 22.0, edgesep: 14.0, ranksep: 34.0, ..LayoutOptions::default() };
        dagre::layout(&mut layers, Some(spacing));
    }
    for (place, node) in nodes.iter_mut().enumerate() {
        let middle = layers.node(&place.to_string()).and_then(|label| Some((label.x?, label.y?)));
        let (x, y) = middle.unwrap_or_default();
        (node.x, node.y) = (x - node.width / 2.0, y - node.height / 2.0);
    }
    for edge in &mut edges {
        let label = layers.edge(&edge.from.to_string(), &edge.to.to_string(), None);
        edge.points = route(label.map_or(&[], |label| &label.points), &nodes[edge.from], &nodes[edge.to]);
    }
    Drawing { nodes, edges }
}

/// Calls a function that lays out this many nodes: of many on a thread with a stack for them, if
/// there are threads.
fn with_stack<T: Send>(nodes: usize, lay_out: impl Fn() -> T + Sync) -> T {
    let with_stack = || {
        thread::scope(|scope| {
            let thread = thread::Builder::new().stack_size(FRAME * nodes).spawn_scoped(scope, &lay_out).ok()?;
            Some(thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
        })
    };
    (nodes > FEW).then(with_stack).flatten().unwrap_or_else(&lay_out)
}

/// The edges, without routes: between steps and resources, and from step to step where no resource
/// is known.
fn edges(graph: &Graph) -> Vec<Edge> {
    let resource = |place| graph.steps.len() + place;
    let edge = |from, to, optional| Edge { from, to, optional, points: Vec::new() };
    let mut edges = Vec::new();
    for (place, step) in graph.steps.iter().enumerate() {
        edges.extend(step.takes.iter().map(|taken| edge(resource(taken.resource), place, taken.optional)));
        edges.extend(step.gives.iter().map(|&given| edge(place, resource(given), false)));
        let is_passed = |needed: &&usize| {
            let gives = &graph.steps[**needed].gives;
            step.takes.iter().any(|taken| gives.contains(&taken.resource))
        };
        edges.extend(step.needs.iter().filter(|needed| !is_passed(needed)).map(|&needed| edge(needed, place, false)));
    }
    edges
}

impl Node {
    fn new(name: &str, height: f64) -> Self {
        let name = shortened(name).into_owned();
        // Letters of wide scripts take two places.
        let letters: usize = name.chars().map(|letter| if letter < '\u{1100}' { 1 } else { 2 }).sum();
        Node { name, x: 0.0, y: 0.0, width: letters as f64 * LETTER + AROUND, height }
    }

    fn middle(&self) -> (f64, f64) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    /// The point of the lower or upper side that is next to `x`, but not at a corner, which is
    /// round.
    fn side(&self, x: f64, lower: bool) -> (f64, f64) {
        let (middle, _) = self.middle();
        let room = (self.width / 2.0 - 16.0).max(0.0);
        (x.clamp(middle - room, middle + room), if lower { self.y + self.height } else { self.y })
    }
}

/// The points that an edge passes, from the lower side of one node to the upper side of the other,
/// or the other way round in a cycle.
fn route(points: &[Point], from: &Node, to: &Node) -> Vec<(f64, f64)> {
    let ((from_x, from_y), (to_x, to_y)) = (from.middle(), to.middle());
    let down = from_y < to_y;
    // Every other point lies between two layers. The rest are in layers, which the edge passes
    // straight.
    let layers = points.iter().skip(2).step_by(2).take(points.len().saturating_sub(3) / 2);
    let half = if down { BOX / 2.0 } else { -BOX / 2.0 };
    let inner: Vec<_> = layers.flat_map(|point| [(point.x, point.y - half), (point.x, point.y + half)]).collect();
    let near =
        |point: Option<&(f64, f64)>, own: f64, other: f64| point.map_or(own + (other - own) * 0.25, |point| point.0);
    let start = from.side(near(inner.first(), from_x, to_x), down);
    let end = to.side(near(inner.last(), to_x, from_x), !down);
    [start].into_iter().chain(inner).chain([end]).collect()
}

#[cfg(test)]
mod tests {
    use super::draw;
    use crate::graph::{Graph, Keeping, StepNode};
    use std::thread;

    /// The number of steps of a long chain.
    const STEPS: usize = 4_000;

    /// The stack of a thread, unless the program chooses another one.
    const STACK: usize = 2 << 20;

    #[test]
    fn long_chain_is_drawn_on_a_small_stack() {
        let step = |step: usize| StepNode {
            name: "Step",
            takes: Vec::new(),
            gives: Vec::new(),
            needs: step.checked_sub(1).into_iter().collect(),
            keeping: Keeping::default(),
            planned: None,
        };
        let graph = Graph::of_steps((0..STEPS).map(step).collect());
        let drawing = thread::Builder::new().stack_size(STACK).spawn(move || draw(&graph)).unwrap().join().unwrap();
        assert_eq!(drawing.edges.len(), STEPS - 1);
        assert!(drawing.edges.iter().all(|edge| drawing.nodes[edge.from].y < drawing.nodes[edge.to].y));
    }
}
