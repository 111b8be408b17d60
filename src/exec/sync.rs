//! The primitives that claims are made of, in one place so that loom's replace them in the [model](super::claim).

#[cfg(all(test, pipeliner_loom))]
pub(super) use loom::sync::atomic::{AtomicU8, Ordering};
#[cfg(all(test, pipeliner_loom))]
pub(super) use loom::sync::{Arc, Mutex, MutexGuard};
#[cfg(not(all(test, pipeliner_loom)))]
pub(super) use std::sync::atomic::{AtomicU8, Ordering};
#[cfg(not(all(test, pipeliner_loom)))]
pub(super) use std::sync::{Arc, Mutex, MutexGuard};
