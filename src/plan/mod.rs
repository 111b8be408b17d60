//! Plans to look at: what a run would do, before it does, as text, JSON and pictures.
//!
//! [`plan()`] takes a target and a store, as [`run`](crate::run()) does, but asks for no proof: what is missing is drawn and
//! named. So where rustc refuses a `run`, put `plan` in its place and look. [`Plan::of`] takes a pipeline as a whole. Feature `plan`.

mod build;
mod dot;
mod edges;
mod look;
mod mermaid;
mod order;
mod part;
mod svg;
mod text;

use crate::exec::plan::{ConstList as Tree, Key, StepSpec as Spec};
use crate::pipeline::{Pipeline, StepList};
use crate::resource::Resource;
use crate::sealed::Seal;
use crate::step::Step;
use crate::step::lists::OutputList;
use crate::store::AnyStore as Backing;
use crate::store::Store;
use crate::store::SuppliedValues as Supply;
use build::{Aim, Ground};
use core::any::TypeId;
use core::fmt;
use core::time::Duration;
use serde::{Serialize, Serializer};

/// What a run of the target `T` on a store would do now: which steps would run, in which order they can start, and which
/// are skipped and why.
///
/// Nothing is run, and nothing is asked of the store but that it is one: a target whose prerequisites are missing has a
/// plan too, in which they are named. The store may be in an [`Arc`](std::sync::Arc).
///
/// ```
/// use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, plan, resource, step};
///
/// resource! { Base: i64; Divisor: i64; Quotient: i64; }
///
/// #[step]
/// fn base_provider() -> Out<Base> {
///     23
/// }
/// #[step]
/// fn divide(base: In<'_, Base>, divisor: In<'_, Divisor>) -> Result<Out<Quotient>, String> {
///     base.checked_div(*divisor).ok_or("division by zero".to_owned())
/// }
/// #[step]
/// fn tell(quotient: In<'_, Quotient>) -> Return<String> {
///     Return(quotient.to_string())
/// }
///
/// struct Calc;
/// impl Pipeline for Calc {
///     type Steps = HList![BaseProvider, Divide, Tell];
/// }
///
/// // `run::<Tell>(&store)` does not compile, and this shows why.
/// let store = Store::<Calc>::new().with(Base, 38);
/// let expected = "\
/// Tell in Calc: no step can run
/// Tell: blocked
/// └── Quotient ← Divide: blocked
///     ├── Base: supplied
///     └── Divisor: missing
/// skipped: BaseProvider (supplied)
/// missing: Divisor, needed by Divide
/// ";
/// assert_eq!(plan::<Tell>(&store).to_string(), expected);
/// ```
pub fn plan<T: Step>(store: &impl Backing) -> Plan {
    let mut ground = Ground::of_store(store);
    let target = ground.target::<T>();
    let aim = Aim::Target { step: target, always: !T::Outputs::ALL_STORED };
    ground.plan(format!("{} in {}", T::name(), ground.pipeline), aim)
}

/// What a run would do, or what a pipeline consists of: steps, and the resources between them.
///
/// Made by [`plan()`] for a target and a store, by [`Plan::of`] and [`Plan::of_store`] for a pipeline as a whole. It shows
/// itself as a text tree (`Display`), as JSON and whatever else there is a serializer for ([`Serialize`]), and as
/// pictures: [`to_svg`](Plan::to_svg), [`to_mermaid`](Plan::to_mermaid), [`to_dot`](Plan::to_dot).
///
/// It is a picture of one moment: of a store that others use, it may be old when it is shown.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// What it is of, for a reader.
    title: String,
    /// The name of the pipeline.
    pipeline: &'static str,
    /// The place of the target among the steps.
    target: Option<usize>,
    /// In the order of registration; a target that is not registered comes last.
    steps: Vec<StepNode>,
    /// In the order in which steps name them.
    resources: Vec<ResourceNode>,
    /// Each in order, by places: a step needs something of the next one, the last of the first.
    cycles: Vec<Vec<usize>>,
}

/// A step in a plan.
#[derive(Debug, Clone, Serialize)]
pub struct StepNode {
    /// What type it is.
    #[serde(skip)]
    id: TypeId,
    /// Its name.
    name: &'static str,
    /// Whether it is a step of the pipeline; a target need not be.
    registered: bool,
    /// What becomes of it.
    state: State,
    /// What it takes.
    takes: Vec<Taken>,
    /// What it stores, by places among the resources.
    gives: Vec<usize>,
    /// When it can start.
    wave: Option<usize>,
    /// How long it takes, in seconds, if anybody has said.
    #[serde(serialize_with = "in_seconds")]
    duration: Option<Duration>,
    /// Whether it is on the critical path.
    critical: bool,
}

