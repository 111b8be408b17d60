//! Plans: the steps that a run would execute, as text, Mermaid, Graphviz, JSON and pictures.
//!
//! [`plan()`] takes a target and a store, as [`run`](crate::run()) does, but asks for no proof: a
//! missing prerequisite is part of the plan, with its name. Where rustc rejects a `run`, call
//! `plan` instead and print the result. [`Plan::of`] takes a whole pipeline and needs no store.
//!
//! Text, [Mermaid](Plan::to_mermaid) and [Graphviz](Plan::to_dot) are always available. The feature
//! `serde` makes a plan `Serialize`, and the feature `svg` adds `Plan::to_svg`.

mod build;
mod dot;
mod edges;
mod journal;
#[cfg(test)]
mod long_chain;
mod mermaid;
mod style;
mod subgraph;
#[cfg(feature = "svg")]
mod svg;
mod text;
mod topology;

use crate::exec::plan::{ConstList, Key, StepSpec};
use crate::pipelines::{Pipeline, StepList};
use crate::resource::{Resource, type_name};
use crate::sealed::Seal;
use crate::steps::Step;
use crate::steps::lists::OutputList;
use crate::store::{AnyStore, Store, SuppliedValues};
use build::{Aim, Ground};
use core::any::TypeId;
use core::fmt;
use core::time::Duration;

/// Returns the plan of a run of the target `T` on a store, as the store is now: the steps that
/// would run, the order in which they can start, and why each other step is skipped.
///
/// Nothing is run and nothing is proved. A target whose prerequisites are missing has a plan too,
/// and the plan names them. The store may be in an [`Arc`](std::sync::Arc). If it is
/// [kept](StepNode::is_kept), the plan shows the outputs that its journal has; it reads none of
/// them, so one that is damaged is found by the run.
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
/// fn show(quotient: In<'_, Quotient>) -> Return<String> {
///     Return(quotient.to_string())
/// }
///
/// struct Calc;
/// impl Pipeline for Calc {
///     type Steps = HList![BaseProvider, Divide, Show];
/// }
///
/// // `run::<Show>(&store)` does not compile, and this shows why.
/// let store = Store::<Calc>::new().with(Base, 38);
/// let expected = "\
/// Show in Calc: no step can run
/// Show: blocked
/// └── Quotient ← Divide: blocked
///     ├── Base: supplied
///     └── Divisor: missing
/// skipped: BaseProvider (supplied)
/// missing: Divisor, needed by Divide
/// ";
/// assert_eq!(plan::<Show>(&store).to_string(), expected);
/// ```
pub fn plan<T: Step>(store: &impl AnyStore) -> Plan {
    let mut ground = Ground::of_store(store);
    let target = ground.target::<T>();
    let aim = Aim::Target { step: target, always: !T::Outputs::ALL_STORED };
    ground.plan(format!("{} in {}", T::name(), ground.pipeline), aim)
}

/// The steps of a run or of a whole pipeline, and the resources between them.
///
/// [`plan()`] makes one for a target and a store, [`Plan::of`] and [`Plan::of_store`] for a whole
/// pipeline. `Display` prints it as a tree. [`to_mermaid`](Plan::to_mermaid) and
/// [`to_dot`](Plan::to_dot) return it in the language of another program. With the feature `serde`
/// it is `Serialize`, and with the feature `svg` there is `to_svg`, a picture.
///
/// A plan is a snapshot. If other tasks use the store, it may be out of date when it is shown.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Plan {
    /// The heading: the target and the pipeline.
    title: String,
    /// The name of the pipeline.
    pipeline: &'static str,
    /// The index of the target among the steps.
    target: Option<usize>,
    /// The steps, in the order of registration; a target that is not registered comes last.
    steps: Vec<StepNode>,
    /// The resources, in the order in which the steps list them.
    resources: Vec<ResourceNode>,
    /// The cycles, as indices of steps: each step depends on the next one, the last on the first.
    cycles: Vec<Vec<usize>>,
}

