//! A map from identities to entries, as a type: a trie that looks at one digit a level, and at no more digits than
//! it needs to tell its entries apart.

use super::digits::{Digits, Order, digits};
use super::source::{Absent, Source};
use core::marker::PhantomData;

/// A map from identities to the sources of resources.
pub trait Trie {
    /// The source under an identity, or [`Absent`].
    type Find<I: Digits>: Source;
    /// The map with one more source. Where the identity has one already, the two are joined.
    type Insert<I: Digits, E: Source>: Trie;
    /// The list of what is [in dispute](Source::Disputes) in this map, and then what is in `D`.
    type Disputes<D>;
    /// This map as it is seen from a store below.
    type Below: Trie;
}

/// A map of nothing.
#[derive(Debug)]
pub struct Empty;

/// A map of one source, with the digits of its identity that no fork above has looked at.
#[derive(Debug)]
pub struct Leaf<E, Rest>(PhantomData<(E, Rest)>);

impl Trie for Empty {
    type Find<I: Digits> = Absent;
    type Insert<I: Digits, E: Source> = Leaf<E, I>;
    type Disputes<D> = D;
    type Below = Empty;
}

impl<E: Source, Rest: Digits> Trie for Leaf<E, Rest> {
    type Find<I: Digits> = <I::Compare<Rest> as Order>::Found<E>;
    type Insert<I: Digits, N: Source> = <I::Compare<Rest> as Order>::Meet<E, Rest, N, I>;
    type Disputes<D> = E::Disputes<D>;
    type Below = Leaf<E::Below, Rest>;
}

macro_rules! fork {
    ($(($digit:literal $compare:ident $child:ident))*) => {
        /// Sixteen maps, one for each value of the next digit.
        #[derive(Debug)]
        pub struct Fork<$($child),*>(PhantomData<($($child),*)>);

        /// Sixteen maps of nothing.
        pub type EmptyFork = Fork<$(fork!(@empty $child)),*>;

        impl<$($child: Trie),*> Trie for Fork<$($child),*> {
            type Find<I: Digits> = I::Find<$($child),*>;
            type Insert<I: Digits, E: Source> = I::Insert<$($child,)* E>;
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
