//! The plan of a store: its steps, the sources of their inputs and their dependents, as plain
//! numbers.
//!
//! The types prove that a run is complete. The compiler then computes the place of everything from
//! values, while it generates code. (Computing it in types would cost several times the compile
//! time of the proof itself: code generation solves every trait again, from an empty cache, for
//! each function that is instantiated with the map.)

use super::close::CloseSlot;
use super::fan::FanSpec;
#[cfg(feature = "journal")]
use super::keeping::KeepSpec;
use super::order::{Goal, Order, OrderTables};
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

/// A list of values that constants can build, in the shape of the list of types that it describes.
#[derive(Debug)]
pub enum ConstList<T: 'static> {
    /// No value.
    Empty,
    /// One value.
    One(T),
    /// The values of the first, then those of the second.
    Both(&'static ConstList<T>, &'static ConstList<T>),
}

impl<T> ConstList<T> {
    /// The values, in order.
    pub fn list(&'static self) -> Vec<&'static T> {
        fn list<T>(tree: &'static ConstList<T>, to: &mut Vec<&'static T>) {
            match tree {
                ConstList::Empty => {}
                ConstList::One(value) => to.push(value),
                ConstList::Both(first, second) => {
                    list(first, to);
                    list(second, to);
                }
            }
        }
        let mut values = Vec::new();
        list(self, &mut values);
        values
    }
}

/// A resource in a plan.
#[derive(Clone, Copy)]
pub struct Key {
    /// The value of its identity.
    pub id: u64,
    /// Its name.
    pub name: fn() -> &'static str,
    /// Whether it is an optional input.
    pub optional: bool,
    /// The name of the type of its value.
    #[cfg(feature = "journal")]
    pub value: fn() -> &'static str,
}

impl Key {
    /// No resource.
    pub(crate) const NONE: Self = Key {
        id: 0,
        name: || unreachable!(),
        optional: false,
        #[cfg(feature = "journal")]
        value: || unreachable!(),
    };
}

/// A step as the executor knows it.
#[derive(Clone, Copy)]
pub struct StepSpec {
    /// Its name.
    pub name: fn() -> &'static str,
    /// Its inputs.
    pub inputs: &'static ConstList<Key>,
    /// The outputs that it stores.
    pub outputs: &'static ConstList<Key>,
    /// Its type: a step that two groups list is one step.
    pub type_id: fn() -> core::any::TypeId,
    /// Whether it is not async, so that it ends when it starts.
    pub is_sync: bool,
    /// Whether the outputs that it stores have destructors.
    pub needs_drop: bool,
    /// The function that closes them.
    pub close: Option<CloseSlot>,
    /// The fan-out, if it is one.
    pub fan: Option<&'static FanSpec>,
    /// What plans show of its policy.
    pub policy: PolicySpec,
    /// How its outputs are kept.
    #[cfg(feature = "journal")]
    pub keep: KeepSpec,
}

impl StepSpec {
    /// No step: no inputs, no outputs, and nothing special.
    pub(crate) const NONE: Self = StepSpec {
        name: || unreachable!(),
        inputs: &ConstList::Empty,
        outputs: &ConstList::Empty,
        type_id: || unreachable!(),
        is_sync: false,
        needs_drop: false,
        close: None,
        fan: None,
        policy: PolicySpec::NONE,
        #[cfg(feature = "journal")]
        keep: KeepSpec::NONE,
    };
}

/// The part of a policy that plans show.
#[derive(Debug, Clone, Copy)]
pub struct PolicySpec {
    /// The number of attempts.
    pub attempts: u32,
    /// The time of each.
    pub timeout: Option<Duration>,
    /// Whether there may be outputs after the last attempt has failed.
    pub fallback: bool,
}

impl PolicySpec {
    /// One attempt, however long it takes.
    pub const NONE: Self = PolicySpec { attempts: 1, timeout: None, fallback: false };
}

/// Where a resource is. Its layout is fixed, so that a look at one word finds the first output of a
/// step, which most inputs are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Source {
    /// In the parent store, if there is one, at this place among the [inputs from
    /// there](ExecPlan::parent_inputs).
    Parent(u16),
    /// Among the supplied values, at this place.
    Supplied(u16),
    /// In the slot of a step, at the place of this output.
    Step {
        /// The place among its stored outputs.
        output: u16,
        /// The number of the step.
        step: u16,
    },
}

