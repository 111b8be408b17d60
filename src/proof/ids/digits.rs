//! Numbers on the level of types: what the identity of a resource is spelled in.
//!
//! Two types cannot be told apart by the trait system (there is no "is not"), but two lists of digits can: each digit
//! knows for itself which of the sixteen it is. So whatever has to be compared or looked up is named by a
//! list of digits, and a comparison is an associated type: no inference, no index parameter, no overlapping impls.
//!
//! Why base 16: the compiler recurses once or twice for each digit. Fewer and larger digits are both faster to check
//! and further from the recursion limit.

use crate::proof::World;
use crate::proof::check::{Findings, MissingInput};
use crate::proof::ids::number::Number;
use crate::proof::ids::set::{Listing, Node, Noted};
use crate::proof::ids::trie::{Depth, EmptyFork, Find, Fork, Leaf, Trie};
use crate::proof::walk::source::{Absent, Source};
use crate::proof::walk::{Asked, Machine, Path, Resume, Stack, Trace};
use crate::proof::witness::{IsResource, IsStep};
use crate::sealed::Seal;
use crate::step::Step;
use crate::store::supplied::{Supply, With};
use core::marker::PhantomData;
use frunk_core::hlist::HCons;

/// The end of a list of digits; it stands for any number of zeros.
#[derive(Debug)]
pub struct End;

/// The digit `D` (0 to 15), the lowest of its number, before the digits `T`.
#[derive(Debug)]
pub struct Digit<const D: u8, T>(PhantomData<T>);

/// Hands the digits to a macro: of each its value, what compares it, and the child of a fork that it stands for.
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
        /// Only [`End`] and [`Digit`] are. A function of two numbers comes in parts, since an associated type
        /// dispatches on one type at a time: `Compare` dispatches on the first number, `Compare0` to `Compare15` on the
        /// second.
        pub trait Digits {
#[doc(hidden)]
fn seal(_: Seal);

            /// The number as a value: the same for equal numbers, and mixed well enough for a hash table.
            const KEY: u64;

            /// The order of this number against another.
            type Compare<O: Digits>: Order;
            /// The order of zero against this number.
            type CompareZero: Order;
            /// The order of the digit 0 before the digits `T` against this number.
            type $compare_zero<T: Digits>: Order;
            $(
                #[doc = concat!("The order of the digit ", $digit, " before the digits `T` against this number.")]
                type $compare<T: Digits>: Order;
            )*

            /// All digits but the lowest.
            type Rest: Digits;
            /// These digits before those.
            type Append<O: Reflexive>: Reflexive;

            /// The resource `R`, whose identity this is, as all that is supplied: `With<R>`. Asked of the number, so that rustc
            /// knows no such list for what is no resource, and says nothing more of a store that holds it.
            type Alone<R: IsResource>: Supply + From<With<R>>;

            /// The source of this number in the world `W`. Asked of the number, so that of an unknown one rustc quotes
            /// no more than this.
            type SourceIn<W: World>: Source;
            /// Seeks the identity `I`, of which this is the rest, in a fork of a [`Trie`].
            type Seek<$first: Trie $(, $child: Trie)*, I: Digits>: Source;
            /// Puts a source into a fork of a [`Trie`] under this number; its children are at the depth `D`.
            type Put<$first: Trie $(, $child: Trie)*, E: Source, D: Depth>: Trie;

        }

        impl Digits for End {
fn seal(_: Seal) {}

            const KEY: u64 = 0;
            type Compare<O: Digits> = O::CompareZero;
            type CompareZero = Equal;
            type $compare_zero<T: Digits> = <T::CompareZero as Order>::Reverse;
            $(type $compare<T: Digits> = Greater;)*
            type Rest = End;
            type Append<O: Reflexive> = O;
            type Alone<R: IsResource> = With<R>;
            type SourceIn<W: World> = Find<W::Sources, Self>;
            type Seek<$first: Trie $(, $child: Trie)*, I: Digits> = $first::Seek<End, I>;
            type Put<$first: Trie $(, $child: Trie)*, E: Source, D: Depth> = Fork<$first::Put<End, E, D> $(, $child)*>;
        }

        digit! { CompareZero = U::CompareZero; [] ($zero $compare_zero $first) $(($digit $compare $child))* }
    };
}

