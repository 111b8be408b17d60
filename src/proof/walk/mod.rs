//! The depth-first walk: from a target to everything it needs.
//!
//! The walk is a little machine with an explicit stack. Each tick looks at one input of the step on top:
//!
//! - it is supplied, or its step is done: on to the next input;
//! - its step is new: the step goes onto the stack and is marked busy;
//! - its step is busy: that is a cycle, which is read off the stack;
//! - it comes from nowhere: it is noted as missing, unless the step can do without.
//!
//! A step with no inputs left is marked done and comes off the stack. The walk never fails: it collects what it
//! finds, and only the [verdict](crate::proof::check) looks at that.
//!
//! Why a machine, and not a trait that calls itself: the compiler's recursion limit is 128. [`Fuel`] runs the machine by
//! quadrupling (four times as many ticks are so many ticks, four times over), and the machine asks for ever more fuel until
//! it halts; so the depth of recursion is the logarithm of the number of ticks, and nobody ever has to raise
//! `recursion_limit`. Why associated types with parameters, and not where-clauses: a where-clause is proved anew at every
//! use, and the cost grows exponentially.

pub mod marks;
pub mod source;

use crate::pipeline::Pipeline;
use crate::proof::Home;
use crate::proof::check::{Findings, NoMore, Offered};
use crate::proof::ids::digits::{Digits, Order};
use crate::proof::ids::number::Number;
use crate::proof::ids::trie::{Find, Trie};
use crate::proof::lists::inputs::{One, Wants};
use crate::proof::walk::marks::{Busy, New, Visited};
use crate::proof::walk::source::Source;
use crate::proof::witness::IsResource;
use crate::sealed::Seal;
use crate::step::Step;
use core::marker::PhantomData;
use frunk_core::hlist::{HCons, HNil};

/// A state of the machine. `W`, here and below, is the map from resources to their sources.
///
/// The map itself goes along, and not a name for it: a name would be looked up again at each tick, at its depth.
pub trait Machine {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The state after one tick.
    type Tick<W: Trie>: Machine;
    /// The state after as many ticks as there is fuel, or where it halts before.
    type Run<W: Trie, U: Fuel>: Machine;
    /// What it finds until it halts, with so much fuel at first, and then four times as much each time.
    type Found<W: Trie, U: Fuel>: Findings;
}

/// Walking: the stack `K`, the marks `V`, the findings `F` so far.
#[derive(Debug)]
pub struct Walk<K, V, F>(PhantomData<(K, V, F)>);

impl<K: Stack, V: Visited, F: Findings> Machine for Walk<K, V, F> {
    fn seal(_: Seal) {}

    type Tick<W: Trie> = K::Tick<W, V, F>;
    type Run<W: Trie, U: Fuel> = U::Burn<W, Self>;
    type Found<W: Trie, U: Fuel> = <U::Burn<W, Self> as Machine>::Found<W, FourTimes<U>>;
}

/// Reading a cycle off the stack, before the walk `T` goes on: down from `K` to the step `I`, past the steps `P`.
#[derive(Debug)]
pub struct Trace<K, I, P, T>(PhantomData<(K, I, P, T)>);

/// The walk that goes on after a cycle was read.
pub trait Resume {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The walk, with the cycle `P` among its findings.
    type With<P: Path>: Machine;
}

impl<K: Stack, V: Visited, F: Findings> Resume for Walk<K, V, F> {
    fn seal(_: Seal) {}

    type With<P: Path> = Walk<K, V, F::Cycle<P>>;
}

impl<K: Stack, I: Number, P: Path, T: Resume> Machine for Trace<K, I, P, T> {
    fn seal(_: Seal) {}

    type Tick<W: Trie> = K::Trace<I, P, T>;
    type Run<W: Trie, U: Fuel> = U::Burn<W, Self>;
    type Found<W: Trie, U: Fuel> = <U::Burn<W, Self> as Machine>::Found<W, FourTimes<U>>;
}

/// Halted, with the findings `F`.
#[derive(Debug)]
pub struct Halt<F>(PhantomData<F>);

impl<F: Findings> Machine for Halt<F> {
    fn seal(_: Seal) {}

    type Tick<W: Trie> = Self;
    type Run<W: Trie, U: Fuel> = Self;
    type Found<W: Trie, U: Fuel> = F;
}

/// The stack of steps whose inputs are being looked at.
pub trait Stack {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// One tick of the walk.
    type Tick<W: Trie, V: Visited, F: Findings>: Machine;
    /// The findings `F`, and that the step on top needs `R`, which comes from nowhere.
    type Missing<R: IsResource, F: Findings>: Findings;
    /// The findings `F`, and that the step `S`, which is above this stack, needs `R`, which comes from nowhere.
    type MissingAbove<R: IsResource, S: Step, F: Findings>: Findings;
    /// The stack with the inputs `L` before those that the step on top still has.
    type Prepend<L: Wants>: Stack;
    /// One tick of reading a cycle: is the step on top the one that it closes on?
    type Trace<I: Number, P: Path, T: Resume>: Machine;
}

/// No step: below the target, with the resources `L` still to be asked for.
#[derive(Debug)]
pub struct Bottom<L = HNil>(PhantomData<L>);

/// The step `S`, number `N`, with its inputs `L` still to be looked at, above the stack `K`.
#[derive(Debug)]
pub struct Call<L, S, N, K>(PhantomData<(L, S, N, K)>);

impl<L: Asked> Stack for Bottom<L> {
    fn seal(_: Seal) {}

