//! How far the walk has come with each step: a set of marks, as a type, under the numbers of the steps.
//!
//! It is threaded through the whole walk, and every step of the walk costs what it takes to look at it whole; so
//! equal parts are one type, and a part that the walk has not touched is one mark.

use crate::proof::check::Findings;
use crate::proof::ids::number::{Number, octal};
use crate::proof::walk::{Call, Closed, Machine, Stack, Trace, Walk};
use crate::sealed::Seal;
use crate::step::Step;
use core::marker::PhantomData;

/// The marks of some steps. A mark, alone, is that of the first of them, and the walk has not come to the others.
pub trait Visited {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The mark of the step with a number.
    type Mark<I: Number>: Visited;
    /// The set with the mark of one step replaced.
    type SetMark<I: Number, M: Visited>: Visited;
    /// Goes to a step with this mark, on behalf of the step on top of the stack.
    type Visit<Q: Step, I: Number, K: Stack, V: Visited, F: Findings>: Machine;
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

impl Visited for New {
    fn seal(_: Seal) {}

    type Mark<I: Number> = New;
    type SetMark<I: Number, M: Visited> = I::SetMarkBeside<New, M>;
    type Visit<Q: Step, I: Number, K: Stack, V: Visited, F: Findings> =
        Walk<Call<Q::Inputs, Q, I, K>, V::SetMark<I, Busy>, F>;
}

impl Visited for Busy {
    fn seal(_: Seal) {}

    type Mark<I: Number> = I::MarkBeside<Busy>;
    type SetMark<I: Number, M: Visited> = I::SetMarkBeside<Busy, M>;
    type Visit<Q: Step, I: Number, K: Stack, V: Visited, F: Findings> = Trace<K, I, Closed, Walk<K, V, F>>;
}

impl Visited for Done {
    fn seal(_: Seal) {}

    type Mark<I: Number> = I::MarkBeside<Done>;
    type SetMark<I: Number, M: Visited> = I::SetMarkBeside<Done, M>;
    type Visit<Q: Step, I: Number, K: Stack, V: Visited, F: Findings> = Walk<K, V, F>;
}

macro_rules! marks {
    ($(($digit:literal $name:ident $is:ident $child:ident))*) => {
        /// The marks of eight sets of steps, by the lowest digit of their numbers.
        #[derive(Debug)]
        pub struct Marks<$($child),*>(PhantomData<($($child),*)>);

        impl<$($child: Visited),*> Visited for Marks<$($child),*> {
fn seal(_: Seal) {}

            type Mark<I: Number> = I::Mark<$($child),*>;
            type SetMark<I: Number, M: Visited> = I::SetMark<$($child,)* M>;
            /// Never asked: the mark of one step is none of these.
            type Visit<Q: Step, I: Number, K: Stack, V: Visited, F: Findings> = Walk<K, V, F>;
        }
    };
}

octal!(marks);

#[cfg(test)]
mod tests {
    use crate::proof::ids::digits::{Equal, Less};
    use crate::proof::ids::number::{End, N0, N1, N7, Number};
    use crate::proof::{Busy, Done, New, Visited};
    use core::any::TypeId;

    /// Numbers of which each begins with the digits of the one before.
    type Zero = End;
    type Eight = N0<N1<End>>;
    type SixtyFour = N0<N0<N1<End>>>;

    fn same<A: 'static, B: 'static>() -> bool {
        TypeId::of::<A>() == TypeId::of::<B>()
    }

    type Set<V, I, M> = <V as Visited>::SetMark<I, M>;
    type Of<V, I> = <V as Visited>::Mark<I>;

    #[test]
    fn a_mark_is_that_of_one_step_alone() {
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
        // In whatever order they come.
        assert!(same::<Of<Set<Set<New, SixtyFour, Busy>, Eight, Done>, SixtyFour>, Busy>());
        assert!(same::<Of<Set<New, SixtyFour, Busy>, Zero>, New>());
    }

    #[test]
    fn numbers_count_and_are_equal_to_themselves_alone() {
        assert!(same::<<N7<End> as Number>::Next, Eight>());
        assert!(same::<<N7<N7<End>> as Number>::Next, SixtyFour>());
        assert!(same::<<Zero as Number>::Is<Zero>, Equal>() && same::<<SixtyFour as Number>::Is<SixtyFour>, Equal>());
        assert!(same::<<Zero as Number>::Is<Eight>, Less>() && same::<<Eight as Number>::Is<Zero>, Less>());
        assert!(same::<<Eight as Number>::Is<SixtyFour>, Less>() && same::<<SixtyFour as Number>::Is<Eight>, Less>());
    }
}
