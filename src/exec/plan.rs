//! The plan of a store: which steps there are, what each takes from where, and who waits for whom – as plain numbers.
//!
//! The types prove that a run is complete; where everything lies is then worked out from values, by the compiler while
//! it generates code. (Working it out in types as well costs several times the compile time of the proof itself: code
//! generation solves every trait again, from an empty cache, for each function that is instantiated with the map.)

use crate::list::{InputList, OutputList};
use crate::proof::digits::Digits;
use crate::resource::Resource;
use crate::step::Step;
use core::fmt;
use core::marker::PhantomData;
use core::ops::Range;

/// A list of values as constants can build it: along the list of types that it belongs to.
pub enum Tree<T: 'static> {
    /// No value.
    Empty,
    /// One value.
    One(T),
    /// The values of the first, then those of the second.
    Both(&'static Tree<T>, &'static Tree<T>),
}

impl<T> Tree<T> {
    /// The values, in order.
    pub fn list(&'static self) -> Vec<&'static T> {
        fn list<T>(tree: &'static Tree<T>, to: &mut Vec<&'static T>) {
            match tree {
                Tree::Empty => {}
                Tree::One(value) => to.push(value),
                Tree::Both(first, second) => {
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

/// What a resource is called in a plan.
#[derive(Clone, Copy)]
pub struct Key {
    /// The value of its identity.
    pub id: u64,
    /// Its name.
    pub name: fn() -> &'static str,
    /// Whether it is an optional input.
    pub optional: bool,
}

impl Key {
    /// The key of a resource.
    pub const fn of<R: Resource>() -> Self {
        Key { id: <R::Identity as Digits>::KEY, name: R::name, optional: false }
    }
}

/// A step as the executor knows it.
#[derive(Clone, Copy)]
pub struct Spec {
    /// Its name.
    pub name: fn() -> &'static str,
    /// What it takes.
    pub inputs: &'static Tree<Key>,
    /// What it stores.
    pub outputs: &'static Tree<Key>,
    /// Its type: a step that two groups list is one step.
    pub type_id: fn() -> core::any::TypeId,
}

impl Spec {
    /// What the executor has to know of a step.
    pub const fn of<S: Step>() -> Self {
        Spec {
            name: S::name,
            inputs: <S::Inputs as InputList>::KEYS,
            outputs: <S::Outputs as OutputList>::KEYS,
            type_id: core::any::TypeId::of::<S>,
        }
    }
}

/// Where a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Not here: in the store above, if there is one. In the plan, at this place among [what is above](Plan::above).
    Above(u16),
    /// Among what was supplied, at this place.
    Supplied(u16),
    /// In the slot of a step, at the place of this output.
    Step {
        /// The number of the step.
        step: u16,
        /// The place among its stored outputs.
        output: u16,
    },
}

/// A step and what it is connected to.
#[derive(Clone, Copy)]
pub struct Planned {
    spec: &'static Spec,
    /// Where its inputs come from: a range of the plan's sources.
    inputs: (u16, u16),
    /// What takes its outputs: a range of the plan's dependents.
    dependents: (u16, u16),
}

/// A resource that some steps take and that is not in this store, but in the one above it.
///
/// Where there is none above, these are holes: those of options, and those that no run comes across which was proved.
#[derive(Clone, Copy)]
pub struct Above {
    key: Key,
    /// What takes it: a range of the plan's dependents.
    dependents: (u16, u16),
}

/// The plan of all stores of one type.
#[derive(Clone, Copy)]
pub struct Plan {
    steps: &'static [Planned],
    above: &'static [Above],
    sources: &'static [Source],
    /// Numbers of steps; a step stands here once for each input that it takes.
    dependents: &'static [u16],
    /// A hash table from resources to sources: open addressing, linear probing, a power of two in length.
    index: &'static [(Option<Key>, Source)],
}

impl Plan {
    /// The steps, in the order of registration.
    #[inline]
    pub fn steps(&self) -> &'static [Planned] {
        self.steps
    }

    /// Where the resource with a key is, if it is in this store.
    pub fn source(&self, id: u64) -> Option<Source> {
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
    pub fn above(&self) -> &'static [Above] {
        self.above
    }

    /// The steps that take what is above, at this place, once for each input.
    pub fn dependents_above(&self, place: usize) -> &'static [u16] {
        &self.dependents[range(self.above[place].dependents)]
    }

    /// Where a step's inputs come from.
    #[inline]
    pub fn inputs(&self, step: &Planned) -> &'static [Source] {
        &self.sources[range(step.inputs)]
    }

    /// The steps that take what a step provides, once for each input.
    #[inline]
    pub fn dependents(&self, step: &Planned) -> &'static [u16] {
        &self.dependents[range(step.dependents)]
    }

    /// All resources that are provided or supplied, in no particular order.
    pub fn resources(&self) -> impl Iterator<Item = (Key, Source)> {
        self.index.iter().filter_map(|&(key, source)| Some((key?, source)))
    }
}

#[cfg(test)]
impl Plan {
    /// A plan of steps that were made up, each with the sources of its inputs. It is never freed.
    pub(super) fn of(spec: &'static Spec, inputs: &[Vec<Source>]) -> &'static Plan {
        let (mut steps, mut sources, mut dependents) = (Vec::new(), Vec::new(), Vec::new());
        for (step, own) in (0..).zip(inputs) {
            let (start, first) = (sources.len() as u16, dependents.len() as u16);
            sources.extend(own);
            for (other, theirs) in (0..).zip(inputs) {
                let takes = theirs.iter().filter(|&&source| source == Source::Step { step, output: 0 });
                dependents.extend(takes.map(|_| other));
            }
            let (inputs, dependents) = ((start, sources.len() as u16), (first, dependents.len() as u16));
            steps.push(Planned { spec, inputs, dependents });
        }
        Box::leak(Box::new(Plan {
            steps: steps.leak(),
            above: &[],
            sources: sources.leak(),
            dependents: dependents.leak(),
            index: &[(None, Source::Above(0))],
        }))
    }
}

impl Planned {
    /// What the executor knows of the step.
    pub fn spec(&self) -> &'static Spec {
        self.spec
    }
}

impl Above {
    /// The resource.
    pub fn key(&self) -> Key {
        self.key
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.steps.iter().map(|step| (step.spec.name)())).finish()
    }
}

