//! The order in which a run starts its steps, if each of them is ready at once.
//!
//! It is that of the [schedule](super::schedule), which the compiler follows while it generates
//! code. As long as no step pends beside another, a run only goes along this list: it needs no
//! schedule.

use super::plan::{ConstList, ExecPlan, Key, Source, count};

/// The aim of a run, as data.
pub trait Goal {
    /// The resources that are demanded. Of the outputs of a step, one suffices.
    const DEMANDED: &'static ConstList<Key>;
    /// The resources whose values the run returns at its end, from the store.
    const OUTPUTS: &'static ConstList<Key>;
}

/// No aim.
pub(crate) struct NoGoal;

impl Goal for NoGoal {
    const DEMANDED: &'static ConstList<Key> = &ConstList::Empty;
    const OUTPUTS: &'static ConstList<Key> = &ConstList::Empty;
}

/// The steps of a plan that a goal needs, if nothing was computed.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    /// The steps, in the order in which they start.
    pub(crate) steps: &'static [u16],
    /// The same steps, in the order in which they are demanded.
    pub(crate) demanded: &'static [u16],
    /// The resources of the parent store that they take, by place.
    pub(crate) parent_inputs: &'static [u16],
    /// All steps of the plan, by number.
    pub(crate) nodes: &'static [OrderNode],
    /// The sources of the values that the run returns; none for those of the parent store.
    pub(crate) outputs: &'static [Option<Source>],
}

impl Order {
    /// This order, which belongs to `plan`, for a store with or without a parent.
    ///
    /// # Panics
    ///
    /// If a step waits for itself, or takes what neither the store nor a parent has. The proof has
    /// shown that there is no such step, unless somebody wrote a part of it by hand.
    pub(crate) const fn checked(&self, plan: &ExecPlan, has_parent: bool) -> &Self {
        assert!(self.steps.len() == self.demanded.len(), "a step of this run waits for itself: its proof is forged");
        let mut at = 0;
        while !has_parent && !self.parent_inputs.is_empty() && at < self.steps.len() {
            let inputs = plan.steps()[self.steps[at] as usize].spec().inputs;
            assert!(has_all(plan, inputs), "a step of this run lacks an input: its proof is forged");
            at += 1;
        }
        self
    }
}

#[cfg(test)]
impl Order {
    /// The order for a step of a plan with up to `N` steps. Its lists are never freed.
    pub(super) fn of_step<const N: usize>(plan: &ExecPlan, step: u16) -> Self {
        let mut tables = OrderTables::<N>::EMPTY;
        tables.demand(step, OrderNode::NONE);
        tables.follow(plan);
        Order {
            steps: tables.steps[..tables.len].to_vec().leak(),
            demanded: tables.demanded[..tables.len].to_vec().leak(),
            parent_inputs: &[],
            nodes: tables.nodes[..plan.steps().len()].to_vec().leak(),
            outputs: &[],
        }
    }
}

/// Whether a plan has a source for each of some inputs that a step cannot do without.
const fn has_all(plan: &ExecPlan, inputs: &ConstList<Key>) -> bool {
    match inputs {
        ConstList::Empty => true,
        ConstList::One(key) => key.optional || plan.source(key.id).is_some(),
        ConstList::Both(first, second) => has_all(plan, first) && has_all(plan, second),
    }
}

/// A step before the run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OrderNode {
    /// Whether the goal needs it.
    pub(crate) is_demanded: bool,
    /// The number of its inputs that other steps provide.
    pub(crate) unmet: u16,
    /// The step that demands it first; [`NONE`](Self::NONE) if the goal itself does.
    pub(crate) needed_by: u16,
    /// The number of steps on the order that are ready, or were, once it is done.
    pub(crate) ready: u16,
}

impl OrderNode {
    /// A number that no step has.
    pub(crate) const NONE: u16 = u16::MAX;
}

/// The order while it is computed, with room for `N` steps and `N` resources of the parent store.
pub(super) struct OrderTables<const N: usize> {
    /// The number of ready steps.
    pub(super) len: usize,
    /// The ready steps.
    pub(super) steps: [u16; N],
    /// The number of resources of the parent store.
    pub(super) parent_len: usize,
    /// The resources of the parent store.
    pub(super) parent_inputs: [u16; N],
    /// The number of values that the run returns.
    pub(super) outputs_len: usize,
    /// The sources of these values.
    pub(super) outputs: [Option<Source>; N],
    /// The demanded steps, as many as there are ready steps in the end.
    pub(super) demanded: [u16; N],
    /// The number of demanded steps.
    demanded_len: usize,
    /// The steps, by number.
    pub(super) nodes: [OrderNode; N],
    /// The number of inputs of a step that are still to come from other steps.
    unmet: [u16; N],
}

