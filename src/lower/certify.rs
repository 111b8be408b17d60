//! The verdict of a certificate: what a pipeline lacks, computed from the numbers of its resources.
//!
//! It is sound if each resource has one provider, no list names one twice, and the steps need each
//! other in no cycle. It claims so only of resources whose numbers are certain.

use super::key::CERTAIN;
use crate::exec::plan::ConstList;
use crate::resource::Resource;
use crate::steps::Step;
use crate::steps::lists::{InputList, OutputList};

/// The most free resources of a pipeline with a certificate.
const MOST_FREE: usize = 8;

/// The most elements of a list among which one may be on a path.
const MOST_ELEMENTS: usize = 16;

/// The most lists on a path.
const MOST_LISTS: usize = 5;

/// The places of elements from the list of steps to an input of a step.
type Path = [usize; MOST_LISTS];

/// A resource in a list, by its number. It has no name, because a constant costs the compiler more
/// with each function that it names.
#[derive(Debug, Clone, Copy)]
pub struct Number {
    /// See [`Resource::ID`].
    pub(crate) id: u64,
    /// Whether it is an optional input.
    pub(crate) optional: bool,
}

impl Number {
    /// The number of a resource.
    pub(crate) const fn of<R: Resource>() -> Self {
        Number { id: R::ID, optional: false }
    }
}

/// The lists of a step.
#[derive(Debug, Clone, Copy)]
pub struct StepNumbers {
    /// Its inputs.
    inputs: &'static ConstList<Number>,
    /// The outputs that it stores.
    outputs: &'static ConstList<Number>,
}

impl StepNumbers {
    /// The lists of a step.
    pub(crate) const fn of<S: Step>() -> Self {
        StepNumbers { inputs: <S::Inputs as InputList>::NUMBERS, outputs: <S::Outputs as OutputList>::NUMBERS }
    }
}

/// The verdict on the steps of a pipeline.
#[derive(Debug, Clone, Copy)]
pub struct Verdict {
    /// Whether there is no mistake. If not, the other fields mean nothing.
    pub is_sound: bool,
    /// Whether the resources of the parent pipeline are not among the free ones.
    pub in_parent: bool,
    /// The number of free resources.
    pub count: usize,
    /// For each free resource the path to an input of a step that takes it.
    pub free: [Path; MOST_FREE],
}

/// The room that the verdict on these steps and those of the parent needs.
pub const fn room(steps: Option<&ConstList<StepNumbers>>, parent: Option<&ConstList<StepNumbers>>) -> usize {
    let (steps, parent) = (room_of(known(steps)), room_of(known(parent)));
    (1 + steps + parent).next_power_of_two()
}

/// The steps, or none if they are not known.
const fn known(steps: Option<&ConstList<StepNumbers>>) -> &ConstList<StepNumbers> {
    match steps {
        Some(steps) => steps,
        None => &ConstList::Empty,
    }
}

/// The room for some steps: the table of outputs is at most half full.
const fn room_of(steps: &ConstList<StepNumbers>) -> usize {
    match steps {
        ConstList::Empty => 0,
        ConstList::One(step) => 1 + count(step.inputs) + 2 * count(step.outputs),
        ConstList::Both(first, second) => room_of(first) + room_of(second),
    }
}

/// The number of keys in a list.
const fn count(keys: &ConstList<Number>) -> usize {
    match keys {
        ConstList::Empty => 0,
        ConstList::One(_) => 1,
        ConstList::Both(first, second) => count(first) + count(second),
    }
}

/// The verdict on the steps of a pipeline and those of its parent. If its own are not known, it is
/// not sound.
pub const fn certify<const N: usize>(
    steps: Option<&ConstList<StepNumbers>>,
    parent: Option<&ConstList<StepNumbers>>,
) -> Verdict {
    let mut graph = Graph::<N> {
        providers: [NO_PROVIDER; N],
        inputs: [(0, NOT_HERE); N],
        starts: [0; N],
        steps: IN_PARENT as usize,
        end: 0,
        path: [0; MOST_LISTS],
        verdict: Verdict {
            is_sound: steps.is_some(),
            in_parent: parent.is_some(),
            count: 0,
            free: [[0; MOST_LISTS]; MOST_FREE],
        },
        free: [Number { id: 0, optional: false }; MOST_FREE],
    };
    graph.provide_all(known(parent));
    graph.steps = 0;
    graph.provide_all(known(steps));
    graph.steps = 0;
    graph.take_all(known(steps), 0);
    if graph.verdict.is_sound {
        graph.check_cycles();
    }
    if !graph.verdict.is_sound {
        graph.verdict.count = 0;
    }
    graph.verdict
}

/// The place of a step that is in the parent pipeline.
const IN_PARENT: u16 = u16::MAX - 1;
/// The place of a step that is none.
const NOT_HERE: u16 = u16::MAX;
/// An unused entry of the table of providers.
const NO_PROVIDER: (u64, u16) = (0, NOT_HERE);

/// The graph of the steps, with room for `N` entries in each table.
struct Graph<const N: usize> {
    /// A hash table from the numbers of outputs to the places of steps: open addressing by the
    /// lowest bits, which are the digits of the identity.
    providers: [(u64, u16); N],
    /// Of each input its number, and the place of the step that provides it.
    inputs: [(u64, u16); N],
    /// The first input of each step.
    starts: [u16; N],
    /// The number of steps so far.
    steps: usize,
    /// The number of inputs so far.
    end: usize,
    /// The path to the input that is read.
    path: Path,
    /// The verdict so far.
    verdict: Verdict,
    /// The free resources.
    free: [Number; MOST_FREE],
}