/// A step with its edges.
#[derive(Clone, Copy)]
pub struct PlannedStep {
    /// The step itself.
    spec: &'static StepSpec,
    /// The sources of its inputs: a range of the plan's sources.
    inputs: (u16, u16),
    /// The steps that take its outputs: a range of the plan's dependents.
    dependents: (u16, u16),
}

/// A resource that some steps take, and that is not in this store but in its parent.
///
/// Without a parent store these entries have no source. They belong to optional inputs, or to steps
/// that no proved run reaches.
#[derive(Clone, Copy)]
pub struct ParentInput {
    /// The resource.
    key: Key,
    /// The steps that take it: a range of the plan's dependents.
    dependents: (u16, u16),
}

/// The plan of all stores of one type.
#[derive(Clone, Copy)]
pub struct ExecPlan {
    /// The steps, in the order of registration.
    steps: &'static [PlannedStep],
    /// The resources from the parent store.
    parent_inputs: &'static [ParentInput],
    /// The sources of the inputs of all steps.
    sources: &'static [Source],
    /// Numbers of steps; a step is listed once for each input that it takes.
    dependents: &'static [u16],
    /// The steps whose outputs have destructors, each after all steps that take from it.
    drops: &'static [u16],
    /// Whether a step is a fan-out.
    #[cfg_attr(not(feature = "executor"), expect(dead_code, reason = "only threads look for them"))]
    has_fans: bool,
    /// A hash table from resources to sources: open addressing, linear probing, a power of two in
    /// length.
    index: &'static [(Option<Key>, Source)],
}

impl ExecPlan {
    /// The steps, in the order of registration.
    #[inline]
    pub const fn steps(&self) -> &'static [PlannedStep] {
        self.steps
    }

    /// The source of the resource with a key, if it is in this store.
    #[inline]
    pub const fn source(&self, id: u64) -> Option<Source> {
        let mut at = place_of(id, self.index.len());
        while let Some(key) = self.index[at].0 {
            if key.id == id {
                return Some(self.index[at].1);
            }
            at = (at + 1) & (self.index.len() - 1);
        }
        None
    }

    /// The resources that steps take and that are not in this store.
    pub fn parent_inputs(&self) -> &'static [ParentInput] {
        self.parent_inputs
    }

    /// The steps that take the resource of the parent store at this place, once for each input.
    pub fn dependents_of_parent(&self, place: usize) -> &'static [u16] {
        slice(self.dependents, self.parent_inputs[place].dependents)
    }

    /// The sources of the inputs of a step.
    #[inline]
    pub const fn inputs(&self, step: &PlannedStep) -> &'static [Source] {
        slice(self.sources, step.inputs)
    }

    /// The steps that take outputs of a step, once for each input.
    #[inline]
    pub const fn dependents(&self, step: &PlannedStep) -> &'static [u16] {
        slice(self.dependents, step.dependents)
    }

    /// The steps whose outputs have destructors, in the order in which these run: each after all
    /// steps that take from it.
    #[inline]
    pub fn drops(&self) -> impl ExactSizeIterator<Item = usize> + use<> {
        self.drops.iter().map(|&step| usize::from(step))
    }

    /// The steps that are fan-outs.
    #[cfg(feature = "executor")]
    pub(super) fn fans(&self) -> impl Iterator<Item = (u16, &'static FanSpec)> + use<> {
        let steps = if self.has_fans { self.steps } else { &[] };
        (0..).zip(steps).filter_map(|(number, step)| Some((number, step.spec.fan?)))
    }

    /// All resources that are provided or supplied, in no particular order.
    pub fn resources(&self) -> impl Iterator<Item = (Key, Source)> {
        self.index.iter().filter_map(|&(key, source)| Some((key?, source)))
    }
}