/// Implements `Digits` for a digit, between those before it in brackets and those after it, and goes on with the next.
macro_rules! digit {
    (CompareZero = $zero:ty; [$(($before:literal $compare_before:ident $child_before:ident))*]
     ($digit:literal $compare:ident $child:ident)
     $(($after:literal $compare_after:ident $child_after:ident))*) => {
        impl<U: Digits> Digits for Digit<$digit, U> {
fn seal(_: Seal) {}

            const KEY: u64 = U::KEY.wrapping_add($digit).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            type Compare<O: Digits> = O::$compare<U>;
            type CompareZero = $zero;
            $(type $compare_before<T: Digits> = Less;)*
            type $compare<T: Digits> = T::Compare<U>;
            $(type $compare_after<T: Digits> = Greater;)*
            type Rest = U;
            type Append<O: Reflexive> = Digit<$digit, U::Append<O>>;
            type Alone<R: IsResource> = With<R>;
            type SourceIn<W: World> = Find<W::Sources, Self>;
            type Seek<$($child_before: Trie,)* $child: Trie $(, $child_after: Trie)*, I: Digits> = $child::Seek<U, I>;
            type Put<$($child_before: Trie,)* $child: Trie $(, $child_after: Trie)*, E: Source, D: Depth> =
                Fork<$($child_before,)* $child::Put<U, E, D> $(, $child_after)*>;
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

/// A number that is equal to itself. All are, but of one that is not known, in generic code, rustc knows it only from this.
pub trait Reflexive: Digits<Compare<Self> = Equal> + Sized {
    #[doc(hidden)]
    fn seal(_: Seal);
}
impl<D: Digits<Compare<D> = Equal>> Reflexive for D {
    fn seal(_: Seal) {}
}

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
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The order seen from the other side.
    type Reverse: Order;
    /// At a leaf of a [`Trie`]: the entry there, if it is the one looked for.
    type Found<E: Source>: Source;
    /// At a leaf of a [`Trie`]: the new entry `N` at `I` joins the entry `E` at `Rest`, or both move into a fork.
    type Meet<E: Source, Rest: Digits, N: Source, I: Digits, D: Depth>: Trie;
    /// In the sorted list of what is supplied: puts `R` before or behind `R0`.
    type Place<R: IsResource, R0: IsResource, Rest: Supply>: Supply;
    /// What `Place` does, with the values.
    fn place<R: IsResource, R0: IsResource, Rest: Supply>(
        value: R::Value,
        list: With<R0, Rest>,
    ) -> Self::Place<R, R0, Rest>;
    /// In the list of findings: `R` is noted as missing already, or the list goes on.
    type Note<R: IsResource, S, R0: IsResource, S0, Rest: Findings>: Findings;
    /// In a [`Listing`]: puts `R` among those before `R0` or after it, or notes that it is listed again.
    type List<S, R: IsResource, R0: IsResource, Before: Listing<S>, After: Listing<S>>: Listing<S>;
    /// In a list of resources that are asked for: `R` stands there already, or is put at its end.
    type And<R: IsResource, R0: IsResource, L: Asked>: Asked;
    /// In a list of steps: `New` in place of the step that stores this, or else `S`.
    type Swap<New: IsStep, S: IsStep>: Step;
    /// Reading a cycle off the stack: the step it closes on is reached, or the way goes on below.
    type Trace<Below: Stack, I: Number, P: Path, T: Resume>: Machine;
}

/// The two outcomes that are not equality, which differ only in their place in a sorted list.
macro_rules! unequal {
    ($order:ident, $reverse:ident, $listed:ty, $R:ident $R0:ident $Rest:ident, $place:ty, |$value:ident, $list:ident| $insert:expr) => {
        impl Order for $order {
            fn seal(_: Seal) {}

            type Reverse = $reverse;
            type Found<E: Source> = Absent;
            type Meet<E: Source, Rest: Digits, N: Source, I: Digits, D: Depth> =
                <<EmptyFork as Trie>::Put<Rest, E, D> as Trie>::Put<I, N, D>;
            type Place<$R: IsResource, $R0: IsResource, $Rest: Supply> = $place;
            fn place<$R: IsResource, $R0: IsResource, $Rest: Supply>(
                $value: $R::Value,
                $list: With<$R0, $Rest>,
            ) -> $place {
                $insert
            }
            type Note<R: IsResource, S, R0: IsResource, S0, Rest: Findings> = MissingInput<R0, S0, Rest::Missing<R, S>>;
            type List<S, R: IsResource, R0: IsResource, Before: Listing<S>, After: Listing<S>> = $listed;
            type And<R: IsResource, R0: IsResource, L: Asked> = HCons<R0, L::And<R>>;
            type Swap<New: IsStep, S: IsStep> = S;
            type Trace<Below: Stack, I: Number, P: Path, T: Resume> = Trace<Below, I, P, T>;
        }
    };
}
unequal!(Less, Greater, Node<R0, Before::With<R>, After>, R R0 Rest, With<R, With<R0, Rest>>, |value, list| With { value: Some(value), rest: list });
unequal!(Greater, Less, Node<R0, Before, After::With<R>>, R R0 Rest, With<R0, Rest::Insert<R>>, |value, list| With {
    value: list.value,
    rest: list.rest.insert::<R>(value),
});

impl Order for Equal {
    fn seal(_: Seal) {}

    type Reverse = Equal;
    type Found<E: Source> = E;
    type Meet<E: Source, Rest: Digits, N: Source, I: Digits, D: Depth> = Leaf<E::Join<N>>;
    type Place<R: IsResource, R0: IsResource, Rest: Supply> = With<R, Rest>;
    fn place<R: IsResource, R0: IsResource, Rest: Supply>(value: R::Value, list: With<R0, Rest>) -> With<R, Rest> {
        With { value: Some(value), rest: list.rest }
    }
    type Note<R: IsResource, S, R0: IsResource, S0, Rest: Findings> = MissingInput<R0, S0, Rest>;
    type List<S, R: IsResource, R0: IsResource, Before: Listing<S>, After: Listing<S>> =
        Noted<R0, R, Node<R0, Before, After>>;
    type And<R: IsResource, R0: IsResource, L: Asked> = HCons<R0, L>;
    type Swap<New: IsStep, S: IsStep> = New;
    type Trace<Below: Stack, I: Number, P: Path, T: Resume> = T::With<P>;
}
