//! The resources that one list of a step names, as a set in which repetition shows: a search tree of their identities.
//!
//! Identities are hashes, so the tree is as deep as one of random numbers. For a few resources it is less work than a
//! [`Trie`](crate::proof::ids::trie), and for many it is not deep: a list may name hundreds.

use crate::proof::ids::digits::{Digits, Order};
use crate::proof::walk::source::{Dispute, Listed};
use crate::proof::witness::IsResource;
use crate::sealed::Seal;
use core::marker::PhantomData;

/// A set of the resources that the step `S` lists.
pub trait Listing<S> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The set with the resource `R`, or with the note that it is there already.
    type With<R: IsResource>: Listing<S>;
    /// The list with a [`Dispute`] for each note, and then what is in `D`.
    type Disputes<D>;
}

/// No resource.
#[derive(Debug)]
pub struct Blank;

/// The resource `R`, those before it, and those after it.
#[derive(Debug)]
pub struct Node<R, Before, After>(PhantomData<(R, Before, After)>);

/// The set `L`, with the note that the step `S` lists `R` and then `Again`, which has its identity.
#[derive(Debug)]
pub struct Noted<R, Again, L>(PhantomData<(R, Again, L)>);

impl<S> Listing<S> for Blank {
    fn seal(_: Seal) {}

    type With<R: IsResource> = Node<R, Blank, Blank>;
    type Disputes<D> = D;
}

impl<S, R0: IsResource, Before: Listing<S>, After: Listing<S>> Listing<S> for Node<R0, Before, After> {
    fn seal(_: Seal) {}

    type With<R: IsResource> = <<R::Named as Digits>::Compare<R0::Named> as Order>::List<S, R, R0, Before, After>;
    type Disputes<D> = Before::Disputes<After::Disputes<D>>;
}

impl<S, R0, Again, L: Listing<S>> Listing<S> for Noted<R0, Again, L> {
    fn seal(_: Seal) {}

    type With<R: IsResource> = Noted<R0, Again, L::With<R>>;
    type Disputes<D> = Dispute<Listed<R0, S>, Listed<Again, S>, L::Disputes<D>>;
}
