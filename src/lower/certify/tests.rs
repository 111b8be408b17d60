//! Verdicts on random pipelines, compared with those of a slow search that shares no code.

use super::{MOST_ELEMENTS, MOST_FREE, Verdict, certify};
use crate::exec::plan::ConstList;
use crate::kept::kept;
use crate::lower::numbers::{CERTAIN, Element, Numbers, OPTIONAL, StepNumbers, StepsNumbers};
use std::collections::{BTreeMap, BTreeSet};

/// A list, as a program writes it.
#[derive(Debug, Clone)]
enum Tree<T> {
    One(T),
    List(Vec<Tree<T>>),
}

impl<T> Tree<T> {
    /// The elements in it, in order.
    fn all(&self) -> Vec<&T> {
        match self {
            Tree::One(one) => vec![one],
            Tree::List(list) => list.iter().flat_map(Tree::all).collect(),
        }
    }

    /// The element at the places of a path, and the rest of the path.
    fn at<'p>(&self, path: &'p [usize]) -> (&T, &'p [usize]) {
        match (self, path) {
            (Tree::One(one), path) => (one, path),
            (Tree::List(list), [first, path @ ..]) => list[*first].at(path),
            (Tree::List(_), []) => panic!("the path ends at a list"),
        }
    }
}

/// An input: the name of a resource, and whether the step can do without it.
type Input = (u64, bool);

#[derive(Debug, Clone)]
struct Step {
    inputs: Tree<Input>,
    outputs: Tree<u64>,
}

/// The name of a resource without a certain number.
const NAMELESS: u64 = 0;

/// The number of a resource, with a hash whose lowest bits often meet in a table.
fn number(name: u64) -> u64 {
    if name == NAMELESS { 0 } else { CERTAIN | name << 33 | (name % 5) << 32 | name }
}

fn numbers_of<T: Copy>(list: &Tree<T>, word: fn(T) -> u64) -> Numbers {
    let Tree::List(elements) = list else { panic!("a step has lists") };
    elements.iter().rev().fold(Numbers::NONE, |numbers, element| {
        numbers.with(match element {
            Tree::One(one) => Element::Word(word(*one)),
            list => Element::List(kept(numbers_of(list, word))),
        })
    })
}

fn input_word((name, optional): Input) -> u64 {
    if name != NAMELESS && optional { number(name) | OPTIONAL } else { number(name) }
}

fn numbers_of_steps(steps: &Tree<Step>) -> StepsNumbers {
    match steps {
        Tree::One(step) => StepsNumbers::Step(StepNumbers {
            inputs: numbers_of(&step.inputs, input_word),
            outputs: numbers_of(&step.outputs, number),
        }),
        Tree::List(list) => StepsNumbers::List(list.iter().rev().fold(kept(ConstList::Empty), |rest, steps| {
            kept(ConstList::Both(kept(ConstList::One(numbers_of_steps(steps))), rest))
        })),
    }
}

/// The verdict of the compiler on the steps of a pipeline, as elements of its list.
fn verdict(steps: &[Tree<Step>], parent: Option<&[Tree<Step>]>) -> Verdict {
    let numbers = |steps: &[Tree<Step>]| steps.iter().map(numbers_of_steps).collect::<Vec<_>>();
    certify::<1024>(&numbers(steps), parent.map(numbers).as_deref())
}

/// The free resources, each with whether all can do without it; none if there is a mistake.
fn search(steps: &[Tree<Step>], parent: Option<&[Tree<Step>]>) -> Option<BTreeMap<u64, bool>> {
    let all = |steps: &[Tree<Step>]| steps.iter().flat_map(Tree::all).cloned().collect::<Vec<_>>();
    let (steps, parent) = (all(steps), parent.map(all).unwrap_or_default());
    let outputs = |step: &Step| step.outputs.all().into_iter().copied().collect::<Vec<_>>();
    let inputs = |step: &Step| step.inputs.all().into_iter().copied().collect::<Vec<_>>();
    let mut providers = BTreeMap::new();
    for (number, step) in steps.iter().enumerate() {
        for output in outputs(step) {
            if output == NAMELESS || providers.insert(output, number).is_some() {
                return None;
            }
        }
    }
    let in_parent: BTreeSet<u64> = parent.iter().flat_map(outputs).collect();
    if in_parent.contains(&NAMELESS) {
        return None;
    }
    let mut free = BTreeMap::new();
    let mut reaches = vec![BTreeSet::new(); steps.len()];
    for (number, step) in steps.iter().enumerate() {
        let names: BTreeSet<u64> = inputs(step).iter().map(|&(name, _)| name).collect();
        if names.len() < inputs(step).len() || names.contains(&NAMELESS) {
            return None;
        }
        for (name, optional) in inputs(step) {
            match providers.get(&name) {
                Some(&provider) => _ = reaches[number].insert(provider),
                None if in_parent.contains(&name) => {}
                None => *free.entry(name).or_insert(true) &= optional,
            }
        }
    }
    // Whatever a step reaches it reaches in as many rounds as there are steps.
    for _ in &steps {
        for number in 0..steps.len() {
            let further = reaches[number].iter().flat_map(|&other: &usize| reaches[other].clone()).collect::<Vec<_>>();
            reaches[number].extend(further);
        }
    }
    let has_cycle = (0..steps.len()).any(|number| reaches[number].contains(&number));
    (!has_cycle && free.len() <= MOST_FREE).then_some(free)
}

