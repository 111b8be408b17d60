//! A step as data.

use super::slot::Stored;
#[cfg(feature = "journal")]
use crate::exec::keeping::KeepSpec;
use crate::exec::plan::{PolicySpec, StepSpec};
use crate::steps::Step;
use crate::steps::lists::{InputList, OutputList};

impl StepSpec {
    /// A step as the executor knows it.
    pub(crate) const fn of<S: Step>() -> Self {
        StepSpec {
            name: S::name,
            inputs: <S::Inputs as InputList>::KEYS,
            outputs: <S::Outputs as OutputList>::KEYS,
            type_id: core::any::TypeId::of::<S>,
            is_sync: ends_at_once::<S>(),
            needs_drop: core::mem::needs_drop::<Stored<S>>(),
            close: S::CLOSE_SLOT,
            fan: S::FAN,
            #[cfg(feature = "policy")]
            policy: PolicySpec::of::<S>(),
            #[cfg(not(feature = "policy"))]
            policy: PolicySpec::NONE,
            #[cfg(feature = "journal")]
            keep: KeepSpec::of::<S>(),
        }
    }
}

/// Whether the step `S` ends when it starts: it is not async, has no policy that may wait, and is
/// not kept.
pub(crate) const fn ends_at_once<S: Step>() -> bool {
    #[cfg(feature = "policy")]
    if S::ATTEMPTS.is_some() {
        return false;
    }
    #[cfg(feature = "journal")]
    if S::CODEC.is_some() {
        return false;
    }
    S::IS_SYNC
}

#[cfg(feature = "policy")]
impl PolicySpec {
    /// The policy of the step `S`.
    const fn of<S: Step>() -> Self {
        match S::POLICY {
            Some(policy) => PolicySpec {
                attempts: match policy.retry {
                    Some(retry) => retry.attempts(),
                    None => 1,
                },
                timeout: policy.timeout,
                fallback: policy.fallback.is_some(),
            },
            None => PolicySpec::NONE,
        }
    }
}