/// A step in a [`Plan`].
#[derive(Debug, Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct StepNode {
    /// Its type.
    #[cfg_attr(feature = "serde", serde(skip))]
    id: TypeId,
    /// Its name.
    name: &'static str,
    /// Whether the pipeline registers it; a target need not be registered.
    registered: bool,
    /// Whether it would run, and if not, why.
    state: State,
    /// Its inputs, each once.
    inputs: Vec<InputEdge>,
    /// The resources that it stores: indices among the resources, each once.
    outputs: Vec<usize>,
    /// Whether a function closes its outputs.
    closes: bool,
    /// The number of its attempts.
    attempts: u32,
    /// The time of each attempt, if it is limited; in seconds when serialized.
    #[cfg_attr(feature = "serde", serde(serialize_with = "seconds"))]
    timeout: Option<Duration>,
    /// Whether it has a fallback.
    fallback: bool,
    /// Whether its outputs are kept if the store is.
    kept: bool,
    /// Whether the store is kept, and the journal has nothing of the step.
    absent: bool,
    /// Why a run would not take its outputs from the journal, which has some.
    stale: Option<String>,
    /// The number of steps that have to run before it, one after the other.
    level: Option<usize>,
    /// Its duration, if known; in seconds when serialized.
    #[cfg_attr(feature = "serde", serde(serialize_with = "seconds"))]
    duration: Option<Duration>,
    /// Whether it is on the critical path.
    critical: bool,
    /// The plan for each element, if it runs a pipeline for each element of a collection.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    each: Option<Box<Plan>>,
}

/// A resource in a [`Plan`].
#[derive(Debug, Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ResourceNode {
    /// The hash of its identity.
    #[cfg_attr(feature = "serde", serde(skip))]
    id: u64,
    /// Its name.
    name: &'static str,
    /// Where it comes from.
    state: State,
    /// The steps that provide it: indices.
    providers: Vec<usize>,
    /// The steps that have it as an input: indices.
    consumers: Vec<usize>,
}

/// An input of a step: an edge from a resource to the step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct InputEdge {
    /// The index of the resource in [`Plan::resources`].
    pub resource: usize,
    /// Whether the input is optional: the step runs without it as well.
    pub optional: bool,
}

/// Whether a step would run, or where a resource comes from.
///
/// `Display` prints it in words, as trees show it: `not needed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum State {
    /// The step would run; the resource would be provided by such a step.
    Runs,
    /// The outputs of the step are in the store, so it is skipped; the resource was computed.
    Computed,
    /// All outputs of the step were supplied, so it is skipped; the resource was supplied.
    Supplied,
    /// The outputs of the step are in the journal of the store, and are as good as new ones, so it
    /// is skipped; the resource comes from there. Feature `journal`.
    InJournal,
    /// The resource comes from the parent store.
    InParent,
    /// No step that would run has it as an input.
    NotNeeded,
    /// Nothing provides the resource, and it is only an optional input.
    OptionalMissing,
    /// The step cannot run, because of a missing resource, a cycle, or because it is not
    /// registered; the resource would be provided by such a step.
    Blocked,
    /// Nothing provides the resource, and a step that would run needs it.
    Missing,
    /// Two or more steps provide the resource.
    Ambiguous,
}

/// The source of a plan without a store: a [`Pipeline`], or the type of a store.
///
/// Both implement it; you never write it. The type of a store names the supplied resources, but not
/// the parent stores; see [`Plan::of_store`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pipeline",
    label = "neither a pipeline nor the type of a store",
    note = "name a pipeline, `Plan::of::<Calc>()`, or the type of a store, `Plan::of::<StoreOf<Calc, HList![Base]>>()`"
)]
pub trait PlanSource {
    #[doc(hidden)]
    fn seal(_: Seal);
    /// The registered steps.
    #[doc(hidden)]
    const STEPS: &'static ConstList<StepSpec>;
    /// The supplied resources.
    #[doc(hidden)]
    const SUPPLIED: &'static ConstList<Key>;
    /// The name of the pipeline.
    #[doc(hidden)]
    fn pipeline() -> &'static str;
}