/// A random number below a limit.
fn below(random: &mut u64, limit: u64) -> u64 {
    *random = random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
    (*random >> 33) % limit
}

/// The elements as a list, some of them in lists.
fn listed<T>(elements: Vec<T>, random: &mut u64) -> Tree<T> {
    let mut list = Vec::new();
    let mut elements = elements.into_iter().peekable();
    while elements.peek().is_some() {
        if below(random, 6) == 0 {
            let count = 1 + below(random, 2) as usize;
            list.push(Tree::List(elements.by_ref().take(count).map(Tree::One).collect()));
        } else {
            list.extend(elements.next().map(Tree::One));
        }
    }
    Tree::List(list)
}

/// Random steps that provide names from `first` on. Of a few, something is wrong.
fn random_steps(first: u64, count: u64, names: u64, random: &mut u64) -> Vec<Tree<Step>> {
    let mut steps = Vec::new();
    for place in 0..count {
        let mut inputs = Vec::new();
        for _ in 0..below(random, 4) {
            // Mostly from the steps before.
            let limit = if below(random, 40) == 0 { names } else { first + place };
            let name = if below(random, 300) == 0 { NAMELESS } else { 1 + below(random, limit.max(1)) };
            if below(random, 60) == 0 || inputs.iter().all(|&(other, _)| other != name) {
                inputs.push((name, below(random, 4) == 0));
            }
        }
        let mut outputs = vec![1 + first + place];
        if below(random, 80) == 0 {
            outputs.push(1 + below(random, names));
        }
        if below(random, 300) == 0 {
            outputs.push(NAMELESS);
        }
        steps.push(Step { inputs: listed(inputs, random), outputs: listed(outputs, random) });
    }
    match listed(steps, random) {
        Tree::List(list) => list,
        Tree::One(_) => unreachable!("it is a list"),
    }
}

#[test]
fn verdicts_are_those_of_a_slow_search() {
    let (mut sound, mut with_free, mut in_parent) = (0, 0, 0);
    for seed in 0..20_000 {
        let random = &mut (seed * 7919 + 1);
        let parent = (below(random, 3) == 0).then(|| random_steps(4, 1 + below(random, 6), 20, random));
        let first = if parent.is_some() { 12 } else { 4 };
        let count = 1 + below(random, 10);
        let steps = random_steps(first, count, 24, random);
        let verdict = verdict(&steps, parent.as_deref());
        let expected = search(&steps, parent.as_deref());
        assert_eq!(verdict.is_sound, expected.is_some(), "seed {seed}: {steps:?}, {parent:?}, {expected:?}");
        assert_eq!(verdict.in_parent, parent.is_some());
        let Some(expected) = expected else { continue };
        let (a, b, c, d, e, f, g, h, i, j, k, l) = verdict.free;
        let paths = [a, b, c, d, e, f, g, h, i, j, k, l].map(|(a, b, c, d, e)| [a, b, c, d, e]);
        let tree = Tree::List(steps.clone());
        let free: BTreeMap<u64, bool> = paths[..verdict.count]
            .iter()
            .map(|path| {
                let (step, rest) = tree.at(path);
                *step.inputs.at(rest).0
            })
            .collect();
        assert_eq!(free, expected, "seed {seed}: {steps:?}, {parent:?}");
        sound += 1;
        with_free += usize::from(!expected.is_empty());
        in_parent += usize::from(parent.is_some());
    }
    // The test is about something.
    assert!(sound > 8_000 && with_free > 5_000 && in_parent > 2_000, "{sound} {with_free} {in_parent}");
}

/// A step without outputs that takes these names.
fn taking(names: impl IntoIterator<Item = u64>) -> Tree<Step> {
    let inputs = Tree::List(names.into_iter().map(|name| Tree::One((name, false))).collect());
    Tree::One(Step { inputs, outputs: Tree::List(Vec::new()) })
}

#[test]
fn path_goes_through_the_lists_that_hlist_makes() {
    // Of 300 elements: lists of 16 in lists of 16.
    let steps: Vec<_> = (0..300).map(|place| taking((place == 290).then_some(7))).collect();
    let verdict = verdict(&steps, None);
    assert!(verdict.is_sound);
    assert_eq!((verdict.count, verdict.free.0), (1, (1, 2, 2, 0, 0)));
}

#[test]
fn list_that_is_too_long_is_not_certified() {
    let many = taking(1..100);
    assert!(!verdict(&[many], None).is_sound);
    // Types follow a path to the first sixteen elements of a list.
    let provided: Vec<u64> = (1..=MOST_ELEMENTS as u64).collect();
    let outputs = Tree::List(provided.iter().map(|&name| Tree::One(name)).collect());
    let provider = Tree::One(Step { inputs: Tree::List(Vec::new()), outputs });
    assert!(verdict(&[provider.clone(), taking(provided.iter().copied())], None).is_sound);
    assert!(!verdict(&[provider, taking(provided.into_iter().chain([100]))], None).is_sound);
}

#[test]
fn resources_with_the_same_digits_are_not_certified() {
    let provider = Tree::One(Step { inputs: Tree::List(Vec::new()), outputs: Tree::List(vec![Tree::One(1)]) });
    let mut elements: Vec<_> = [provider, taking([2])].iter().map(numbers_of_steps).collect();
    assert!(certify::<16>(&elements, None).is_sound);
    let StepsNumbers::Step(taker) = &mut elements[1] else { panic!("it is a step") };
    taker.inputs.words[0] = number(1) ^ 1 << 40;
    assert!(!certify::<16>(&elements, None).is_sound);
}