    type Tick<W: Trie, V: Visited, F: Findings> = L::Ask<W, V, F>;
    type Missing<R: IsResource, F: Findings> = F;
    type MissingAbove<R: IsResource, S: Step, F: Findings> = F::Missing<R, One<S>>;
    type Prepend<M: Wants> = Self;
    type Trace<I: Number, P: Path, T: Resume> = T::With<P>;
}

impl<L: Wants, S: Step, N: Number, K: Stack> Stack for Call<L, S, N, K> {
    fn seal(_: Seal) {}

    type Tick<W: Trie, V: Visited, F: Findings> = L::Tick<W, S, N, K, V, F>;
    type Missing<R: IsResource, F: Findings> = K::MissingAbove<R, S, F>;
    type MissingAbove<R: IsResource, Q: Step, F: Findings> = F::Missing<R, One<Q>>;
    type Prepend<M: Wants> = Call<M::Append<L>, S, N, K>;
    type Trace<I: Number, P: Path, T: Resume> = <N::Is<I> as Order>::Trace<K, I, Via<S, P>, T>;
}

/// The stack `K`, whose step on top takes the resource `Q` if it can be had: what is above here is needed for that.
#[derive(Debug)]
pub struct Optionally<Q, K>(PhantomData<(Q, K)>);

impl<Q: IsResource, K: Stack> Stack for Optionally<Q, K> {
    fn seal(_: Seal) {}

    type Tick<W: Trie, V: Visited, F: Findings> = K::Tick<W, V, F>;
    type Missing<R: IsResource, F: Findings> = K::Missing<R, F>;
    type MissingAbove<R: IsResource, S: Step, F: Findings> = F::Missing<R, Offered<S, Q>>;
    type Prepend<M: Wants> = K::Prepend<M>;
    type Trace<I: Number, P: Path, T: Resume> = K::Trace<I, P, T>;
}

/// The steps of a cycle, each before the one it needs.
pub trait Path {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// The end of a path.
#[derive(Debug)]
pub struct Closed;

/// The step `S`, which needs the first one of `P`.
#[derive(Debug)]
pub struct Via<S, P>(PhantomData<(S, P)>);

impl Path for Closed {
    fn seal(_: Seal) {}
}
impl<S: Step, P: Path> Path for Via<S, P> {
    fn seal(_: Seal) {}
}

/// A number of ticks.
pub trait Fuel {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The state after so many ticks.
    type Burn<W: Trie, M: Machine>: Machine;
}

/// Four ticks.
#[derive(Debug)]
pub struct Four;

/// Four times as many ticks as `F`.
#[derive(Debug)]
pub struct FourTimes<F>(PhantomData<F>);

impl Fuel for Four {
    fn seal(_: Seal) {}

    type Burn<W: Trie, M: Machine> = <<<M::Tick<W> as Machine>::Tick<W> as Machine>::Tick<W> as Machine>::Tick<W>;
}

impl<F: Fuel> Fuel for FourTimes<F> {
    fn seal(_: Seal) {}

    type Burn<W: Trie, M: Machine> =
        <<<F::Burn<W, M> as Machine>::Run<W, F> as Machine>::Run<W, F> as Machine>::Run<W, F>;
}

/// What a walk is for.
pub trait Goal {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The state of the machine before the first tick, in a world with the map `W`.
    type Start<P: Pipeline, W: Trie>: Machine;
}

/// For a target: the walk starts among its inputs. `One` stands for it here as it does in the verdict.
impl<T: Step> Goal for One<T> {
    fn seal(_: Seal) {}

    type Start<P: Pipeline, W: Trie> = EnteredAt<T, <Home<T, P> as Source>::Number>;
}

/// The walk among the inputs of the step `T`, number `N`.
type EnteredAt<T, N> = Walk<Call<<T as Step>::Inputs, T, N, Bottom>, <New as Visited>::SetMark<N, Busy>, NoMore>;

/// For a resource that was asked for by itself.
#[derive(Debug)]
pub struct Sought<R>(PhantomData<R>);

impl<R: IsResource> Goal for Sought<R> {
    fn seal(_: Seal) {}

    type Start<P: Pipeline, W: Trie> = <HCons<R, HNil> as Asked>::Ask<W, New, NoMore>;
}

/// For resources that a store below asked for.
#[derive(Debug)]
pub struct SoughtBelow<L>(PhantomData<L>);

impl<L: Asked> Goal for SoughtBelow<L> {
    fn seal(_: Seal) {}

    type Start<P: Pipeline, W: Trie> = L::Ask<W, New, NoMore>;
}

/// A list of resources that are asked for by themselves.
pub trait Asked {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Looks at the first of them, or halts if there is none.
    type Ask<W: Trie, V: Visited, F: Findings>: Machine;
    /// This list and `R`, which stands there once.
    type And<R: IsResource>: Asked;
}

impl Asked for HNil {
    fn seal(_: Seal) {}

    type Ask<W: Trie, V: Visited, F: Findings> = Halt<F>;
    type And<R: IsResource> = HCons<R, HNil>;
}

impl<R0: IsResource, L: Asked> Asked for HCons<R0, L> {
    fn seal(_: Seal) {}

    type Ask<W: Trie, V: Visited, F: Findings> = <Find<W, R0::Named> as Source>::Visit<R0, Bottom<L>, V, F>;
    type And<R: IsResource> = <<R::Named as Digits>::Compare<R0::Named> as Order>::And<R, R0, L>;
}

/// What the walk for the goal `Q` finds, in a store of the pipeline `P` with the map `W`.
pub type Found<Q, P, W> = <<Q as Goal>::Start<P, W> as Machine>::Found<W, Four>;
