//! You never write these: the traits by which rustc proves that a run is complete.
//!
//! # How to read an error
//!
//! An error of this library is one sentence, and its label is on your line. With the divisor forgotten:
//!
//! ```text
//! error[E0277]: step `GetDivision` needs `Divisor`, which no step of `Calc` provides and its store does not hold
//!    |
//!  9 |     let _ = run::<GetDivision>(&store);
//!    |             ^^^^^^^^^^^^^^^^^^^^^^^^^^ `Divisor` is missing
//!    |
//!    = note: supply it, `let store = store.with(Divisor, value);`, or register in `Calc` a step that gives `Out<Divisor>`
//! ```
//!
//! Read the first line, look at the label, do what the first note says. The notes that begin with "required for" tell how
//! rustc came there, and name the types of this module; they are the same for each mistake, and nothing in them is yours.
//! The [guide](https://docs.rs/typed-pipeliner/latest/typed_pipeliner/guide/errors/) has more on each, and on what rustc says of its own.
//! What is wrong with the `Inputs` or `Outputs` of a step by hand is told twice: at the list, and where the signature of its `run`
//! names it. The first is enough.
//! Each missing resource is one error, and all are told at once.
//!
//! | the first line | what to do |
//! | --- | --- |
//! | step `S` needs `R`, which no step of `P` provides and its store does not hold | supply `R`, or register a step that provides it |
//! | step `S` needs `R`, which no step of `P` or of `Q` above it provides … | supply `R`, or register a step, in either |
//! | step `S`, which is registered to provide the optional `Q`, needs `R` … | supply `R`, or do not register `S` |
//! | dependency cycle: step `A` needs `B`, which needs `A` | supply a resource that one takes from the other |
//! | `R` is provided by two steps, `A` and `B` | register one of them |
//! | `R` is supplied twice | supply it once |
//! | step `S` lists `R` twice | name it once in each list |
//! | step `T` stores its outputs, and `P` does not register it | add `T` to the steps of `P` |
//! | step `T` stores `R`, which `P` takes from `S` | run `S`, or register `T` in its place |
//! | no step of `P` provides `R`, and its store does not hold it | supply it, or register a step |
//! | step `B` gives other outputs than `A`, in whose place it is put | give `B` the outputs of `A` |
//! | step `A` is to be replaced, and `P` does not register it, or takes `R` from `S` | name the registered step first: `Swap<P, S, A>` |
//! | `X` is not a resource, is not a step, is not a pipeline | declare it, or name another |
//! | `Return<V>` cannot be an input | provide a resource instead |
//! | `Q` and `R` have the same identity | give one another `identity!` |
//! | this is a store of `P`, and the scope is to be within one of `Q` | give `Store::within` a store of the parent |
//! | `X` is not a reference to a store, nor an `Arc` of one | give `Store::within` a reference, `&store`, or an `Arc` |
//! | `P` is not a scope of another pipeline | name its parent: `impl Scoped for P` |
//! | `X` has no identity, which a parameter of a resource needs | derive `Identified` for `X` |
//! | `X` cannot be the error of a step | give another type of error |
//! | it is not known here whether the store has what the target needs | in generic code, take `&impl Runs<T>` |
//! | it is not known here whether the store can run `T`, or give `R` | in generic code, add `Runs<T>`, or `Provides<R>`, to the bounds |
//!
//! Where rustc speaks alone: "future cannot be sent between threads safely" is a value that is not `Send`, held across an
//! await in a step; "implementation of `FnOnce` is not general enough" is explained with [`Step`]; "expected `i64`,
//! found `f64`" in `run` is a value of another type than the resource has.
//!
//! # How it works
//!
//! Everything is a function on types: a trait with associated types, some with parameters.
//!
//! - A resource is named by a number on the level of types ([`digits`], [`identity`]), and so is a step ([`number`]), since
//!   types cannot be compared and numbers can.
//! - What stands in a list is of a kind ([`kind`]), and a step, a resource or a pipeline if anything ([`is`]).
//! - The steps of a pipeline become a map from resources to the steps that provide them ([`lists`], [`trie`], [`source`]).
//!   What a step lists twice shows in a set of it ([`listing`]).
//! - From the target a machine walks through what is needed, depth first ([`walk`], [`visited`]). It never fails; it
//!   collects what is missing and what is a cycle.
//! - A store can run a target ([`Runs`]), or give a resource ([`Provides`]), if nothing was found ([`verdict`]); the traits
//!   there carry the messages.
//!
//! The proof has no value and leaves nothing behind: what runs is worked out from plain numbers, apart from it.

pub mod check;
pub mod ids;
pub mod kind;
pub mod lists;
pub mod walk;
pub mod witness;

