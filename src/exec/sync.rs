//! The primitives of claims, wake-ups and signals. They are in one place so that the models can
//! replace them.

#[cfg(all(test, typed_pipeliner_loom))]
pub(super) use super::model::AtomicWaker;
#[cfg(not(all(test, typed_pipeliner_loom)))]
pub(super) use futures::task::AtomicWaker;
#[cfg(all(test, typed_pipeliner_loom))]
pub(super) use loom::sync::atomic::{AtomicU64, Ordering};
#[cfg(all(test, typed_pipeliner_loom))]
pub(super) use loom::sync::{Arc, Mutex, MutexGuard};
#[cfg(not(all(test, typed_pipeliner_loom)))]
pub(super) use std::sync::atomic::{AtomicU64, Ordering};
#[cfg(not(all(test, typed_pipeliner_loom)))]
pub(super) use std::sync::{Arc, Mutex, MutexGuard};