#[cfg(test)]
impl ExecPlan {
    /// A plan of invented steps, each with the sources of its inputs. Its lists are never freed.
    pub(super) fn of(spec: &'static StepSpec, inputs: &[Vec<Source>]) -> Self {
        let mut takers = vec![Vec::new(); inputs.len()];
        for (step, own) in (0..).zip(inputs) {
            for source in own {
                if let &Source::Step { step: provider, .. } = source {
                    takers[usize::from(provider)].push(step);
                }
            }
        }
        let (mut steps, mut sources, mut dependents) = (Vec::new(), Vec::new(), Vec::<u16>::new());
        for (own, takers) in inputs.iter().zip(takers) {
            let (start, first) = (sources.len() as u16, dependents.len() as u16);
            sources.extend(own);
            dependents.extend(takers);
            let (inputs, dependents) = ((start, sources.len() as u16), (first, dependents.len() as u16));
            steps.push(PlannedStep { spec, inputs, dependents });
        }
        ExecPlan {
            steps: steps.leak(),
            parent_inputs: &[],
            sources: sources.leak(),
            dependents: dependents.leak(),
            drops: &[],
            has_fans: false,
            index: &[(None, Source::Parent(0))],
        }
    }
}

impl PlannedStep {
    /// The step as the executor knows it.
    pub const fn spec(&self) -> &'static StepSpec {
        self.spec
    }
}

impl ParentInput {
    /// The resource.
    pub fn key(&self) -> Key {
        self.key
    }
}

impl fmt::Debug for ExecPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.steps.iter().map(|step| (step.spec.name)())).finish()
    }
}

/// The part of a table from one place to another.
#[inline]
const fn slice<T>(table: &'static [T], (start, end): (u16, u16)) -> &'static [T] {
    table.split_at(end as usize).0.split_at(start as usize).1
}

/// The place at which the search for a key begins in an index, whose length is a power of two.
const fn place_of(id: u64, len: usize) -> usize {
    (id >> 32) as usize & (len - 1)
}

/// Lowers a pipeline to its plan, and a goal to the order of its steps.
///
/// # Panics
///
/// While code is generated, if there are more steps than numbers for them.
pub(crate) const fn lower<L: Lower, G: Goal>() -> (&'static ExecPlan, &'static Order) {
    let size = Size::of(L::STEPS, L::SUPPLIED);
    assert!(size.steps < 4096, "a pipeline holds up to 4,095 steps: let large ones be several pipelines");
    match size.room().next_power_of_two() {
        ..=16 => sized::<L, G, 16>(),
        32 => sized::<L, G, 32>(),
        64 => sized::<L, G, 64>(),
        128 => sized::<L, G, 128>(),
        256 => sized::<L, G, 256>(),
        512 => sized::<L, G, 512>(),
        1024 => sized::<L, G, 1024>(),
        2048 => sized::<L, G, 2048>(),
        4096 => sized::<L, G, 4096>(),
        8192 => sized::<L, G, 8192>(),
        16384 => sized::<L, G, 16384>(),
        32768 => sized::<L, G, 32768>(),
        _ => panic!("the steps of a pipeline take up to 32,768 inputs and store up to 16,384 outputs"),
    }
}

/// The parts from which a plan is made.
pub(crate) trait Lower {
    /// The steps.
    const STEPS: &'static ConstList<StepSpec>;
    /// The supplied values.
    const SUPPLIED: &'static ConstList<Key>;
}

/// The plan and the order, in tables with room for `N` entries. It is a function so that only the
/// size in use is built.
const fn sized<L: Lower, G: Goal, const N: usize>() -> (&'static ExecPlan, &'static Order) {
    const { (SizedPlan::<L, N>::PLAN, SizedOrder::<L, G, N>::ORDER) }
}

/// The plan made from `L`, with room for `N` entries.
struct SizedPlan<L, const N: usize>(PhantomData<L>);

impl<L: Lower, const N: usize> SizedPlan<L, N> {
    const TABLES: &'static Tables<N> = &Tables::build(L::STEPS, L::SUPPLIED);
    const PLAN: &'static ExecPlan = &Self::TABLES.plan();
}

/// The order made from `L` for `G`, with room for `N` entries.
struct SizedOrder<L, G, const N: usize>(PhantomData<(L, G)>);

impl<L: Lower, G: Goal, const N: usize> SizedOrder<L, G, N> {
    const TABLES: &'static OrderTables<N> = &OrderTables::build(SizedPlan::<L, N>::PLAN, G::DEMANDED, G::OUTPUTS);
    const ORDER: &'static Order = &Order {
        steps: Self::TABLES.steps.split_at(Self::TABLES.len).0,
        demanded: Self::TABLES.demanded.split_at(Self::TABLES.demanded_len()).0,
        parent_inputs: Self::TABLES.parent_inputs.split_at(Self::TABLES.parent_len).0,
        nodes: Self::TABLES.nodes.split_at(SizedPlan::<L, N>::PLAN.steps.len()).0,
        outputs: Self::TABLES.outputs.split_at(Self::TABLES.outputs_len).0,
    };
}