use crate::exec::store_ref::{Backing, Values};
use crate::pipeline::{Pipeline, StepList};
use crate::resource::Resource;
use crate::sealed::Seal;
use crate::step::Step;
use crate::store::Store;
use crate::store::parent::{Above, Root, Scoped};
use crate::store::supplied::Supply;
use check::{Case, Findings, Known, NoDispute, Settled, Sound, Unsupplied};
use core::marker::PhantomData;
use ids::digits::Digits;
use ids::number::FirstStep;
use ids::trie::{Empty, Trie};
use lists::inputs::{Gives, One, Registers, Wants};
use walk::source::{NothingStored, Source};
use walk::{Asked, Sought, SoughtBelow};
use witness::{IsResource, IsStep};

/// The steps of the pipeline `P` as a map from resources to the steps that provide them.
pub type Providers<P> = <<P as Pipeline>::Steps as Registers>::Register<Empty, FirstStep>;

/// What is known where a target is to run: a name for the large map behind it, to be quoted in errors.
pub trait World {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The map from resources to their sources.
    type Sources: Trie;
}

/// The world of a store of the pipeline `P` that was supplied with `G`, below `U`.
#[derive(Debug)]
pub struct WorldOf<P, G, U = Root>(PhantomData<(P, G, U)>);

impl<P: Pipeline, G: Supply, U: Above> World for WorldOf<P, G, U> {
    fn seal(_: Seal) {}

    type Sources = SourcesOf<P, G, U>;
}

/// The map of that world: what was supplied, over what the steps provide, over what is above.
pub type SourcesOf<P, G, U> =
    <G as Supply>::Overlay<<<P as Pipeline>::Steps as Registers>::Register<<U as Above>::Sources, FirstStep>>;

/// Where the inputs of the steps of the pipeline `P` come from, in the map `W`.
pub type OriginsOf<P, W> = <<P as Pipeline>::Steps as Registers>::Origins<W>;

/// A pipeline whose registration is sound: no resource has two providers, no step lists one twice, and no step is swapped
/// for one that cannot stand in its place.
pub trait Valid: Undisputed {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// That of its list of steps; see [`is`].
    type Proof;
}

impl<P: Undisputed> Valid for P {
    fn seal(_: Seal) {}

    type Proof = <P::Steps as StepList>::Proof;
}

/// A pipeline that is sound and whose stores are scopes.
pub trait ValidScope: Valid + Scoped {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Always [`Proven`].
    type Proof;
}

impl<P: Valid + Scoped> ValidScope for P {
    fn seal(_: Seal) {}

    type Proof = Proven;
}

/// A pipeline in which nothing is in dispute. Apart from [`Valid`] for the reason that [`Satisfies`] has.
pub trait Undisputed: Pipeline {
    #[doc(hidden)]
    fn seal(_: Seal);
}
impl<P: Pipeline> Undisputed for P
where
    Disputes<P>: Settled,
{
    fn seal(_: Seal) {}
}

/// What is in dispute among the steps of the pipeline `P`.
pub type Disputes<P> = <Providers<P> as Trie>::Disputes<<<P as Pipeline>::Steps as Registers>::Repeats<NoDispute>>;

/// A resource that the list `G` of what is supplied can take: it does not hold it yet.
pub trait AcceptedBy<G>: Resource {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The list with the resource in its place.
    type Inserted: Supply;
    /// Puts a value into its place.
    #[doc(hidden)]
    fn insert(value: Self::Value, list: G) -> Self::Inserted;
}

impl<R: Resource, G: Lacks<R>> AcceptedBy<G> for R {
    fn seal(_: Seal) {}

    type Inserted = G::Insert<R>;
    fn insert(value: R::Value, list: G) -> G::Insert<R> {
        list.insert::<R>(value)
    }
}

/// A list of what is supplied in which the resource `R` is not found. Apart from [`AcceptedBy`] for the reason that
/// [`Satisfies`] has.
pub trait Lacks<R: Resource>: Supply {
    #[doc(hidden)]
    fn seal(_: Seal);
}
impl<R: Resource, G: Supply> Lacks<R> for G
where
    SuppliedAs<G, R>: Unsupplied<R>,
{
    fn seal(_: Seal) {}
}

/// The source of the resource `R` among what is supplied.
pub type SuppliedAs<G, R> = ids::trie::Find<<G as Supply>::Overlay<Empty>, <R as Resource>::Identity>;

/// The origin of the resource `R` in the world `W`.
pub type OriginIn<W, R> = <<<R as Resource>::Identity as Digits>::SourceIn<W> as Source>::Origin;

/// A store that knows the resource `R`: it holds it, or its pipeline has a step that provides it.
pub trait Knows<R: Resource>: Has<R> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Always [`Proven`].
    type Proof;
}

impl<R: Resource, S: Has<R>> Knows<R> for S {
    fn seal(_: Seal) {}