#[inline]
fn range((start, end): (u16, u16)) -> Range<usize> {
    start.into()..end.into()
}

/// Where the search for a key begins in an index, whose length is a power of two.
const fn place_of(id: u64, len: usize) -> usize {
    (id >> 32) as usize & (len - 1)
}

/// Lowers a pipeline to its plan.
///
/// # Panics
///
/// While code is generated, if there are more steps than numbers for them.
pub const fn lower<L: Lower>() -> &'static Plan {
    let size = Size::of(L::STEPS, L::SUPPLIED);
    assert!(size.steps < 4096, "a pipeline holds up to 4,095 steps: let large ones be several pipelines");
    match size.room().next_power_of_two() {
        ..=16 => sized::<L, 16>(),
        32 => sized::<L, 32>(),
        64 => sized::<L, 64>(),
        128 => sized::<L, 128>(),
        256 => sized::<L, 256>(),
        512 => sized::<L, 512>(),
        1024 => sized::<L, 1024>(),
        2048 => sized::<L, 2048>(),
        4096 => sized::<L, 4096>(),
        8192 => sized::<L, 8192>(),
        16384 => sized::<L, 16384>(),
        32768 => sized::<L, 32768>(),
        _ => panic!("the steps of a pipeline take up to 32,768 inputs and store up to 16,384 outputs"),
    }
}

/// What a plan is made from.
pub trait Lower {
    /// The steps.
    const STEPS: &'static Tree<Spec>;
    /// What is supplied.
    const SUPPLIED: &'static Tree<Key>;
}

/// The plan, in tables with room for `N` entries. A function, so that only the size that is called for is built.
const fn sized<L: Lower, const N: usize>() -> &'static Plan {
    const { Sized::<L, N>::PLAN }
}

/// The plan made from `L`, with room for `N` entries.
struct Sized<L, const N: usize>(PhantomData<L>);

impl<L: Lower, const N: usize> Sized<L, N> {
    const TABLES: &'static Tables<N> = &Tables::build(L::STEPS, L::SUPPLIED);
    const PLAN: &'static Plan = &Plan {
        steps: Self::TABLES.steps.split_at(Self::TABLES.size.steps).0,
        above: Self::TABLES.above.split_at(Self::TABLES.size.above).0,
        sources: Self::TABLES.sources.split_at(Self::TABLES.size.inputs).0,
        dependents: Self::TABLES.dependents.split_at(Self::TABLES.size.inputs).0,
        index: &Self::TABLES.index,
    };
}

/// How much there is of everything.
#[derive(Clone, Copy)]
struct Size {
    steps: usize,
    inputs: usize,
    keys: usize,
    /// Known only when all is connected; there is no more than there are inputs.
    above: usize,
}

impl Size {
    const fn of(steps: &Tree<Spec>, supplied: &Tree<Key>) -> Self {
        let size = Size::of_steps(steps);
        Size { keys: size.keys + count(supplied), ..size }
    }

