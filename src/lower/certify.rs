//! The verdict of a certificate: what a pipeline lacks, computed from the numbers of its resources.
//!
//! It is sound if each resource has one provider, no list names one twice, and the steps need each
//! other in no cycle. It claims so only of resources whose numbers are certain.
//!
//! The compiler interprets this code, once for each pipeline, and takes about as long for a line as
//! a program for a thousand. So there are no iterators and few calls.

#[cfg(test)]
mod tests;

use super::numbers::{CERTAIN, CLOSE, Numbers, OPEN, OPTIONAL, StepsNumbers, UNKNOWN};
use crate::exec::plan::ConstList;

/// The most free resources of a pipeline with a certificate.
const MOST_FREE: usize = 12;

/// The most elements of a list among which one may be on a path.
const MOST_ELEMENTS: usize = 16;

/// The most lists on a path.
const MOST_LISTS: usize = 5;

/// The places of elements from the list of steps to an input of a step.
type Path = [usize; MOST_LISTS];

/// A path whose places have names. The compiler takes less time for the name of a field than for an
/// index, and a verdict has sixty.
type NamedPath = (usize, usize, usize, usize, usize);

/// As many paths as there may be free resources.
type NamedPaths = (
    NamedPath,
    NamedPath,
    NamedPath,
    NamedPath,
    NamedPath,
    NamedPath,
    NamedPath,
    NamedPath,
    NamedPath,
    NamedPath,
    NamedPath,
    NamedPath,
);

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
    pub free: NamedPaths,
}

/// The room that the verdict on these steps and those of the parent needs.
pub const fn room(steps: &[StepsNumbers], parent: Option<&[StepsNumbers]>) -> usize {
    let parent = match parent {
        Some(parent) => room_of_all(parent),
        None => 0,
    };
    (1 + room_of_all(steps) + parent).next_power_of_two()
}

/// The room for some steps.
const fn room_of_all(steps: &[StepsNumbers]) -> usize {
    let mut room = 0;
    let mut place = 0;
    while place < steps.len() {
        room += room_of(&steps[place]);
        place += 1;
    }
    room
}

/// The room for an element: the table of outputs is at most half full.
const fn room_of(steps: &StepsNumbers) -> usize {
    match *steps {
        StepsNumbers::Step(ref step) => 1 + step.inputs.len + 2 * step.outputs.len,
        StepsNumbers::List(mut list) | StepsNumbers::Whole(mut list) => {
            let mut room = 0;
            while let ConstList::Both(ConstList::One(first), rest) = list {
                room += room_of(first);
                list = rest;
            }
            room
        }
        StepsNumbers::Unknown => 0,
    }
}

/// The verdict on the steps of a pipeline and those of its parent.
pub const fn certify<const N: usize>(steps: &[StepsNumbers], parent: Option<&[StepsNumbers]>) -> Verdict {
    let mut graph = Graph::<N> {
        ids: [0; N],
        providers: [NOT_HERE; N],
        takers: [NOT_HERE; N],
        edges: [0; N],
        ends: [0; N],
        steps: IN_PARENT,
        end: 0,
        path: [0; MOST_LISTS],
        is_sound: true,
        free: [0; MOST_FREE],
        free_paths: [[0; MOST_LISTS]; MOST_FREE],
        count: 0,
    };
    if let Some(parent) = parent {
        graph.provide_all(parent);
    }
    graph.steps = 0;
    graph.provide_all(steps);
    graph.steps = 0;
    graph.take_all(steps);
    let is_sound = graph.is_sound && !graph.has_cycle();
    let [a, b, c, d, e, f, g, h, i, j, k, l] = graph.free_paths;
    Verdict {
        is_sound,
        in_parent: parent.is_some(),
        count: if is_sound { graph.count } else { 0 },
        free: (
            named(a),
            named(b),
            named(c),
            named(d),
            named(e),
            named(f),
            named(g),
            named(h),
            named(i),
            named(j),
            named(k),
            named(l),
        ),
    }
}

/// A path with names.
const fn named([a, b, c, d, e]: Path) -> NamedPath {
    (a, b, c, d, e)
}