impl<const N: usize> Graph<N> {
    /// The entry of a number, or the unused one where it belongs. Two numbers with the same digits
    /// have one entry.
    const fn entry(&self, id: u64) -> usize {
        let mut at = id as usize & (N - 1);
        while self.providers[at].1 != NOT_HERE && self.providers[at].0 as u32 != id as u32 {
            at = (at + 1) & (N - 1);
        }
        at
    }

    /// Enters the outputs of some steps.
    const fn provide_all(&mut self, steps: &ConstList<StepNumbers>) {
        match steps {
            ConstList::Empty => {}
            ConstList::One(step) => {
                self.provide(step.outputs);
                if self.steps < IN_PARENT as usize {
                    self.steps += 1;
                }
            }
            ConstList::Both(first, second) => {
                self.provide_all(first);
                self.provide_all(second);
            }
        }
    }

    /// Enters some outputs of the current step.
    const fn provide(&mut self, keys: &ConstList<Number>) {
        match keys {
            ConstList::Empty => {}
            ConstList::One(key) => {
                let at = self.entry(key.id);
                let (other, provider) = self.providers[at];
                // A step of this pipeline wins over one of the parent.
                let is_free = provider == NOT_HERE || (provider == IN_PARENT && other == key.id);
                if !is_free || key.id & CERTAIN == 0 {
                    self.verdict.is_sound = false;
                }
                self.providers[at] = (key.id, self.steps as u16);
            }
            ConstList::Both(first, second) => {
                self.provide(first);
                self.provide(second);
            }
        }
    }

    /// Connects some steps with the providers of their inputs. The list is in `depth` others.
    const fn take_all(&mut self, mut steps: &ConstList<StepNumbers>, depth: usize) {
        let mut place = 0;
        while let ConstList::Both(first, rest) = steps {
            self.enter(depth, place);
            match first {
                ConstList::One(step) => {
                    self.starts[self.steps] = self.end as u16;
                    self.take(step.inputs, depth + 1);
                    self.steps += 1;
                }
                list => self.take_all(list, depth + 1),
            }
            place += 1;
            steps = rest;
        }
    }

    /// Connects the current step with the providers of some inputs.
    const fn take(&mut self, mut keys: &ConstList<Number>, depth: usize) {
        let mut place = 0;
        while let ConstList::Both(first, rest) = keys {
            self.enter(depth, place);
            match first {
                ConstList::One(key) => {
                    let (other, provider) = self.providers[self.entry(key.id)];
                    let clashes = provider != NOT_HERE && other != key.id;
                    if clashes || key.id & CERTAIN == 0 || self.is_listed(key.id) {
                        self.verdict.is_sound = false;
                    }
                    if provider == NOT_HERE {
                        self.add_free(key, depth);
                    }
                    self.inputs[self.end] = (key.id, provider);
                    self.end += 1;
                }
                list => self.take(list, depth + 1),
            }
            place += 1;
            keys = rest;
        }
    }

    /// Notes the place of an element in the path, if it may be on one.
    const fn enter(&mut self, depth: usize, place: usize) {
        if depth < MOST_LISTS {
            self.path[depth] = place;
        }
    }

    /// Whether types can follow the path to an input in a list in `depth` others.
    const fn is_path(&self, depth: usize) -> bool {
        let mut at = 0;
        while at <= depth {
            if at == MOST_LISTS || self.path[at] >= MOST_ELEMENTS {
                return false;
            }
            at += 1;
        }
        true
    }

    /// Whether the current step lists an input already.
    const fn is_listed(&self, id: u64) -> bool {
        let mut at = self.starts[self.steps] as usize;
        while at < self.end {
            if self.inputs[at].0 as u32 == id as u32 {
                return true;
            }
            at += 1;
        }
        false
    }

    /// Adds a free resource: the next input of the current step. An input that a step cannot do
    /// without takes the place of an optional one.
    const fn add_free(&mut self, key: &Number, depth: usize) {
        let mut at = 0;
        while at < self.verdict.count && self.free[at].id as u32 != key.id as u32 {
            at += 1;
        }
        let is_new = at == self.verdict.count;
        if !is_new && self.free[at].id != key.id {
            self.verdict.is_sound = false;
        }
        if !is_new && (key.optional || !self.free[at].optional) {
            return;
        }
        if at == MOST_FREE || !self.is_path(depth) {
            self.verdict.is_sound = false;
            return;
        }
        self.free[at] = *key;
        self.verdict.free[at] = self.path;
        self.verdict.count += is_new as usize;
    }

    /// Finds a cycle, depth first.
    const fn check_cycles(&mut self) {
        const NEW: u8 = 0;
        const BUSY: u8 = 1;
        const DONE: u8 = 2;
        let mut marks = [NEW; N];
        // Of each step on the stack its place, and the next input.
        let mut stack = [(0_u16, 0_u16); N];
        let mut root = 0;
        while root < self.steps {
            let mut depth = 0;
            if marks[root] == NEW {
                marks[root] = BUSY;
                stack[0] = (root as u16, self.starts[root]);
                depth = 1;
            }
            while depth > 0 {
                let (step, input) = stack[depth - 1];
                let next = step as usize + 1;
                let end = if next < self.steps { self.starts[next] as usize } else { self.end };
                if input as usize == end {
                    marks[step as usize] = DONE;
                    depth -= 1;
                    continue;
                }
                stack[depth - 1].1 += 1;
                let provider = self.inputs[input as usize].1;
                if provider >= IN_PARENT {
                    continue;
                }
                match marks[provider as usize] {
                    NEW => {
                        marks[provider as usize] = BUSY;
                        stack[depth] = (provider, self.starts[provider as usize]);
                        depth += 1;
                    }
                    BUSY => {
                        self.verdict.is_sound = false;
                        return;
                    }
                    _ => {}
                }
            }
            root += 1;
        }
    }
}
