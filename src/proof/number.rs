//! Numbers of steps on the level of types: under them the walk marks which steps it has come to.
//!
//! They are lists of digits, as [identities](super::digits) are, but all of one length, and in base 8: with each mark that is set
//! rustc looks at a node of marks for each digit, and at all children of these. In base 16 a check of a hundred steps in layers
//! had a tenth more to do for proof and run, in base 2 a sixth.

use super::digits::{Equal, Less, Order};
use super::visited::{Marks, Visited};
use core::marker::PhantomData;

/// The number of the first step. Four digits: a pipeline holds up to 4,095 steps.
pub type FirstStep = N0<N0<N0<N0<End>>>>;

/// The number of a target that is not registered: the last one.
pub type Unregistered = N7<N7<N7<N7<End>>>>;

/// The end of a number.
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
pub(super) use octal;

macro_rules! trait_number {
    ($(($digit:literal $name:ident $is:ident $child:ident))*) => {
        /// The number of a step, the lowest digit first.
        pub trait Number {
            /// This number plus one.
            type Next: Number;
            /// Whether it is that number: [`Equal`], or else [`Less`], in whatever order they are. It dispatches on this number, and
            /// `Is0` to `Is7` on the other.
            type Is<O: Number>: Order;
            $(
                #[doc = concat!("Whether the digit ", $digit, " before the digits `T` is this number.")]
                type $is<T: Number>: Order;
            )*
            /// Reads the mark of this number in a [`Visited`] set.
            type Mark<$($child: Visited),*>: Visited;
            /// Sets the mark of this number in a [`Visited`] set.
            type SetMark<$($child: Visited,)* M: Visited>: Visited;
        }

        /// Here the sets are asked themselves.
        impl Number for End {
            type Next = End;
            type Is<O: Number> = Equal;
            $(type $is<T: Number> = Less;)*
            type Mark<$($child: Visited),*> = C0;
            type SetMark<$($child: Visited,)* M: Visited> = M;
        }

        digit! { [] $(($digit $name $is $child))* }
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
            type Next = digit!(@next U $($name_after)*);
            type Is<O: Number> = O::$is<U>;
            $(type $is_before<T: Number> = Less;)*
            type $is<T: Number> = T::Is<U>;
            $(type $is_after<T: Number> = Less;)*
            type Mark<$($child_before: Visited,)* $child: Visited $(, $child_after: Visited)*> = $child::Mark<U>;
            type SetMark<$($child_before: Visited,)* $child: Visited $(, $child_after: Visited)*, M: Visited> =
                Marks<$($child_before,)* $child::SetMark<U, M> $(, $child_after)*>;
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