impl<const N: usize> OrderTables<N> {
    /// Computes the order for these resources.
    pub(super) const fn build(plan: &ExecPlan, demanded: &ConstList<Key>, outputs: &ConstList<Key>) -> Self {
        let mut order = Self::EMPTY;
        order.demand_all(plan, demanded);
        order.follow(plan);
        // A target that is not in the plan may have more outputs than there is room. Then the run
        // finds them by their keys.
        if count(outputs) <= N {
            order.find_outputs(plan, outputs);
        }
        order
    }

    /// Appends the sources of the values that the run returns.
    const fn find_outputs(&mut self, plan: &ExecPlan, keys: &ConstList<Key>) {
        match keys {
            ConstList::Empty => {}
            ConstList::One(key) => {
                self.outputs[self.outputs_len] = plan.source(key.id);
                self.outputs_len += 1;
            }
            ConstList::Both(first, second) => {
                self.find_outputs(plan, first);
                self.find_outputs(plan, second);
            }
        }
    }

    /// An order of nothing.
    const EMPTY: Self = OrderTables {
        len: 0,
        steps: [0; N],
        parent_len: 0,
        parent_inputs: [0; N],
        outputs_len: 0,
        outputs: [None; N],
        demanded_len: 0,
        demanded: [0; N],
        nodes: [OrderNode { is_demanded: false, unmet: 0, needed_by: OrderNode::NONE, ready: 0 }; N],
        unmet: [0; N],
    };

    /// The number of demanded steps.
    pub(super) const fn demanded_len(&self) -> usize {
        self.demanded_len
    }

    /// Demands everything that the demanded steps need, breadth first, and finishes all steps.
    const fn follow(&mut self, plan: &ExecPlan) {
        let mut at = 0;
        while at < self.demanded_len {
            self.demand_inputs(plan, self.demanded[at]);
            at += 1;
        }
        let mut at = 0;
        while at < self.len {
            self.finish(plan, self.steps[at]);
            self.nodes[self.steps[at] as usize].ready = self.len as u16;
            at += 1;
        }
    }

    /// Demands the providers of resources.
    const fn demand_all(&mut self, plan: &ExecPlan, keys: &ConstList<Key>) {
        match keys {
            ConstList::Empty => {}
            ConstList::One(key) => {
                if let Some(Source::Step { step, .. }) = plan.source(key.id) {
                    self.demand(step, OrderNode::NONE);
                }
            }
            ConstList::Both(first, second) => {
                self.demand_all(plan, first);
                self.demand_all(plan, second);
            }
        }
    }

    /// Demands a step for another, or for the goal.
    const fn demand(&mut self, step: u16, needed_by: u16) {
        let node = &mut self.nodes[step as usize];
        if !node.is_demanded {
            (node.is_demanded, node.needed_by) = (true, needed_by);
            self.demanded[self.demanded_len] = step;
            self.demanded_len += 1;
        }
    }

    /// Demands the inputs of a step. Without any it is ready.
    const fn demand_inputs(&mut self, plan: &ExecPlan, step: u16) {
        let inputs = plan.inputs(&plan.steps()[step as usize]);
        let mut at = 0;
        while at < inputs.len() {
            match inputs[at] {
                Source::Step { step: provider, .. } => {
                    self.demand(provider, step);
                    self.nodes[step as usize].unmet += 1;
                }
                Source::Parent(place) => self.take_from_parent(place),
                Source::Supplied(_) => {}
            }
            at += 1;
        }
        self.unmet[step as usize] = self.nodes[step as usize].unmet;
        if self.unmet[step as usize] == 0 {
            self.push(step);
        }
    }

    /// Notes a resource of the parent store, once.
    const fn take_from_parent(&mut self, place: u16) {
        let mut at = 0;
        while at < self.parent_len {
            if self.parent_inputs[at] == place {
                return;
            }
            at += 1;
        }
        self.parent_inputs[self.parent_len] = place;
        self.parent_len += 1;
    }

    /// Appends a ready step.
    const fn push(&mut self, step: u16) {
        self.steps[self.len] = step;
        self.len += 1;
    }

    /// Counts the outputs of a step at its dependents.
    const fn finish(&mut self, plan: &ExecPlan, step: u16) {
        let dependents = plan.dependents(&plan.steps()[step as usize]);
        let mut at = 0;
        while at < dependents.len() {
            let unmet = &mut self.unmet[dependents[at] as usize];
            if *unmet > 0 {
                *unmet -= 1;
                if *unmet == 0 {
                    self.push(dependents[at]);
                }
            }
            at += 1;
        }
    }
}
