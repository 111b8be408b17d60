//! Stale values: those that were computed from a value that has changed.

use super::plan::{ConstList, Key, StepSpec};
use core::mem;
use std::collections::{HashMap, HashSet};

/// Of each step, by number, whether it has changed, or its outputs were computed from those of a
/// step that has, directly or through other steps.
///
/// An input with which the store was supplied is not computed, whatever provides it.
pub(crate) fn stale_steps(
    steps: &'static ConstList<StepSpec>,
    supplied: &'static ConstList<Key>,
    has_changed: impl Fn(&StepSpec) -> bool,
) -> Vec<bool> {
    let steps = steps.list();
    let supplied: HashSet<u64> = supplied.list().iter().map(|key| key.id).collect();
    let mut takers: HashMap<u64, Vec<usize>> = HashMap::new();
    for (number, step) in steps.iter().enumerate() {
        let computed = step.inputs.list().into_iter().filter(|input| !supplied.contains(&input.id));
        computed.for_each(|input| takers.entry(input.id).or_default().push(number));
    }

    let mut is_stale: Vec<bool> = steps.iter().map(|step| has_changed(step)).collect();
    let mut unseen: Vec<usize> = (0..steps.len()).filter(|&step| is_stale[step]).collect();
    while let Some(step) = unseen.pop() {
        let takers = steps[step].outputs.list().into_iter().filter_map(|output| takers.get(&output.id)).flatten();
        unseen.extend(takers.copied().filter(|&taker| !mem::replace(&mut is_stale[taker], true)));
    }
    is_stale
}

/// Whether a list has the resource with a key.
pub(crate) fn lists(keys: &'static ConstList<Key>, id: u64) -> bool {
    keys.list().iter().any(|key| key.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kept::kept;

    /// A list of keys with these identities.
    fn keys(ids: &[u64]) -> &'static ConstList<Key> {
        let one = |id| ConstList::One(Key { id, name: || "resource", ..Key::NONE });
        ids.iter().fold(&ConstList::Empty, |keys, &id| kept(ConstList::Both(keys, kept(one(id)))))
    }

    /// Whether a step is stale, by definition: it takes what has changed, or what a stale step
    /// provides.
    fn depends(step: usize, changed: u64, inputs: &[Vec<u64>], supplied: &[u64]) -> bool {
        inputs[step].iter().any(|&input| {
            input == changed
                || (!supplied.contains(&input)
                    && (0..step)
                        .any(|other| provided(other).contains(&input) && depends(other, changed, inputs, supplied)))
        })
    }

    /// The two resources that a step of the random graphs provides.
    fn provided(step: usize) -> [u64; 2] {
        [10 + 2 * step as u64, 11 + 2 * step as u64]
    }

    #[test]
    fn stale_steps_of_random_graphs_are_those_that_depend_on_the_change() {
        let mut found = 0;
        for seed in 0..400_u64 {
            let mut random = seed;
            let mut below = |limit: u64| {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (random >> 33) % limit
            };
            // Steps take resources of the steps before them, or one of three that are supplied.
            let inputs: Vec<Vec<u64>> = (0..12)
                .map(|step| {
                    (0..1 + below(3)).map(|_| if step == 0 { below(3) } else { below(10 + 2 * step) }).collect()
                })
                .collect();
            let supplied = [0, 1, 2, 10 + below(24)];
            let specs = inputs.iter().enumerate().fold(&ConstList::Empty, |specs, (step, inputs)| {
                let spec = StepSpec {
                    name: || "step",
                    inputs: keys(inputs),
                    outputs: keys(&provided(step)),
                    is_sync: true,
                    ..StepSpec::NONE
                };
                kept(ConstList::Both(specs, kept(ConstList::One(spec))))
            });
            let changed = supplied[below(4) as usize];
            let stale = stale_steps(specs, keys(&supplied), |step| lists(step.inputs, changed));
            let expected: Vec<_> = (0..12).map(|step| depends(step, changed, &inputs, &supplied)).collect();
            assert_eq!(stale, expected, "graph {seed}: {inputs:?}, {supplied:?}, {changed}");
            found += stale.iter().filter(|&&is_stale| is_stale).count();
        }
        assert!(found > 400, "the graphs have stale steps: {found}");
    }
}
