//! The checks: traits that hold where a proof is complete, and carry every message where it is not.
//!
//! A trait that carries a message is a leaf. rustc reports the first bound that it cannot descend
//! past, so between a leaf and the call there are only impls that rustc can choose between. All
//! leaves are traits of [`ProofCheck`], a type of this library: for a type of the user's, rustc
//! would show the whole declaration each time.
//!
//! The facts that a check needs are its parameters. No bound between [`store`] and a leaf looks up
//! the user's types, because rustc would lose track of them in an incremental check.
//!
//! A file here is a mistake, except `findings` and [`store`], which brings the checks together:
//!
//! | module | mistake |
//! | --- | --- |
//! | [`findings`] | the list of findings, in which the walk collects the next two; the verdict |
//! | [`missing`] | a resource has no source |
//! | [`cycle`] | steps need each other in a cycle |
//! | [`conflict`] | two steps provide one resource, or a step lists one twice |
//! | [`identity`] | two resources have one identity |
//! | [`supplied`] | a resource is supplied twice |
//! | [`target`] | a target is not registered, or a resource is unknown |
//! | [`swap`] | a step is replaced by one that does not fit |
//! | [`parent`] | a scope is made within another store than that of its parent |
//! | `keep` | a value of a store that is kept cannot be kept, or may be another the next time |

/// Defines a leaf that holds if its first two parameters are one type.
macro_rules! same_type {
    ($(#[$attribute:meta])* $trait:ident<$first:ident, $second:ident $(, $other:ident)*>) => {
        $(#[$attribute])*
        pub trait $trait<$first, $second $(, $other)*> {
            #[doc(hidden)]
            fn seal(_: $crate::sealed::Seal);
        }

        #[diagnostic::do_not_recommend]
        impl<Same $(, $other)*> $trait<Same, Same $(, $other)*> for $crate::proof::check::ProofCheck {
            fn seal(_: $crate::sealed::Seal) {}
        }

        #[diagnostic::do_not_recommend]
        impl
            $trait<
                $crate::proof::check::NeverMatches,
                $crate::proof::check::ProofCheck
                $(, same_type!(@never $other))*
            > for $crate::proof::check::ProofCheck
        {
            fn seal(_: $crate::sealed::Seal) {}
        }
    };
    (@never $other:ident) => { $crate::proof::check::NeverMatches };
}
pub mod conflict;
pub mod cycle;
pub mod findings;
pub mod identity;
#[cfg(feature = "journal")]
pub mod keep;
pub mod missing;
pub mod parent;
pub mod store;
pub mod supplied;
pub mod swap;
pub mod target;

use crate::proof::env::ProofEnvOf;
use crate::proof::walk::goal::{ChildGoal, ResourceGoal, TargetGoal};
use crate::sealed::Seal;
use crate::store::parent::ParentStore;
use core::marker::PhantomData;
use cycle::Acyclic;
use findings::{CycleFound, FoundInParent, MissingInput, NeededBy, NoMore, OptionalProvider};
use missing::{HasProviderForOptional, ReporterForChild, ReportsMissing};

/// The type for which a check holds: every leaf is a trait of it.
#[derive(Debug)]
pub struct ProofCheck;

/// Self type of impls that never match.
///
/// If a trait has exactly one impl, rustc explains that impl in five lines. A second impl, with
/// both marked `do_not_recommend`, suppresses the explanation.
#[derive(Debug)]
pub struct NeverMatches;

/// What a proof is asked: whether the goal `Goal` can be reached in the environment `Env`.
///
/// The checks come one after the other, and not all at once: a mistake in one causes no second
/// error in another.
#[derive(Debug)]
pub struct ProofQuery<Goal, Env>(PhantomData<(Goal, Env)>);

/// Findings without a mistake, of a query in which everything else is right as well.
///
/// It is defined on the lists of [`Findings`](findings::Findings). It is needed because a walk
/// never fails: here its findings become errors, one for each.
pub trait NoFindings<Query> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

impl<Query, Requested> NoFindings<Query> for NoMore<Requested> {
    fn seal(_: Seal) {}
}

impl<Found: NoFindings<OfParent>, OfParent, Query> NoFindings<Query> for FoundInParent<Found, OfParent> {
    fn seal(_: Seal) {}
}

impl<Res, By, Rest: NoFindings<Query>, Query: Reportable> NoFindings<Query> for MissingInput<Res, NeededBy<By>, Rest>
where
    Query::Reporter: ReportsMissing<Res, By, Query::Pipeline>,
{
    fn seal(_: Seal) {}
}

impl<Res, By, Offered, Rest: NoFindings<Query>, Query: Reportable> NoFindings<Query>
    for MissingInput<Res, OptionalProvider<By, Offered>, Rest>
where
    ProofCheck: HasProviderForOptional<Res, By, Offered, Query::Pipeline>,
{
    fn seal(_: Seal) {}
}

impl<Cycle: Acyclic, Rest: NoFindings<Query>, Query: Reportable> NoFindings<Query> for CycleFound<Cycle, Rest> {
    fn seal(_: Seal) {}
}

/// A query: a function to how its findings are reported.
///
/// It is defined on [`ProofQuery`]. It is needed because the text of a
/// missing resource depends on which other stores it could be in.
pub trait Reportable {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The pipeline of the store.
    type Pipeline;
    /// The type that reports a missing resource: [`ProofCheck`], or one that knows of other stores.
    type Reporter;
}

impl<Target, Pipe, Supplied, Parent: ParentStore> Reportable
    for ProofQuery<TargetGoal<Target>, ProofEnvOf<Pipe, Supplied, Parent>>
{
    fn seal(_: Seal) {}

    type Pipeline = Pipe;
    type Reporter = Parent::Reporter;
}

impl<Res, Pipe, Supplied, Parent: ParentStore> Reportable
    for ProofQuery<ResourceGoal<Res>, ProofEnvOf<Pipe, Supplied, Parent>>
{
    fn seal(_: Seal) {}

    type Pipeline = Pipe;
    type Reporter = Parent::Reporter;
}

impl<Requested, Pipe, Supplied, Parent> Reportable
    for ProofQuery<ChildGoal<Requested>, ProofEnvOf<Pipe, Supplied, Parent>>
{
    fn seal(_: Seal) {}

    type Pipeline = Pipe;
    type Reporter = ReporterForChild;
}
