//! A list of steps in which one was swapped for another.

use crate::exec::plan::{Spec, Tree};
use crate::pipeline::{Pipeline, StepList};
use crate::proof::Home;
use crate::proof::check::{GivesSame, Settled, StoresIn, Verdict};
use crate::proof::ids::number::Number;
use crate::proof::ids::trie::Trie;
use crate::proof::kind::{Group, OfSteps};
use crate::proof::lists::inputs::Registers;
use crate::proof::walk::Goal;
use crate::proof::walk::source::{Dispute, Source};
use crate::proof::witness::IsStep;
use crate::sealed::Seal;
use crate::step::Step;
use crate::store::parent::Above;
use crate::store::supplied::Supply;
use core::marker::PhantomData;

/// The list `L`, in which `New` stands wherever `Old` was in the steps of `P`.
///
/// It is that list, and one [dispute](Dispute) more: whether that was right is judged with all else that is registered.
#[derive(Debug)]
pub struct Swapped<L, Old, New, P>(PhantomData<(L, Old, New, P)>);

// Here and below: else rustc shows this where a pipeline has no list of steps.
#[diagnostic::do_not_recommend]
impl<L: Registers, Old: Step, New: Step, P: Pipeline> Registers for Swapped<L, Old, New, P> {
    fn seal(_: Seal) {}

    type Register<T: Trie, N: Number> = L::Register<T, N>;
    type Next<N: Number> = L::Next<N>;
    type Origins<W: Trie> = L::Origins<W>;
    type Repeats<D> = Dispute<<Home<Old, P> as Source>::Origin, InPlaceOf<Old, New, P>, L::Repeats<D>>;
    type Found<Q: Goal, R: Pipeline, G: Supply, U: Above> = L::Found<Q, R, G, U>;
}

impl<L, Old, New, P> OfSteps for Swapped<L, Old, New, P> {
    fn seal(_: Seal) {}

    type Kind = Group;
}

#[diagnostic::do_not_recommend]
impl<L: StepList, Old: Step, New: Step, P: Pipeline> StepList for Swapped<L, Old, New, P> {
    fn seal(_: Seal) {}

    type Proof = <L as StepList>::Proof;
    type Swap<A: IsStep, B: IsStep> = Swapped<L::Swap<A, B>, Old, New, P>;
    type Slots = L::Slots;
    const SPECS: &'static Tree<Spec> = L::SPECS;
}

/// The step `New`, put in place of `Old` in `P`: in dispute with the origin of what `Old` stores.
#[derive(Debug)]
pub struct InPlaceOf<Old, New, P>(PhantomData<(Old, New, P)>);

impl<O, Old: Step, New: Step, P, D: Settled> Settled for Dispute<O, InPlaceOf<Old, New, P>, D>
where
    O: StoresIn<Old, P>,
    Verdict: GivesSame<Old::Outputs, New::Outputs, Old, New>,
{
    fn seal(_: Seal) {}
}