    const fn of_steps(steps: &Tree<Spec>) -> Self {
        match steps {
            Tree::Empty => Size { steps: 0, inputs: 0, keys: 0, above: 0 },
            Tree::One(spec) => Size { steps: 1, inputs: count(spec.inputs), keys: count(spec.outputs), above: 0 },
            Tree::Both(first, second) => {
                let (first, second) = (Size::of_steps(first), Size::of_steps(second));
                Size {
                    steps: first.steps + second.steps,
                    inputs: first.inputs + second.inputs,
                    keys: first.keys + second.keys,
                    above: 0,
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

const fn count<T>(tree: &Tree<T>) -> usize {
    match tree {
        Tree::Empty => 0,
        Tree::One(_) => 1,
        Tree::Both(first, second) => count(first) + count(second),
    }
}

/// The tables of a plan while it is built.
#[derive(Clone, Copy)]
struct Tables<const N: usize> {
    /// How much of each table is in use.
    size: Size,
    steps: [Planned; N],
    above: [Above; N],
    sources: [Source; N],
    dependents: [u16; N],
    index: [(Option<Key>, Source); N],
}

/// What an unused entry of the table of steps holds.
const UNUSED: Planned = Planned {
    spec: &Spec { name: || unreachable!(), inputs: &Tree::Empty, outputs: &Tree::Empty, type_id: || unreachable!() },
    inputs: (0, 0),
    dependents: (0, 0),
};

/// What an unused entry of the table of what is above holds.
const NOTHING_ABOVE: Above = Above { key: Key { id: 0, name: || unreachable!(), optional: false }, dependents: (0, 0) };

impl<const N: usize> Tables<N> {
    const fn build(steps: &'static Tree<Spec>, supplied: &'static Tree<Key>) -> Self {
        let mut tables = Tables {
            size: Size { steps: 0, inputs: 0, keys: 0, above: 0 },
            steps: [UNUSED; N],
            above: [NOTHING_ABOVE; N],
            sources: [Source::Above(0); N],
            dependents: [0; N],
            index: [(None, Source::Above(0)); N],
        };
        // What is supplied goes first: the first entry of a resource stays.
        tables.enter(supplied, None, 0);
        tables.register(steps);
        let mut step = 0;
        while step < tables.size.steps {
            let start = tables.size.inputs;
            tables.connect(tables.steps[step].spec.inputs);
            tables.steps[step].inputs = (start as u16, tables.size.inputs as u16);
            step += 1;
        }
        tables.turn_around();
        tables
    }

    /// Enters the resources of a list into the index: those of a step, or else the supplied ones.
    const fn enter(&mut self, keys: &Tree<Key>, step: Option<u16>, place: u16) -> u16 {
        match keys {
            Tree::Empty => place,
            Tree::One(key) => {
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
            Tree::Both(first, second) => {
                let place = self.enter(first, step, place);
                self.enter(second, step, place)
            }
        }
    }

    /// Enters the steps and what they store.
    const fn register(&mut self, steps: &'static Tree<Spec>) {
        match steps {
            Tree::Empty => {}
            Tree::One(spec) => {
                self.enter(spec.outputs, Some(self.size.steps as u16), 0);
                self.steps[self.size.steps].spec = spec;
                self.size.steps += 1;
            }
            Tree::Both(first, second) => {
                self.register(first);
                self.register(second);
            }
        }
    }

    /// Appends the sources of the resources of a list.
    const fn connect(&mut self, keys: &Tree<Key>) {
        match keys {
            Tree::Empty => {}
            Tree::One(key) => {
                let (found, source) = self.index[self.find(key.id)];
                self.sources[self.size.inputs] = if found.is_some() { source } else { self.above(*key) };
                self.size.inputs += 1;
            }
            Tree::Both(first, second) => {
                self.connect(first);
                self.connect(second);
            }
        }
    }

    /// Lists the dependents of each step: counts them, makes room, then enters them.
    const fn turn_around(&mut self) {
        let mut input = 0;
        while input < self.size.inputs {
            if let Some(dependents) = self.dependents_of(self.sources[input]) {
                dependents.1 += 1;
            }
            input += 1;
        }
        let (mut place, mut start) = (0, 0);
        while place < self.size.steps + self.size.above {
            let dependents = match place.checked_sub(self.size.steps) {
                None => &mut self.steps[place].dependents,
                Some(place) => &mut self.above[place].dependents,
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

    /// The range of those who take from a source; none if that is supplied.
    const fn dependents_of(&mut self, source: Source) -> Option<&mut (u16, u16)> {
        match source {
            Source::Supplied(_) => None,
            Source::Step { step, .. } => Some(&mut self.steps[step as usize].dependents),
            Source::Above(place) => Some(&mut self.above[place as usize].dependents),
        }
    }

    /// A resource that is not in this store.
    const fn above(&mut self, key: Key) -> Source {
        let mut place = 0;
        while place < self.size.above && self.above[place].key.id != key.id {
            place += 1;
        }
        if place == self.size.above {
            self.above[place].key = key;
            self.size.above += 1;
        }
        Source::Above(place as u16)
    }

    /// Where a key is in the index, or where it goes.
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
