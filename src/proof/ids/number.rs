//! Numbers of steps on the level of types, under which a walk marks the steps that it has reached.
//!
//! They are lists of digits, as [identities](super::digits) are, but no longer than they have to
//! be, and in base 8. With each mark that is set, rustc looks at a node of marks for each digit,
//! and at all children of these nodes.

use crate::proof::ids::digits::{Equal, Less, Order};
use crate::proof::walk::marks::{MarkNode, Marks, New};
use crate::sealed::Seal;
use core::marker::PhantomData;

/// The number of the first step.
pub type FirstStep = End;

/// The number of a target that is not registered. No step has it, because a pipeline holds up to
/// 4,095.
pub type Unregistered = N7<N7<N7<N7<End>>>>;

/// Zero: alone, or above the highest digit of a number, which is not zero.
#[derive(Debug)]
pub struct End;

/// Passes the digits to a macro: for each its value, its type, the function that compares it, and
/// the child of a node of marks that it selects.
macro_rules! octal {
    ($macro:ident) => {
        $macro! {
            (0 N0 Is0 C0) (1 N1 Is1 C1) (2 N2 Is2 C2) (3 N3 Is3 C3) (4 N4 Is4 C4) (5 N5 Is5 C5) (6 N6 Is6 C6) (7 N7 Is7 C7)
        }
    };
}
pub(in crate::proof) use octal;

macro_rules! trait_number {
    (($zero:literal $name_zero:ident $is_zero:ident $first:ident) $(($digit:literal $name:ident $is:ident $child:ident))*) => {
        /// The number of a step, the lowest digit first.
        ///
        /// It is defined on [`End`] and the digits [`N0`] to [`N7`]. It is needed because marks are
        /// kept under numbers: types of steps cannot be compared.
        pub trait Number {
            #[doc(hidden)]
            fn seal(_: Seal);

            /// This number plus one.
            type Next: Number;
            /// Whether this is the other number: [`Equal`], or else [`Less`], whichever is the
            /// smaller. It dispatches on this number, and `IsEnd` and `Is0` to `Is7` on the other.
            type Is<Other: Number>: Order;
            /// Whether zero is this number.
            type IsEnd: Order;
            /// Whether the digit 0 before the digits `Rest` is this number.
            type $is_zero<Rest: Number>: Order;
            $(
                #[doc = concat!("Whether the digit ", $digit, " before the digits `Rest` is this number.")]
                type $is<Rest: Number>: Order;
            )*
            /// Reads the mark of this number in a node of marks.
            type Mark<$first: Marks $(, $child: Marks)*>: Marks;
            /// Sets the mark of this number in a node of marks.
            type SetMark<$first: Marks $(, $child: Marks)*, Mark: Marks>: Marks;
            /// Reads the mark of this number where `Zero` is the mark of zero, and the only one.
            type MarkBeside<Zero: Marks>: Marks;
            /// Sets the mark of this number where `Zero` is the mark of zero, and the only one.
            type SetMarkBeside<Zero: Marks, Mark: Marks>: Marks;
        }

        impl Number for End {
            fn seal(_: Seal) {}

            type Next = N1<End>;
            type Is<Other: Number> = Other::IsEnd;
            type IsEnd = Equal;
            type $is_zero<Rest: Number> = Less;
            $(type $is<Rest: Number> = Less;)*
            type Mark<$first: Marks $(, $child: Marks)*> = $first::Mark<End>;
            type SetMark<$first: Marks $(, $child: Marks)*, Mark: Marks> = MarkNode<$first::SetMark<End, Mark> $(, $child)*>;
            type MarkBeside<Zero: Marks> = Zero;
            type SetMarkBeside<Zero: Marks, Mark: Marks> = Mark;
        }

        digit! { [] ($zero $name_zero $is_zero $first) $(($digit $name $is $child))* }
    };
}

/// Implements `Number` for a digit, between those before it in brackets and those after it, and
/// goes on with the next.
macro_rules! digit {
    ([$(($before:literal $name_before:ident $is_before:ident $child_before:ident))*]
     ($digit:literal $name:ident $is:ident $child:ident)
     $(($after:literal $name_after:ident $is_after:ident $child_after:ident))*) => {
        #[doc = concat!("The digit ", $digit, ", the lowest of its number, before the digits `Rest`.")]
        #[derive(Debug)]
        pub struct $name<Rest>(PhantomData<Rest>);

        impl<Higher: Number> Number for $name<Higher> {
            fn seal(_: Seal) {}

            type Next = digit!(@next Higher $($name_after)*);
            type Is<Other: Number> = Other::$is<Higher>;
            type IsEnd = Less;
            $(type $is_before<Rest: Number> = Less;)*
            type $is<Rest: Number> = Rest::Is<Higher>;
            $(type $is_after<Rest: Number> = Less;)*
            type Mark<$($child_before: Marks,)* $child: Marks $(, $child_after: Marks)*> = $child::Mark<Higher>;
            type SetMark<$($child_before: Marks,)* $child: Marks $(, $child_after: Marks)*, Mark: Marks> =
                MarkNode<$($child_before,)* $child::SetMark<Higher, Mark> $(, $child_after)*>;
            type MarkBeside<Zero: Marks> = Self::Mark<Zero, New, New, New, New, New, New, New>;
            type SetMarkBeside<Zero: Marks, Mark: Marks> = Self::SetMark<Zero, New, New, New, New, New, New, New, Mark>;
        }

        digit! {
            [$(($before $name_before $is_before $child_before))* ($digit $name $is $child)]
            $(($after $name_after $is_after $child_after))*
        }
    };
    ([$($all:tt)*]) => {};
    (@next $rest:ident $next:ident $($after:ident)*) => { $next<$rest> };
    (@next $rest:ident) => { N0<$rest::Next> };
}

octal!(trait_number);

#[cfg(test)]
mod tests {
    use super::{End, N0, N1, N7, Number};
    use crate::proof::ids::digits::{Equal, Less};
    use crate::proof::testing::same;

    type Eight = N0<N1<End>>;
    type SixtyFour = N0<N0<N1<End>>>;

    #[test]
    fn next_number_carries() {
        assert!(same::<<N7<End> as Number>::Next, Eight>());
        assert!(same::<<N7<N7<End>> as Number>::Next, SixtyFour>());
    }

    #[test]
    fn number_is_equal_to_itself_alone() {
        assert!(same::<<End as Number>::Is<End>, Equal>() && same::<<SixtyFour as Number>::Is<SixtyFour>, Equal>());
        assert!(same::<<End as Number>::Is<Eight>, Less>() && same::<<Eight as Number>::Is<End>, Less>());
        assert!(same::<<Eight as Number>::Is<SixtyFour>, Less>() && same::<<SixtyFour as Number>::Is<Eight>, Less>());
    }
}
