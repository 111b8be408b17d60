//! Pipelines: which steps there are.

pub(crate) mod swap;

use crate::exec::plan::{Spec, Tree};
use crate::exec::slot::{AnySlot, Listed, Slot};
use crate::proof::ids::digits::{Digits, End, Order};
use crate::proof::kind::{Group, OfSteps, Single};
use crate::proof::lists::inputs::{Gives, Register, Registers};
use crate::proof::witness::IsStep;
use crate::sealed::Seal;
use crate::step::Step;
use frunk_core::hlist::{HCons, HNil};

/// A set of steps: a unit type with a list of them.
///
/// The order does not matter. An element may itself be a list, so that a crate can export a group of steps, or the steps of
/// another pipeline, `P::Steps`; a step that is reached through two groups counts once. A pipeline may hold steps whose
/// prerequisites are missing, as long as no target needs them. Steps and resources may be in several pipelines.
///
/// Two steps that provide the same resource are refused where a store is made.
///
/// ```
/// # use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, resource};
/// # resource! { Config: u8; Pool: u8; Cache: u8; }
/// # macro_rules! steps { ($($step:ident: $resource:ident),*) => {$(
/// #     struct $step;
/// #     impl Step for $step {
/// #         type Inputs = HList![];
/// #         type Outputs = HList![$resource];
/// #         type Error = std::convert::Infallible;
/// #         async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> { Ok(hlist![1]) }
/// #     }
/// # )*} }
/// # steps! { ReadConfig: Config, ConnectPool: Pool, WarmCache: Cache }
/// use typed_pipeliner::{Pipeline, Store};
///
/// /// What a database crate exports.
/// type Database = HList![ReadConfig, ConnectPool];
///
/// struct App;
/// impl Pipeline for App {
///     type Steps = HList![Database, WarmCache];
/// }
///
/// let store = Store::<App>::new();
/// assert!(!store.is_ready::<Pool>());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pipeline",
    label = "`{Self}` has no list of steps",
    note = "name its steps: `impl Pipeline for {Self} {{ type Steps = HList![Divide]; }}`"
)]
pub trait Pipeline: Sized + 'static {
    /// The steps, in any order; an element may itself be a list.
    type Steps: StepList<Proof: Sized>;
}

/// A list of steps: `HList![Divide, Mod]`. An element may be such a list again.
///
/// Implemented for lists of steps; you never write it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of steps",
    label = "not a list of steps",
    note = "write a list, even of one: `HList![Divide]`"
)]
pub trait StepList: Registers + 'static {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// What there is to prove of it, for short errors; see [`is`](crate::proof::witness).
    #[doc(hidden)]
    type Proof;
    /// The list with `New` wherever `Old` is.
    #[doc(hidden)]
    type Swap<Old: IsStep, New: IsStep>: StepList;
    /// Room for what the steps store.
    #[doc(hidden)]
    type Slots: Slots;
    /// What the executor has to know of the steps.
    #[doc(hidden)]
    const SPECS: &'static Tree<Spec>;
}

// Rustc need not name this among the types that would do.
#[diagnostic::do_not_recommend]
impl StepList for HNil {
    fn seal(_: Seal) {}

    type Proof = HNil;
    type Swap<Old: IsStep, New: IsStep> = HNil;
    type Slots = HNil;
    const SPECS: &'static Tree<Spec> = &Tree::Empty;
}

impl<H: Steps, L: StepList> StepList for HCons<H, L> {
    fn seal(_: Seal) {}

    type Proof = (H::Proof, L::Proof);
    type Swap<Old: IsStep, New: IsStep> = HCons<H::Swap<Old, New>, L::Swap<Old, New>>;
    type Slots = HCons<H::Slots, L::Slots>;
    const SPECS: &'static Tree<Spec> = &Tree::Both(H::SPECS, L::SPECS);
}