/// The place of a step that is in the parent pipeline.
const IN_PARENT: usize = usize::MAX - 1;
/// The place of a step that is none.
const NOT_HERE: usize = usize::MAX;

/// The graph of the steps, with room for `N` entries in each table. `N` is a power of two.
struct Graph<const N: usize> {
    /// A hash table of resources, by their numbers: open addressing by the lowest bits, which are
    /// the digits of the identity. An entry that is not used is 0.
    ids: [u64; N],
    /// Of each resource the step that provides it.
    providers: [usize; N],
    /// Of each resource the last step that takes it.
    takers: [usize; N],
    /// The steps from which the steps take their inputs.
    edges: [usize; N],
    /// Of each step the end of its edges, which begin at the end of those of the step before.
    ends: [usize; N],
    /// The number of steps so far.
    steps: usize,
    /// The number of edges so far.
    end: usize,
    /// The path to the step that is read.
    path: Path,
    /// Whether there is no mistake so far.
    is_sound: bool,
    /// The free resources.
    free: [u64; MOST_FREE],
    /// For each of them the path to an input of a step that takes it.
    free_paths: [Path; MOST_FREE],
    /// The number of free resources.
    count: usize,
}

impl<const N: usize> Graph<N> {
    /// The entry of a resource, which is new if it is 0.
    const fn entry(&mut self, id: u64) -> usize {
        let last = N - 1;
        let mut at = id as usize & last;
        loop {
            let other = self.ids[at];
            if other == id || other == 0 {
                return at;
            }
            // The digits are the same, but not the resources.
            if other as u32 == id as u32 {
                self.is_sound = false;
            }
            at = (at + 1) & last;
        }
    }

    /// Enters the outputs of all steps of a list.
    const fn provide_all(&mut self, steps: &[StepsNumbers]) {
        let mut place = 0;
        while place < steps.len() {
            self.provide_each(&steps[place]);
            place += 1;
        }
    }

    /// Enters the outputs of the steps of an element.
    const fn provide_each(&mut self, steps: &StepsNumbers) {
        match *steps {
            StepsNumbers::Step(ref step) => {
                self.provide(&step.outputs);
                if self.steps < IN_PARENT {
                    self.steps += 1;
                }
            }
            StepsNumbers::List(mut list) | StepsNumbers::Whole(mut list) => {
                while let ConstList::Both(ConstList::One(first), rest) = list {
                    self.provide_each(first);
                    list = rest;
                }
            }
            StepsNumbers::Unknown => self.is_sound = false,
        }
    }

    /// Enters the outputs of the current step.
    const fn provide(&mut self, outputs: &Numbers) {
        let mut word = 0;
        while word < outputs.len {
            let id = outputs.words[word];
            word += 1;
            if is_certain(id) {
                let at = self.entry(id);
                // A step of this pipeline wins over one of the parent.
                if self.providers[at] < IN_PARENT {
                    self.is_sound = false;
                }
                self.ids[at] = id;
                self.providers[at] = self.steps;
            } else if id == UNKNOWN {
                self.is_sound = false;
            }
        }
    }

    /// Connects all steps of a list with the providers of their inputs.
    const fn take_all(&mut self, steps: &[StepsNumbers]) {
        // `HList!` cuts a list into lists of sixteen, and these again.
        let mut lists = 1;
        let mut room = MOST_ELEMENTS;
        while room < steps.len() {
            lists += 1;
            room *= MOST_ELEMENTS;
        }
        let mut place = 0;
        while place < steps.len() {
            let mut depth = lists;
            let mut rest = place;
            while depth > 0 {
                depth -= 1;
                self.enter(depth, rest % MOST_ELEMENTS);
                rest /= MOST_ELEMENTS;
            }
            self.take_each(&steps[place], lists);
            place += 1;
        }
    }

    /// Connects the steps of an element, which is in `depth` lists, with the providers of their
    /// inputs.
    const fn take_each(&mut self, steps: &StepsNumbers, depth: usize) {
        match *steps {
            StepsNumbers::Step(ref step) => {
                self.take(&step.inputs, depth);
                self.ends[self.steps] = self.end;
                self.steps += 1;
            }
            StepsNumbers::Whole(list) => self.take_each(&StepsNumbers::List(list), 0),
            StepsNumbers::List(mut list) => {
                let mut place = 0;
                while let ConstList::Both(ConstList::One(first), rest) = list {
                    self.enter(depth, place);
                    self.take_each(first, depth + 1);
                    place += 1;
                    list = rest;
                }
            }
            StepsNumbers::Unknown => {}
        }
    }

