//! A step as data.

use super::slot::Stored;
use crate::exec::plan::StepSpec;
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
            is_sync: S::IS_SYNC,
            needs_drop: core::mem::needs_drop::<Stored<S>>(),
            close: S::CLOSE_SLOT,
            fan: S::FAN,
        }
    }
}
