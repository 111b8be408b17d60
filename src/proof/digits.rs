//! Numbers on the level of types: the identity of a resource, and the number of a step.
//!
//! Two types cannot be told apart by the trait system (there is no "is not"), but two lists of digits can: each digit
//! knows for itself which of the four it is. So whatever has to be compared, looked up or ticked off is named by a
//! list of digits, and a comparison is an associated type: no inference, no index parameter, no overlapping impls.

use super::source::{Absent, Source};
use super::trie::{Empty, Fork, Leaf, Trie};
use super::verdict::{Findings, MissingInput};
use super::visited::{Quarters, Visited};
use super::walk::{Machine, Path, Resume, Stack, Trace};
use crate::resource::Resource;
use crate::step::Step;
use crate::supply::{Supply, With};
use core::marker::PhantomData;

/// The end of a list of digits; it stands for any number of zeros.
#[derive(Debug)]
pub struct End;

/// The digit `D` (0 to 3), the lowest of its number, before the digits `T`.
#[derive(Debug)]
pub struct Digit<const D: u8, T>(PhantomData<T>);

/// A list of digits in base 4, the lowest first.
///
/// Sealed: only [`End`] and [`Digit`] are. A function of two numbers comes in parts, since an associated type
/// dispatches on one type at a time: `Compare` dispatches on the first number, `Compare0` to `Compare3` on the second.
pub trait Digits {
    /// The number as a value: the same for equal numbers, and mixed well enough for a hash table.
    const KEY: u64;

    /// The order of this number against another.
    type Compare<O: Digits>: Order;
    /// The order of zero against this number.
    type CompareZero: Order;
    /// The order of "0, then the digits `T`" against this number.
    type Compare0<T: Digits>: Order;
    /// The order of "1, then the digits `T`" against this number.
    type Compare1<T: Digits>: Order;
    /// The order of "2, then the digits `T`" against this number.
    type Compare2<T: Digits>: Order;
    /// The order of "3, then the digits `T`" against this number.
    type Compare3<T: Digits>: Order;

    /// This number plus one, in as many digits.
    type Next: Digits;

    /// Looks this number up in a fork of a [`Trie`].
    type Find<A: Trie, B: Trie, C: Trie, D: Trie>: Source;
    /// Puts an entry into a fork of a [`Trie`] under this number.
    type Insert<A: Trie, B: Trie, C: Trie, D: Trie, E: Source>: Trie;

    /// Reads the mark of this number in a [`Visited`] set.
    type Mark<A: Visited, B: Visited, C: Visited, D: Visited>: Visited;
    /// Sets the mark of this number in a [`Visited`] set.
    type SetMark<A: Visited, B: Visited, C: Visited, D: Visited, M: Visited>: Visited;
}

impl Digits for End {
    const KEY: u64 = 0;
    type Compare<O: Digits> = O::CompareZero;
    type CompareZero = Equal;
    type Compare0<T: Digits> = <T::CompareZero as Order>::Reverse;
    type Compare1<T: Digits> = Greater;
    type Compare2<T: Digits> = Greater;
    type Compare3<T: Digits> = Greater;
    type Next = End;
    type Find<A: Trie, B: Trie, C: Trie, D: Trie> = A::Find<End>;
    type Insert<A: Trie, B: Trie, C: Trie, D: Trie, E: Source> = Fork<A::Insert<End, E>, B, C, D>;
    type Mark<A: Visited, B: Visited, C: Visited, D: Visited> = A;
    type SetMark<A: Visited, B: Visited, C: Visited, D: Visited, M: Visited> = M;
}

/// One row a digit: the order of 0, 1, 2 and 3 against it, its successor, the child of a fork it stands for, and the
/// fork with that child replaced.
macro_rules! digit {
    ($digit:literal, $compare:ident: $zero:ty, [$o0:ty, $o1:ty, $o2:ty, $o3:ty], $next:ty, $child:ident,
     [$($before:ident)*] [$($after:ident)*]) => {
        impl<U: Digits> Digits for Digit<$digit, U> {
            const KEY: u64 = U::KEY.wrapping_add($digit).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            type Compare<O: Digits> = O::$compare<U>;
            type CompareZero = $zero;
            type Compare0<T: Digits> = $o0;
            type Compare1<T: Digits> = $o1;
            type Compare2<T: Digits> = $o2;
            type Compare3<T: Digits> = $o3;
            type Next = $next;
            type Find<A: Trie, B: Trie, C: Trie, D: Trie> = $child::Find<U>;
            type Insert<A: Trie, B: Trie, C: Trie, D: Trie, E: Source> =
                Fork<$($before,)* $child::Insert<U, E> $(, $after)*>;
            type Mark<A: Visited, B: Visited, C: Visited, D: Visited> = $child::Mark<U>;
            type SetMark<A: Visited, B: Visited, C: Visited, D: Visited, M: Visited> =
                Quarters<$($before,)* $child::SetMark<U, M> $(, $after)*>;
        }
    };
}
digit!(0, Compare0: U::CompareZero, [T::Compare<U>, Greater, Greater, Greater], Digit<1, U>, A, [] [B C D]);
digit!(1, Compare1: Less, [Less, T::Compare<U>, Greater, Greater], Digit<2, U>, B, [A] [C D]);
digit!(2, Compare2: Less, [Less, Less, T::Compare<U>, Greater], Digit<3, U>, C, [A B] [D]);
digit!(3, Compare3: Less, [Less, Less, Less, T::Compare<U>], Digit<0, U::Next>, D, [A B C] []);

