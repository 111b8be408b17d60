//! A plan as a picture in SVG: laid out by dagre, drawn by hand.

use super::edges::{Edge, End};
use super::look::{Look, STATES};
use super::text::Short;
use super::{Plan, State};
use core::fmt::{self, Write as _};
use dagre::graph::{Graph, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, Point};

/// The size of the letters of names.
const LETTERS: f64 = 13.0;
/// The height of a step's box.
const BOX: f64 = 30.0;
/// The height of a resource's pill.
const PILL: f64 = 26.0;
/// What a mark takes: ten, and the space after it.
const MARK: f64 = 16.0;
/// The space around everything.
const MARGIN: f64 = 20.0;
/// The height of the title.
const TITLE: f64 = 34.0;
/// The height of a line of the legend, or of a problem.
const LINE: f64 = 22.0;
/// How narrow a picture may be, so that there is room for the legend.
const NARROWEST: f64 = 440.0;
/// How many letters of a name are shown; a longer one is whole in the tooltip.
const LONGEST: usize = 44;

impl Plan {
    /// The plan as a picture, in [SVG](https://www.w3.org/TR/SVG11/), that needs no other program: `fs::write("plan.svg",
    /// plan.to_svg())`.
    ///
    /// Steps are boxes, resources are pills; an arrow leads from what is there first to what comes of it, dashed where a
    /// step can do without. Colours and marks tell the states, and stand in a legend; the outline of the target is thick,
    /// and so are the arrows of the critical path. The picture has a light ground of its own. It is the same, byte for
    /// byte, for the same plan.
    ///
    /// ```
    /// # use pipeliner::{HList, Out, Pipeline, Plan, resource, step};
    /// # resource! { Config: u8; }
    /// # #[step]
    /// # fn read_config() -> Out<Config> { 1 }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![ReadConfig]; }
    /// let picture = Plan::of::<App>().to_svg();
    /// assert!(picture.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    /// assert!(picture.contains(">ReadConfig</text>"));
    /// ```
    pub fn to_svg(&self) -> String {
        let mut svg = String::new();
        Picture::new(self).write(&mut svg).expect("a string can be written to");
        svg
    }
}

/// A plan, laid out.
struct Picture<'p> {
    plan: &'p Plan,
    nodes: Vec<Node>,
    edges: Vec<(Edge, Vec<(f64, f64)>)>,
    width: f64,
    /// The height of the graph alone.
    height: f64,
}

/// A step or a resource in its place.
struct Node {
    end: End,
    name: &'static str,
    /// What is shown of the name.
    shown: String,
    /// What stands behind the name, in smaller letters.
    aside: String,
    state: State,
    /// Where its middle is.
    middle: (f64, f64),
    size: (f64, f64),
    is_target: bool,
}

