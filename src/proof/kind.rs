//! Kinds of list elements.
//!
//! An element of a list is one of several things: a step or a list of steps, a resource or an
//! `Option` of one. Each has an impl of its own, and both the impl for steps and the one for lists
//! could apply to a list. If two impls fail, rustc reports that neither fits, and quotes the list.
//! So every trait on elements has the kind as a parameter. Then exactly one impl applies, and rustc
//! goes on to the error inside it, however deep.

use crate::proof::witness::{IsResource, IsStep};
use crate::resource::Return;
use crate::sealed::Seal;
use frunk_core::hlist::{HCons, HNil};

/// An element of a list of steps: a function from an element to its kind.
pub trait OfSteps {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// [`Single`], [`Replaced`] or [`Group`].
    type Kind;
}

/// An element of a list of inputs or outputs: a function from an element to its kind.
pub trait OfResources {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// [`Single`], [`Optional`], [`Returned`], [`Surrounding`] or [`Group`].
    type Kind;
}

/// The kind of a step, or of a resource.
#[derive(Debug)]
pub enum Single {}

/// The kind of a step that has replaced another.
#[derive(Debug)]
pub enum Replaced {}

/// The kind of a resource that a step can do without.
#[derive(Debug)]
pub enum Optional {}

/// The kind of a [`Return`].
#[derive(Debug)]
pub enum Returned {}

/// The kind of the run around a step, which is no resource: an input of
/// [`ForEach`](crate::each::ForEach).
#[derive(Debug)]
pub enum Surrounding {}

/// The kind of a list.
#[derive(Debug)]
pub enum Group {}

impl<S: IsStep> OfSteps for S {
    fn seal(_: Seal) {}

    type Kind = Single;
}

impl OfSteps for HNil {
    fn seal(_: Seal) {}

    type Kind = Group;
}

impl<Head, Tail> OfSteps for HCons<Head, Tail> {
    fn seal(_: Seal) {}

    type Kind = Group;
}

impl<R: IsResource> OfResources for R {
    fn seal(_: Seal) {}

    type Kind = Single;
}

impl<R> OfResources for Option<R> {
    fn seal(_: Seal) {}

    type Kind = Optional;
}

impl<V> OfResources for Return<V> {
    fn seal(_: Seal) {}

    type Kind = Returned;
}

impl OfResources for HNil {
    fn seal(_: Seal) {}

    type Kind = Group;
}

impl<Head, Tail> OfResources for HCons<Head, Tail> {
    fn seal(_: Seal) {}

    type Kind = Group;
}