/// This number comes before the other.
#[derive(Debug)]
pub struct Less;
/// The two numbers are equal.
#[derive(Debug)]
pub struct Equal;
/// This number comes after the other.
#[derive(Debug)]
pub struct Greater;

/// What a comparison came to – and, as its functions, everything that is decided by one.
///
/// A decision is an associated type of the outcome, so that the branch not taken is never looked at.
pub trait Order {
    /// The order seen from the other side.
    type Reverse: Order;
    /// At a leaf of a [`Trie`]: the entry there, if it is the one looked for.
    type Found<E: Source>: Source;
    /// At a leaf of a [`Trie`]: the new entry `N` at `I` joins the entry `E` at `Rest`, or both move into a fork.
    type Meet<E: Source, Rest: Digits, N: Source, I: Digits>: Trie;
    /// In the sorted list of what is supplied: puts `R` before or behind `R0`.
    type Place<R: Resource, R0: Resource, Rest: Supply>: Supply;
    /// What `Place` does, with the values.
    fn place<R: Resource, R0: Resource, Rest: Supply>(
        value: R::Value,
        list: With<R0, Rest>,
    ) -> Self::Place<R, R0, Rest>;
    /// In the list of findings: `R` is noted as missing already, or the list goes on.
    type Note<R: Resource, S: Step, R0: Resource, S0: Step, Rest: Findings>: Findings;
    /// Reading a cycle off the stack: the step it closes on is reached, or the way goes on below.
    type Trace<Below: Stack, I: Digits, P: Path, T: Resume>: Machine;
}

/// The two outcomes that are not equality, which differ only in their place in a sorted list.
macro_rules! unequal {
    ($order:ident, $reverse:ident, $R:ident $R0:ident $Rest:ident, $place:ty, |$value:ident, $list:ident| $insert:expr) => {
        impl Order for $order {
            type Reverse = $reverse;
            type Found<E: Source> = Absent;
            type Meet<E: Source, Rest: Digits, N: Source, I: Digits> =
                <Rest::Insert<Empty, Empty, Empty, Empty, E> as Trie>::Insert<I, N>;
            type Place<$R: Resource, $R0: Resource, $Rest: Supply> = $place;
            fn place<$R: Resource, $R0: Resource, $Rest: Supply>($value: $R::Value, $list: With<$R0, $Rest>) -> $place {
                $insert
            }
            type Note<R: Resource, S: Step, R0: Resource, S0: Step, Rest: Findings> =
                MissingInput<R0, S0, Rest::Missing<R, S>>;
            type Trace<Below: Stack, I: Digits, P: Path, T: Resume> = Trace<Below, I, P, T>;
        }
    };
}
unequal!(Less, Greater, R R0 Rest, With<R, With<R0, Rest>>, |value, list| With { value: Some(value), rest: list });
unequal!(Greater, Less, R R0 Rest, With<R0, Rest::Insert<R>>, |value, list| With {
    value: list.value,
    rest: list.rest.insert::<R>(value),
});

impl Order for Equal {
    type Reverse = Equal;
    type Found<E: Source> = E;
    type Meet<E: Source, Rest: Digits, N: Source, I: Digits> = Leaf<E::Join<N>, Rest>;
    type Place<R: Resource, R0: Resource, Rest: Supply> = With<R, Rest>;
    fn place<R: Resource, R0: Resource, Rest: Supply>(value: R::Value, list: With<R0, Rest>) -> With<R, Rest> {
        With { value: Some(value), rest: list.rest }
    }
    type Note<R: Resource, S: Step, R0: Resource, S0: Step, Rest: Findings> = MissingInput<R0, S0, Rest>;
    type Trace<Below: Stack, I: Digits, P: Path, T: Resume> = T::With<P>;
}