/// The number of entries of each table.
#[derive(Clone, Copy)]
struct Size {
    /// The number of steps.
    steps: usize,
    /// The number of inputs of all steps.
    inputs: usize,
    /// The number of stored outputs and supplied values.
    keys: usize,
    /// Known only when all inputs are resolved; at most the number of inputs.
    parent_inputs: usize,
    /// Known only when all edges are there; at most the number of steps.
    drops: usize,
}

impl Size {
    /// The size of nothing.
    const NONE: Size = Size { steps: 0, inputs: 0, keys: 0, parent_inputs: 0, drops: 0 };
}

impl Size {
    /// The size for these steps and supplied values.
    const fn of(steps: &ConstList<StepSpec>, supplied: &ConstList<Key>) -> Self {
        let size = Size::of_steps(steps);
        Size { keys: size.keys + count(supplied), ..size }
    }

    /// The size for these steps alone.
    const fn of_steps(steps: &ConstList<StepSpec>) -> Self {
        match steps {
            ConstList::Empty => Size::NONE,
            ConstList::One(spec) => {
                Size { steps: 1, inputs: count(spec.inputs), keys: count(spec.outputs), ..Size::NONE }
            }
            ConstList::Both(first, second) => {
                let (first, second) = (Size::of_steps(first), Size::of_steps(second));
                Size {
                    steps: first.steps + second.steps,
                    inputs: first.inputs + second.inputs,
                    keys: first.keys + second.keys,
                    ..Size::NONE
                }
            }
        }
    }

    /// The length of the longest table; the index is kept at most half full.
    const fn room(self) -> usize {
        let mut room = 2 * self.keys;
        if room < self.inputs {
            room = self.inputs;
        }
        if room < self.steps {
            room = self.steps;
        }
        room
    }
}

/// The number of values in a list.
pub(super) const fn count<T>(tree: &ConstList<T>) -> usize {
    match tree {
        ConstList::Empty => 0,
        ConstList::One(_) => 1,
        ConstList::Both(first, second) => count(first) + count(second),
    }
}

/// The number of unmet inputs of a step that has its place in an order.
const PLACED: u16 = u16::MAX;

/// The tables of a plan while it is built.
#[derive(Clone, Copy)]
pub(crate) struct Tables<const N: usize> {
    /// The number of entries in use of each table.
    size: Size,
    /// See [`ExecPlan::steps`].
    steps: [PlannedStep; N],
    /// See [`ExecPlan::parent_inputs`].
    parent_inputs: [ParentInput; N],
    /// See `ExecPlan`.
    sources: [Source; N],
    /// See `ExecPlan`.
    dependents: [u16; N],
    /// See `ExecPlan`.
    drops: [u16; N],
    /// See `ExecPlan`.
    has_fans: bool,
    /// See `ExecPlan`.
    index: [(Option<Key>, Source); N],
}