impl<'p> Picture<'p> {
    /// Lays a plan out.
    fn new(plan: &'p Plan) -> Self {
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
            (edge, attached(label.map_or(&[], |label| &label.points), node(edge.from), node(edge.to)))
        };
        let edges: Vec<_> = edges.into_iter().map(route).collect();
        for &(x, y) in edges.iter().flat_map(|(_, route)| route) {
            (width, height) = (width.max(x), height.max(y));
        }
        Picture { plan, nodes, edges, width, height }
    }

    fn write(&self, svg: &mut String) -> fmt::Result {
        let heading = self.plan.summary();
        let problems = self.plan.problems();
        let title_width = width_of(&self.plan.title, 16.0).max(width_of(&heading, LETTERS));
        let widest = problems.iter().map(|problem| width_of(problem, 12.0)).fold(title_width, f64::max);
        let inner = self.width.max(widest).max(NARROWEST);
        let legend = Legend::new(self, inner);
        let top = MARGIN + TITLE + LINE;
        let below = top + self.height + LINE;
        let width = (inner + 2.0 * MARGIN).ceil();
        let height = (below + legend.height() + LINE * problems.len() as f64 + MARGIN / 2.0).ceil();

        let size = format!("width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\"");
        let font = "font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\"";
        writeln!(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" {size} {font} role=\"img\">")?;
        writeln!(svg, "<title>{}: {}</title>", escaped(&self.plan.title), escaped(&heading))?;
        // A ground of its own: on a dark page the text would be lost.
        let ground = "rx=\"8\" fill=\"#ffffff\" stroke=\"#dddddd\"";
        writeln!(svg, "<rect x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" {ground}/>", width - 1.0, height - 1.0)?;
        text(svg, (MARGIN, MARGIN + 14.0), 16.0, "#1a1a1a", &self.plan.title)?;
        text(svg, (MARGIN, MARGIN + 33.0), LETTERS, "#666666", &heading)?;

        let left = MARGIN + (inner - self.width) / 2.0;
        writeln!(svg, "<g transform=\"translate({left:.1} {top:.1})\">")?;
        // What matters lies on top.
        let mut edges: Vec<_> = self.edges.iter().collect();
        edges.sort_by_key(|(edge, _)| (edge.critical, !edge.state.is_faint()));
        for (edge, route) in edges {
            write_edge(svg, edge, route)?;
        }
        for node in &self.nodes {
            self.write_node(svg, node)?;
        }
        writeln!(svg, "</g>")?;
        for (number, problem) in problems.iter().enumerate() {
            let y = below + LINE * number as f64 + 14.0;
            text(svg, (MARGIN, y), 12.0, "#a34700", problem)?;
        }
        legend.write(svg, below + LINE * problems.len() as f64)?;
        svg.push_str("</svg>\n");
        Ok(())
    }

    fn write_node(&self, svg: &mut String, node: &Node) -> fmt::Result {
        let look = node.state.look();
        let ((x, y), (width, height)) = (node.middle, node.size);
        let (left, top) = (x - width / 2.0, y - height / 2.0);
        writeln!(svg, "<g id=\"{}\" class=\"{} {}\">", node.end, kind(node.end), node.state.class())?;
        writeln!(svg, "<title>{}</title>", escaped(&self.tooltip(node)))?;
        let round = if matches!(node.end, End::Step(_)) { 4.0 } else { height / 2.0 };
        let place =
            format!("x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{round}\"");
        writeln!(svg, "<rect {place} {}/>", outline(look, if node.is_target { 3.5 } else { 1.5 }))?;
        let padding = padding(node.end);
        mark(svg, (left + padding, y - 5.0), look)?;
        let at = (left + padding + MARK, y + 4.5);
        text(svg, at, LETTERS, look.ink, &node.shown)?;
        if !node.aside.is_empty() {
            text(svg, (at.0 + width_of(&node.shown, LETTERS) + 6.0, at.1), 11.0, "#555555", &node.aside)?;
        }
        writeln!(svg, "</g>")
    }

    /// What is told where the pointer rests.
    fn tooltip(&self, node: &Node) -> String {
        let names = |places: &[usize]| {
            places.iter().map(|&place| self.plan.resources[place].name).collect::<Vec<_>>().join(", ")
        };
        let mut text = format!("{} {}: {}", kind(node.end), node.name, node.state);
        if let End::Step(step) = node.end {
            let step = &self.plan.steps[step];
            let takes: Vec<_> = step.takes.iter().map(|taken| taken.resource).collect();
            for (what, places) in [("takes", &takes), ("gives", &step.gives)] {
                if !places.is_empty() {
                    text += &format!("; {what} {}", names(places));
                }
            }
        }
        text
    }
}

/// The steps and resources of a plan, measured.
fn nodes(plan: &Plan) -> Vec<Node> {
    let node = |end, name: &'static str, state, aside: String| {
        let shown = shortened(name);
        let aside_width = if aside.is_empty() { 0.0 } else { 6.0 + width_of(&aside, 11.0) };
        let width = 2.0 * padding(end) + MARK + width_of(&shown, LETTERS) + aside_width;
        let height = if matches!(end, End::Step(_)) { BOX } else { PILL };
        let is_target = matches!(end, End::Step(step) if plan.target == Some(step));
        Node { end, name, shown, aside, state, middle: (0.0, 0.0), size: (width, height), is_target }
    };
    let steps = plan.steps.iter().enumerate().map(|(place, step)| {
        let aside = step.duration.map(|duration| Short(duration).to_string()).unwrap_or_default();
        node(End::Step(place), step.name, step.state, aside)
    });
    let resources = plan.resources.iter().enumerate();
    let resources =
        resources.map(|(place, resource)| node(End::Resource(place), resource.name, resource.state, String::new()));
    steps.chain(resources).collect()
}