/// A resource in a plan.
#[derive(Debug, Clone, Serialize)]
pub struct ResourceNode {
    /// The value of its identity.
    #[serde(skip)]
    id: u64,
    /// Its name.
    name: &'static str,
    /// Where it comes from.
    state: State,
    /// The steps that provide it, by places.
    providers: Vec<usize>,
    /// The steps that take it, by places.
    takers: Vec<usize>,
}

/// A resource as a step takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// Its place in [`Plan::resources`].
    pub resource: usize,
    /// Whether the step can do without.
    pub optional: bool,
}

/// What becomes of a step, or where a resource comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum State {
    /// The step would run; the resource would be provided by one that does.
    Runs,
    /// The outputs of the step are there, so it is skipped; the resource has been computed.
    Computed,
    /// All that the step stores is supplied, so it is skipped; the resource is supplied.
    Supplied,
    /// The resource is in the store above, or is made there.
    Above,
    /// Nothing that would run takes it.
    NotDemanded,
    /// Nobody has the resource, and the steps that take it can do without.
    LeftOut,
    /// The step cannot run, for what is missing, a cycle, or because it is not registered; the resource is of such a step.
    Blocked,
    /// Nobody has the resource, and a step needs it.
    Missing,
    /// Several steps provide the resource.
    Disputed,
}

/// What there is a plan of without a store: a pipeline, or the type of a store, of which what is supplied counts.
///
/// You never write it. The stores above a scope are no part of its type; see [`Plan::of_store`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no pipeline",
    label = "neither a pipeline nor the type of a store",
    note = "name a pipeline, `Plan::of::<Calc>()`, or the type of a store, `Plan::of::<StoreOf<Calc, HList![Base]>>()`"
)]
pub trait Planned {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The steps.
    #[doc(hidden)]
    const STEPS: &'static Tree<Spec>;
    /// What is supplied.
    #[doc(hidden)]
    const SUPPLIED: &'static Tree<Key>;
    /// The name of the pipeline.
    #[doc(hidden)]
    fn pipeline() -> &'static str;
}

impl<P: Pipeline> Planned for P {
    fn seal(_: Seal) {}

    const STEPS: &'static Tree<Spec> = <P::Steps as StepList>::SPECS;
    const SUPPLIED: &'static Tree<Key> = &Tree::Empty;
    fn pipeline() -> &'static str {
        crate::resource::type_name::of::<P>()
    }
}

impl<P: Pipeline, G: Supply> Planned for Store<P, G> {
    fn seal(_: Seal) {}

    const STEPS: &'static Tree<Spec> = <P::Steps as StepList>::SPECS;
    const SUPPLIED: &'static Tree<Key> = G::KEYS;
    fn pipeline() -> &'static str {
        crate::resource::type_name::of::<P>()
    }
}

impl Plan {
    /// The plan of a pipeline as a whole, as if everything was asked for: `Plan::of::<Calc>()`.
    ///
    /// It asks for no store and for no proof. What no step provides is [missing](State::Missing) here; with the type of a
    /// store in place of the pipeline, what that is supplied with is there. Cycles and resources that two steps provide
    /// are drawn and named as well.
    ///
    /// ```
    /// use typed_pipeliner::{HList, In, Out, Pipeline, Plan, StoreOf, resource, step};
    ///
    /// resource! { Egg: u8; Hen: u8; Grain: u8; }
    ///
    /// #[step]
    /// fn lay(hen: In<'_, Hen>, _grain: In<'_, Grain>) -> Out<Egg> {
    ///     *hen
    /// }
    /// #[step]
    /// fn hatch(egg: In<'_, Egg>) -> Out<Hen> {
    ///     *egg
    /// }
    ///
    /// struct Farm;
    /// impl Pipeline for Farm {
    ///     type Steps = HList![Lay, Hatch];
    /// }
    ///
    /// let text = Plan::of::<Farm>().to_string();
    /// assert!(text.contains("missing: Grain, needed by Lay"));
    /// assert!(text.contains("cycle: Lay needs Hen of Hatch, which needs Egg of Lay"));
    ///
    /// let plan = Plan::of::<StoreOf<Farm, HList![Hen, Grain]>>();
    /// assert_eq!(plan.to_string().lines().next(), Some("Farm: 1 of 2 steps would run"));
    /// ```
    pub fn of<P: Planned>() -> Plan {
        Ground::of::<P>().plan(P::pipeline().to_owned(), Aim::All)
    }

