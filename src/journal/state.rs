//! The state of kept values, for people.

use core::fmt;

/// The steps of a store that is kept, with their states, in the order of the pipeline:
/// [`Store::explain`](crate::Store::explain). Its `Display` has a line for each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explanation {
    /// The steps.
    pub(crate) steps: Vec<Explained>,
}

impl Explanation {
    /// The steps; none if the store was kept in no journal.
    pub fn steps(&self) -> &[Explained] {
        &self.steps
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.steps.iter().try_for_each(|step| writeln!(f, "{step}"))
    }
}

/// A step of a store that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explained {
    /// The name of the step.
    pub step: &'static str,
    /// Whether its outputs would be taken from the journal.
    pub state: KeptState,
    /// The number of entries for its elements, if it is a fan-out. Each is as good as new, or not.
    pub elements: usize,
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.step, self.state)?;
        match self.elements {
            0 => Ok(()),
            1 => f.write_str(", with 1 entry of its elements"),
            entries => write!(f, ", with {entries} entries of its elements"),
        }
    }
}

/// The state of a step in a store that is kept: whether its outputs would be taken from the
/// journal.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeptState {
    /// The step is not kept.
    NotKept,
    /// Its outputs are kept, and a run that needs them takes them.
    Fresh,
    /// Nothing is kept.
    Absent,
    /// Something is kept that is not taken.
    Stale(Stale),
}

/// The reason why a kept value is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stale {
    /// It was kept by another version of the step.
    Version {
        /// The version of the step that has kept it.
        kept: u32,
        /// The version of the step now.
        now: u32,
    },
    /// The value of this resource, an input of the step, is another one.
    Changed(String),
    /// This resource, an input of the step, has to be computed before it is known whether it has
    /// changed. If it has not, the kept value is taken during the run.
    Unknown(String),
    /// The step takes other resources.
    Inputs,
    /// The step provides other resources, or the types of their values have other names.
    Outputs,
    /// It is damaged, for this reason.
    Damaged(String),
    /// The store was asked to forget it, or to clear its values.
    Forgotten,
}

impl fmt::Display for KeptState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeptState::NotKept => f.write_str("not kept"),
            KeptState::Fresh => f.write_str("taken from the journal"),
            KeptState::Absent => f.write_str("absent"),
            KeptState::Stale(stale) => write!(f, "stale: {stale}"),
        }
    }
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stale::Version { kept, now } => write!(f, "kept by version {kept} of the step, which is version {now} now"),
            Stale::Changed(resource) => write!(f, "`{resource}` has changed"),
            Stale::Unknown(resource) => write!(f, "`{resource}` has to be computed first"),
            Stale::Inputs => f.write_str("the step takes other resources now"),
            Stale::Outputs => f.write_str("the step provides other resources now, or values of other types"),
            Stale::Damaged(reason) => write!(f, "it is damaged: {reason}"),
            Stale::Forgotten => f.write_str("forgotten"),
        }
    }
}
