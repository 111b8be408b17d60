//! The verdict: what the walk found, judged by the traits that carry every message of this library.
//!
//! A trait that carries a message is a leaf: rustc reports the first bound that it cannot descend past, so between a
//! leaf and the call there stand only impls that it can tell apart. All leaves are traits of [`Verdict`], a type of this
//! library: of a type of the user's, rustc would show the whole declaration each time.

pub mod swap;

use crate::exec::store_ref::Backing;
use crate::pipeline::Pipeline;
use crate::proof::ids::digits::{Digits, Order};
use crate::proof::lists::inputs::{Comes, Gives, One, Pair, Wants};
use crate::proof::walk::source::{self, Absent, Dispute, Held, Listed, NothingStored, ProvidedBy, Source};
use crate::proof::walk::{Asked, Closed, Path, Sought, SoughtBelow, Via};
use crate::proof::witness::IsResource;
use crate::proof::{FindsBelow, Home, OriginsOf, SourcesOf, WorldOf};
use crate::sealed::Seal;
use crate::step::Step;
use crate::store::parent::{Above, Root};
use crate::store::supplied::Supply;
use core::marker::PhantomData;
use frunk_core::hlist::HNil;

/// A list of what the walk found wrong.
pub trait Findings {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The list with the resource `R` missing, which is needed by `S`: by [`One`] step, or an [`Offered`] one. Each
    /// missing resource stands there once.
    type Missing<R: IsResource, S>: Findings;
    /// The list with the cycle `P`.
    type Cycle<P: Path>: Findings;
    /// The list with the resource `R`, which is to come from the store above. Each stands there once.
    type Above<R: IsResource>: Findings;
}

/// Nothing more is wrong; the resources `A` are to come from the store above.
#[derive(Debug)]
pub struct NoMore<A = HNil>(PhantomData<A>);

/// The resource `R`, needed by `S`, comes from nowhere; and then what is in `F`.
#[derive(Debug)]
pub struct MissingInput<R, S, F>(PhantomData<(R, S, F)>);

/// The steps `P` need each other in a ring; and then what is in `F`.
#[derive(Debug)]
pub struct Ring<P, F>(PhantomData<(P, F)>);

impl<A: Asked> Findings for NoMore<A> {
    fn seal(_: Seal) {}

    type Missing<R: IsResource, S> = MissingInput<R, S, Self>;
    type Cycle<P: Path> = Ring<P, Self>;
    type Above<R: IsResource> = NoMore<A::And<R>>;
}

impl<R0: IsResource, S0, F: Findings> Findings for MissingInput<R0, S0, F> {
    fn seal(_: Seal) {}

    type Missing<R: IsResource, S> = <<R::Named as Digits>::Compare<R0::Named> as Order>::Note<R, S, R0, S0, F>;
    type Cycle<P: Path> = MissingInput<R0, S0, F::Cycle<P>>;
    type Above<R: IsResource> = MissingInput<R0, S0, F::Above<R>>;
}

impl<P0: Path, F: Findings> Findings for Ring<P0, F> {
    fn seal(_: Seal) {}

    type Missing<R: IsResource, S> = Ring<P0, F::Missing<R, S>>;
    type Cycle<P: Path> = Ring<P0, F::Cycle<P>>;
    type Above<R: IsResource> = Ring<P0, F::Above<R>>;
}

/// Who answers for a run: the type of whom all that follows is said.
#[derive(Debug)]
pub struct Verdict;

/// Nobody. A trait that says that two types are one has an impl for nobody beside the one that counts, and neither is to be
/// recommended: of a single impl, rustc tells in five lines what it is there for even so.
#[derive(Debug)]
pub struct Nobody;

/// A run for the target `T` in the world `W`: what is judged of it after the findings of the walk.
///
/// One after the other, and not all at once: a mistake in one makes no second error in another.
#[derive(Debug)]
pub struct Case<T, W>(PhantomData<(T, W)>);

