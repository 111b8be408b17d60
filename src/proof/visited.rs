//! How far the walk has come with each step: a set of marks, as a type, under the numbers of the steps.
//!
//! It is threaded through the whole walk, and every step of the walk costs what it takes to look at it whole; so
//! equal parts are one type, and a part that the walk has not touched is one mark.

use super::number::{Number, octal};
use super::trie::Trie;
use super::verdict::Findings;
use super::walk::{Call, Closed, Machine, Stack, Trace, Walk};
use crate::step::Step;
use core::marker::PhantomData;

/// A mark, or the marks of many steps.
pub trait Visited {
    /// The mark of the step with a number.
    type Mark<I: Number>: Visited;
    /// The set with the mark of one step replaced.
    type SetMark<I: Number, M: Visited>: Visited;
    /// Goes to a step with this mark, on behalf of the step on top of the stack.
    type Visit<W: Trie, Q: Step, I: Number, K: Stack, V: Visited, F: Findings>: Machine;
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

impl Visited for Busy {
    type Mark<I: Number> = Busy;
    type SetMark<I: Number, M: Visited> = M;
    type Visit<W: Trie, Q: Step, I: Number, K: Stack, V: Visited, F: Findings> = Trace<K, I, Closed, Walk<K, V, F>>;
}

impl Visited for Done {
    type Mark<I: Number> = Done;
    type SetMark<I: Number, M: Visited> = M;
    type Visit<W: Trie, Q: Step, I: Number, K: Stack, V: Visited, F: Findings> = Walk<K, V, F>;
}

macro_rules! marks {
    ($(($digit:literal $name:ident $is:ident $child:ident))*) => {
        impl Visited for New {
            type Mark<I: Number> = New;
            type SetMark<I: Number, M: Visited> = I::SetMark<$(marks!(@new $child),)* M>;
            type Visit<W: Trie, Q: Step, I: Number, K: Stack, V: Visited, F: Findings> =
                Walk<Call<Q::Inputs, Q, I, K>, V::SetMark<I, Busy>, F>;
        }

        /// The marks of eight sets of steps, by the lowest digit of their numbers.
        #[derive(Debug)]
        pub struct Marks<$($child),*>(PhantomData<($($child),*)>);

        impl<$($child: Visited),*> Visited for Marks<$($child),*> {
            type Mark<I: Number> = I::Mark<$($child),*>;
            type SetMark<I: Number, M: Visited> = I::SetMark<$($child,)* M>;
            /// Never asked: a number has as many digits as the set has levels.
            type Visit<W: Trie, Q: Step, I: Number, K: Stack, V: Visited, F: Findings> = Walk<K, V, F>;
        }
    };
    (@new $child:ident) => { New };
}

octal!(marks);
