//! The parts of a picture: text, outlines, marks, edges.

use super::stroke::Stroke;
use crate::plan::State;
use crate::plan::edges::End;
use crate::plan::style::Style;
use crate::text::one_line;
use core::fmt::{self, Write as _};
use pulldown_cmark_escape::{FmtWriter, escape_html};
use unicode_width::UnicodeWidthStr;

/// The font size of names.
pub(super) const FONT_SIZE: f64 = 13.0;
/// The width of a mark and the space after it.
pub(super) const MARK: f64 = 16.0;
/// The approximate width of a text in a wide sans-serif font.
pub(super) fn width_of(text: &str, font_size: f64) -> f64 {
    0.62 * font_size * text.width() as f64
}

/// Escapes text for XML.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    escape_html(FmtWriter(&mut escaped), &one_line(text)).expect("writing to a string does not fail");
    escaped
}

/// The kind of a node, in a word.
pub(super) fn kind(end: End) -> &'static str {
    match end {
        End::Step(_) => "step",
        End::Resource(_) => "resource",
    }
}

/// The space between the outline of a node and its text.
pub(super) fn padding(end: End) -> f64 {
    match end {
        End::Step(_) => 11.0,
        End::Resource(_) => 13.0,
    }
}

/// The attributes of a shape.
pub(super) fn outline(style: Style, width: f64) -> String {
    let dashes = if style.dashed { " stroke-dasharray=\"5 3\"" } else { "" };
    format!("fill=\"{}\" stroke=\"{}\" stroke-width=\"{width}\"{dashes}", style.fill, style.line)
}

/// Draws the mark of a state, in a square of 10 by 10, so that states differ not only in their
/// colours.
pub(super) fn mark(svg: &mut String, (x, y): (f64, f64), state: State) -> fmt::Result {
    let path = match state {
        // A triangle, as on a play button.
        State::Runs => "M2 1 L9 5 L2 9 Z",
        // A tick.
        State::Computed => "M1 5 L4 8.5 L9.5 1.5",
        // An arrow into a tray.
        State::Supplied => "M5 0.5 V6 M2 4 L5 7 L8 4 M1 9.5 H9",
        // A bookmark.
        State::InJournal => "M2 1 H8 V9 L5 6.5 L2 9 Z",
        // An arrow up.
        State::InParent => "M5 9.5 V1 M1.5 4.5 L5 1 L8.5 4.5",
        // A dash.
        State::NotNeeded => "M1.5 5 H8.5",
        // A ring.
        State::OptionalMissing => "M5 1.5 A3.5 3.5 0 1 1 4.99 1.5",
        // An exclamation mark.
        State::Blocked => "M5 1 V6 M5 8.2 V9.4",
        // A cross.
        State::Missing => "M1.5 1.5 L8.5 8.5 M8.5 1.5 L1.5 8.5",
        // Two rings.
        State::Ambiguous => "M3.5 2.5 A2.5 2.5 0 1 0 3.51 2.5 M7 2.5 A2.5 2.5 0 1 0 7.01 2.5",
    };
    let strokes = "fill=\"none\" stroke-width=\"1.8\" stroke-linecap=\"round\" stroke-linejoin=\"round\"";
    let colour = state.style().line;
    writeln!(svg, "<path d=\"{path}\" transform=\"translate({x:.1} {y:.1})\" stroke=\"{colour}\" {strokes}/>")
}

/// Writes a line of text, from the left end of its baseline.
pub(super) fn text(svg: &mut String, (x, y): (f64, f64), size: f64, ink: &str, text: &str) -> fmt::Result {
    writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" fill=\"{ink}\">{}</text>", escaped(text))
}

/// Writes an edge: a smooth line through the points of its route, with a head at its end.
pub(super) fn write_edge(svg: &mut String, stroke: &Stroke, route: &[(f64, f64)]) -> fmt::Result {
    let &[.., before, last] = route else { return Ok(()) };
    let Stroke { colour, width, dashed, .. } = stroke;
    let dashes = if *dashed { " stroke-dasharray=\"5 3\"" } else { "" };
    // The line ends where the head begins, straight up or down.
    let head = if before.1 < last.1 { 6.0 + width } else { -6.0 - width };
    let mut points = route.to_vec();
    points[route.len() - 1].1 -= head;
    let attributes = format!("fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"{dashes}");
    writeln!(svg, "<path class=\"edge\" d=\"{}\" {attributes}/>", smooth(&points))?;
    let ((x, y), half) = (last, head * 0.45);
    writeln!(svg, "<path d=\"M{x:.1} {y:.1} l{half:.1} {:.1} h{:.1} Z\" fill=\"{colour}\"/>", -head, -2.0 * half)
}

/// A path through some points that is vertical at each of them.
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
