//! Numbers on the level of types: lists of digits, in which identities are spelled.
//!
//! The trait system cannot express that two types differ, because there are no negative bounds. It
//! can compare two lists of digits: every digit has an impl for each of the sixteen cases. So
//! everything that has to be compared or looked up is named by a list of digits, and a comparison
//! is an associated type: no inference, no index parameter, no overlapping impls.
//!
//! Why base 16: the compiler recurses once or twice for each digit. Fewer and larger digits are
//! both faster to check and further from the recursion limit.

use crate::proof::check::findings::MissingDecision;
use crate::proof::check::swap::SwapDecision;
use crate::proof::env::ProofEnv;
use crate::proof::ids::set::SetDecision;
use crate::proof::ids::trie::{Depth, Fork, LeafDecision, Trie};
use crate::proof::walk::goal::AppendDecision;
use crate::proof::walk::source::Source;
use crate::proof::walk::stack::TraceDecision;
use crate::proof::witness::IsResource;
use crate::sealed::Seal;
use crate::store::supplied::{SuppliedValues, SupplyDecision, With};
use core::marker::PhantomData;

/// The end of a list of digits. It represents any number of zeros.
#[derive(Debug)]
pub struct End;

/// The digit `DIGIT` (0 to 15), the lowest of its number, before the digits `Rest`.
#[derive(Debug)]
pub struct Digit<const DIGIT: u8, Rest>(PhantomData<Rest>);

/// Passes the digits to a macro: for each its value, the function that compares it, and the child
/// of a fork that it selects.
macro_rules! digits {
    ($macro:ident) => {
        $macro! {
            (0 Compare0 C0) (1 Compare1 C1) (2 Compare2 C2) (3 Compare3 C3)
            (4 Compare4 C4) (5 Compare5 C5) (6 Compare6 C6) (7 Compare7 C7)
            (8 Compare8 C8) (9 Compare9 C9) (10 Compare10 C10) (11 Compare11 C11)
            (12 Compare12 C12) (13 Compare13 C13) (14 Compare14 C14) (15 Compare15 C15)
        }
    };
}
pub(in crate::proof) use digits;

macro_rules! trait_digits {
    (($zero:literal $compare_zero:ident $first:ident) $(($digit:literal $compare:ident $child:ident))*) => {
        /// A list of digits in base 16, the lowest first.
        ///
        /// It is defined on [`End`] and [`Digit`]. A function of two numbers comes in parts,
        /// because an associated type dispatches on one type at a time: `Compare` dispatches on the
        /// first number, `Compare0` to `Compare15` on the second.
        pub trait Digits {
            #[doc(hidden)]
            fn seal(_: Seal);

            /// The number as a value. Equal numbers have equal keys, mixed well enough for a hash
            /// table.
            const KEY: u64;

            /// The order of this number against another.
            type Compare<Other: Digits>: Order;
            /// The order of zero against this number.
            type CompareZero: Order;
            /// The order of the digit 0 before the digits `Rest` against this number.
            type $compare_zero<Rest: Digits>: Order;
            $(
                #[doc = concat!("The order of the digit ", $digit, " before the digits `Rest` against this number.")]
                type $compare<Rest: Digits>: Order;
            )*

            /// All digits but the lowest.
            type Rest: Digits;
            /// These digits before those of another number.
            type Append<Other: Reflexive>: Reflexive;

            /// The resource `R`, whose identity this is, as all supplied values: `With<R>`. It is a
            /// function of the number so that rustc knows no such list for a type that is no
            /// resource, and reports nothing more about a store that holds it.
            type Alone<R: IsResource>: SuppliedValues + From<With<R>>;

            /// The source of this number in the environment `Env`. It is a function of the number
            /// so that rustc quotes no more than this for a number that is unknown.
            type SourceIn<Env: ProofEnv>: Source;
            /// Seeks the identity `Identity`, of which this is the rest, in a fork of a [`Trie`].
            type Seek<$first: Trie $(, $child: Trie)*, Identity: Digits>: Source;
            /// Puts a source into a fork of a [`Trie`] under this number; its children are at the
            /// depth `At`.
            type Put<$first: Trie $(, $child: Trie)*, New: Source, At: Depth>: Trie;
        }

        impl Digits for End {
            fn seal(_: Seal) {}

            const KEY: u64 = 0;
            type Compare<Other: Digits> = Other::CompareZero;
            type CompareZero = Equal;
            type $compare_zero<Rest: Digits> = <Rest::CompareZero as Order>::Reverse;
            $(type $compare<Rest: Digits> = Greater;)*
            type Rest = End;
            type Append<Other: Reflexive> = Other;
            type Alone<R: IsResource> = With<R>;
            type SourceIn<Env: ProofEnv> = Env::SourceOf<Self>;
            type Seek<$first: Trie $(, $child: Trie)*, Identity: Digits> = $first::Seek<End, Identity>;
            type Put<$first: Trie $(, $child: Trie)*, New: Source, At: Depth> = Fork<$first::Put<End, New, At> $(, $child)*>;
        }

        digit! { CompareZero = Higher::CompareZero; [] ($zero $compare_zero $first) $(($digit $compare $child))* }
    };
}