/// What an end is, in a word.
fn kind(end: End) -> &'static str {
    match end {
        End::Step(_) => "step",
        End::Resource(_) => "resource",
    }
}

/// The space between the outline of a node and what is in it.
fn padding(end: End) -> f64 {
    match end {
        End::Step(_) => 11.0,
        End::Resource(_) => 13.0,
    }
}

/// The attributes of a shape.
fn outline(look: Look, width: f64) -> String {
    let dashes = if look.dashed { " stroke-dasharray=\"5 3\"" } else { "" };
    format!("fill=\"{}\" stroke=\"{}\" stroke-width=\"{width}\"{dashes}", look.fill, look.line)
}

/// The mark of a state, in ten by ten.
fn mark(svg: &mut String, (x, y): (f64, f64), look: Look) -> fmt::Result {
    let strokes = "fill=\"none\" stroke-width=\"1.8\" stroke-linecap=\"round\" stroke-linejoin=\"round\"";
    writeln!(
        svg,
        "<path d=\"{}\" transform=\"translate({x:.1} {y:.1})\" stroke=\"{}\" {strokes}/>",
        look.mark, look.line
    )
}

/// A line of text, from the left end of its base line.
fn text(svg: &mut String, (x, y): (f64, f64), size: f64, ink: &str, text: &str) -> fmt::Result {
    writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" fill=\"{ink}\">{}</text>", escaped(text))
}

/// An edge: a smooth line through the points of its route, with a head at its end.
fn write_edge(svg: &mut String, edge: &Edge, route: &[(f64, f64)]) -> fmt::Result {
    let &[.., before, last] = route else { return Ok(()) };
    let (colour, width) = match edge.state {
        _ if edge.critical => ("#1a1a1a", 2.6),
        state if state.is_faint() => ("#c4c4c4", 1.1),
        State::Missing | State::Disputed => ("#d55e00", 1.6),
        _ => ("#6b6b6b", 1.2),
    };
    let dashes = if edge.optional || edge.state == State::Missing { " stroke-dasharray=\"5 3\"" } else { "" };
    // The line ends where the head begins, straight up or down.
    let head = if before.1 < last.1 { 6.0 + width } else { -6.0 - width };
    let mut points = route.to_vec();
    points[route.len() - 1].1 -= head;
    let stroke = format!("fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"{dashes}");
    writeln!(svg, "<path class=\"edge\" d=\"{}\" {stroke}/>", smooth(&points))?;
    let ((x, y), half) = (last, head * 0.45);
    writeln!(svg, "<path d=\"M{x:.1} {y:.1} l{half:.1} {:.1} h{:.1} Z\" fill=\"{colour}\"/>", -head, -2.0 * half)
}

/// The route of an edge from the lower edge of one node to the upper edge of another, or the other way round in a cycle,
/// by the points that the layout gives for it.
fn attached(route: &[Point], from: &Node, to: &Node) -> Vec<(f64, f64)> {
    let down = from.middle.1 < to.middle.1;
    let attach = |node: &Node, near: f64, below: bool| {
        let ((x, y), (width, height)) = (node.middle, node.size);
        // Not at the corners, which are round.
        let room = (width / 2.0 - 16.0).max(0.0);
        (near.clamp(x - room, x + room), if below { y + height / 2.0 } else { y - height / 2.0 })
    };
    // Past the nodes of a layer, straight; every other point lies between layers and says nothing.
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

/// A path through some points that goes straight up or down at each of them.
fn smooth(points: &[(f64, f64)]) -> String {
    let mut path = format!("M{:.1} {:.1}", points[0].0, points[0].1);
    for pair in points.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let half = f64::midpoint(y0, y1);
        let _ = match (x1 - x0).abs() < 0.5 {
            true => write!(path, " L{x1:.1} {y1:.1}"),
            false => write!(path, " C{x0:.1} {half:.1} {x1:.1} {half:.1} {x1:.1} {y1:.1}"),
        };
    }
    path
}

/// What the states and shapes mean that are in a picture.
struct Legend {
    /// Each with its place: how far to the right, and in which line.
    entries: Vec<(Sample, f64, usize)>,
}

/// What is explained.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sample {
    Step,
    Resource,
    State(State),
    Target,
    Optional,
    Critical,
}