    /// The plan of a pipeline as a whole in the present state of a store: what is supplied, computed, and above.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, Out, Pipeline, Plan, Store, resource, step};
    /// # resource! { Config: u8; Pool: u8; }
    /// # #[step]
    /// # fn read_config() -> Out<Config> { 1 }
    /// # #[step]
    /// # fn connect() -> Out<Pool> { 2 }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![ReadConfig, Connect]; }
    /// # fn main() -> Result<(), typed_pipeliner::RunError> {
    /// # smol::block_on(async {
    /// use typed_pipeliner::plan::State;
    ///
    /// let store = Store::<App>::new();
    /// store.resource::<Config>().await?;
    ///
    /// let plan = Plan::of_store(&store);
    /// assert_eq!(plan.step::<ReadConfig>().unwrap().state(), State::Computed);
    /// assert_eq!(plan.step::<Connect>().unwrap().state(), State::Runs);
    /// # Ok(()) }) }
    /// ```
    pub fn of_store(store: &impl Backing) -> Plan {
        let ground = Ground::of_store(store);
        ground.plan(ground.pipeline.to_owned(), Aim::All)
    }

    /// What it is of: `GetDivision in Calc`.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The target, if it is the plan of one.
    pub fn target(&self) -> Option<&StepNode> {
        self.target.map(|target| &self.steps[target])
    }

    /// The steps, in the order of registration.
    pub fn steps(&self) -> &[StepNode] {
        &self.steps
    }

    /// The resources that steps take or provide, or that are supplied.
    pub fn resources(&self) -> &[ResourceNode] {
        &self.resources
    }

    /// A step of the plan, if it is there: `plan.step::<Divide>()`.
    pub fn step<S: Step>(&self) -> Option<&StepNode> {
        self.steps.iter().find(|step| step.id == TypeId::of::<S>())
    }

    /// A resource of the plan, if it is there: `plan.resource::<Base>()`.
    pub fn resource<R: Resource>(&self) -> Option<&ResourceNode> {
        self.resources.iter().find(|resource| resource.id == Key::of::<R>().id)
    }

    /// The resources that are missing: those which the compiler names where it refuses a run.
    pub fn missing(&self) -> impl Iterator<Item = &ResourceNode> {
        self.resources.iter().filter(|resource| resource.state == State::Missing)
    }

    /// The cycles among the steps that would run: each step needs something of the next one, the last of the first.
    pub fn cycles(&self) -> impl Iterator<Item = Vec<&StepNode>> {
        self.cycles.iter().map(|cycle| cycle.iter().map(|&step| &self.steps[step]).collect())
    }

    /// The place of what one step gives and another one takes.
    fn passes(&self, giver: usize, taker: usize) -> Option<usize> {
        self.steps[taker].takes.iter().map(|taken| taken.resource).find(|place| self.steps[giver].gives.contains(place))
    }
}

impl StepNode {
    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether it is a step of the pipeline. A target that only returns need not be; one that stores its outputs is
    /// [blocked](State::Blocked) if it is not.
    pub fn is_registered(&self) -> bool {
        self.registered
    }

    /// Whether it would run, or why not.
    pub fn state(&self) -> State {
        self.state
    }

    /// What it takes.
    pub fn takes(&self) -> &[Taken] {
        &self.takes
    }

    /// What it stores, by places in [`Plan::resources`].
    pub fn gives(&self) -> &[usize] {
        &self.gives
    }

    /// When it can start, if it would run: see [`Plan::waves`].
    pub fn wave(&self) -> Option<usize> {
        self.wave
    }

    /// How long it takes, if [`Plan::with_durations`] was told.
    pub fn duration(&self) -> Option<Duration> {
        self.duration
    }
}

impl ResourceNode {
    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Where it comes from.
    pub fn state(&self) -> State {
        self.state
    }

    /// The steps that provide it, by places in [`Plan::steps`]: at most one, unless it is [disputed](State::Disputed).
    pub fn providers(&self) -> &[usize] {
        &self.providers
    }

    /// The steps that take it, by places in [`Plan::steps`].
    pub fn takers(&self) -> &[usize] {
        &self.takers
    }
}

/// The state in words: `not demanded`.
impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            State::Runs => "runs",
            State::Computed => "computed",
            State::Supplied => "supplied",
            State::Above => "above",
            State::NotDemanded => "not demanded",
            State::LeftOut => "left out",
            State::Blocked => "blocked",
            State::Missing => "missing",
            State::Disputed => "provided twice",
        })
    }
}

/// A duration as a number of seconds.
fn in_seconds<S: Serializer>(duration: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
    duration.map(|duration| duration.as_secs_f64()).serialize(to)
}
