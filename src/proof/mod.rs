//! You never write these: the traits by which rustc proves that a run is complete. (docs to come)

pub mod digits;
pub mod identity;
pub mod lists;
pub mod source;
pub mod trie;
pub mod verdict;
pub mod visited;
pub mod walk;

use crate::exec::view::{Backing, Values};
use crate::pipeline::Pipeline;
use crate::resource::Resource;
use crate::step::Step;
use crate::store::Store;
use crate::supply::Supply;
use core::marker::PhantomData;
use frunk::{HCons, HNil};
use lists::{Gives, Registers, Wants};
use source::{FirstStep, NothingStored, Source};
use std::sync::Arc;
use trie::{Empty, Trie};
use verdict::{Distinct, HomeOf, Known, Sound, SourceOf, Undisputed, Unsupplied};
use walk::{FoundFrom, FoundFromTarget, World};

/// The steps of the pipeline `P` as a map from resources to the steps that provide them.
pub type Providers<P> = <<P as Pipeline>::Steps as Registers>::Register<Empty, FirstStep>;

/// The world of a store of the pipeline `P` that was supplied with `G`. A name for the large map behind it, which the
/// walk carries along and looks up only where it needs it.
#[derive(Debug)]
pub struct WorldOf<P, G>(PhantomData<(P, G)>);

impl<P: Pipeline, G: Supply> World for WorldOf<P, G> {
    type Sources = G::Overlay<Providers<P>>;
}

/// A pipeline whose registration is sound: no resource has two providers, and no step lists one twice.
pub trait Valid: Pipeline {}
impl<P: Pipeline> Valid for P
where
    Providers<P>: Undisputed,
    P::Steps: EachDistinct,
{
}

/// Steps that list no resource twice.
pub trait EachDistinct {}
impl EachDistinct for HNil {}
impl<H: EachDistinct, L: EachDistinct> EachDistinct for HCons<H, L> {}
impl<S: Step> EachDistinct for S
where
    <S::Inputs as Wants>::List<Empty>: Distinct<S>,
    <S::Outputs as Gives>::List<Empty>: Distinct<S>,
{
}

/// Steps whose inputs are, in the world `W`, the resources that they are meant to be.
pub trait EachMeets<W> {}
impl<W> EachMeets<W> for HNil {}
impl<W, H: EachMeets<W>, L: EachMeets<W>> EachMeets<W> for HCons<H, L> {}
impl<W, S: Step> EachMeets<W> for S where S::Inputs: Meets<W> {}

/// Inputs that are, in the world `W`, the resources that they are meant to be.
pub trait Meets<W> {}
impl<W> Meets<W> for HNil {}
impl<W, H: Meets1<W>, L: Meets<W>> Meets<W> for HCons<H, L> {}
/// One of them.
pub trait Meets1<W> {}
impl<W> Meets1<W> for HNil {}
impl<W, H: Meets1<W>, L: Meets<W>> Meets1<W> for HCons<H, L> {}
impl<W: World, R: Resource> Meets1<W> for R where SourceIn<W, R>: SourceOf<R> {}

/// A list of what is supplied that can take the resource `R`: it does not hold it yet.
pub trait Accepts<R: Resource>: Supply {}
impl<R: Resource, G: Supply> Accepts<R> for G where SuppliedAs<G, R>: Unsupplied<R> {}

/// The source of the resource `R` among what is supplied.
pub type SuppliedAs<G, R> = <<G as Supply>::Overlay<Empty> as Trie>::Find<<R as Resource>::Identity>;

/// The source of the resource `R` in the world `W`.
pub type SourceIn<W, R> = <<W as World>::Sources as Trie>::Find<<R as Resource>::Identity>;

/// A store that knows the resource `R`: it holds it, or its pipeline has a step that provides it.
pub trait Knows<R: Resource> {}
impl<P: Pipeline, G: Supply, R: Resource> Knows<R> for Store<P, G> where SourceIn<WorldOf<P, G>, R>: Known<R, P> {}

/// A store that can give the resource `R`: it holds it, or its steps can make it from what it holds.
pub trait Provides<R: Resource>: Knows<R> {}
impl<P: Pipeline, G: Supply, R: Resource> Provides<R> for Store<P, G>
where
    Self: Knows<R>,
    FoundFrom<WorldOf<P, G>, SourceIn<WorldOf<P, G>, R>, R>: Sound,
    P::Steps: EachMeets<WorldOf<P, G>>,
{
}

/// A store that can run the target `T`: whatever the target needs, the store holds or a step of its pipeline provides.
///
/// This is the bound to write in generic code, and the trait that carries the proof:
///
/// ```
/// # use pipeliner::{HList, Inputs, Outputs, Return, Step, hlist, hlist_pat, resource};
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
/// use pipeliner::{RunError, Runs, run};
///
/// async fn greet(store: &impl Runs<Greet>) -> Result<String, RunError> {
///     let hlist_pat![Return(greeting)] = run::<Greet>(store).await?;
///     Ok(greeting)
/// }
/// ```
pub trait Runs<T: Step>: Backing {}

impl<P: Pipeline, G: Supply, T: Step> Runs<T> for Store<P, G>
where
    Home<T, P>: HomeOf<T, P>,
    FoundFromTarget<WorldOf<P, G>, T, <Home<T, P> as Source>::Number>: Sound,
    P::Steps: EachMeets<WorldOf<P, G>>,
    T::Inputs: Meets<WorldOf<P, G>>,
{
}

impl<T: Step, S: Runs<T> + Send> Runs<T> for Arc<S> {}

/// A store that can run the target `T` and then be taken apart: not one that others may hold as well.
pub trait RunsOwned<T: Step>: Runs<T> + Values + Sized {}

impl<P: Pipeline, G: Supply, T: Step> RunsOwned<T> for Store<P, G> where Self: Runs<T> {}

/// The source, among the steps of the pipeline `P`, of what the target `T` stores.
pub type Home<T, P> = <<T as Step>::Outputs as Gives>::Home<Providers<P>, NothingStored>;
