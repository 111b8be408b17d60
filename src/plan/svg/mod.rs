//! A plan as an SVG picture.

mod layout;
mod legend;
mod shapes;
mod stroke;

use super::Plan;
use super::edges::End;
use crate::text::one_line;
use core::fmt::{self, Write as _};
use layout::{Node, Picture};
use legend::Legend;
use shapes::{FONT_SIZE, MARK, escaped, kind, mark, outline, padding, text, width_of, write_edge};

/// The space around everything.
const MARGIN: f64 = 20.0;
/// The height of the title.
const TITLE: f64 = 34.0;
/// The height of a line of the legend, or of one below the graph.
const LINE: f64 = 22.0;
/// The least width of a picture, so that there is room for the legend.
const NARROWEST: f64 = 440.0;

impl Plan {
    /// Returns the plan as a picture in [SVG](https://www.w3.org/TR/SVG11/), which needs no other
    /// program: `fs::write("plan.svg", plan.to_svg())`. Feature `svg`.
    ///
    /// Steps are boxes and resources are pills. Arrows lead from inputs to steps and from steps to
    /// outputs; they are dashed for optional inputs. Each state has a colour and a mark, which a
    /// legend explains. The outline of the target and the arrows of the critical path are thick.
    /// The plan for each element of a collection is in a box below.
    /// The picture has a light background of its own. Equal plans have equal pictures, byte for
    /// byte.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, Out, Pipeline, Plan, resource, step};
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

impl Picture<'_> {
    /// Writes the picture.
    fn write(&self, svg: &mut String) -> fmt::Result {
        let heading = self.plan.summary();
        let stale = self.plan.stale_steps().into_iter().map(|line| (line, "#444444"));
        let lines: Vec<_> = stale.chain(self.plan.problems().into_iter().map(|line| (line, "#a34700"))).collect();
        let title = one_line(&self.plan.title);
        let title_width = width_of(&title, 16.0).max(width_of(&heading, FONT_SIZE));
        let widest = lines.iter().map(|(line, _)| width_of(line, 12.0)).fold(title_width, f64::max);
        let (whole, whole_height) = self.size();
        let inner = whole.max(widest).max(NARROWEST);
        let legend = Legend::new(self, inner);
        let top = MARGIN + TITLE + LINE;
        let below = top + whole_height + LINE;
        let width = (inner + 2.0 * MARGIN).ceil();
        let height = (below + legend.height() + LINE * lines.len() as f64 + MARGIN / 2.0).ceil();

        let size = format!("width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\"");
        let font = "font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\"";
        writeln!(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" {size} {font} role=\"img\">")?;
        writeln!(svg, "<title>{}: {}</title>", escaped(&title), escaped(&heading))?;
        // The picture has a background of its own, because on a dark page the text would be
        // invisible.
        let background = "rx=\"8\" fill=\"#ffffff\" stroke=\"#dddddd\"";
        writeln!(
            svg,
            "<rect x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" {background}/>",
            width - 1.0,
            height - 1.0
        )?;
        text(svg, (MARGIN, MARGIN + 14.0), 16.0, "#1a1a1a", &title)?;
        text(svg, (MARGIN, MARGIN + 33.0), FONT_SIZE, "#666666", &heading)?;

        self.write_graph(svg, "", (MARGIN, top), inner)?;
        for (number, (line, ink)) in lines.iter().enumerate() {
            let y = below + LINE * number as f64 + 14.0;
            text(svg, (MARGIN, y), 12.0, ink, line)?;
        }
        legend.write(svg, below + LINE * lines.len() as f64)?;
        svg.push_str("</svg>\n");
        Ok(())
    }

    /// The width and height of the graph, with the boxes of those for elements below it.
    fn size(&self) -> (f64, f64) {
        self.each.iter().fold((self.width, self.height), |(width, height), (_, each)| {
            let (own, own_height) = each.size();
            let title = width_of(&each.plan.title, FONT_SIZE);
            (width.max(own.max(title) + MARGIN), height + LINE + own_height + TITLE + MARGIN / 2.0)
        })
    }