/// An unused entry of the table of steps.
const UNUSED: PlannedStep = PlannedStep { spec: &StepSpec::NONE, inputs: (0, 0), dependents: (0, 0) };

/// An unused entry of the table of inputs from the parent store.
const UNUSED_PARENT_INPUT: ParentInput = ParentInput { key: Key::NONE, dependents: (0, 0) };

impl<const N: usize> Tables<N> {
    /// Builds the tables.
    pub(crate) const fn build(steps: &'static ConstList<StepSpec>, supplied: &'static ConstList<Key>) -> Self {
        let mut tables = Tables {
            size: Size::NONE,
            steps: [UNUSED; N],
            parent_inputs: [UNUSED_PARENT_INPUT; N],
            sources: [Source::Parent(0); N],
            dependents: [0; N],
            drops: [0; N],
            has_fans: false,
            index: [(None, Source::Parent(0)); N],
        };
        // The supplied values go first: the first entry of a resource stays.
        tables.index_outputs(supplied, None, 0);
        tables.register(steps);
        let mut step = 0;
        while step < tables.size.steps {
            let start = tables.size.inputs;
            tables.resolve_inputs(tables.steps[step].spec.inputs);
            tables.steps[step].inputs = (start as u16, tables.size.inputs as u16);
            step += 1;
        }
        tables.invert_edges();
        tables.order_drops();
        tables
    }

    /// The plan with these tables.
    pub(crate) const fn plan(&'static self) -> ExecPlan {
        ExecPlan {
            steps: self.steps.split_at(self.size.steps).0,
            parent_inputs: self.parent_inputs.split_at(self.size.parent_inputs).0,
            sources: self.sources.split_at(self.size.inputs).0,
            dependents: self.dependents.split_at(self.size.inputs).0,
            drops: self.drops.split_at(self.size.drops).0,
            has_fans: self.has_fans,
            index: &self.index,
        }
    }

    /// Enters the resources of a list into the index: the outputs of a step, or else the supplied
    /// values.
    const fn index_outputs(&mut self, keys: &ConstList<Key>, step: Option<u16>, place: u16) -> u16 {
        match keys {
            ConstList::Empty => place,
            ConstList::One(key) => {
                let at = self.find(key.id);
                if self.index[at].0.is_none() {
                    let source = match step {
                        Some(step) => Source::Step { step, output: place },
                        None => Source::Supplied(place),
                    };
                    self.index[at] = (Some(*key), source);
                }
                place + 1
            }
            ConstList::Both(first, second) => {
                let place = self.index_outputs(first, step, place);
                self.index_outputs(second, step, place)
            }
        }
    }

    /// Enters the steps and their outputs.
    const fn register(&mut self, steps: &'static ConstList<StepSpec>) {
        match steps {
            ConstList::Empty => {}
            ConstList::One(spec) => {
                self.index_outputs(spec.outputs, Some(self.size.steps as u16), 0);
                self.steps[self.size.steps].spec = spec;
                self.has_fans |= spec.fan.is_some();
                self.size.steps += 1;
            }
            ConstList::Both(first, second) => {
                self.register(first);
                self.register(second);
            }
        }
    }

    /// Appends the sources of the resources of a list.
    const fn resolve_inputs(&mut self, keys: &ConstList<Key>) {
        match keys {
            ConstList::Empty => {}
            ConstList::One(key) => {
                let (found, source) = self.index[self.find(key.id)];
                self.sources[self.size.inputs] = if found.is_some() { source } else { self.parent_input(*key) };
                self.size.inputs += 1;
            }
            ConstList::Both(first, second) => {
                self.resolve_inputs(first);
                self.resolve_inputs(second);
            }
        }
    }

