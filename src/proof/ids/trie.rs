//! A map from identities to entries, as a type: a trie that looks at one digit a level, and at no more digits than
//! it needs to tell its entries apart.

use crate::proof::ids::digits::{Digits, Order, digits};
use crate::proof::walk::source::{Absent, Source};
use crate::sealed::Seal;
use core::marker::PhantomData;

/// A map from identities to the sources of resources.
pub trait Trie {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The source under the identity `I`, or [`Absent`]; `Rest` is what the forks above have not looked at of it.
    type Seek<Rest: Digits, I: Digits>: Source;
    /// The map with one more source, whose identity goes on like this at the depth `D`. Where its identity has one already, the
    /// two are joined.
    type Put<I: Digits, E: Source, D: Depth>: Trie;
    /// The list of what is [in dispute](Source::Disputes) in this map, and then what is in `D`.
    type Disputes<D>;
    /// This map as it is seen from a store below.
    type Below: Trie;
}

/// A map of nothing.
#[derive(Debug)]
pub struct Empty;

/// A map of one source.
///
/// The digits of its identity that no fork above has looked at are not there, but worked out where they are needed: rustc goes
/// through the whole map each time that it takes it apart, so each type in it counts.
#[derive(Debug)]
pub struct Leaf<E>(PhantomData<E>);

/// The source in the map `M` under the identity `I`, or [`Absent`].
pub type Find<M, I> = <M as Trie>::Seek<I, I>;

/// The map `M` with the source `E` as well.
pub type Insert<M, E> = <M as Trie>::Put<<E as Source>::Identity, E, Top>;

/// How many forks are above a place in a map.
pub trait Depth {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The digits of an identity that these forks have not looked at.
    type Rest<I: Digits>: Digits;
}

/// No fork.
#[derive(Debug)]
pub struct Top;

/// One fork more than above `D`.
#[derive(Debug)]
pub struct Deeper<D>(PhantomData<D>);

impl Depth for Top {
    fn seal(_: Seal) {}

    type Rest<I: Digits> = I;
}

impl<D: Depth> Depth for Deeper<D> {
    fn seal(_: Seal) {}

    type Rest<I: Digits> = <D::Rest<I> as Digits>::Rest;
}

impl Trie for Empty {
    fn seal(_: Seal) {}

    type Seek<Rest: Digits, I: Digits> = Absent;
    type Put<I: Digits, E: Source, D: Depth> = Leaf<E>;
    type Disputes<D> = D;
    type Below = Empty;
}

impl<E: Source> Trie for Leaf<E> {
    fn seal(_: Seal) {}

    type Seek<Rest: Digits, I: Digits> = <I::Compare<E::Identity> as Order>::Found<E>;
    type Put<I: Digits, N: Source, D: Depth> =
        <I::Compare<D::Rest<E::Identity>> as Order>::Meet<E, D::Rest<E::Identity>, N, I, D>;
    type Disputes<D> = E::Disputes<D>;
    type Below = Leaf<E::Below>;
}

macro_rules! fork {
    ($(($digit:literal $compare:ident $child:ident))*) => {
        /// Sixteen maps, one for each value of the next digit.
        #[derive(Debug)]
        pub struct Fork<$($child),*>(PhantomData<($($child),*)>);

        /// Sixteen maps of nothing.
        pub type EmptyFork = Fork<$(fork!(@empty $child)),*>;

        impl<$($child: Trie),*> Trie for Fork<$($child),*> {
fn seal(_: Seal) {}

            type Seek<Rest: Digits, I: Digits> = Rest::Seek<$($child,)* I>;
            type Put<I: Digits, E: Source, D: Depth> = I::Put<$($child,)* E, Deeper<D>>;
            type Disputes<D> = fork!(@disputes D $($child)*);
            type Below = Fork<$($child::Below),*>;
        }
    };
    (@empty $child:ident) => { Empty };
    (@disputes $rest:ident) => { $rest };
    (@disputes $rest:ident $child:ident $($children:ident)*) => {
        $child::Disputes<fork!(@disputes $rest $($children)*)>
    };
}

digits!(fork);