    /// Writes the graph at a place, in the middle of a width, and below it those for elements, each
    /// in a box. The identifiers of the nodes begin with `prefix`.
    fn write_graph(&self, svg: &mut String, prefix: &str, (left, top): (f64, f64), width: f64) -> fmt::Result {
        let middle = left + (width - self.width) / 2.0;
        writeln!(svg, "<g transform=\"translate({middle:.1} {top:.1})\">")?;
        // The lines that matter most are on top.
        let mut edges: Vec<_> = self.edges.iter().collect();
        edges.sort_by_key(|(_, stroke, _)| stroke.layer);
        for (_, stroke, route) in edges {
            write_edge(svg, stroke, route)?;
        }
        for node in &self.nodes {
            self.write_node(svg, prefix, node)?;
        }
        writeln!(svg, "</g>")?;
        let mut below = top + self.height + LINE;
        for (step, each) in &self.each {
            let height = each.size().1 + TITLE + MARGIN / 2.0;
            let frame = "rx=\"6\" fill=\"none\" stroke=\"#999999\" stroke-dasharray=\"2 3\"";
            writeln!(
                svg,
                "<rect x=\"{left:.1}\" y=\"{below:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" {frame}/>"
            )?;
            text(svg, (left + MARGIN / 2.0, below + 18.0), FONT_SIZE, "#444444", &each.plan.title)?;
            let place = (left + MARGIN / 2.0, below + TITLE);
            each.write_graph(svg, &format!("{prefix}s{step}-"), place, width - MARGIN)?;
            below += height + LINE;
        }
        Ok(())
    }

    /// Writes a step or a resource.
    fn write_node(&self, svg: &mut String, prefix: &str, node: &Node) -> fmt::Result {
        let style = node.state.style();
        let ((x, y), (width, height)) = (node.middle, node.size);
        let (left, top) = (x - width / 2.0, y - height / 2.0);
        writeln!(svg, "<g id=\"{prefix}{}\" class=\"{} {}\">", node.end, kind(node.end), node.state.class())?;
        writeln!(svg, "<title>{}</title>", escaped(&self.tooltip(node)))?;
        let round = if matches!(node.end, End::Step(_)) { 4.0 } else { height / 2.0 };
        let place =
            format!("x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{round}\"");
        writeln!(svg, "<rect {place} {}/>", outline(style, if node.is_target { 3.5 } else { 1.5 }))?;
        let padding = padding(node.end);
        mark(svg, (left + padding, y - 5.0), node.state)?;
        let at = (left + padding + MARK, y + 4.5);
        text(svg, at, FONT_SIZE, style.ink, &node.shown)?;
        if !node.aside.is_empty() {
            text(svg, (at.0 + width_of(&node.shown, FONT_SIZE) + 6.0, at.1), 11.0, "#555555", &node.aside)?;
        }
        writeln!(svg, "</g>")
    }

    /// The text that is shown when the pointer rests on a node.
    fn tooltip(&self, node: &Node) -> String {
        let names = |places: &[usize]| {
            places.iter().map(|&place| self.plan.resources[place].name).collect::<Vec<_>>().join(", ")
        };
        let mut text = format!("{} {}: {}", kind(node.end), node.name, node.state);
        if let End::Step(step) = node.end {
            let step = &self.plan.steps[step];
            if let Some(reason) = step.stale_reason() {
                text += &format!("; stale: {reason}");
            }
            let inputs: Vec<_> = step.inputs.iter().map(|input| input.resource).collect();
            for (what, places) in [("inputs", &inputs), ("outputs", &step.outputs)] {
                if !places.is_empty() {
                    text += &format!("; {what}: {}", names(places));
                }
            }
        }
        text
    }
}