    /// Lists the dependents of each step: counts them, makes room, then enters them.
    const fn invert_edges(&mut self) {
        let mut input = 0;
        while input < self.size.inputs {
            if let Some(dependents) = self.dependents_of(self.sources[input]) {
                dependents.1 += 1;
            }
            input += 1;
        }
        let (mut place, mut start) = (0, 0);
        while place < self.size.steps + self.size.parent_inputs {
            let dependents = match place.checked_sub(self.size.steps) {
                None => &mut self.steps[place].dependents,
                Some(place) => &mut self.parent_inputs[place].dependents,
            };
            let end = start + dependents.1;
            *dependents = (start, start);
            start = end;
            place += 1;
        }
        let mut step = 0;
        while step < self.size.steps {
            let (mut input, end) = self.steps[step].inputs;
            while input < end {
                if let Some((_, end)) = self.dependents_of(self.sources[input as usize]) {
                    let place = *end as usize;
                    *end += 1;
                    self.dependents[place] = step as u16;
                }
                input += 1;
            }
            step += 1;
        }
    }

    /// Orders the steps for their destructors: in reverse of an order in which they can run.
    ///
    /// Steps of a cycle, and those after it, run only if the store is supplied with a value after
    /// this plan was used. Then the first one that is registered counts as the first that runs.
    const fn order_drops(&mut self) {
        // Of each step the number of inputs that other steps have still to provide.
        let mut unmet = [PLACED; N];
        // The order in which they can run.
        let (mut order, mut len) = ([0; N], 0);
        let mut step = 0;
        while step < self.size.steps {
            let (mut input, end) = self.steps[step].inputs;
            unmet[step] = 0;
            while input < end {
                if let Source::Step { .. } = self.sources[input as usize] {
                    unmet[step] += 1;
                }
                input += 1;
            }
            if unmet[step] == 0 {
                (unmet[step], order[len]) = (PLACED, step as u16);
                len += 1;
            }
            step += 1;
        }
        let (mut at, mut first) = (0, 0);
        while at < self.size.steps {
            while at == len {
                if unmet[first] != PLACED {
                    (unmet[first], order[len]) = (PLACED, first as u16);
                    len += 1;
                }
                first += 1;
            }
            let (mut taker, end) = self.steps[order[at] as usize].dependents;
            while taker < end {
                let step = self.dependents[taker as usize] as usize;
                if unmet[step] != PLACED {
                    unmet[step] -= 1;
                    if unmet[step] == 0 {
                        (unmet[step], order[len]) = (PLACED, step as u16);
                        len += 1;
                    }
                }
                taker += 1;
            }
            at += 1;
        }
        while at > 0 {
            at -= 1;
            if self.steps[order[at] as usize].spec.needs_drop {
                self.drops[self.size.drops] = order[at];
                self.size.drops += 1;
            }
        }
    }

    /// The range of the steps that take from a source; none if it is a supplied value.
    const fn dependents_of(&mut self, source: Source) -> Option<&mut (u16, u16)> {
        match source {
            Source::Supplied(_) => None,
            Source::Step { step, .. } => Some(&mut self.steps[step as usize].dependents),
            Source::Parent(place) => Some(&mut self.parent_inputs[place as usize].dependents),
        }
    }

    /// The source of a resource that is not in this store.
    const fn parent_input(&mut self, key: Key) -> Source {
        let mut place = 0;
        while place < self.size.parent_inputs && self.parent_inputs[place].key.id != key.id {
            place += 1;
        }
        if place == self.size.parent_inputs {
            self.parent_inputs[place].key = key;
            self.size.parent_inputs += 1;
        }
        Source::Parent(place as u16)
    }

    /// The place of a key in the index, or the free place where it belongs.
    const fn find(&self, id: u64) -> usize {
        let mut at = place_of(id, N);
        while let Some(key) = self.index[at].0 {
            if key.id == id {
                break;
            }
            at = (at + 1) & (N - 1);
        }
        at
    }
}
