//! The style of each state in pictures. The colours are from the palette of Okabe and Ito, which is
//! safe for colour-blind readers.

use super::State;

/// The style of a state.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// The colour of the inside: a tint of that of the outline.
    pub(super) fill: &'static str,
    /// The colour of the outline and of the mark.
    pub(super) line: &'static str,
    /// The colour of the text.
    pub(super) ink: &'static str,
    /// Whether the outline is dashed.
    pub(super) dashed: bool,
}

/// All states, in the order of a legend.
pub(super) const STATES: [State; 10] = [
    State::Runs,
    State::Computed,
    State::Supplied,
    State::InJournal,
    State::InParent,
    State::NotNeeded,
    State::OptionalMissing,
    State::Blocked,
    State::Missing,
    State::Ambiguous,
];

/// Text on a light ground.
const INK: &str = "#1a1a1a";
/// Text that matters less.
const FAINT: &str = "#666666";

impl State {
    /// The style of the state.
    pub(super) fn style(self) -> Style {
        let style = |fill, line| Style { fill, line, ink: INK, dashed: false };
        match self {
            // Blue.
            State::Runs => style("#d9ebf7", "#0072b2"),
            // Green.
            State::Computed => style("#d5f0e6", "#009e73"),
            // Orange.
            State::Supplied => style("#fdf0d0", "#c98500"),
            // Sky blue.
            State::InJournal => style("#e6f5fd", "#3a9bd6"),
            // Purple.
            State::InParent => style("#f6e3ed", "#b0558a"),
            // Grey.
            State::NotNeeded => Style { ink: FAINT, dashed: true, ..style("#f5f5f5", "#999999") },
            State::OptionalMissing => Style { ink: FAINT, dashed: true, ..style("#ffffff", "#999999") },
            // Vermilion.
            State::Blocked => style("#ffffff", "#d55e00"),
            State::Missing => Style { dashed: true, ..style("#fbdfcd", "#d55e00") },
            State::Ambiguous => style("#fbdfcd", "#d55e00"),
        }
    }

    /// The state as one word, for class names.
    pub(super) fn class(self) -> &'static str {
        match self {
            State::Runs => "runs",
            State::Computed => "computed",
            State::Supplied => "supplied",
            State::InJournal => "inJournal",
            State::InParent => "inParent",
            State::NotNeeded => "notNeeded",
            State::OptionalMissing => "optionalMissing",
            State::Blocked => "blocked",
            State::Missing => "missing",
            State::Ambiguous => "ambiguous",
        }
    }
}