/// Findings with nothing wrong in them, in a case `C` that is right as well.
#[diagnostic::on_unimplemented(
    message = "it is not known here whether the store has what the target needs",
    label = "the type of the store is not known in full here",
    note = "take any store that can: `store: &impl Runs<Target>`, or for a resource `store: &impl Provides<Resource>`"
)]
pub trait Sound<C> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// For a target: it is registered where it has to be, and what it takes and stores are what they are meant to be.
impl<T: Step, P: Pipeline, G: Supply, U: Above, A> Sound<Case<One<T>, WorldOf<P, G, U>>> for NoMore<A>
where
    <Home<T, P> as Source>::Origin: HomeOf<T, P>,
    <T::Inputs as Wants>::Origins<SourcesOf<P, G, U>>: Meant,
    <T::Outputs as Gives>::Origins<SourcesOf<P, G, U>>: Meant,
    WorldOf<P, G, U>: Plain,
    U: GivesBelow<A>,
{
    fn seal(_: Seal) {}
}
/// For a resource: its origin has been looked at.
impl<R, P: Pipeline, G: Supply, U: Above, A> Sound<Case<Sought<R>, WorldOf<P, G, U>>> for NoMore<A>
where
    WorldOf<P, G, U>: Plain,
    U: GivesBelow<A>,
{
    fn seal(_: Seal) {}
}
/// For what a store below asks for: likewise.
impl<L, P: Pipeline, G: Supply, U: Above, A> Sound<Case<SoughtBelow<L>, WorldOf<P, G, U>>> for NoMore<A>
where
    WorldOf<P, G, U>: Plain,
    U: GivesBelow<A>,
{
    fn seal(_: Seal) {}
}
impl<R, S, F: Sound<C::Rest>, C: Judged> Sound<C> for MissingInput<R, One<S>, F>
where
    C::Judge: Locates<R, S, C::Pipeline>,
{
    fn seal(_: Seal) {}
}
impl<R, S, Q, F: Sound<C::Rest>, C: Judged> Sound<C> for MissingInput<R, Offered<S, Q>, F>
where
    Verdict: SuppliesOffered<R, S, Q, C::Pipeline>,
{
    fn seal(_: Seal) {}
}
impl<P: Acyclic, F: Sound<C::Rest>, C: Judged> Sound<C> for Ring<P, F> {
    fn seal(_: Seal) {}
}

/// A case, or what is left of it once something was found to be wrong.
pub trait Judged {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The pipeline that it is about.
    type Pipeline;
    /// Who says that something is missing: [`Verdict`], or whoever knows of other stores that it could be in.
    type Judge;
    /// What is still judged then.
    type Rest;
}
impl<T, P, G, U: Above> Judged for Case<One<T>, WorldOf<P, G, U>> {
    fn seal(_: Seal) {}

    type Pipeline = P;
    type Judge = U::Judge;
    type Rest = WrongAlready<WorldOf<P, G, U>, U::Judge>;
}
impl<R, P, G, U: Above> Judged for Case<Sought<R>, WorldOf<P, G, U>> {
    fn seal(_: Seal) {}

    type Pipeline = P;
    type Judge = U::Judge;
    type Rest = WrongAlready<WorldOf<P, G, U>, U::Judge>;
}
impl<L, P, G, U> Judged for Case<SoughtBelow<L>, WorldOf<P, G, U>> {
    fn seal(_: Seal) {}

    type Pipeline = P;
    type Judge = FromBelow;
    type Rest = WrongAlready<WorldOf<P, G, U>, FromBelow>;
}
impl<P, G, U, J> Judged for WrongAlready<WorldOf<P, G, U>, J> {
    fn seal(_: Seal) {}

    type Pipeline = P;
    type Judge = J;
    type Rest = Self;
}

/// What is judged by `J` in the world `W` once something was found to be wrong: what is missing above.
#[derive(Debug)]
pub struct WrongAlready<W, J>(PhantomData<(W, J)>);
impl<P, G, U: GivesBelow<A>, A, J> Sound<WrongAlready<WorldOf<P, G, U>, J>> for NoMore<A> {
    fn seal(_: Seal) {}
}

/// Who answers for a run in a scope, whose parent is `Q`.
#[derive(Debug)]
pub struct InScopeOf<Q>(PhantomData<Q>);

/// Who answers for a run that a store below asks for.
#[derive(Debug)]
pub struct FromBelow;

