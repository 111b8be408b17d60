//! Marks on the level of types: how far the walk has come with each step.
//!
//! The marks are passed through the whole walk, and each tick costs as much as it takes to traverse
//! them. So equal parts are one type, and a part that the walk has not reached is one mark.

use crate::proof::check::findings::Findings;
use crate::proof::ids::number::{Number, octal};
use crate::proof::walk::stack::{Frame, Stack, Trace};
use crate::proof::walk::{Machine, PathEnd, Walk};
use crate::sealed::Seal;
use crate::steps::Step;
use core::marker::PhantomData;

/// The marks of some steps: a function from the number of a step to its mark.
///
/// It is defined on the marks [`New`], [`Busy`] and [`Done`], and on [`MarkNode`]. A mark alone is
/// that of the first of some steps, none of the others of which is marked. It is needed because a
/// walk visits each step once, and finds a cycle where it meets a step that is busy.
pub trait Marks {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The mark of the step with a number.
    type Mark<Num: Number>: Marks;
    /// The marks, with that of one step replaced.
    type SetMark<Num: Number, Mark: Marks>: Marks;
    /// Visits the step `Next`, which has this mark, for the step on top of the stack.
    type Visit<Next: Step, Num: Number, Frames: Stack, Marked: Marks, Found: Findings>: Machine;
}

/// The walk has not reached the step.
#[derive(Debug)]
pub struct New;
/// The step is on the stack: the walk is among its inputs.
#[derive(Debug)]
pub struct Busy;
/// The step and everything it needs have been visited.
#[derive(Debug)]
pub struct Done;

impl Marks for New {
    fn seal(_: Seal) {}

    type Mark<Num: Number> = New;
    type SetMark<Num: Number, Mark: Marks> = Num::SetMarkBeside<New, Mark>;
    type Visit<Next: Step, Num: Number, Frames: Stack, Marked: Marks, Found: Findings> =
        Walk<Frame<Next::Inputs, Next, Num, Frames>, Marked::SetMark<Num, Busy>, Found>;
}

impl Marks for Busy {
    fn seal(_: Seal) {}

    type Mark<Num: Number> = Num::MarkBeside<Busy>;
    type SetMark<Num: Number, Mark: Marks> = Num::SetMarkBeside<Busy, Mark>;
    type Visit<Next: Step, Num: Number, Frames: Stack, Marked: Marks, Found: Findings> =
        Trace<Frames, Num, PathEnd, Walk<Frames, Marked, Found>>;
}

impl Marks for Done {
    fn seal(_: Seal) {}

    type Mark<Num: Number> = Num::MarkBeside<Done>;
    type SetMark<Num: Number, Mark: Marks> = Num::SetMarkBeside<Done, Mark>;
    type Visit<Next: Step, Num: Number, Frames: Stack, Marked: Marks, Found: Findings> = Walk<Frames, Marked, Found>;
}

macro_rules! mark_node {
    ($(($digit:literal $name:ident $is:ident $child:ident))*) => {
        /// The marks of eight groups of steps, by the lowest digit of their numbers.
        #[derive(Debug)]
        pub struct MarkNode<$($child),*>(PhantomData<($($child),*)>);

        impl<$($child: Marks),*> Marks for MarkNode<$($child),*> {
            fn seal(_: Seal) {}

            type Mark<Num: Number> = Num::Mark<$($child),*>;
            type SetMark<Num: Number, Mark: Marks> = Num::SetMark<$($child,)* Mark>;
            /// Never asked: the mark of one step is not a node.
            type Visit<Next: Step, Num: Number, Frames: Stack, Marked: Marks, Found: Findings> = Walk<Frames, Marked, Found>;
        }
    };
}

octal!(mark_node);

#[cfg(test)]
mod tests {
    use super::{Busy, Done, Marks, New};
    use crate::proof::ids::number::{End, N0, N1, N7};
    use crate::proof::testing::same;

    /// Numbers of which each begins with the digits of the one before.
    type Zero = End;
    type Eight = N0<N1<End>>;
    type SixtyFour = N0<N0<N1<End>>>;

    type Set<M, Num, Mark> = <M as Marks>::SetMark<Num, Mark>;
    type Of<M, Num> = <M as Marks>::Mark<Num>;

    #[test]
    fn mark_is_that_of_one_step_alone() {
        type First = Set<New, Zero, Busy>;
        assert!(
            same::<Of<First, Zero>, Busy>() && same::<Of<First, Eight>, New>() && same::<Of<First, N7<End>>, New>()
        );

        type Second = Set<First, Eight, Done>;
        assert!(
            same::<Of<Second, Zero>, Busy>()
                && same::<Of<Second, Eight>, Done>()
                && same::<Of<Second, SixtyFour>, New>()
        );

        type Third = Set<Set<Second, SixtyFour, Busy>, Zero, Done>;
        assert!(
            same::<Of<Third, Zero>, Done>() && same::<Of<Third, Eight>, Done>() && same::<Of<Third, SixtyFour>, Busy>()
        );
    }

    #[test]
    fn marks_may_be_set_in_any_order() {
        assert!(same::<Of<Set<Set<New, SixtyFour, Busy>, Eight, Done>, SixtyFour>, Busy>());
        assert!(same::<Of<Set<New, SixtyFour, Busy>, Zero>, New>());
    }
}
