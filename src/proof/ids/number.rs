//! Numbers of steps on the level of types: under them the walk marks which steps it has come to.
//!
//! They are lists of digits, as [identities](crate::proof::ids::digits) are, but no longer than they have to be, and in base 8: with each
//! mark that is set rustc looks at a node of marks for each digit, and at all children of these.

use crate::proof::ids::digits::{Equal, Less, Order};
use crate::proof::walk::marks::{Marks, New, Visited};
use crate::sealed::Seal;
use core::marker::PhantomData;

/// The number of the first step.
pub type FirstStep = End;

/// The number of a target that is not registered: that of no step, since a pipeline holds up to 4,095.
pub type Unregistered = N7<N7<N7<N7<End>>>>;

/// Zero, alone or above the highest digit of a number, which is another.
#[derive(Debug)]
pub struct End;

/// Hands the digits to a macro: of each its value, its type, what compares it, and the child of a node of marks that it stands for.
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
        pub trait Number {
#[doc(hidden)]
fn seal(_: Seal);

            /// This number plus one.
            type Next: Number;
            /// Whether it is that number: [`Equal`], or else [`Less`], in whatever order they are. It dispatches on this number, and
            /// `IsEnd` and `Is0` to `Is7` on the other.
            type Is<O: Number>: Order;
            /// Whether zero is this number.
            type IsEnd: Order;
            /// Whether the digit 0 before the digits `T` is this number.
            type $is_zero<T: Number>: Order;
            $(
                #[doc = concat!("Whether the digit ", $digit, " before the digits `T` is this number.")]
                type $is<T: Number>: Order;
            )*
            /// Reads the mark of this number in a node of marks.
            type Mark<$first: Visited $(, $child: Visited)*>: Visited;
            /// Sets the mark of this number in a node of marks.
            type SetMark<$first: Visited $(, $child: Visited)*, M: Visited>: Visited;
            /// Reads the mark of this number where `M0` is the mark of zero, and the only one.
            type MarkBeside<M0: Visited>: Visited;
            /// Sets the mark of this number where `M0` is the mark of zero, and the only one.
            type SetMarkBeside<M0: Visited, M: Visited>: Visited;
        }

        impl Number for End {
fn seal(_: Seal) {}

            type Next = N1<End>;
            type Is<O: Number> = O::IsEnd;
            type IsEnd = Equal;
            type $is_zero<T: Number> = Less;
            $(type $is<T: Number> = Less;)*
            type Mark<$first: Visited $(, $child: Visited)*> = $first::Mark<End>;
            type SetMark<$first: Visited $(, $child: Visited)*, M: Visited> = Marks<$first::SetMark<End, M> $(, $child)*>;
            type MarkBeside<M0: Visited> = M0;
            type SetMarkBeside<M0: Visited, M: Visited> = M;
        }

        digit! { [] ($zero $name_zero $is_zero $first) $(($digit $name $is $child))* }
    };
}

/// Implements `Number` for a digit, between those before it in brackets and those after it, and goes on with the next.
macro_rules! digit {
    ([$(($before:literal $name_before:ident $is_before:ident $child_before:ident))*]
     ($digit:literal $name:ident $is:ident $child:ident)
     $(($after:literal $name_after:ident $is_after:ident $child_after:ident))*) => {
        #[doc = concat!("The digit ", $digit, ", the lowest of its number, before the digits `T`.")]
        #[derive(Debug)]
        pub struct $name<T>(PhantomData<T>);

        impl<U: Number> Number for $name<U> {
fn seal(_: Seal) {}

            type Next = digit!(@next U $($name_after)*);
            type Is<O: Number> = O::$is<U>;
            type IsEnd = Less;
            $(type $is_before<T: Number> = Less;)*
            type $is<T: Number> = T::Is<U>;
            $(type $is_after<T: Number> = Less;)*
            type Mark<$($child_before: Visited,)* $child: Visited $(, $child_after: Visited)*> = $child::Mark<U>;
            type SetMark<$($child_before: Visited,)* $child: Visited $(, $child_after: Visited)*, M: Visited> =
                Marks<$($child_before,)* $child::SetMark<U, M> $(, $child_after)*>;
            type MarkBeside<M0: Visited> = Self::Mark<M0, New, New, New, New, New, New, New>;
            type SetMarkBeside<M0: Visited, M: Visited> = Self::SetMark<M0, New, New, New, New, New, New, New, M>;
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
