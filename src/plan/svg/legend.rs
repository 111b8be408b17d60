//! The legend of a picture.

use super::layout::Picture;
use super::shapes::{mark, outline, text, width_of};
use super::{LINE, MARGIN};
use crate::plan::State;
use crate::plan::edges::Edge;
use crate::plan::style::STATES;
use core::fmt::{self, Write as _};

/// The meaning of the states and shapes in a picture.
pub(super) struct Legend {
    /// The entries, each with its position: the distance from the left, and the line.
    entries: Vec<(Sample, f64, usize)>,
}

/// The subject of an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sample {
    /// The shape of steps.
    Step,
    /// The shape of resources.
    Resource,
    /// The look of a state.
    State(State),
    /// The outline of the target.
    Target,
    /// The line of optional inputs.
    Optional,
    /// The line of the critical path.
    Critical,
}

impl Sample {
    /// The text of the entry.
    fn label(self) -> String {
        match self {
            Sample::State(state) => return state.to_string(),
            Sample::Step => "step",
            Sample::Resource => "resource",
            Sample::Target => "target",
            Sample::Optional => "optional input",
            Sample::Critical => "critical path",
        }
        .to_owned()
    }
}

impl Legend {
    /// The legend of a picture, in lines of the given width.
    pub(super) fn new(picture: &Picture<'_>, width: f64) -> Self {
        let mut samples = vec![Sample::Step, Sample::Resource];
        samples.extend(STATES.into_iter().filter(|state| picture.plan.has(*state)).map(Sample::State));
        let has = |of: fn(&Edge) -> bool| picture.edges.iter().any(|(edge, ..)| of(edge));
        let others = [
            (Sample::Target, picture.plan.target.is_some()),
            (Sample::Optional, has(|edge| edge.optional)),
            (Sample::Critical, has(|edge| edge.critical)),
        ];
        samples.extend(others.into_iter().filter(|(_, is_there)| *is_there).map(|(sample, _)| sample));
        let (mut x, mut line) = (0.0, 0);
        let mut place = |sample: Sample| {
            let room = 44.0 + width_of(&sample.label(), 11.0);
            if x > 0.0 && x + room > width {
                (x, line) = (0.0, line + 1);
            }
            x += room;
            (sample, x - room, line)
        };
        Legend { entries: samples.into_iter().map(&mut place).collect() }
    }

    /// The height of the legend.
    pub(super) fn height(&self) -> f64 {
        self.entries.last().map_or(0.0, |&(.., line)| LINE * (line + 1) as f64 + 8.0)
    }

    /// Writes the legend below a height.
    pub(super) fn write(&self, svg: &mut String, top: f64) -> fmt::Result {
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
                    shape(svg, 3.0, &outline(state.style(), 1.5))?;
                    mark(svg, (x + 8.0, y - 5.0), state)?;
                }
            }
            text(svg, (x + 30.0, y + 4.0), 11.0, "#444444", &sample.label())?;
        }
        writeln!(svg, "</g>")
    }
}
