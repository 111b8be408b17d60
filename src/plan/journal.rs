//! The journal of a store in its plan: which outputs of steps a run would take from it.

#[cfg(feature = "journal")]
use crate::exec::keeping::judge::Judge;
use crate::exec::plan::StepSpec;
use crate::exec::store_ref::StoreRef;
#[cfg(feature = "journal")]
use crate::journal::state::Stale;

/// How the outputs of a step are kept, in a plan.
#[derive(Debug, Clone, Default)]
pub(super) struct Keep {
    /// Whether they are kept if the store is.
    pub(super) is_kept: bool,
    /// Whether the journal of the store has them, as good as new ones.
    pub(super) is_fresh: bool,
    /// Whether the store has a journal, and that has none of them.
    pub(super) is_absent: bool,
    /// Why those in the journal are stale, if they are.
    pub(super) stale: Option<String>,
}

#[cfg(feature = "journal")]
impl Keep {
    /// That of a step in a plan without a store.
    pub(super) fn of(spec: &StepSpec) -> Self {
        Keep { is_kept: spec.keep.codec.is_some(), ..Keep::default() }
    }

    /// That of a step of a journal that has these outputs, or has not, or has stale ones.
    fn judged(outputs: Result<(), Option<Stale>>) -> Self {
        Keep {
            is_kept: true,
            is_fresh: outputs.is_ok(),
            is_absent: matches!(outputs, Err(None)),
            stale: outputs.err().flatten().map(|stale| stale.to_string()),
        }
    }
}

#[cfg(not(feature = "journal"))]
impl Keep {
    /// That of a step in a plan without a store.
    pub(super) fn of(_: &StepSpec) -> Self {
        Keep::default()
    }
}

/// A function from the number of a step of a store, and the step, to how it is kept.
#[cfg(feature = "journal")]
pub(super) fn keeps<'s>(store: StoreRef<'s>) -> impl FnMut(u16, &StepSpec) -> Keep + 's {
    let mut judge = store.keeping().map(|keeping| Judge::new(keeping, store));
    move |number, spec| match (Keep::of(spec), &mut judge) {
        (keep @ Keep { is_kept: false, .. }, _) | (keep, None) => keep,
        (_, Some(judge)) => Keep::judged(judge.fresh(number).map(drop)),
    }
}

/// The same without the feature.
#[cfg(not(feature = "journal"))]
pub(super) fn keeps(_: StoreRef<'_>) -> impl FnMut(u16, &StepSpec) -> Keep {
    |_, spec| Keep::of(spec)
}
