//! The layout of a picture: measured here, placed by dagre.

use super::shapes::{FONT_SIZE, MARK, padding, width_of};
use super::stroke::Stroke;
use crate::plan::edges::{Edge, End};
use crate::plan::{Plan, State};
use crate::text::shortened;
use dagre::graph::{Graph, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, Point};
use std::panic::resume_unwind;
use std::thread;

/// The height of a step's box.
const BOX: f64 = 30.0;
/// The height of a resource's pill.
const PILL: f64 = 26.0;

/// The number of nodes that dagre lays out on the stack of the caller.
const FEW: usize = 200;
/// The bytes of stack for each of more nodes. dagre recurses along the graph; it takes 800 for each
/// node of a chain in a debug build, and half of that in a release build.
const FRAME: usize = 4096;

/// A plan with the positions of its nodes and edges.
pub(super) struct Picture<'p> {
    /// The plan.
    pub(super) plan: &'p Plan,
    /// The nodes: the steps, then the resources.
    pub(super) nodes: Vec<Node>,
    /// The edges, each with its line and the points that it goes through.
    pub(super) edges: Vec<(Edge, Stroke, Route)>,
    /// The width of the graph alone.
    pub(super) width: f64,
    /// The height of the graph alone.
    pub(super) height: f64,
    /// The plans for the elements of collections, with their steps.
    pub(super) each: Vec<(usize, Picture<'p>)>,
}

/// The points that an edge goes through.
pub(super) type Route = Vec<(f64, f64)>;

/// A step or a resource with its position.
pub(super) struct Node {
    /// The step or the resource.
    pub(super) end: End,
    /// Its name.
    pub(super) name: &'static str,
    /// Its name as it is shown.
    pub(super) shown: String,
    /// The text after the name, in a smaller font.
    pub(super) aside: String,
    /// Its state.
    pub(super) state: State,
    /// The position of its centre.
    pub(super) middle: (f64, f64),
    /// Its width and its height.
    pub(super) size: (f64, f64),
    /// Whether it is the target of the plan.
    pub(super) is_target: bool,
}

impl<'p> Picture<'p> {
    /// Computes the layout of a plan.
    pub(super) fn new(plan: &'p Plan) -> Self {
        with_stack(plan.steps.len() + plan.resources.len(), || Self::of(plan))
    }

    /// Computes it on this stack.
    fn of(plan: &'p Plan) -> Self {
        let mut nodes = nodes(plan);
        let mut graph = Graph::with_options(GraphOptions { directed: true, multigraph: false, compound: false });
        for node in &nodes {
            let (width, height) = node.size;
            graph.set_node(node.end.to_string(), Some(NodeLabel { width, height, ..NodeLabel::default() }));
        }
        let edges = plan.edges();
        for edge in &edges {
            let weight = if edge.critical { 8 } else { 1 };
            let label = EdgeLabel { weight, ..EdgeLabel::default() };
            graph.set_edge(edge.from.to_string(), edge.to.to_string(), Some(label), None);
        }
        let spacing = LayoutOptions { nodesep: 22.0, edgesep: 14.0, ranksep: 34.0, ..LayoutOptions::default() };
        if !nodes.is_empty() {
            dagre::layout(&mut graph, Some(spacing));
        }
        let (mut width, mut height) = (0_f64, 0_f64);
        for node in &mut nodes {
            let place = graph.node(&node.end.to_string());
            node.middle = place.and_then(|place| Some((place.x?, place.y?))).unwrap_or_default();
            width = width.max(node.middle.0 + node.size.0 / 2.0);
            height = height.max(node.middle.1 + node.size.1 / 2.0);
        }
        let node = |end| match end {
            End::Step(place) => &nodes[place],
            End::Resource(place) => &nodes[plan.steps.len() + place],
        };
        let route = |edge: Edge| {
            let label = graph.edge(&edge.from.to_string(), &edge.to.to_string(), None);
            (
                edge,
                Stroke::new(plan, &edge),
                attached(label.map_or(&[], |label| &label.points), node(edge.from), node(edge.to)),
            )
        };
        let edges: Vec<_> = edges.into_iter().map(route).collect();
        for &(x, y) in edges.iter().flat_map(|(.., route)| route) {
            (width, height) = (width.max(x), height.max(y));
        }
        let each = plan.fans().map(|(step, plan)| (step, Picture::of(plan))).collect();
        Picture { plan, nodes, edges, width, height, each }
    }
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

/// The steps and resources of a plan, with their sizes.
fn nodes(plan: &Plan) -> Vec<Node> {
    let node = |end, name: &'static str, state, aside: String| {
        let shown = shortened(name).into_owned();
        let aside_width = if aside.is_empty() { 0.0 } else { 6.0 + width_of(&aside, 11.0) };
        let width = 2.0 * padding(end) + MARK + width_of(&shown, FONT_SIZE) + aside_width;
        let height = if matches!(end, End::Step(_)) { BOX } else { PILL };
        let is_target = matches!(end, End::Step(step) if plan.target == Some(step));
        Node { end, name, shown, aside, state, middle: (0.0, 0.0), size: (width, height), is_target }
    };
    let steps = plan
        .steps
        .iter()
        .enumerate()
        .map(|(place, step)| node(End::Step(place), step.name, step.state, step.details()));
    let resources = plan.resources.iter().enumerate();
    let resources =
        resources.map(|(place, resource)| node(End::Resource(place), resource.name, resource.state, String::new()));
    steps.chain(resources).collect()
}

/// The route of an edge from the bottom of one node to the top of another, or from top to bottom in
/// a cycle, along the points that dagre computed.
fn attached(route: &[Point], from: &Node, to: &Node) -> Route {
    let down = from.middle.1 < to.middle.1;
    let attach = |node: &Node, near: f64, below: bool| {
        let ((x, y), (width, height)) = (node.middle, node.size);
        // Edges do not end at the corners, which are rounded.
        let room = (width / 2.0 - 16.0).max(0.0);
        (near.clamp(x - room, x + room), if below { y + height / 2.0 } else { y - height / 2.0 })
    };
    // An edge goes straight past the nodes of a layer. Every other point is between two layers and
    // is not needed.
    let layers = route.iter().skip(2).step_by(2).take(route.len().saturating_sub(3) / 2);
    let half = if down { BOX / 2.0 } else { -BOX / 2.0 };
    let inner: Vec<_> = layers.flat_map(|point| [(point.x, point.y - half), (point.x, point.y + half)]).collect();
    let near =
        |point: Option<&(f64, f64)>, other: f64, own: f64| point.map_or(own + (other - own) * 0.25, |point| point.0);
    let start = attach(from, near(inner.first(), to.middle.0, from.middle.0), down);
    let end = attach(to, near(inner.last(), from.middle.0, to.middle.0), !down);
    let mut points = vec![start];
    points.extend(inner);
    points.push(end);
    points
}
