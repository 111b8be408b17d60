//! The walk: depth first, from a target to everything it needs.
//!
//! The walk is a small machine with an explicit [stack]. Each tick visits one input of the
//! step on top of the stack:
//!
//! - its value is supplied, or its step is done: the walk goes on to the next input;
//! - its step is new: the step goes onto the stack and is marked busy;
//! - its step is busy: this is a cycle, which is read off the stack;
//! - it has no source: it is recorded as missing, unless the step can do without it.
//!
//! A step without further inputs is marked done and comes off the stack. The walk never fails. It
//! collects [findings](crate::proof::check::findings), and only the [check](crate::proof::check)
//! reads them. The README in the folder of this module's parent writes out a walk of three steps,
//! state by state.
//!
//! Why a machine, and not a trait that calls itself: the compiler's recursion limit is 128.
//! [`fuel`] runs the machine in bounded depth. Why associated types with parameters, and not
//! where-clauses: a where-clause is proved anew at every use, and the cost grows exponentially.

pub mod fuel;
pub mod goal;
pub mod marks;
pub mod source;
pub mod stack;
#[cfg(test)]
mod tests;

use crate::proof::check::findings::Findings;
use crate::proof::ids::trie::Trie;
use crate::sealed::Seal;
use crate::steps::Step;
use core::marker::PhantomData;
use fuel::{Four, FourTimes, Fuel};
use goal::Goal;
use marks::Marks;
use stack::Stack;

/// A state of the machine: a function to the next state, and to the findings at the end.
///
/// It is defined on [`Walk`], [`Trace`](stack::Trace) and [`Halt`]. `Map`, here and below, is the
/// map from resources to their sources. The map itself is passed along, and not a name for it: a
/// name would be resolved again at each tick, at its depth.
pub trait Machine {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The state after one tick.
    type Tick<Map: Trie>: Machine;
    /// The state after as many ticks as there is fuel, or where it halts before.
    type Run<Map: Trie, Limit: Fuel>: Machine;
    /// The findings when it halts. It gets this much fuel at first, and then four times as much
    /// each time.
    type Found<Map: Trie, Limit: Fuel>: Findings;
}

/// Walking: the stack `Frames`, the marks `Marked`, the findings `Found` so far.
#[derive(Debug)]
pub struct Walk<Frames, Marked, Found>(PhantomData<(Frames, Marked, Found)>);

impl<Frames: Stack, Marked: Marks, Found: Findings> Machine for Walk<Frames, Marked, Found> {
    fn seal(_: Seal) {}

    type Tick<Map: Trie> = Frames::Tick<Map, Marked, Found>;
    type Run<Map: Trie, Limit: Fuel> = Limit::Burn<Map, Self>;
    type Found<Map: Trie, Limit: Fuel> = <Limit::Burn<Map, Self> as Machine>::Found<Map, FourTimes<Limit>>;
}

/// Halted, with the findings `Found`.
#[derive(Debug)]
pub struct Halt<Found>(PhantomData<Found>);

impl<Found: Findings> Machine for Halt<Found> {
    fn seal(_: Seal) {}

    type Tick<Map: Trie> = Self;
    type Run<Map: Trie, Limit: Fuel> = Self;
    type Found<Map: Trie, Limit: Fuel> = Found;
}

/// The steps of a cycle, each before the one that it needs.
///
/// It is defined on [`PathStep`] and [`PathEnd`]. It is needed because the error names the whole
/// cycle.
pub trait Path {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// The end of a path.
#[derive(Debug)]
pub struct PathEnd;

/// The step `First`, which needs the first step of `Rest`.
#[derive(Debug)]
pub struct PathStep<First, Rest>(PhantomData<(First, Rest)>);

impl Path for PathEnd {
    fn seal(_: Seal) {}
}

impl<First: Step, Rest: Path> Path for PathStep<First, Rest> {
    fn seal(_: Seal) {}
}

/// The findings of the walk for the goal `Sought`, in a store of the pipeline `Pipe` with the map
/// `Map`.
pub type FindingsOf<Sought, Pipe, Map> = <<Sought as Goal>::Start<Pipe, Map> as Machine>::Found<Map, Four>;

/// The verdict on these findings, in a store that reads from `Parent`.
pub type VerdictOf<Sought, Pipe, Map, Parent> =
    <FindingsOf<Sought, Pipe, Map> as Findings>::Verdict<Sought, Pipe, Map, Parent>;
