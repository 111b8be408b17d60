//! The primitives that claims, wake-ups and signals are made of, in one place so that others
//! replace them in the models.

#[cfg(all(test, typed_pipeliner_loom))]
pub(super) use super::model::AtomicWaker;
#[cfg(not(all(test, typed_pipeliner_loom)))]
pub(super) use futures::task::AtomicWaker;
#[cfg(all(test, typed_pipeliner_loom))]
pub(super) use loom::sync::atomic::{AtomicU8, AtomicU64, Ordering};
#[cfg(all(test, typed_pipeliner_loom))]
pub(super) use loom::sync::{Arc, Mutex, MutexGuard};
#[cfg(not(all(test, typed_pipeliner_loom)))]
pub(super) use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
#[cfg(not(all(test, typed_pipeliner_loom)))]
pub(super) use std::sync::{Arc, Mutex, MutexGuard};
