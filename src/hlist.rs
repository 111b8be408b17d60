//! The list macros: frunk's lists, written without a limit on their length.
//!
//! frunk's own macros recurse once per element, and so does the compiler along the lists that they
//! build. Both stop at the recursion limit of 128. Up to 16 elements the macros here build the same
//! lists as frunk's. A longer list becomes a list of lists of 16, or of lists of these. [`HList!`],
//! [`hlist!`] and [`hlist_pat!`] cut at the same places, so a type, a value and a pattern of the
//! same length always fit each other.

/// The type of a heterogeneous list: `HList![Base, Divisor]`.
///
/// `HList![Base, ...Others]` puts elements before a list that exists already.
///
/// ```
/// use typed_pipeliner::HList;
/// use typed_pipeliner::lists::{HCons, HNil};
///
/// fn same_type(list: HList![i64, &'static str]) -> HCons<i64, HCons<&'static str, HNil>> {
///     list
/// }
/// # same_type(typed_pipeliner::hlist![1, "a"]);
/// ```
#[macro_export]
macro_rules! HList {
    ($($element:ty),* $(,)?) => { $crate::__list!(@cut type [] [$([$element])*]) };
    ($($with_rest:tt)*) => { $crate::__frunk::HList!($($with_rest)*) };
}

/// The value of a heterogeneous list: `hlist![38, 3]`.
///
/// `hlist![38, ...others]` puts elements before a list that exists already.
///
/// ```
/// use typed_pipeliner::{hlist, hlist_pat};
///
/// let hlist_pat![base, divisor] = hlist![38, 3];
/// assert_eq!(base / divisor, 12);
/// ```
#[macro_export]
macro_rules! hlist {
    ($($element:expr),* $(,)?) => { $crate::__list!(@cut expr [] [$([$element])*]) };
    ($($with_rest:tt)*) => { $crate::__frunk::hlist!($($with_rest)*) };
}

/// The pattern of a heterogeneous list: `hlist_pat![base, divisor]`.
///
/// Each element is a pattern; in a list of more than 16 it is a name, or a tuple struct as in
/// `Return(report)`. `hlist_pat![base, ...others]` binds the rest; `hlist_pat![base, ...]` ignores
/// it.
///
/// ```
/// use typed_pipeliner::{hlist, hlist_pat};
///
/// let hlist_pat![first, ...rest] = hlist![1, "two", 3.0];
/// let hlist_pat![second, ...] = rest;
/// assert_eq!((first, second), (1, "two"));
/// ```
#[macro_export]
macro_rules! hlist_pat {
    ($($name:ident $(($($inner:pat),*))?),* $(,)?) => {
        $crate::__list!(@cut pat [] [$([$name $(($($inner),*))?])*])
    };
    ($($pattern:tt)*) => { $crate::__frunk::hlist_pat!($($pattern)*) };
}

/// Cuts a list of bracketed elements into lists of 16, then builds the type, expression or pattern.
#[doc(hidden)]
#[macro_export]
macro_rules! __list {
    // Four lists at once: else a list of 2,000 elements would meet the recursion limit.
    (@cut $kind:ident [$($cut:tt)*] [
        $a0:tt $a1:tt $a2:tt $a3:tt $a4:tt $a5:tt $a6:tt $a7:tt
        $b0:tt $b1:tt $b2:tt $b3:tt $b4:tt $b5:tt $b6:tt $b7:tt
        $c0:tt $c1:tt $c2:tt $c3:tt $c4:tt $c5:tt $c6:tt $c7:tt
        $d0:tt $d1:tt $d2:tt $d3:tt $d4:tt $d5:tt $d6:tt $d7:tt
        $e0:tt $e1:tt $e2:tt $e3:tt $e4:tt $e5:tt $e6:tt $e7:tt
        $f0:tt $f1:tt $f2:tt $f3:tt $f4:tt $f5:tt $f6:tt $f7:tt
        $g0:tt $g1:tt $g2:tt $g3:tt $g4:tt $g5:tt $g6:tt $g7:tt
        $h0:tt $h1:tt $h2:tt $h3:tt $h4:tt $h5:tt $h6:tt $h7:tt
        $($rest:tt)+
    ]) => {
        $crate::__list!(@cut $kind [$($cut)*
            [$a0 $a1 $a2 $a3 $a4 $a5 $a6 $a7 $b0 $b1 $b2 $b3 $b4 $b5 $b6 $b7]
            [$c0 $c1 $c2 $c3 $c4 $c5 $c6 $c7 $d0 $d1 $d2 $d3 $d4 $d5 $d6 $d7]
            [$e0 $e1 $e2 $e3 $e4 $e5 $e6 $e7 $f0 $f1 $f2 $f3 $f4 $f5 $f6 $f7]
            [$g0 $g1 $g2 $g3 $g4 $g5 $g6 $g7 $h0 $h1 $h2 $h3 $h4 $h5 $h6 $h7]
        ] [$($rest)+])
    };
    (@cut $kind:ident [$($cut:tt)*] [
        $a0:tt $a1:tt $a2:tt $a3:tt $a4:tt $a5:tt $a6:tt $a7:tt
        $b0:tt $b1:tt $b2:tt $b3:tt $b4:tt $b5:tt $b6:tt $b7:tt
        $($rest:tt)+
    ]) => {
        $crate::__list!(@cut $kind [$($cut)* [
            $a0 $a1 $a2 $a3 $a4 $a5 $a6 $a7
            $b0 $b1 $b2 $b3 $b4 $b5 $b6 $b7
        ]] [$($rest)+])
    };
    (@cut $kind:ident [] [$($element:tt)*]) => { $crate::__list!($kind $($element)*) };
    (@cut $kind:ident [$([$($element:tt)*])+] [$($last:tt)*]) => {
        $crate::__list!(@cut $kind [] [$([$crate::__list!($kind $($element)*)])+ [$crate::__list!($kind $($last)*)]])
    };
    // Four elements at once.
    (type [$a:ty] [$b:ty] [$c:ty] [$d:ty] $($tail:tt)*) => {
        $crate::lists::HCons<$a, $crate::lists::HCons<$b, $crate::lists::HCons<$c, $crate::lists::HCons<
            $d, $crate::__list!(type $($tail)*)
        >>>>
    };
    (expr [$a:expr] [$b:expr] [$c:expr] [$d:expr] $($tail:tt)*) => {
        $crate::lists::HCons { head: $a, tail: $crate::lists::HCons { head: $b, tail: $crate::lists::HCons {
            head: $c, tail: $crate::lists::HCons { head: $d, tail: $crate::__list!(expr $($tail)*) }
        } } }
    };
    (pat [$($a:tt)+] [$($b:tt)+] [$($c:tt)+] [$($d:tt)+] $($tail:tt)*) => {
        $crate::lists::HCons { head: $($a)+, tail: $crate::lists::HCons { head: $($b)+, tail: $crate::lists::HCons {
            head: $($c)+, tail: $crate::lists::HCons { head: $($d)+, tail: $crate::__list!(pat $($tail)*) }
        } } }
    };
    (type [$head:ty] $($tail:tt)*) => { $crate::lists::HCons<$head, $crate::__list!(type $($tail)*)> };
    (expr [$head:expr] $($tail:tt)*) => { $crate::lists::HCons { head: $head, tail: $crate::__list!(expr $($tail)*) } };
    (pat [$($head:tt)+] $($tail:tt)*) => { $crate::lists::HCons { head: $($head)+, tail: $crate::__list!(pat $($tail)*) } };
    ($kind:ident) => { $crate::lists::HNil };
}
