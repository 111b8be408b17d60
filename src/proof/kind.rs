//! Which kind of element stands in a list.
//!
//! An element may be one of several things: a step or a list of them, a resource or an `Option` of one. Each has an impl of
//! its own, and the impl for steps and the one for lists could both be meant by a list: of two that fail rustc says that
//! neither fits, and quotes the list. So what is asked of an element is asked of one kind of them. Rustc, told which
//! impl is meant, goes on to what is wrong in it, however deep.

use crate::proof::witness::{IsResource, IsStep};
use crate::resource::Return;
use crate::sealed::Seal;
use frunk_core::hlist::{HCons, HNil};

/// An element of a list of steps: a function from an element to its kind.
pub trait OfSteps {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// [`Single`] or [`Group`].
    type Kind;
}

/// An element of a list of inputs or outputs: a function from an element to its kind.
pub trait OfResources {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// [`Single`], [`Optional`], [`Returned`] or [`Group`].
    type Kind;
}

/// The kind of a step, or of a resource.
#[derive(Debug)]
pub enum Single {}

/// The kind of a resource that a step can do without.
#[derive(Debug)]
pub enum Optional {}

/// The kind of a [`Return`].
#[derive(Debug)]
pub enum Returned {}

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

impl<H, L> OfSteps for HCons<H, L> {
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

impl<H, L> OfResources for HCons<H, L> {
    fn seal(_: Seal) {}

    type Kind = Group;
}
