//! The graph of a pipeline: its steps, and the resources between them where a plan names them.

use crate::drawing::draw;
use hyper::body::Bytes;
use serde::{Serialize, Serializer};
use std::sync::{Arc, OnceLock};
use typed_pipeliner::Plan;
use typed_pipeliner::observe::RunInfo;
use typed_pipeliner::plan::State;
use typed_pipeliner::text::one_line;

/// A graph, and the places of the steps of a run in it.
#[derive(Debug)]
pub(crate) struct Graph {
    /// The number of this graph: each has its own.
    pub(crate) key: u64,
    /// The title: the target, or the title of the plan.
    pub(crate) title: String,
    /// The steps.
    pub(crate) steps: Vec<StepNode>,
    /// The resources. Without a plan there are none.
    pub(crate) resources: Vec<ResourceNode>,
    /// The node of each step of a run, by the number of the step.
    pub(crate) places: Box<[usize]>,
    /// The runs that have this graph. A plan that was not run yet has no such runs.
    shape: Option<Shape>,
    /// The graph of the plan that named the resources.
    plan: Option<u64>,
    /// The JSON that the page draws, after the first request for it.
    json: OnceLock<Bytes>,
}

/// The part of a run that decides its graph.
#[derive(Debug)]
struct Shape {
    target: &'static str,
    steps: Box<[ShapeStep]>,
}

/// A step of a shape.
#[derive(Debug)]
struct ShapeStep {
    name: &'static str,
    /// The numbers of the steps that it needs.
    needs: Box<[usize]>,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct StepNode {
    #[serde(serialize_with = "name")]
    pub(crate) name: &'static str,
    /// The resources that it takes.
    pub(crate) takes: Vec<Taken>,
    /// The resources that it provides.
    pub(crate) gives: Vec<usize>,
    /// The steps that it needs.
    pub(crate) needs: Vec<usize>,
    /// Whether its outputs are kept.
    #[serde(flatten)]
    pub(crate) keeping: Keeping,
    /// The plan's state of the step; none without a plan.
    #[serde(skip)]
    pub(crate) planned: Option<State>,
}

/// Whether the outputs of a step are kept in a journal, as a plan shows it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Keeping {
    kept: bool,
    /// The journal has none of them.
    absent: bool,
    /// Why those in the journal are stale.
    stale: Option<String>,
}

impl Keeping {
    fn of(step: &typed_pipeliner::plan::StepNode) -> Self {
        let stale = step.stale().map(|reason| one_line(reason).into_owned());
        Keeping { kept: step.is_kept(), absent: step.is_absent(), stale }
    }
}

/// A resource as a step takes it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Taken {
    pub(crate) resource: usize,
    /// The step can run without it.
    pub(crate) optional: bool,
}

/// A resource.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ResourceNode {
    #[serde(serialize_with = "name")]
    pub(crate) name: &'static str,
    /// The store holds it from the start.
    supplied: bool,
    /// The steps that provide it.
    providers: Vec<usize>,
}

impl Shape {
    fn of(run: &RunInfo) -> Self {
        let steps = run.steps().iter().map(|step| ShapeStep { name: step.name(), needs: step.needs().into() });
        Shape { target: run.target(), steps: steps.collect() }
    }

    /// Whether a run has this shape.
    fn is_of(&self, run: &RunInfo) -> bool {
        self.target == run.target()
            && self.steps.len() == run.steps().len()
            && self
                .steps
                .iter()
                .zip(run.steps())
                .all(|(one, step)| one.name == step.name() && *one.needs == *step.needs())
    }
}

#[cfg(test)]
impl Graph {
    /// The graph of invented steps.
    pub(crate) fn of_steps(steps: Vec<StepNode>) -> Self {
        Graph {
            key: 0,
            title: String::new(),
            steps,
            resources: Vec::new(),
            places: Box::default(),
            shape: None,
            plan: None,
            json: OnceLock::new(),
        }
    }
}

impl Graph {
    /// The graph of a plan.
    pub(crate) fn of_plan(key: u64, plan: &Plan) -> Self {
        let step = |step: &typed_pipeliner::plan::StepNode| {
            let takes = step.inputs().iter();
            let providers = takes.clone().flat_map(|taken| plan.resources()[taken.resource].providers());
            StepNode {
                name: step.name(),
                needs: providers.copied().collect(),
                takes: takes.map(|taken| Taken { resource: taken.resource, optional: taken.optional }).collect(),
                gives: step.outputs().to_vec(),
                keeping: Keeping::of(step),
                planned: Some(step.state()),
            }
        };
        let resource = |resource: &typed_pipeliner::plan::ResourceNode| ResourceNode {
            name: resource.name(),
            supplied: resource.state() == State::Supplied,
            providers: resource.providers().to_vec(),
        };
        Graph {
            key,
            title: one_line(plan.title()).into_owned(),
            steps: plan.steps().iter().map(step).collect(),
            resources: plan.resources().iter().map(resource).collect(),
            places: Box::default(),
            shape: None,
            plan: None,
            json: OnceLock::new(),
        }
    }

