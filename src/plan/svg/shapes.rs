//! What pictures are made of: text, outlines, marks, edges.

use crate::lettering::escaped;
use crate::plan::edges::{Edge, End};
use crate::plan::look::Look;
use core::fmt::{self, Write as _};

/// The size of the letters of names.
pub(super) const LETTERS: f64 = 13.0;
/// What a mark takes: ten, and the space after it.
pub(super) const MARK: f64 = 16.0;

/// What an end is, in a word.
pub(super) fn kind(end: End) -> &'static str {
    match end {
        End::Step(_) => "step",
        End::Resource(_) => "resource",
    }
}

/// The space between the outline of a node and what is in it.
pub(super) fn padding(end: End) -> f64 {
    match end {
        End::Step(_) => 11.0,
        End::Resource(_) => 13.0,
    }
}

/// The attributes of a shape.
pub(super) fn outline(look: Look, width: f64) -> String {
    let dashes = if look.dashed { " stroke-dasharray=\"5 3\"" } else { "" };
    format!("fill=\"{}\" stroke=\"{}\" stroke-width=\"{width}\"{dashes}", look.fill, look.line)
}

/// The mark of a state, in ten by ten.
pub(super) fn mark(svg: &mut String, (x, y): (f64, f64), look: Look) -> fmt::Result {
    let strokes = "fill=\"none\" stroke-width=\"1.8\" stroke-linecap=\"round\" stroke-linejoin=\"round\"";
    writeln!(
        svg,
        "<path d=\"{}\" transform=\"translate({x:.1} {y:.1})\" stroke=\"{}\" {strokes}/>",
        look.mark, look.line
    )
}

/// A line of text, from the left end of its base line.
pub(super) fn text(svg: &mut String, (x, y): (f64, f64), size: f64, ink: &str, text: &str) -> fmt::Result {
    writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" fill=\"{ink}\">{}</text>", escaped(text))
}

/// An edge: a smooth line through the points of its route, with a head at its end.
pub(super) fn write_edge(svg: &mut String, edge: &Edge, route: &[(f64, f64)]) -> fmt::Result {
    let &[.., before, last] = route else { return Ok(()) };
    let (colour, width) = match edge {
        Edge { critical: true, .. } => ("#1a1a1a", 2.6),
        Edge { wrong: true, .. } => ("#d55e00", 1.6),
        Edge { faint: true, .. } => ("#c4c4c4", 1.1),
        _ => ("#6b6b6b", 1.2),
    };
    let dashes = if edge.optional || edge.empty { " stroke-dasharray=\"5 3\"" } else { "" };
    // The line ends where the head begins, straight up or down.
    let head = if before.1 < last.1 { 6.0 + width } else { -6.0 - width };
    let mut points = route.to_vec();
    points[route.len() - 1].1 -= head;
    let stroke = format!("fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"{dashes}");
    writeln!(svg, "<path class=\"edge\" d=\"{}\" {stroke}/>", smooth(&points))?;
    let ((x, y), half) = (last, head * 0.45);
    writeln!(svg, "<path d=\"M{x:.1} {y:.1} l{half:.1} {:.1} h{:.1} Z\" fill=\"{colour}\"/>", -head, -2.0 * half)
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
