//! The depth-first walk: from a target to everything it needs.
//!
//! The walk is a little machine with an explicit stack. Each tick looks at one input of the step on top:
//!
//! - it is supplied, or its step is done: on to the next input;
//! - its step is new: the step goes onto the stack and is marked busy;
//! - its step is busy: that is a cycle, which is read off the stack;
//! - it comes from nowhere: it is noted as missing.
//!
//! A step with no inputs left is marked done and comes off the stack. The walk never fails: it collects what it
//! finds, and only the [verdict](super::verdict) looks at that.
//!
//! Why a machine, and not a trait that calls itself: the compiler's recursion limit is 128. [`Fuel`] runs the machine by
//! doubling (twice as many ticks are so many ticks and then so many again), and the machine asks for ever more fuel until
//! it halts; so the depth of recursion is the logarithm of the number of ticks, and nobody ever has to raise
//! `recursion_limit`. Why associated types with parameters, and not where-clauses: a where-clause is proved anew at every
//! use, and the cost grows exponentially.

use super::digits::{Digits, Order};
use super::lists::Wants;
use super::source::Source;
use super::trie::Trie;
use super::verdict::{Findings, NoMore};
use super::visited::{Busy, New, Visited};
use crate::resource::Resource;
use crate::step::Step;
use core::marker::PhantomData;

/// What is known where a target is to run.
pub trait World {
    /// The map from resources to their sources.
    type Sources: Trie;
}

/// A state of the machine.
pub trait Machine {
    /// The state after one tick.
    type Tick<W: World>: Machine;
    /// The state after as many ticks as there is fuel, or where it halts before.
    type Run<W: World, U: Fuel>: Machine;
    /// What it finds until it halts, with so much fuel at first, and then four times as much each time.
    type Found<W: World, U: Fuel>: Findings;
}

/// Walking: the stack `K`, the marks `V`, the findings `F` so far.
#[derive(Debug)]
pub struct Walk<K, V, F>(PhantomData<(K, V, F)>);

impl<K: Stack, V: Visited, F: Findings> Machine for Walk<K, V, F> {
    type Tick<W: World> = K::Tick<W, V, F>;
    type Run<W: World, U: Fuel> = U::Burn<W, Self>;
    type Found<W: World, U: Fuel> = <U::Burn<W, Self> as Machine>::Found<W, Double<Double<U>>>;
}

/// Reading a cycle off the stack, before the walk `T` goes on: down from `K` to the step `I`, past the steps `P`.
#[derive(Debug)]
pub struct Trace<K, I, P, T>(PhantomData<(K, I, P, T)>);

/// The walk that goes on after a cycle was read.
pub trait Resume {
    /// The walk, with the cycle `P` among its findings.
    type With<P: Path>: Machine;
}

impl<K: Stack, V: Visited, F: Findings> Resume for Walk<K, V, F> {
    type With<P: Path> = Walk<K, V, F::Cycle<P>>;
}

impl<K: Stack, I: Digits, P: Path, T: Resume> Machine for Trace<K, I, P, T> {
    type Tick<W: World> = K::Trace<I, P, T>;
    type Run<W: World, U: Fuel> = U::Burn<W, Self>;
    type Found<W: World, U: Fuel> = <U::Burn<W, Self> as Machine>::Found<W, Double<Double<U>>>;
}

/// Halted, with the findings `F`.
#[derive(Debug)]
pub struct Halt<F>(PhantomData<F>);

impl<F: Findings> Machine for Halt<F> {
    type Tick<W: World> = Self;
    type Run<W: World, U: Fuel> = Self;
    type Found<W: World, U: Fuel> = F;
}

/// The stack of steps whose inputs are being looked at.
pub trait Stack {
    /// One tick of the walk.
    type Tick<W: World, V: Visited, F: Findings>: Machine;
    /// The findings `F`, and that the step on top needs `R`, which comes from nowhere.
    type Missing<R: Resource, F: Findings>: Findings;
    /// The stack with the inputs `L` before those that the step on top still has.
    type Prepend<L: Wants>: Stack;
    /// One tick of reading a cycle: is the step on top the one that it closes on?
    type Trace<I: Digits, P: Path, T: Resume>: Machine;
}

/// No step: below the target.
#[derive(Debug)]
pub struct Bottom;

/// The step `S`, number `N`, with its inputs `L` still to be looked at, above the stack `K`.
#[derive(Debug)]
pub struct Call<L, S, N, K>(PhantomData<(L, S, N, K)>);

impl Stack for Bottom {
    type Tick<W: World, V: Visited, F: Findings> = Halt<F>;
    type Missing<R: Resource, F: Findings> = F;
    type Prepend<L: Wants> = Bottom;
    type Trace<I: Digits, P: Path, T: Resume> = T::With<P>;
}

impl<L: Wants, S: Step, N: Digits, K: Stack> Stack for Call<L, S, N, K> {
    type Tick<W: World, V: Visited, F: Findings> = L::Tick<W, S, N, K, V, F>;
    type Missing<R: Resource, F: Findings> = F::Missing<R, S>;
    type Prepend<M: Wants> = Call<M::Append<L>, S, N, K>;
    type Trace<I: Digits, P: Path, T: Resume> = <N::Compare<I> as Order>::Trace<K, I, Via<S, P>, T>;
}

/// The steps of a cycle, each before the one it needs.
pub trait Path {}

/// The end of a path.
#[derive(Debug)]
pub struct Closed;

/// The step `S`, which needs the first one of `P`.
#[derive(Debug)]
pub struct Via<S, P>(PhantomData<(S, P)>);

impl Path for Closed {}
impl<S: Step, P: Path> Path for Via<S, P> {}

/// A number of ticks.
pub trait Fuel {
    /// The state after so many ticks.
    type Burn<W: World, M: Machine>: Machine;
}

/// Four ticks.
#[derive(Debug)]
pub struct Four;

/// Twice as many ticks as `F`.
#[derive(Debug)]
pub struct Double<F>(PhantomData<F>);

impl Fuel for Four {
    type Burn<W: World, M: Machine> = <<<M::Tick<W> as Machine>::Tick<W> as Machine>::Tick<W> as Machine>::Tick<W>;
}

impl<F: Fuel> Fuel for Double<F> {
    type Burn<W: World, M: Machine> = <F::Burn<W, M> as Machine>::Run<W, F>;
}

/// What the walk finds in the world `W` from the machine's state `M`.
type Found<W, M> = <M as Machine>::Found<W, Four>;

/// What the walk from the resource `R`, which has the source `E`, finds in the world `W`.
pub type FoundFrom<W, E, R> = Found<W, <E as Source>::Visit<W, R, Bottom, New, NoMore>>;

/// What the walk from the target `T`, number `N`, finds in the world `W`.
pub type FoundFromTarget<W, T, N> =
    Found<W, Walk<Call<<T as Step>::Inputs, T, N, Bottom>, <New as Visited>::SetMark<N, Busy>, NoMore>>;