/// Whoever answers for a run, as one who finds the resource `R`, which the step `S` needs, in a store of `P`: a function to
/// the trait that tells that there is none, by what other stores there are.
pub trait Locates<R, S, P> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
impl<R, S, P> Locates<R, S, P> for Verdict
where
    Verdict: Supplies<R, S, P>,
{
    fn seal(_: Seal) {}
}
impl<R, S, P, Q> Locates<R, S, P> for InScopeOf<Q>
where
    Verdict: SuppliesInScope<R, S, P, Q>,
{
    fn seal(_: Seal) {}
}
impl<R, S, P> Locates<R, S, P> for FromBelow
where
    Verdict: SuppliesAbove<R, S, P>,
{
    fn seal(_: Seal) {}
}

/// A store above, or none, that gives the resources in the list `A`.
pub trait GivesBelow<A> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
impl GivesBelow<HNil> for Root {
    fn seal(_: Seal) {}
}
impl<B: Backing<World: FindsBelow<A, Found: Sound<Case<SoughtBelow<A>, B::World>>>>, A> GivesBelow<A> for B {
    fn seal(_: Seal) {}
}

/// Never so: the resource `R`, which the step `S` needs, is missing in a store of `P`.
#[diagnostic::on_unimplemented(
    message = "step `{S}` needs `{R}`, which no step of `{P}` provides and its store does not hold",
    label = "`{R}` is missing",
    note = "supply it, `let store = store.with({R}, value);`, or register in `{P}` a step that gives `Out<{R}>`",
    note = "a store that comes from elsewhere says so in its type: `StoreOf<{P}, HList![{R}]>`, or `&impl Runs<Target>`; one that is to see another is made with `Store::<{P}>::within(&above)`"
)]
pub trait Supplies<R, S, P> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// Never so: the resource `R`, which the step `S` needs, is missing in a store of `P`, and in that of `Q` above it.
#[diagnostic::on_unimplemented(
    message = "step `{S}` needs `{R}`, which no step of `{P}` or of `{Q}` above it provides, and neither store holds it",
    label = "`{R}` is missing",
    note = "supply it, `let store = store.with({R}, value);`, or register a step that gives `Out<{R}>`: in `{Q}`, once for all scopes, or in `{P}`, for each"
)]
pub trait SuppliesInScope<R, S, P, Q> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// Never so: the resource `R`, which the step `S` needs, is missing in a store of `P` that is above another one.
#[diagnostic::on_unimplemented(
    message = "step `{S}` needs `{R}`, which no step of `{P}` provides and its store does not hold",
    label = "`{R}` is missing",
    note = "supply it to the store of `{P}`, or register in `{P}` a step that gives `Out<{R}>`; what a scope holds, the steps of `{P}` never see"
)]
pub trait SuppliesAbove<R, S, P> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// The step `S`, which would not have to be there: it is needed for the resource `Q`, and whoever takes that can do
/// without.
#[derive(Debug)]
pub struct Offered<S, Q>(PhantomData<(S, Q)>);

