//! You never write these: the traits by which rustc proves that a run is complete. (docs to come)

pub mod digits;
pub mod identity;
pub mod lists;
pub mod source;
pub mod trie;
pub mod verdict;
pub mod visited;
pub mod walk;

use crate::exec::view::View;
use crate::pipeline::Pipeline;
use crate::resource::Resource;
use crate::step::Step;
use crate::store::Store;
use crate::supply::{Held, Supply};
use core::marker::PhantomData;
use frunk::{HCons, HNil};
use lists::{Gives, Registers, Wants};
use source::{FirstStep, NothingStored, Source};
use std::sync::Arc;
use trie::{Empty, Trie};
use verdict::{Distinct, HomeOf, Knows, Sound, SourceOf, Undisputed, Unsupplied};
use walk::{FoundFrom, World};

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
impl<W: World, R: Resource> Meets1<W> for R where <W::Sources as Trie>::Find<R::Identity>: SourceOf<R> {}

/// A store that can take the resource `R`: it does not hold it yet.
pub trait Accepts<R: Resource>: Supply {}
impl<R: Resource, G: Supply> Accepts<R> for G where <Held<G> as Trie>::Find<R::Identity>: Unsupplied<R> {}

/// A store that holds the resource `R`, or whose pipeline provides it.
pub trait Holds<R: Resource> {}
impl<P: Pipeline, G: Supply, R: Resource> Holds<R> for Store<P, G> where
    <G::Overlay<Providers<P>> as Trie>::Find<R::Identity>: Knows<R, P>
{
}

/// A store that can give the resource `R`: it holds it, or its steps can make it from what it holds.
pub trait Knowing<R: Resource>: Holds<R> {}
impl<P: Pipeline, G: Supply, R: Resource> Knowing<R> for Store<P, G> where
    Self: Holds<R>
{
}

/// A store that can run the target `T`.
pub trait Runs<T: Step>: Sync {
    /// The store as the executor sees it.
    #[doc(hidden)]
    fn view(&self) -> View<'_>;
}

impl<P: Pipeline, G: Supply, T: Step> Runs<T> for Store<P, G>
where
    <T::Outputs as Gives>::Home<Providers<P>, NothingStored>: HomeOf<T, P>,
    FoundFrom<WorldOf<P, G>, T, <<T::Outputs as Gives>::Home<Providers<P>, NothingStored> as Source>::Number>: Sound,
    P::Steps: EachMeets<WorldOf<P, G>>,
    T::Inputs: Meets<WorldOf<P, G>>,
{
    fn view(&self) -> View<'_> {
        View::new(self)
    }
}

impl<T: Step, S: Runs<T> + Send> Runs<T> for Arc<S> {
    fn view(&self) -> View<'_> {
        S::view(self)
    }
}
