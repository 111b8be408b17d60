//! The computed values of a store, and the order in which they are dropped.
//!
//! As little as possible is generic here: rustc writes the type of all slots, which is as long as
//! the list of steps, into the name of each function that has it.

#[cfg(test)]
mod tests;

use crate::drops::Drops;
use crate::exec::plan::ExecPlan;
use crate::lower::slots::Slots;
use once_cell::race::OnceRef;

/// The outputs of the steps. No value is dropped before those that were computed from it.
pub(crate) struct Computed<S: Slots> {
    /// The outputs, a slot for each step.
    pub(crate) slots: S,
    /// The plan of the first run.
    pub(crate) plan: FirstPlan,
}

impl<S: Slots> Computed<S> {
    /// Computed values in these slots, which are empty.
    pub(crate) const fn of(slots: S) -> Self {
        Computed { slots, plan: FirstPlan(OnceRef::new()) }
    }

    /// Drops the outputs of some steps, or of all, even if destructors panic.
    pub(super) fn clear(&mut self, is_cleared: Option<&[bool]>) {
        self.plan.clear(S::LEN, is_cleared, &mut |step, drops| self.slots.slot_mut(step).clear(drops));
    }
}

impl<S: Slots> Drop for Computed<S> {
    fn drop(&mut self) {
        if self.plan.has_destructors() {
            self.plan.clear(0, None, &mut |step, drops| self.slots.slot_mut(step).clear(drops));
        }
    }
}

/// The plan of the first run on a store, once it has begun. If the store is supplied with a value
/// after that, the plan of the next run has fewer edges, and the order is the same.
pub(crate) struct FirstPlan(OnceRef<'static, ExecPlan>);

impl FirstPlan {
    /// Notes that a run with this plan begins. Returns whether it is the first one.
    #[inline]
    pub(crate) fn begin_run(&self, plan: &'static ExecPlan) -> bool {
        // Many runs find the plan, and then need not write to memory that other threads read.
        let is_first = self.0.get().is_none();
        if is_first {
            // Fails if another run has begun meanwhile. Its plan is the same.
            let _ = self.0.set(plan);
        }
        is_first
    }

    /// Whether a run may have computed values.
    #[inline]
    pub(super) fn is_used(&self) -> bool {
        self.0.get().is_some()
    }

    /// Whether any outputs have destructors.
    #[inline]
    fn has_destructors(&self) -> bool {
        self.0.get().is_some_and(|plan| plan.drops().len() > 0)
    }

    /// Clears some steps, or all of them: first those whose outputs have destructors, in their
    /// order, then the `others`.
    fn clear(&self, others: usize, is_cleared: Option<&[bool]>, clear: &mut dyn FnMut(usize, &mut Drops)) {
        let mut drops = Drops::default();
        let is_cleared = |step: usize| is_cleared.is_none_or(|is_cleared| is_cleared[step]);
        if let Some(plan) = self.0.get() {
            plan.drops().filter(|&step| is_cleared(step)).for_each(|step| clear(step, &mut drops));
        }
        (0..others).filter(|&step| is_cleared(step)).for_each(|step| clear(step, &mut drops));
    }
}
