//! The aim of a run as data: the resources that it demands.

use crate::exec::order::Goal;
use crate::exec::plan::{ConstList, Key};
use crate::resource::Resource;
use crate::steps::Step;
use crate::steps::lists::{InputList, OutputList};
use core::marker::PhantomData;

/// A run of the target `T`: its outputs, or its inputs if it runs at every call.
pub(crate) struct OfTarget<T>(PhantomData<T>);

impl<T: Step> Goal for OfTarget<T> {
    const DEMANDED: &'static ConstList<Key> = match T::Outputs::ALL_STORED {
        true => T::Outputs::KEYS,
        false => T::Inputs::KEYS,
    };
    const OUTPUTS: &'static ConstList<Key> = T::Outputs::KEYS;
}

/// A run for the resource `R`.
pub(crate) struct OfResource<R>(PhantomData<R>);

impl<R: Resource> Goal for OfResource<R> {
    const DEMANDED: &'static ConstList<Key> = &ConstList::One(Key::of::<R>());
    const OUTPUTS: &'static ConstList<Key> = Self::DEMANDED;
}