    /// Connects the current step with the providers of its inputs. The list is in `depth` others.
    const fn take(&mut self, inputs: &Numbers, depth: usize) {
        let step = self.steps;
        let last = N - 1;
        let mut word = inputs.len;
        while word > 0 {
            word -= 1;
            let input = inputs.words[word];
            let id = input & !OPTIONAL;
            // The entry of almost all resources.
            let mut at = id as usize & last;
            if self.ids[at] != id || id == UNKNOWN {
                if !is_certain(id) {
                    if id == UNKNOWN {
                        self.is_sound = false;
                    }
                    continue;
                }
                at = self.entry(id);
                self.ids[at] = id;
            }
            if self.takers[at] == step {
                self.is_sound = false;
            }
            self.takers[at] = step;
            let provider = self.providers[at];
            if provider < IN_PARENT {
                self.edges[self.end] = provider;
                self.end += 1;
            } else if provider == NOT_HERE {
                self.add_free(input, inputs, word, depth);
            }
        }
    }

    /// Notes the place of an element in the path, if it may be on one.
    const fn enter(&mut self, depth: usize, place: usize) {
        if depth < MOST_LISTS {
            self.path[depth] = place;
        } else {
            self.is_sound = false;
        }
    }

    /// Adds a free resource: the input at the word `at` of the current step, whose list of inputs
    /// is in `depth` others. An input that a step cannot do without takes the place of an optional
    /// one.
    const fn add_free(&mut self, input: u64, inputs: &Numbers, at: usize, mut depth: usize) {
        let mut free = 0;
        while free < self.count && (self.free[free] ^ input) & !OPTIONAL != 0 {
            free += 1;
        }
        let is_new = free == self.count;
        if !is_new && (input & OPTIONAL != 0 || self.free[free] & OPTIONAL == 0) {
            return;
        }
        if free == MOST_FREE {
            self.is_sound = false;
            return;
        }
        let mut word = inputs.len - 1;
        let mut place = 0;
        while word > at {
            let other = inputs.words[word];
            word -= 1;
            if other == OPEN {
                self.enter(depth, place);
                depth += 1;
                place = 0;
            } else if other == CLOSE {
                depth -= 1;
                place = if depth < MOST_LISTS { self.path[depth] + 1 } else { 0 };
            } else {
                place += 1;
            }
        }
        self.enter(depth, place);
        let mut list = 0;
        while list <= depth && list < MOST_LISTS {
            if self.path[list] >= MOST_ELEMENTS {
                self.is_sound = false;
            }
            list += 1;
        }
        self.free[free] = input;
        self.free_paths[free] = self.path;
        if is_new {
            self.count += 1;
        }
    }

    /// Whether a step needs itself: a search, depth first.
    const fn has_cycle(&self) -> bool {
        // Of each step the next edge, or one of these.
        const NEW: usize = usize::MAX;
        const DONE: usize = usize::MAX - 1;
        let mut next = [NEW; N];
        let mut stack = [0; N];
        let mut root = 0;
        while root < self.steps {
            let mut step = root;
            let mut depth = 0;
            root += 1;
            if next[step] != NEW {
                continue;
            }
            loop {
                let mut edge = next[step];
                if edge == NEW {
                    edge = if step == 0 { 0 } else { self.ends[step - 1] };
                }
                if edge < self.ends[step] {
                    next[step] = edge + 1;
                    let provider = self.edges[edge];
                    let state = next[provider];
                    if state == NEW {
                        stack[depth] = step;
                        depth += 1;
                        step = provider;
                    } else if state != DONE {
                        return true;
                    }
                } else {
                    next[step] = DONE;
                    if depth == 0 {
                        break;
                    }
                    depth -= 1;
                    step = stack[depth];
                }
            }
        }
        false
    }
}

/// Whether a word is a resource that is certain.
const fn is_certain(word: u64) -> bool {
    word & CERTAIN != 0
}
