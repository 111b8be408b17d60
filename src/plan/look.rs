//! How states look, in all pictures: colours from the palette of Okabe and Ito, which the colour-blind can tell apart, and
//! for whom that is not enough, a mark or a kind of line.

use super::State;

/// How a state looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// The colour of the inside: a tint of that of the outline.
    pub(super) fill: &'static str,
    /// The colour of the outline and of the mark.
    pub(super) line: &'static str,
    /// The colour of the text.
    pub(super) ink: &'static str,
    /// The outline is dashed.
    pub(super) dashed: bool,
    /// A mark to the left of the name, as a path in a square of ten by ten.
    pub(super) mark: &'static str,
}

/// All states, in the order of a legend.
pub(super) const STATES: [State; 9] = [
    State::Runs,
    State::Computed,
    State::Supplied,
    State::Above,
    State::NotDemanded,
    State::LeftOut,
    State::Blocked,
    State::Missing,
    State::Disputed,
];

/// Text on a light ground.
const INK: &str = "#1a1a1a";
/// Text that is of no weight.
const FAINT: &str = "#666666";

impl State {
    /// How the state looks.
    pub(super) fn look(self) -> Look {
        let look = |fill, line, mark| Look { fill, line, ink: INK, dashed: false, mark };
        match self {
            // Blue: a triangle, as on a button that plays.
            State::Runs => look("#d9ebf7", "#0072b2", "M2 1 L9 5 L2 9 Z"),
            // Green: a tick.
            State::Computed => look("#d5f0e6", "#009e73", "M1 5 L4 8.5 L9.5 1.5"),
            // Orange: an arrow that comes in.
            State::Supplied => look("#fdf0d0", "#c98500", "M5 0.5 V6 M2 4 L5 7 L8 4 M1 9.5 H9"),
            // Purple: an arrow up.
            State::Above => look("#f6e3ed", "#b0558a", "M5 9.5 V1 M1.5 4.5 L5 1 L8.5 4.5"),
            // Grey: a dash.
            State::NotDemanded => Look { ink: FAINT, dashed: true, ..look("#f5f5f5", "#999999", "M1.5 5 H8.5") },
            // Grey: a ring.
            State::LeftOut => {
                Look { ink: FAINT, dashed: true, ..look("#ffffff", "#999999", "M5 1.5 A3.5 3.5 0 1 1 4.99 1.5") }
            }
            // Vermilion: a bar.
            State::Blocked => look("#ffffff", "#d55e00", "M5 1 V6 M5 8.2 V9.4"),
            // Vermilion: a cross.
            State::Missing => {
                Look { dashed: true, ..look("#fbdfcd", "#d55e00", "M1.5 1.5 L8.5 8.5 M8.5 1.5 L1.5 8.5") }
            }
            // Vermilion: two rings.
            State::Disputed => {
                look("#fbdfcd", "#d55e00", "M3.5 2.5 A2.5 2.5 0 1 0 3.51 2.5 M7 2.5 A2.5 2.5 0 1 0 7.01 2.5")
            }
        }
    }

    /// The state as a legend tells it.
    pub(super) fn told(self) -> &'static str {
        match self {
            State::Runs => "runs",
            State::Computed => "computed",
            State::Supplied => "supplied",
            State::Above => "in the store above",
            State::NotDemanded => "not demanded",
            State::LeftOut => "optional, left out",
            State::Blocked => "cannot run",
            State::Missing => "missing",
            State::Disputed => "provided twice",
        }
    }

    /// The state as one word, for what has to be one.
    pub(super) fn class(self) -> &'static str {
        match self {
            State::Runs => "runs",
            State::Computed => "computed",
            State::Supplied => "supplied",
            State::Above => "above",
            State::NotDemanded => "notDemanded",
            State::LeftOut => "leftOut",
            State::Blocked => "blocked",
            State::Missing => "missing",
            State::Disputed => "disputed",
        }
    }

    /// Whether what is in this state plays no part.
    pub(super) fn is_faint(self) -> bool {
        matches!(self, State::NotDemanded | State::LeftOut)
    }
}