/// Never so: the resource `R` is missing in a store of `P`, which the step `S` needs, that provides `Q` to those who can
/// do without.
#[diagnostic::on_unimplemented(
    message = "step `{S}`, which is registered to provide the optional `{Q}`, needs `{R}`, which no step of `{P}` provides and its store does not hold",
    label = "`{R}` is missing",
    note = "supply it, `let store = store.with({R}, value);`, or do not register `{S}`: without a provider, an `Option` of `{Q}` is `None`"
)]
pub trait SuppliesOffered<R, S, Q, P> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// A path that is no cycle: there is none.
pub trait Acyclic {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// A cycle of a certain length, spelled out whole: rustc would shorten a long type, but not a message with many types.
macro_rules! cycle {
    ($trait:ident[$($step:ident)*], $path:ty, $message:literal) => {
        #[diagnostic::on_unimplemented(
            message = $message,
            label = "the target needs this cycle",
            note = "supply a resource that one of these steps takes from the next, or let it do without"
        )]
        #[doc = concat!("Never so: ", $message)]
        pub trait $trait<$($step),*> {
#[doc(hidden)]
fn seal(_: Seal);
}
        impl<$($step),*> Acyclic for $path where Verdict: $trait<$($step),*> {
fn seal(_: Seal) {}
}
    };
}
cycle!(Cycle1[S], Via<S, Closed>, "dependency cycle: step `{S}` needs itself");
cycle!(Cycle2[S A], Via<S, Via<A, Closed>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{S}`");
cycle!(Cycle3[S A B], Via<S, Via<A, Via<B, Closed>>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{S}`");
cycle!(Cycle4[S A B C], Via<S, Via<A, Via<B, Via<C, Closed>>>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{C}`, which needs `{S}`");
cycle!(Cycle5[S A B C D], Via<S, Via<A, Via<B, Via<C, Via<D, Closed>>>>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{C}`, which needs `{D}`, which needs `{S}`");
cycle!(Cycle6[S A B C D E], Via<S, Via<A, Via<B, Via<C, Via<D, Via<E, Closed>>>>>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{C}`, which needs `{D}`, which needs `{E}`, which needs `{S}`");
cycle!(Cycle7[S A B C D E F], Via<S, Via<A, Via<B, Via<C, Via<D, Via<E, Via<F, Closed>>>>>>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{C}`, which needs `{D}`, which needs `{E}`, which needs `{F}`, which needs `{S}`");
cycle!(Cycle8[S A B C D E F G], Via<S, Via<A, Via<B, Via<C, Via<D, Via<E, Via<F, Via<G, Closed>>>>>>>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{C}`, which needs `{D}`, which needs `{E}`, which needs `{F}`, which needs `{G}`, which needs `{S}`");
cycle!(Cycle9[S A B C D E F G H], Via<S, Via<A, Via<B, Via<C, Via<D, Via<E, Via<F, Via<G, Via<H, Closed>>>>>>>>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{C}`, which needs `{D}`, which needs `{E}`, which needs `{F}`, which needs `{G}`, which needs `{H}`, which needs `{S}`");
cycle!(Cycle10[S A B C D E F G H I], Via<S, Via<A, Via<B, Via<C, Via<D, Via<E, Via<F, Via<G, Via<H, Via<I, Closed>>>>>>>>>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{C}`, which needs `{D}`, which needs `{E}`, which needs `{F}`, which needs `{G}`, which needs `{H}`, which needs `{I}`, which needs `{S}`");
cycle!(Cycle11[S A B C D E F G H I J], Via<S, Via<A, Via<B, Via<C, Via<D, Via<E, Via<F, Via<G, Via<H, Via<I, Via<J, Closed>>>>>>>>>>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{C}`, which needs `{D}`, which needs `{E}`, which needs `{F}`, which needs `{G}`, which needs `{H}`, which needs `{I}`, which needs `{J}`, which needs `{S}`");
cycle!(Cycle12[S A B C D E F G H I J K], Via<S, Via<A, Via<B, Via<C, Via<D, Via<E, Via<F, Via<G, Via<H, Via<I, Via<J, Via<K, Closed>>>>>>>>>>>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{C}`, which needs `{D}`, which needs `{E}`, which needs `{F}`, which needs `{G}`, which needs `{H}`, which needs `{I}`, which needs `{J}`, which needs `{K}`, which needs `{S}`");

/// Never so: a cycle of more than twelve steps, the first twelve of which are spelled out.
#[diagnostic::on_unimplemented(
    message = "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{C}`, which needs `{D}`, which needs `{E}`, which needs `{F}`, which needs `{G}`, which needs `{H}`, which needs `{I}`, which needs `{J}`, which needs `{K}`, and so on through `{More}` to `{S}`",
    label = "the target needs this cycle",
    note = "supply a resource that one of these steps takes from the next, or let it do without"
)]
pub trait LongCycle<S, A, B, C, D, E, F, G, H, I, J, K, More> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
#[rustfmt::skip]
impl<S, A, B, C, D, E, F, G, H, I, J, K, L, P> Acyclic
    for Via<S, Via<A, Via<B, Via<C, Via<D, Via<E, Via<F, Via<G, Via<H, Via<I, Via<J, Via<K, Via<L, P>>>>>>>>>>>>>
where
    Verdict: LongCycle<S, A, B, C, D, E, F, G, H, I, J, K, Via<L, P>>,
{
fn seal(_: Seal) {}

}

/// A list of what is in dispute, with everything in it settled.
#[diagnostic::on_unimplemented(
    message = "it is not known here whether two steps of the pipeline provide one resource",
    label = "the steps are not known in full here",
    note = "make the store where they are, and take any that can run the target: `store: &impl Runs<Target>`"
)]
pub trait Settled {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// Nothing more is in dispute.
#[derive(Debug)]
pub struct NoDispute;
impl Settled for NoDispute {
    fn seal(_: Seal) {}
}
impl<R, A, Q, B, D: Settled> Settled for Dispute<ProvidedBy<R, A>, ProvidedBy<Q, B>, D>
where
    Verdict: OneProvider<R, Q, A, B, Judge: OneStep<R, A, B>>,
{
    fn seal(_: Seal) {}
}
impl<R, Q, S, D: Settled> Settled for Dispute<Listed<R, S>, Listed<Q, S>, D>
where
    Verdict: ListedOnce<R, Q, S>,
{
    fn seal(_: Seal) {}
}

/// `R` from the step `A` and `Q` from the step `B` are one resource.
#[diagnostic::on_unimplemented(
    message = "`{R}` and `{Q}` have the same identity",
    label = "two resources with one identity are registered here",
    note = "give one of them another name, or another identity: `type Identity = identity!(\"a name of its own\")`"
)]
pub trait OneProvider<R, Q, A, B> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Who judges the steps, if the resources are one.
    type Judge;
}
#[diagnostic::do_not_recommend]
impl<R, A, B> OneProvider<R, R, A, B> for Verdict {
    fn seal(_: Seal) {}

