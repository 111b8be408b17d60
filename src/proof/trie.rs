//! A map from identities to entries, as a type: a trie that looks at one digit a level, and at no more digits than
//! it needs to tell its entries apart.

use super::digits::{Digits, Order};
use super::source::Source;
use core::marker::PhantomData;

/// A map from identities to the sources of resources.
pub trait Trie {
    /// The source under an identity, or [`Absent`](super::source::Absent).
    type Find<I: Digits>: Source;
    /// The map with one more source. Where the identity has one already, the two are joined.
    type Insert<I: Digits, E: Source>: Trie;
}

/// A map of nothing.
#[derive(Debug)]
pub struct Empty;

/// A map of one source, with the digits of its identity that no fork above has looked at.
#[derive(Debug)]
pub struct Leaf<E, Rest>(PhantomData<(E, Rest)>);

/// Four maps, one for each value of the next digit.
#[derive(Debug)]
pub struct Fork<A, B, C, D>(PhantomData<(A, B, C, D)>);

impl Trie for Empty {
    type Find<I: Digits> = super::source::Absent;
    type Insert<I: Digits, E: Source> = Leaf<E, I>;
}

impl<E: Source, Rest: Digits> Trie for Leaf<E, Rest> {
    type Find<I: Digits> = <I::Compare<Rest> as Order>::Found<E>;
    type Insert<I: Digits, N: Source> = <I::Compare<Rest> as Order>::Meet<E, Rest, N, I>;
}

impl<A: Trie, B: Trie, C: Trie, D: Trie> Trie for Fork<A, B, C, D> {
    type Find<I: Digits> = I::Find<A, B, C, D>;
    type Insert<I: Digits, E: Source> = I::Insert<A, B, C, D, E>;
}