/// An element of a [`StepList`]: a step, or a list of steps.
pub trait Steps<Kind = <Self as OfSteps>::Kind>: Register<Kind> + 'static {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// See [`StepList::Proof`].
    #[doc(hidden)]
    type Proof;
    /// See [`StepList::Swap`].
    #[doc(hidden)]
    type Swap<Old: IsStep, New: IsStep>: Steps;
    /// Room for what the steps store.
    #[doc(hidden)]
    type Slots: Slots;
    /// What the executor has to know of the steps.
    #[doc(hidden)]
    const SPECS: &'static Tree<Spec>;
}

impl<S: IsStep> Steps<Single> for S {
    fn seal(_: Seal) {}

    type Proof = <S as IsStep>::Proof;
    // Steps cannot be told apart, but what they store can, and no two store the same.
    type Swap<Old: IsStep, New: IsStep> = <<FirstOf<S> as Digits>::Compare<FirstOf<Old>> as Order>::Swap<New, S>;
    type Slots = Slot<S>;
    const SPECS: &'static Tree<Spec> = &Tree::One(Spec::of::<S>());
}

/// The identity of the first resource that the step `S` stores.
type FirstOf<S> = <<S as Step>::Outputs as Gives>::First<End>;

impl<L: StepList> Steps<Group> for L {
    fn seal(_: Seal) {}

    type Proof = <L as StepList>::Proof;
    type Swap<Old: IsStep, New: IsStep> = <L as StepList>::Swap<Old, New>;
    type Slots = <L as StepList>::Slots;
    const SPECS: &'static Tree<Spec> = <L as StepList>::SPECS;
}

/// The slots of some steps, each typed and in place.
#[doc(hidden)]
pub trait Slots: Send + Sync + 'static {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// How many there are.
    const LEN: usize;
    /// Slots with nothing in them.
    fn vacant() -> Self;
    /// The slot at a place.
    fn slot(&self, place: usize) -> &dyn AnySlot;
    /// The slot at a place, to change it.
    fn slot_mut(&mut self, place: usize) -> &mut dyn AnySlot;
    /// Appends all slots, in order.
    fn list<'s>(&'s self, to: &mut Vec<Listed<'s>>);
}

impl<S: Step> Slots for Slot<S> {
    fn seal(_: Seal) {}

    const LEN: usize = 1;
    fn vacant() -> Self {
        Slot::new()
    }
    fn slot(&self, _: usize) -> &dyn AnySlot {
        self
    }
    fn slot_mut(&mut self, _: usize) -> &mut dyn AnySlot {
        self
    }
    fn list<'s>(&'s self, to: &mut Vec<Listed<'s>>) {
        to.push(Listed::new(self));
    }
}

impl Slots for HNil {
    fn seal(_: Seal) {}

    const LEN: usize = 0;
    fn vacant() -> Self {
        HNil
    }
    fn slot(&self, _: usize) -> &dyn AnySlot {
        unreachable!("a place in the plan is a place in the store")
    }
    fn slot_mut(&mut self, _: usize) -> &mut dyn AnySlot {
        unreachable!("a place in the plan is a place in the store")
    }
    fn list<'s>(&'s self, _: &mut Vec<Listed<'s>>) {}
}

impl<H: Slots, L: Slots> Slots for HCons<H, L> {
    fn seal(_: Seal) {}

    const LEN: usize = H::LEN + L::LEN;
    fn vacant() -> Self {
        HCons { head: H::vacant(), tail: L::vacant() }
    }
    fn slot(&self, place: usize) -> &dyn AnySlot {
        match place.checked_sub(H::LEN) {
            None => self.head.slot(place),
            Some(place) => self.tail.slot(place),
        }
    }
    fn slot_mut(&mut self, place: usize) -> &mut dyn AnySlot {
        match place.checked_sub(H::LEN) {
            None => self.head.slot_mut(place),
            Some(place) => self.tail.slot_mut(place),
        }
    }
    fn list<'s>(&'s self, to: &mut Vec<Listed<'s>>) {
        self.head.list(to);
        self.tail.list(to);
    }
}