    type Judge = Verdict;
}
#[diagnostic::do_not_recommend]
impl OneProvider<Nobody, Verdict, Nobody, Nobody> for Verdict {
    fn seal(_: Seal) {}

    type Judge = Verdict;
}

/// The providers `A` and `B` of the resource `R` are one step.
#[diagnostic::on_unimplemented(
    message = "`{R}` is provided by two steps, `{A}` and `{B}`",
    label = "both providers of `{R}` are registered here",
    note = "register one of them, or let one provide a resource of its own"
)]
pub trait OneStep<R, A, B> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
#[diagnostic::do_not_recommend]
impl<R, A> OneStep<R, A, A> for Verdict {
    fn seal(_: Seal) {}
}
#[diagnostic::do_not_recommend]
impl OneStep<Nobody, Nobody, Verdict> for Verdict {
    fn seal(_: Seal) {}
}

/// The step `S` lists two resources with one identity: they are two, which is wrong, or one twice, which is wrong too.
#[diagnostic::on_unimplemented(
    message = "`{R}` and `{Q}` have the same identity",
    label = "step `{S}`, which lists both, is registered here",
    note = "give one of them another name, or another identity: `type Identity = identity!(\"a name of its own\")`"
)]
pub trait ListedOnce<R, Q, S> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
impl<R, S> ListedOnce<R, R, S> for Verdict
where
    Verdict: Lists<R, S>,
{
    fn seal(_: Seal) {}
}

/// Never so: the step `S` lists the resource `R` once.
#[diagnostic::on_unimplemented(
    message = "step `{S}` lists `{R}` twice",
    label = "`{S}` is registered here",
    note = "name each resource once in `Inputs`, and once in `Outputs`"
)]
pub trait Lists<R, S> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// A world in which what the steps take is what they are meant to take.
///
/// It is the same for all targets. rustc keeps what it has proved of a trait, and so finds out once for all of them.
pub trait Plain {
    #[doc(hidden)]
    fn seal(_: Seal);
}
impl<P: Pipeline, G: Supply, U: Above> Plain for WorldOf<P, G, U>
where
    OriginsOf<P, SourcesOf<P, G, U>>: Meant,
{
    fn seal(_: Seal) {}
}

/// A tree of origins, each of which is meant for the resource that comes from it.
pub trait Meant {
    #[doc(hidden)]
    fn seal(_: Seal);
}
impl Meant for HNil {
    fn seal(_: Seal) {}
}
impl<A: Meant, B: Meant> Meant for Pair<A, B> {
    fn seal(_: Seal) {}
}
impl<R, O: OriginOf<R>> Meant for Comes<R, O> {
    fn seal(_: Seal) {}
}

/// The origin of the resource `R` in a map: one that is meant for `R`.
pub trait OriginOf<R> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
impl<R> OriginOf<R> for Absent {
    fn seal(_: Seal) {}
}
impl<R, Q> OriginOf<R> for Held<Q>
where
    Verdict: SameResource<Q, R>,
{
    fn seal(_: Seal) {}
}
impl<R, Q> OriginOf<R> for source::Above<Q>
where
    Verdict: SameResource<Q, R>,
{
    fn seal(_: Seal) {}
}
impl<R, Q, S> OriginOf<R> for ProvidedBy<Q, S>
where
    Verdict: SameResource<Q, R>,
{
    fn seal(_: Seal) {}
}