    /// The graph of a run, with the resources of a plan if there is one.
    pub(crate) fn of_run(key: u64, run: &RunInfo, plan: Option<&Graph>) -> Self {
        let (mut steps, resources) =
            plan.map_or_else(Default::default, |plan| (plan.steps.clone(), plan.resources.clone()));
        let planned = steps.len();
        // A target that returns a value is the same step twice if it is also registered: it has one
        // node. So has a target that only the plan names.
        let mut places: Vec<usize> = Vec::with_capacity(run.steps().len());
        for (number, step) in run.steps().iter().enumerate() {
            let in_plan = steps.get(number).is_some_and(|node| number < planned && node.name == step.name());
            let same = || {
                let is_target = step.name() == run.target();
                is_target.then(|| steps.iter().position(|node| node.name == step.name())).flatten()
            };
            let place = if in_plan { Some(number) } else { same() };
            places.push(place.unwrap_or_else(|| {
                // The run takes this resource from the parent store.
                let given = resources.iter().position(|resource: &ResourceNode| {
                    resource.name == step.name() && resource.providers.is_empty() && !resource.supplied
                });
                let gives = given.into_iter().collect();
                steps.push(StepNode {
                    name: step.name(),
                    takes: Vec::new(),
                    gives,
                    needs: Vec::new(),
                    keeping: Keeping::default(),
                    planned: None,
                });
                steps.len() - 1
            }));
        }
        let mut as_planned = steps.len() == planned;
        for (step, &place) in run.steps().iter().zip(&places) {
            for &needed in step.needs() {
                let needed = places[needed];
                if !steps[place].needs.contains(&needed) {
                    steps[place].needs.push(needed);
                    as_planned = false;
                }
            }
        }
        // The page keeps the picture of the plan if the run adds nothing to it.
        let drawn = plan.filter(|_| as_planned);
        Graph {
            key: drawn.map_or(key, |plan| plan.key),
            title: plan.map_or_else(|| one_line(run.target()).into_owned(), |plan| plan.title.clone()),
            steps,
            resources,
            places: places.into(),
            shape: Some(Shape::of(run)),
            plan: plan.map(|plan| plan.key),
            json: drawn.map(|plan| plan.json.clone()).unwrap_or_default(),
        }
    }

    /// Whether this is the graph of a run under a plan.
    pub(crate) fn is_of(&self, run: &RunInfo, plan: Option<&Graph>) -> bool {
        self.plan == plan.map(|plan| plan.key) && self.shape.as_ref().is_some_and(|shape| shape.is_of(run))
    }

    /// Whether two plans are the same, with the same states.
    pub(crate) fn is_same(&self, other: &Graph) -> bool {
        self.title == other.title && self.steps == other.steps && self.resources == other.resources
    }

    /// Whether two plans are the same, perhaps at different moments: they have the same names.
    pub(crate) fn is_like(&self, other: &Graph) -> bool {
        self.title == other.title
            && self.steps.iter().map(|step| step.name).eq(other.steps.iter().map(|step| step.name))
            && self.resources.iter().map(|it| it.name).eq(other.resources.iter().map(|it| it.name))
    }

    /// The JSON that the page draws: names, places and the routes of the edges.
    pub(crate) fn json(&self) -> Bytes {
        #[derive(Serialize)]
        struct Whole<'g> {
            steps: &'g [StepNode],
            resources: &'g [ResourceNode],
            drawing: crate::drawing::Drawing,
        }
        let json = || {
            let whole = Whole { steps: &self.steps, resources: &self.resources, drawing: draw(self) };
            serde_json::to_string(&whole).expect("the graph has no maps").into()
        };
        self.json.get_or_init(json).clone()
    }
}

/// A plan that was added, and its graph.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) graph: Arc<Graph>,
    /// The target of the plan.
    target: Option<&'static str>,
    /// The names of the registered steps.
    registered: Box<[&'static str]>,
}

impl Planned {
    pub(crate) fn new(key: u64, plan: &Plan) -> Self {
        Planned {
            graph: Arc::new(Graph::of_plan(key, plan)),
            target: plan.target().map(|target| target.name()),
            registered: plan.steps().iter().filter(|step| step.is_registered()).map(|step| step.name()).collect(),
        }
    }

    /// Whether the plan is of this run: the pipeline has the same steps, and the target is the
    /// same. No plan is of a close.
    pub(crate) fn is_of(&self, run: &RunInfo) -> bool {
        // The edges of a close go the other way.
        !run.is_close()
            && self.target.is_none_or(|target| target == run.target())
            && self.registered.len() <= run.steps().len()
            && self.registered.iter().zip(run.steps()).all(|(name, step)| *name == step.name())
    }
}

/// A name as the page shows it.
pub(crate) fn name<S: Serializer>(name: &&'static str, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&one_line(name))
}