impl<P: Pipeline> PlanSource for P {
    fn seal(_: Seal) {}
    const STEPS: &'static ConstList<StepSpec> = <P::Steps as StepList>::SPECS;
    const SUPPLIED: &'static ConstList<Key> = &ConstList::Empty;
    fn pipeline() -> &'static str {
        type_name::of::<P>()
    }
}

impl<P: Pipeline, G: SuppliedValues> PlanSource for Store<P, G> {
    fn seal(_: Seal) {}
    const STEPS: &'static ConstList<StepSpec> = <P::Steps as StepList>::SPECS;
    const SUPPLIED: &'static ConstList<Key> = G::KEYS;
    fn pipeline() -> &'static str {
        type_name::of::<P>()
    }
}

impl Plan {
    /// Returns the plan of a whole pipeline, as if each of its steps was a target:
    /// `Plan::of::<Calc>()`.
    ///
    /// It needs no store and no proof. A resource that no step provides is
    /// [missing](State::Missing), unless the type argument is the type of a store that is supplied
    /// with it. The plan also shows cycles, and resources that two steps provide.
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
    pub fn of<P: PlanSource>() -> Plan {
        Ground::of::<P>().plan(P::pipeline().to_owned(), Aim::All)
    }

    /// Returns the plan of a whole pipeline for a store as it is now, including the resources that
    /// were supplied, computed, or come from the parent store.
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
    pub fn of_store(store: &impl AnyStore) -> Plan {
        let ground = Ground::of_store(store);
        ground.plan(ground.pipeline.to_owned(), Aim::All)
    }

    /// The heading: `GetDivision in Calc`.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The target; `None` for the plan of a whole pipeline.
    pub fn target(&self) -> Option<&StepNode> {
        self.target.map(|target| &self.steps[target])
    }

    /// The steps, in the order of registration; a target that is not registered comes last.
    pub fn steps(&self) -> &[StepNode] {
        &self.steps
    }

    /// All resources that steps have as inputs or outputs, or that are supplied.
    pub fn resources(&self) -> &[ResourceNode] {
        &self.resources
    }

    /// The node of a step, if the plan has it: `plan.step::<Divide>()`.
    pub fn step<S: Step>(&self) -> Option<&StepNode> {
        self.steps.iter().find(|step| step.id == TypeId::of::<S>())
    }

    /// The node of a resource, if the plan has it: `plan.resource::<Base>()`.
    pub fn resource<R: Resource>(&self) -> Option<&ResourceNode> {
        self.resources.iter().find(|resource| resource.id == Key::of::<R>().id)
    }

    /// The missing resources: those that the compiler names when it rejects the run.
    pub fn missing(&self) -> impl Iterator<Item = &ResourceNode> {
        self.resources.iter().filter(|resource| resource.state == State::Missing)
    }

    /// The cycles among the steps that would run: each step depends on the next one, the last on
    /// the first.
    pub fn cycles(&self) -> impl Iterator<Item = Vec<&StepNode>> {
        self.cycles.iter().map(|cycle| cycle.iter().map(|&step| &self.steps[step]).collect())
    }

    /// The steps that would run a pipeline for each element, with the plan of that.
    fn fans(&self) -> impl Iterator<Item = (usize, &Plan)> {
        let fans = self.steps.iter().enumerate().filter(|(_, step)| matches!(step.state, State::Runs | State::Blocked));
        fans.filter_map(|(number, step)| Some((number, step.each()?)))
    }