/// `Q` and `R`, which have the same identity, are one resource.
#[diagnostic::on_unimplemented(
    message = "`{Q}` and `{R}` have the same identity",
    label = "these two resources meet here",
    note = "give one of them another name, or another identity: `type Identity = identity!(\"a name of its own\")`"
)]
pub trait SameResource<Q, R> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
#[diagnostic::do_not_recommend]
impl<R> SameResource<R, R> for Verdict {
    fn seal(_: Seal) {}
}
#[diagnostic::do_not_recommend]
impl SameResource<Nobody, Verdict> for Verdict {
    fn seal(_: Seal) {}
}

/// The origin of the resource `R` in the world `W`: there is one.
#[diagnostic::on_unimplemented(
    message = "it is not known here whether the store has `{R}`, or a step that provides it",
    label = "the type of the store is not known in full here",
    note = "take any store that can give it, `store: &impl Provides<{R}>`, and ask with `fetch::<{R}>(store)`"
)]
pub trait Known<R, W> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
impl<R, P, G, U> Known<R, WorldOf<P, G, U>> for Absent
where
    Verdict: KnownTo<R, P>,
{
    fn seal(_: Seal) {}
}
impl<R, W, Q> Known<R, W> for Held<Q>
where
    Verdict: SameResource<Q, R>,
{
    fn seal(_: Seal) {}
}
impl<R, W, Q> Known<R, W> for source::Above<Q>
where
    Verdict: SameResource<Q, R>,
{
    fn seal(_: Seal) {}
}
impl<R, W, Q, S> Known<R, W> for ProvidedBy<Q, S>
where
    Verdict: SameResource<Q, R>,
{
    fn seal(_: Seal) {}
}

/// Never so: the resource `R` is unknown to a store of `P`.
#[diagnostic::on_unimplemented(
    message = "no step of `{P}` provides `{R}`, and its store does not hold it",
    label = "`{R}` is unknown here",
    note = "supply it, `let store = store.with({R}, value);`, or register in `{P}` a step that gives `Out<{R}>`"
)]
pub trait KnownTo<R, P> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// The origin of the outputs of the target `T` among the steps of `P`: that very step.
pub trait HomeOf<T, P> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
impl<T, P> HomeOf<T, P> for NothingStored {
    fn seal(_: Seal) {}
}
impl<T, P> HomeOf<T, P> for Absent
where
    Verdict: Registers<T, P>,
{
    fn seal(_: Seal) {}
}
impl<T, P, R, S> HomeOf<T, P> for ProvidedBy<R, S>
where
    Verdict: TakesFrom<T, S, R, P>,
{
    fn seal(_: Seal) {}
}

/// Never so: the target `T` is not registered in `P`.
#[diagnostic::on_unimplemented(
    message = "step `{T}` stores its outputs, and `{P}` does not register it",
    label = "`{T}` is not among the `Steps` of `{P}`",
    note = "add `{T}` to `type Steps` of `{P}`"
)]
pub trait Registers<T, P> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// The step from which `P` takes the resource `R`, which the target `T` stores, is that target: `S` is `T`.
#[diagnostic::on_unimplemented(
    message = "step `{T}` stores `{R}`, which `{P}` takes from `{S}`",
    label = "`{T}` is not the step that provides `{R}`",
    note = "run `{S}` instead, or register `{T}` in its place"
)]
pub trait TakesFrom<T, S, R, P> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
#[diagnostic::do_not_recommend]
impl<T, R, P> TakesFrom<T, T, R, P> for Verdict {
    fn seal(_: Seal) {}
}
#[diagnostic::do_not_recommend]
impl TakesFrom<Nobody, Verdict, Nobody, Nobody> for Verdict {
    fn seal(_: Seal) {}
}

/// The origin of the outputs of the step `T`, for which another is put: that very step, and it stores some.
pub trait StoresIn<T, P> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
impl<T, P> StoresIn<T, P> for NothingStored
where
    Verdict: IsNeeded<T>,
{
    fn seal(_: Seal) {}
}
impl<T, P> StoresIn<T, P> for Absent
where
    Verdict: Replaces<T, P>,
{
    fn seal(_: Seal) {}
}
impl<T, P, R, S> StoresIn<T, P> for ProvidedBy<R, S>
where
    Verdict: ReplacesThat<T, S, R, P>,
{
    fn seal(_: Seal) {}
}

