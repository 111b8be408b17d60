//! Numbers of runs, and of their steps, as the executor handles them.

use crate::observe::RunId;
use core::num::NonZero;

/// The number of bits for a step: a pipeline has less than 4,096.
const STEP: u32 = 12;

/// A run: its [identifier](RunId), with as many zeros behind it as the number of a step has bits.
/// So the key of a claim and that of an execution are made from it in one operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RunKey(NonZero<u64>);

impl RunKey {
    /// The key of a run that no other run has.
    #[inline]
    pub(crate) fn next() -> Self {
        RunKey(NonZero::new(RunId::next().get() << STEP).expect("an identifier is not 0"))
    }

    /// The run in a number that was made from its key.
    #[inline]
    pub(crate) fn of(number: u64) -> Option<Self> {
        NonZero::new(number >> STEP << STEP).map(RunKey)
    }

    /// The key as a number.
    #[inline]
    pub(crate) fn get(self) -> u64 {
        self.0.get()
    }

    /// The identifier of the run.
    pub(crate) fn id(self) -> RunId {
        RunId::from_number(self.get() >> STEP)
    }

    /// The execution of a step by this run.
    #[inline]
    pub(crate) fn step(self, step: u16) -> Execution {
        Execution(self.0 | u64::from(step))
    }
}

/// A step that a run executes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Execution(NonZero<u64>);

impl Execution {
    /// The run, if it has a key.
    pub(crate) fn run(self) -> Option<RunKey> {
        RunKey::of(self.0.get())
    }

    /// The number of the step.
    pub(crate) fn step(self) -> u16 {
        (self.0.get() & ((1 << STEP) - 1)) as u16
    }
}