    /// The index of a resource that is an output of one step and an input of another.
    fn shared_resource(&self, provider: usize, consumer: usize) -> Option<usize> {
        let mut inputs = self.steps[consumer].inputs.iter().map(|input| input.resource);
        inputs.find(|resource| self.steps[provider].outputs.contains(resource))
    }
}

impl StepNode {
    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether the pipeline registers it. A target that only returns values need not be registered;
    /// one that stores its outputs is [blocked](State::Blocked) if it is not.
    pub fn is_registered(&self) -> bool {
        self.registered
    }

    /// Whether it would run, and if not, why.
    pub fn state(&self) -> State {
        self.state
    }

    /// Its inputs.
    pub fn inputs(&self) -> &[InputEdge] {
        &self.inputs
    }

    /// The resources that it stores: indices in [`Plan::resources`].
    pub fn outputs(&self) -> &[usize] {
        &self.outputs
    }

    /// Whether [`Store::close`](crate::Store::close) closes its outputs by a function, and does not
    /// only drop them. Trees and pictures show it by the word `closes`.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, Out, Pipeline, Plan, resource, step};
    /// # resource! { Line: String; }
    /// #[step(close = hang_up)]
    /// async fn dial() -> Out<Line> {
    ///     "line 1".to_owned()
    /// }
    /// # async fn hang_up(_: String) {}
    /// # struct Phone;
    /// # impl Pipeline for Phone { type Steps = HList![Dial]; }
    ///
    /// let plan = Plan::of::<Phone>();
    /// assert!(plan.step::<Dial>().unwrap().closes());
    /// assert_eq!(plan.to_string(), "Phone: 1 of 1 step would run\nDial: runs, closes\nstarts: 1. Dial\n");
    /// assert!(plan.to_mermaid().contains("Dial<br/>runs, closes"));
    /// assert!(plan.to_dot().contains(r"Dial\nruns, closes"));
    /// ```
    ///
    /// A [`RunChosen`](crate::dyn_step::RunChosen) always does, because the chosen step may.
    pub fn closes(&self) -> bool {
        self.closes
    }

    /// The number of its attempts: 1, unless a [policy](crate::guide::policies) has more. Trees and
    /// pictures show it as `×4`.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The time that its policy gives each attempt. Trees and pictures show it as `30s each`.
    pub fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// Whether its policy has a fallback. Trees and pictures show it by this word.
    pub fn has_fallback(&self) -> bool {
        self.fallback
    }

    /// Whether its outputs are kept if the store is, by `Store::kept_in`: the step has
    /// `#[step(keep)]`. Trees and pictures show it by the word `kept`, except where the journal
    /// [has](State::InJournal) them. Feature `journal`; without it no step is kept.
    ///
    /// ```
    /// # #[cfg(feature = "journal")] {
    /// # use typed_pipeliner::{HList, In, Out, Pipeline, Plan, Store, plan, resource, step};
    /// # use typed_pipeliner::journal::{Journal, Keeps, Memory};
    /// # resource! { Url: String; Page: String; Words: usize; }
    /// #[step(keep)]
    /// fn fetch(url: In<'_, Url>) -> Out<Page> {
    ///     format!("the content of {url}")
    /// }
    /// # #[step] fn count(page: In<'_, Page>) -> Out<Words> { page.split(' ').count() }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![Fetch, Count]; }
    /// # impl Keeps for App { type Ambient = HList![]; }
    /// assert!(Plan::of::<App>().step::<Fetch>().unwrap().is_kept());
    ///
    /// # smol::block_on(async {
    /// let journal = Journal::on(Memory::new());
    /// let store = Store::<App>::new().with(Url, "example.org".to_owned()).kept_in(&journal, "today").await?;
    /// assert!(plan::<Count>(&store).to_string().contains("Page ← Fetch: runs, kept (absent)"));
    /// store.resource::<Words>().await?;
    /// drop(store);
    ///
    /// let store = Store::<App>::new().with(Url, "example.org".to_owned()).kept_in(&journal, "today").await?;
    /// assert!(plan::<Count>(&store).to_string().contains("Page ← Fetch: in journal"));
    /// drop(store);
    ///
    /// let store = Store::<App>::new().with(Url, "example.com".to_owned()).kept_in(&journal, "today").await?;
    /// let plan = plan::<Count>(&store);
    /// assert_eq!(plan.step::<Fetch>().unwrap().stale(), Some("`Url` has changed"));
    /// assert!(plan.to_string().contains("Page ← Fetch: runs, kept (stale)"));
    /// assert!(plan.to_string().contains("stale: Fetch (`Url` has changed)"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// # }
    /// ```
    pub fn is_kept(&self) -> bool {
        self.kept
    }

