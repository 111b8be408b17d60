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
use lists::{Gives, One, Registers};
use source::{FirstStep, NothingStored, Source};
use trie::{Empty, Trie};
use verdict::{Case, EachDistinct, Known, Sought, Sound, Undisputed, Unsupplied};
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
    StepsOf<P>: EachDistinct,
{
}

/// The steps of the pipeline `P` as a tree.
pub type StepsOf<P> = <<P as Pipeline>::Steps as Registers>::Tree;

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
    FoundFrom<WorldOf<P, G>, SourceIn<WorldOf<P, G>, R>, R>: Sound<Case<Sought<R>, WorldOf<P, G>>>,
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

// For any type, and not for `Store` and `Arc`: rustc would quote those impls in each error.
impl<T: Step, S: Backing> Runs<T> for S
where
    S::World: Finds<T>,
    <S::World as Finds<T>>::Found: Sound<Case<One<T>, S::World>>,
{
}

/// A world in which the walk from a target finds something.
pub trait Finds<T: Step> {
    /// What the walk from the target `T` finds.
    type Found;
}

impl<P: Pipeline, G: Supply, T: Step> Finds<T> for WorldOf<P, G> {
    type Found = FoundFromTarget<Self, T, <Home<T, P> as Source>::Number>;
}

/// A store that can run the target `T` and then be taken apart: not one that others may hold as well.
pub trait RunsOwned<T: Step>: Runs<T> + Values + Sized {}

impl<P: Pipeline, G: Supply, T: Step> RunsOwned<T> for Store<P, G> where Self: Runs<T> {}

/// The source, among the steps of the pipeline `P`, of what the target `T` stores.
pub type Home<T, P> = <<T as Step>::Outputs as Gives>::Home<Providers<P>, NothingStored>;