    type Proof = Proven;
}

/// A store in which the origin of the resource `R` is known. Apart from [`Knows`] for the reason that [`Satisfies`] has.
pub trait Has<R: Resource> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

// For any type, and not for `Store`: rustc would quote those impls in each error.
impl<R: Resource, S: Backing<World: Seeks<R>>> Has<R> for S
where
    OriginIn<S::World, R>: Known<R, S::World>,
{
    fn seal(_: Seal) {}
}

/// A store that can give the resource `R`: it holds it, or its steps can make it from what it holds.
///
/// This is the bound to write in generic code that needs a resource, as [`Runs`] is for a target:
///
/// ```
/// # use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Step, Store, hlist, hlist_pat, resource};
/// # resource! { Name: String; Greeting: String; }
/// # struct Greet;
/// # impl Step for Greet {
/// #     type Inputs = HList![Name];
/// #     type Outputs = HList![Greeting];
/// #     type Error = std::convert::Infallible;
/// #     async fn run(hlist_pat![name]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
/// #         Ok(hlist![format!("Hello, {name}!")])
/// #     }
/// # }
/// # struct Greetings;
/// # impl Pipeline for Greetings { type Steps = HList![Greet]; }
/// use typed_pipeliner::{Provides, RunError, fetch};
///
/// async fn shout(store: &impl Provides<Greeting>) -> Result<String, RunError> {
///     Ok(fetch::<Greeting>(store).await?.to_uppercase())
/// }
///
/// # fn main() -> Result<(), RunError> {
/// # smol::block_on(async {
/// let store = Store::<Greetings>::new().with(Name, "World".to_owned());
/// assert_eq!(shout(&store).await?, "HELLO, WORLD!");
/// # Ok(()) }) }
/// ```
///
/// The second parameter is never written; see [`Proven`] for what it is there for.
pub trait Provides<R: IsResource<Carried: Sized>, P = <Self as CanProvide<R>>::Proof>: CanProvide<R> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
impl<R: IsResource, S: CanProvide<R>> Provides<R, Proven> for S {
    fn seal(_: Seal) {}
}

/// The proof that a store can give the resource `R`. It is to [`Provides`] what [`CanRun`] is to [`Runs`].
pub trait CanProvide<R: IsResource>: Knows<R> + Yields<R> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Always [`Proven`].
    type Proof;
}

impl<R: IsResource, S: Knows<R> + Yields<R>> CanProvide<R> for S {
    fn seal(_: Seal) {}

    type Proof = Proven;
}

/// A store in which the walk for the resource `R` finds nothing wrong. Apart from [`CanProvide`] for the reason
/// that [`Satisfies`] has.
pub trait Yields<R: Resource>: Backing {
    #[doc(hidden)]
    fn seal(_: Seal);
}
impl<R: Resource, S: Backing<World: Seeks<R, Found: Sound<Case<Sought<R>, S::World>>>>> Yields<R> for S {
    fn seal(_: Seal) {}
}

/// A world in which the walk for a resource that was asked for by itself finds something.
#[diagnostic::on_unimplemented(
    message = "it is not known here whether the store can give `{R}`",
    label = "nothing in the type of the store says so",
    note = "say it: `store: &impl Provides<{R}>`, or of a store that has to do more, `S: Runs<Target> + Provides<{R}>`"
)]
pub trait Seeks<R: Resource>: World {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// What the walk for the resource `R` finds.
    type Found: Findings;
}

impl<P: Pipeline, G: Supply, U: Above, R: Resource> Seeks<R> for WorldOf<P, G, U> {
    fn seal(_: Seal) {}

    type Found = <P::Steps as Registers>::Found<Sought<R>, P, G, U>;
}

/// A store that can run the target `T`: whatever the target needs, the store holds or a step of its pipeline provides.
///
/// This is the bound to write in generic code, and the trait that carries the proof:
///
/// ```
/// # use typed_pipeliner::{HList, Inputs, Outputs, Return, Step, hlist, hlist_pat, resource};
/// # resource! { Name: String; }
/// # struct Greet;
/// # impl Step for Greet {
/// #     type Inputs = HList![Name];
/// #     type Outputs = HList![Return<String>];
/// #     type Error = std::convert::Infallible;
/// #     async fn run(hlist_pat![name]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
/// #         Ok(hlist![Return(format!("Hello, {name}!"))])
/// #     }
/// # }
/// use typed_pipeliner::{RunError, Runs, run};
///
/// async fn greet(store: &impl Runs<Greet>) -> Result<String, RunError> {
///     let hlist_pat![Return(greeting)] = run::<Greet>(store).await?;
///     Ok(greeting)
/// }
/// ```
///
/// The second parameter is never written; see [`Proven`] for what it is there for.
pub trait Runs<T: IsStep<Proof: Sized>, P = <Self as CanRun<T>>::Proof>: CanRun<T> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
impl<T: Step, S: CanRun<T>> Runs<T, Proven> for S {
    fn seal(_: Seal) {}
}

