//! Where everything in the picture of a graph goes: by dagre, which the page then only draws.

use crate::graph::Graph;
use dagre::graph::{Graph as Layers, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, Point};
use serde::Serialize;
use typed_pipeliner::text::shortened;

/// The height of the box of a step, in pixels.
const BOX: f64 = 30.0;
/// The height of the pill of a resource, in pixels.
const PILL: f64 = 26.0;
/// The width of a letter: the page writes names in a monospaced font of 12 pixels.
const LETTER: f64 = 7.3;
/// The room beside the name in a node: the mark of the state, and some space.
const AROUND: f64 = 40.0;

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
