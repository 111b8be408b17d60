//! How far the walk has come with each step: a set of marks, as a type, under the numbers of the steps.
//!
//! It is threaded through the whole walk, and every step of the walk costs what it takes to look at it whole; so
//! equal quarters are one type, and a quarter that the walk has not touched is one mark.

use super::digits::Digits;

use super::verdict::Findings;
use super::walk::{Call, Closed, Machine, Stack, Trace, Walk, World};

use crate::step::Step;
use core::marker::PhantomData;

/// A mark, or the marks of many steps.
pub trait Visited {
    /// The mark of the step with a number.
    type Mark<I: Digits>: Visited;
    /// The set with the mark of one step replaced.
    type SetMark<I: Digits, M: Visited>: Visited;
    /// Goes to a step with this mark, on behalf of the step on top of the stack.
    type Visit<W: World, Q: Step, I: Digits, K: Stack, V: Visited, F: Findings>: Machine;
}

/// The walk has not come to the step.
#[derive(Debug)]
pub struct New;
/// The step is on the stack: the walk is among what it needs.
#[derive(Debug)]
pub struct Busy;
/// The step and all it needs have been looked at.
#[derive(Debug)]
pub struct Done;
/// The marks of four sets of steps, by the lowest digit of their numbers.
#[derive(Debug)]
pub struct Quarters<A, B, C, D>(PhantomData<(A, B, C, D)>);

impl Visited for New {
    type Mark<I: Digits> = New;
    type SetMark<I: Digits, M: Visited> = I::SetMark<New, New, New, New, M>;
    type Visit<W: World, Q: Step, I: Digits, K: Stack, V: Visited, F: Findings> =
        Walk<Call<Q::Inputs, Q, I, K>, V::SetMark<I, Busy>, F>;
}

impl Visited for Busy {
    type Mark<I: Digits> = Busy;
    type SetMark<I: Digits, M: Visited> = M;
    type Visit<W: World, Q: Step, I: Digits, K: Stack, V: Visited, F: Findings> = Trace<K, I, Closed, Walk<K, V, F>>;
}

impl Visited for Done {
    type Mark<I: Digits> = Done;
    type SetMark<I: Digits, M: Visited> = M;
    type Visit<W: World, Q: Step, I: Digits, K: Stack, V: Visited, F: Findings> = Walk<K, V, F>;
}

impl<A: Visited, B: Visited, C: Visited, D: Visited> Visited for Quarters<A, B, C, D> {
    type Mark<I: Digits> = I::Mark<A, B, C, D>;
    type SetMark<I: Digits, M: Visited> = I::SetMark<A, B, C, D, M>;
    /// Never asked: a number has as many digits as the set has levels.
    type Visit<W: World, Q: Step, I: Digits, K: Stack, V: Visited, F: Findings> = Walk<K, V, F>;
}