impl Sample {
    fn told(self) -> &'static str {
        match self {
            Sample::Step => "step",
            Sample::Resource => "resource",
            Sample::State(state) => state.told(),
            Sample::Target => "target",
            Sample::Optional => "can do without",
            Sample::Critical => "critical path",
        }
    }
}

impl Legend {
    /// The legend of what is in a picture, in lines of a width.
    fn new(picture: &Picture<'_>, width: f64) -> Self {
        let mut samples = vec![Sample::Step, Sample::Resource];
        samples.extend(STATES.into_iter().filter(|state| picture.plan.has(*state)).map(Sample::State));
        let has = |of: fn(&Edge) -> bool| picture.edges.iter().any(|(edge, _)| of(edge));
        let others = [
            (Sample::Target, picture.plan.target.is_some()),
            (Sample::Optional, has(|edge| edge.optional)),
            (Sample::Critical, has(|edge| edge.critical)),
        ];
        samples.extend(others.into_iter().filter(|(_, is_there)| *is_there).map(|(sample, _)| sample));
        let (mut x, mut line) = (0.0, 0);
        let mut place = |sample: Sample| {
            let room = 44.0 + width_of(sample.told(), 11.0);
            if x > 0.0 && x + room > width {
                (x, line) = (0.0, line + 1);
            }
            x += room;
            (sample, x - room, line)
        };
        Legend { entries: samples.into_iter().map(&mut place).collect() }
    }

    /// How much room it takes.
    fn height(&self) -> f64 {
        self.entries.last().map_or(0.0, |&(.., line)| LINE * (line + 1) as f64 + 8.0)
    }

    fn write(&self, svg: &mut String, top: f64) -> fmt::Result {
        writeln!(svg, "<g class=\"legend\">")?;
        for &(sample, x, line) in &self.entries {
            let (x, y) = (MARGIN + x, top + 8.0 + LINE * line as f64 + LINE / 2.0);
            let plain = "fill=\"#ffffff\" stroke=\"#555555\"";
            let shape = |svg: &mut String, round: f64, attributes: &str| {
                let (left, top) = (x + 1.0, y - 7.0);
                writeln!(
                    svg,
                    "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"24\" height=\"14\" rx=\"{round}\" {attributes}/>"
                )
            };
            let stroke = |svg: &mut String, attributes: &str| {
                let right = x + 25.0;
                writeln!(svg, "<path d=\"M{x:.1} {y:.1} H{right:.1}\" fill=\"none\" {attributes}/>")
            };
            match sample {
                Sample::Step => shape(svg, 3.0, plain)?,
                Sample::Resource => shape(svg, 7.0, plain)?,
                Sample::Target => shape(svg, 3.0, &format!("{plain} stroke-width=\"3\""))?,
                Sample::Optional => stroke(svg, "stroke=\"#6b6b6b\" stroke-width=\"1.2\" stroke-dasharray=\"5 3\"")?,
                Sample::Critical => stroke(svg, "stroke=\"#1a1a1a\" stroke-width=\"2.6\"")?,
                Sample::State(state) => {
                    shape(svg, 3.0, &outline(state.look(), 1.5))?;
                    mark(svg, (x + 8.0, y - 5.0), state.look())?;
                }
            }
            text(svg, (x + 30.0, y + 4.0), 11.0, "#444444", sample.told())?;
        }
        writeln!(svg, "</g>")
    }
}

/// A name, cut in the middle if it is long: the ends tell names of generic types apart.
fn shortened(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= LONGEST {
        return name.to_owned();
    }
    let half = LONGEST / 2;
    let (start, end) = (&letters[..half], &letters[letters.len() - half..]);
    start.iter().chain(&['…']).chain(end).collect()
}

/// About how wide a text is, in a wide sans-serif.
fn width_of(text: &str, size: f64) -> f64 {
    let of = |letter: char| match letter {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.32,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | ' ' | '-' => 0.41,
        'm' | 'w' | 'M' | 'W' => 0.95,
        '<' | '>' | '…' => 0.9,
        'A'..='Z' => 0.72,
        // Wide scripts.
        '\u{1100}'.. => 1.05,
        _ => 0.62,
    };
    text.chars().map(of).sum::<f64>() * size
}

/// Text in XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