    /// Whether the store is kept, and its journal has nothing of the step, which is
    /// [kept](StepNode::is_kept). Trees and pictures show it as `kept (absent)`.
    pub fn is_absent(&self) -> bool {
        self.absent
    }

    /// Why a run would not take its outputs from the journal, which has some: "`Url` has changed".
    /// Trees and pictures show it as `kept (stale)`, and the reason below.
    ///
    /// `Store::explain` has the reasons as values. An input that has to be computed first may turn
    /// out to be the same; then the outputs are taken during the run.
    pub fn stale(&self) -> Option<&str> {
        self.stale.as_deref()
    }

    /// The level at which it can start, from 0; `None` if it would not run. See [`Plan::levels`].
    pub fn level(&self) -> Option<usize> {
        self.level
    }

    /// The plan of a run for each element, if the step is a [`ForEach`](crate::each::ForEach).
    ///
    /// ```
    /// # use typed_pipeliner::each::{Each, ForEach};
    /// # use typed_pipeliner::{HList, In, Out, Pipeline, Plan, Return, resource, step};
    /// # resource! { Urls: Vec<String>; Url: String; Page: String; Sizes: Vec<usize>; }
    /// # #[step] fn fetch(url: In<'_, Url>) -> Out<Page> { url.clone() }
    /// # #[step] fn measure(page: In<'_, Page>) -> Return<usize> { Return(page.len()) }
    /// # struct PerUrl;
    /// # impl Pipeline for PerUrl { type Steps = HList![Fetch]; }
    /// # impl Each for PerUrl {
    /// #     type Over = Urls;
    /// #     type Item = Url;
    /// #     type Takes = HList![];
    /// #     type Target = Measure;
    /// #     type Into = Sizes;
    /// # }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![ForEach<PerUrl>]; }
    /// let plan = Plan::of::<App>();
    /// let each = plan.step::<ForEach<PerUrl>>().unwrap().each().unwrap();
    /// assert_eq!(each.title(), "PerUrl, for each Url of Urls");
    /// assert_eq!(each.target().unwrap().name(), "Measure");
    /// ```
    pub fn each(&self) -> Option<&Plan> {
        self.each.as_deref()
    }

    /// Its duration, if [`Plan::with_durations`] was given one.
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

    /// The steps that provide it: indices in [`Plan::steps`], at most one unless the resource is
    /// [ambiguous](State::Ambiguous).
    pub fn providers(&self) -> &[usize] {
        &self.providers
    }

    /// The steps that have it as an input: indices in [`Plan::steps`].
    pub fn consumers(&self) -> &[usize] {
        &self.consumers
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            State::Runs => "runs",
            State::Computed => "computed",
            State::Supplied => "supplied",
            State::InJournal => "in journal",
            State::InParent => "in parent",
            State::NotNeeded => "not needed",
            State::OptionalMissing => "optional, missing",
            State::Blocked => "blocked",
            State::Missing => "missing",
            State::Ambiguous => "ambiguous",
        })
    }
}

/// Serializes a duration as a number of seconds.
#[cfg(feature = "serde")]
fn seconds<S: serde::Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    serde::Serialize::serialize(&duration.map(|duration| duration.as_secs_f64()), serializer)
}
