//! A step as data.

use super::slot::Stored;
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
        }
    }
}

/// Whether the step `S` ends when it starts: it is not async, and has no policy that may wait.
#[cfg(feature = "policy")]
pub(crate) const fn ends_at_once<S: Step>() -> bool {
    S::IS_SYNC && S::ATTEMPTS.is_none()
}

/// Whether the step `S` ends when it starts, because it is not async.
#[cfg(not(feature = "policy"))]
pub(crate) const fn ends_at_once<S: Step>() -> bool {
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