/// Never so: the step `T`, for which another is put, is not registered in `P`.
#[diagnostic::on_unimplemented(
    message = "step `{T}` is to be replaced, and `{P}` does not register it",
    label = "`{T}` is not among the `Steps` of `{P}`",
    note = "name a step of `{P}` first, and then what is put in its place: `Swap<{P}, Old, New>`"
)]
pub trait Replaces<T, P> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// The step from which `P` takes the resource `R` is the step `T`, which stores that and for which another is put: `S` is `T`.
#[diagnostic::on_unimplemented(
    message = "step `{T}` is to be replaced, and `{P}` takes `{R}` from `{S}`",
    label = "`{T}` is not the step that provides `{R}`",
    note = "name a step of `{P}` first, and then what is put in its place: `Swap<{P}, {S}, {T}>`"
)]
pub trait ReplacesThat<T, S, R, P> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
#[diagnostic::do_not_recommend]
impl<T, R, P> ReplacesThat<T, T, R, P> for Verdict {
    fn seal(_: Seal) {}
}
#[diagnostic::do_not_recommend]
impl ReplacesThat<Nobody, Verdict, Nobody, Nobody> for Verdict {
    fn seal(_: Seal) {}
}

/// Never so: somebody needs the step `T`, which stores nothing.
#[diagnostic::on_unimplemented(
    message = "step `{T}` stores nothing, so no step needs it and none can be put in its place",
    label = "`{T}` runs only where it is called",
    note = "call another step instead: `run::<Stub>(&store)`"
)]
pub trait IsNeeded<T> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// The outputs `A` of the step `Old` and `B` of the step `New` are one list.
#[diagnostic::on_unimplemented(
    message = "step `{New}` gives other outputs than `{Old}`, in whose place it is put",
    label = "`{New}` cannot stand for `{Old}`",
    note = "let `{New}` give what `{Old}` gives, in the same order"
)]
pub trait GivesSame<A, B, Old, New> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
#[diagnostic::do_not_recommend]
impl<L, Old, New> GivesSame<L, L, Old, New> for Verdict {
    fn seal(_: Seal) {}
}
#[diagnostic::do_not_recommend]
impl GivesSame<Nobody, Verdict, Nobody, Nobody> for Verdict {
    fn seal(_: Seal) {}
}

/// The pipeline `P` of the store above a scope is the parent `Q` of that of the scope.
#[diagnostic::on_unimplemented(
    message = "this is a store of `{P}`, and the scope is to be within one of `{Q}`",
    label = "the scope is made within another store than that of its parent",
    note = "give a store of `{Q}`, or name the other: `type Parent = {P}`"
)]
pub trait IsParent<P, Q> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
#[diagnostic::do_not_recommend]
impl<P> IsParent<P, P> for Verdict {
    fn seal(_: Seal) {}
}
#[diagnostic::do_not_recommend]
impl IsParent<Nobody, Verdict> for Verdict {
    fn seal(_: Seal) {}
}

/// What is supplied under the identity of `R`: nothing.
pub trait Unsupplied<R> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
impl<R> Unsupplied<R> for Absent {
    fn seal(_: Seal) {}
}
impl<R, Q> Unsupplied<R> for Held<Q>
where
    Verdict: SuppliedOnce<R, Q>,
{
    fn seal(_: Seal) {}
}

/// Never so: `R` is supplied already, as `Q`. One resource, or two with the same identity.
#[diagnostic::on_unimplemented(
    message = "`{Q}` and `{R}` have the same identity",
    label = "the store holds `{Q}` already",
    note = "give one of them another name, or another identity: `type Identity = identity!(\"a name of its own\")`"
)]
pub trait SuppliedOnce<R, Q> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
impl<R> SuppliedOnce<R, R> for Verdict
where
    Verdict: Accepts<R>,
{
    fn seal(_: Seal) {}
}

/// Never so: the store holds `R` already.
#[diagnostic::on_unimplemented(
    message = "`{R}` is supplied twice",
    label = "the store holds `{R}` already",
    note = "supply each resource once; a value in a store is never overwritten"
)]
pub trait Accepts<R> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// Never so: a value of the type `V` that is handed to the caller of `run` is stored besides.
pub trait Stores<V> {
    #[doc(hidden)]
    fn seal(_: Seal);
}