/// Implements `Digits` for a digit, between those before it in brackets and those after it, and
/// goes on with the next.
macro_rules! digit {
    (CompareZero = $zero:ty; [$(($before:literal $compare_before:ident $child_before:ident))*]
     ($digit:literal $compare:ident $child:ident)
     $(($after:literal $compare_after:ident $child_after:ident))*) => {
        impl<Higher: Digits> Digits for Digit<$digit, Higher> {
            fn seal(_: Seal) {}

            const KEY: u64 = Higher::KEY.wrapping_add($digit).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            type Compare<Other: Digits> = Other::$compare<Higher>;
            type CompareZero = $zero;
            $(type $compare_before<Rest: Digits> = Less;)*
            type $compare<Rest: Digits> = Rest::Compare<Higher>;
            $(type $compare_after<Rest: Digits> = Greater;)*
            type Rest = Higher;
            type Append<Other: Reflexive> = Digit<$digit, Higher::Append<Other>>;
            type Alone<R: IsResource> = With<R>;
            type SourceIn<Env: ProofEnv> = Env::SourceOf<Self>;
            type Seek<$($child_before: Trie,)* $child: Trie $(, $child_after: Trie)*, Identity: Digits> =
                $child::Seek<Higher, Identity>;
            type Put<$($child_before: Trie,)* $child: Trie $(, $child_after: Trie)*, New: Source, At: Depth> =
                Fork<$($child_before,)* $child::Put<Higher, New, At> $(, $child_after)*>;
        }
        digit! {
            CompareZero = Less;
            [$(($before $compare_before $child_before))* ($digit $compare $child)]
            $(($after $compare_after $child_after))*
        }
    };
    (CompareZero = $zero:ty; [$($all:tt)*]) => {};
}

digits!(trait_digits);

/// A number that is equal to itself.
///
/// All numbers are. For a number that is unknown, in generic code, rustc knows it only from this
/// bound.
pub trait Reflexive: Digits<Compare<Self> = Equal> + Sized {
    #[doc(hidden)]
    fn seal(_: Seal);
}

impl Reflexive for End {
    fn seal(_: Seal) {}
}

/// Implements `Reflexive` for each digit. One impl for all numbers would be shorter, but with it
/// rustc compares each identity with itself.
macro_rules! reflexive {
    ($(($digit:literal $compare:ident $child:ident))*) => {$(
        impl<Rest: Reflexive> Reflexive for Digit<$digit, Rest> {
            fn seal(_: Seal) {}
        }
    )*};
}
digits!(reflexive);

/// The first number comes before the second.
#[derive(Debug)]
pub struct Less;
/// The two numbers are equal.
#[derive(Debug)]
pub struct Equal;
/// The first number comes after the second.
#[derive(Debug)]
pub struct Greater;

/// The outcome of a comparison: [`Less`], [`Equal`] or [`Greater`].
///
/// Each decision that depends on a comparison is a supertrait, beside the type that decides: an
/// associated type of the outcome, so that rustc never looks at the branch not taken.
pub trait Order:
    LeafDecision + SetDecision + SupplyDecision + MissingDecision + AppendDecision + TraceDecision + SwapDecision
{
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The order of the second number against the first.
    type Reverse: Order;
}

impl Order for Less {
    fn seal(_: Seal) {}

    type Reverse = Greater;
}

impl Order for Equal {
    fn seal(_: Seal) {}

    type Reverse = Equal;
}

impl Order for Greater {
    fn seal(_: Seal) {}

    type Reverse = Less;
}

#[cfg(test)]
mod tests {
    use super::{Digit, Digits, End, Equal, Greater, Less};
    use crate::proof::testing::same;

    type One = Digit<1, End>;
    type Sixteen = Digit<0, One>;
    type Seventeen = Digit<1, One>;
    /// 1 + 2 × 16 + 15 × 256.
    type Long = Digit<1, Digit<2, Digit<15, End>>>;

    type Compare<A, B> = <A as Digits>::Compare<B>;

    #[test]
    fn comparison_is_decided_by_the_lowest_digit_that_differs() {
        assert!(same::<Compare<One, Sixteen>, Greater>() && same::<Compare<Sixteen, One>, Less>());
        assert!(same::<Compare<One, Seventeen>, Less>() && same::<Compare<Seventeen, One>, Greater>());
        assert!(same::<Compare<Digit<9, End>, Digit<10, End>>, Less>());
        assert!(same::<Compare<Long, Digit<1, Digit<2, Digit<14, End>>>>, Greater>());
    }

    #[test]
    fn number_is_equal_to_itself_and_to_itself_with_leading_zeros() {
        assert!(same::<Compare<Long, Long>, Equal>() && same::<Compare<End, End>, Equal>());
        assert!(same::<Compare<End, Digit<0, Digit<0, End>>>, Equal>());
        assert!(same::<Compare<Digit<1, Digit<0, End>>, One>, Equal>());
        assert_eq!(<Digit<1, Digit<0, End>>>::KEY, One::KEY);
    }

    #[test]
    fn append_puts_digits_behind_the_last() {
        assert!(same::<<Seventeen as Digits>::Append<Long>, Digit<1, Digit<1, Long>>>());
        assert!(same::<<End as Digits>::Append<Long>, Long>() && same::<<Long as Digits>::Append<End>, Long>());
    }

    #[test]
    fn keys_of_different_numbers_differ() {
        let keys = [End::KEY, One::KEY, Sixteen::KEY, Seventeen::KEY, Long::KEY];
        for (place, key) in keys.iter().enumerate() {
            assert!(!keys[..place].contains(key));
        }
    }
}