/// The proof that a store can run the target `T`: a function from a store to [`Proven`], defined where nothing is missing.
///
/// You never write it: it is what [`Runs`] rests on, and what rustc names in its notes.
pub trait CanRun<T: Step>: Satisfies<T> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Always [`Proven`].
    type Proof;
}

impl<T: Step, S: Satisfies<T>> CanRun<T> for S {
    fn seal(_: Seal) {}

    type Proof = Proven;
}

/// A store in which the walk from the target `T` finds nothing wrong.
///
/// A trait apart from [`CanRun`]: rustc keeps what it has proved of a trait, but walks anew wherever it works out a type
/// that needs the walk.
pub trait Satisfies<T: Step>: Backing<World: Finds<T, Found: Sound<CaseOf<T, Self>>>> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

// For any type, and not for `Store` and `Arc`: rustc would quote those impls in each error.
impl<T: Step, S: Backing<World: Finds<T, Found: Sound<CaseOf<T, S>>>>> Satisfies<T> for S {
    fn seal(_: Seal) {}
}

/// What each proof comes to, as a type: what a bound that carries a proof makes rustc work out.
///
/// Types are worked out before bounds are looked at. So what is not proven is told where the type is worked out: once, at
/// the call as a whole, without a quote of the declaration; and not first for an argument, then for the future that an
/// async function returns. For this alone [`Runs`] has a second parameter that is never written,
/// the methods of [`Store`], the lists of a step and the target of [`run`](crate::run()) ask for `Proof: Sized`. What a list or a target is proved with is
/// not this but what it consists of; see [`is`].
#[derive(Debug)]
pub struct Proven;

/// A run for the target `T` on the store `S`, as the verdict knows it.
pub type CaseOf<T, S> = Case<One<T>, <S as Backing>::World>;

/// A world in which the walk from a target finds something.
#[diagnostic::on_unimplemented(
    message = "it is not known here whether the store can run `{T}`",
    label = "nothing in the type of the store says so",
    note = "say it: `store: &impl Runs<{T}>`, or of a store that has to do more, `S: Runs<First> + Runs<{T}>`"
)]
pub trait Finds<T: Step> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// What the walk from the target `T` finds.
    type Found: Findings;
}

impl<P: Pipeline, G: Supply, U: Above, T: Step> Finds<T> for WorldOf<P, G, U> {
    fn seal(_: Seal) {}

    type Found = <T::Inputs as Wants>::Found<T, P, G, U>;
}

/// A world in which the walk for what a store below asks for finds something.
pub trait FindsBelow<A> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// What the walk for the resources in the list `A` finds.
    type Found: Findings;
}

impl<P: Pipeline, G: Supply, U: Above, A: Asked> FindsBelow<A> for WorldOf<P, G, U> {
    fn seal(_: Seal) {}

    type Found = <P::Steps as Registers>::Found<SoughtBelow<A>, P, G, U>;
}

/// A store that can run the target `T` and then be taken apart: not one that others may hold as well, or that has another
/// above it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be taken apart after the run",
    label = "not a store by value, or one with another above it",
    note = "give the store itself, and not a reference or an `Arc`: others may hold it as well; of these, `run` hands out references"
)]
pub trait RunsOwned<T: IsStep<Proof: Sized>, P = <Self as CanRun<T>>::Proof>: Runs<T, P> + Values + Sized {
    #[doc(hidden)]
    fn seal(_: Seal);
}
impl<P: Pipeline, G: Supply, T: Step> RunsOwned<T, Proven> for Store<P, G>
where
    Self: CanRun<T>,
{
    fn seal(_: Seal) {}
}

/// A store that can run the target `T` and be shared between threads, in an `Arc`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be shared between threads for a run",
    label = "not a store in an `Arc`",
    note = "give a store in an `Arc`; for one that is borrowed there are `Executor::run_blocking` and `Executor::scope`"
)]
pub trait RunsShared<T: IsStep<Proof: Sized>, P = <Self as CanRun<T>>::Proof>: Runs<T, P> + Values + Sized {
    #[doc(hidden)]
    fn seal(_: Seal);
}
impl<P: Pipeline, G: Supply, U: Above, T: Step> RunsShared<T, Proven> for Store<P, G, U>
where
    Self: CanRun<T>,
{
    fn seal(_: Seal) {}
}

/// The source, among the steps of the pipeline `P`, of what the target `T` stores.
pub type Home<T, P> = <<T as Step>::Outputs as Gives>::Home<Providers<P>, NothingStored>;
