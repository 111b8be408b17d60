//! The primitives that claims are made of, in one place so that a model checker can replace them.

pub(super) use std::sync::atomic::{AtomicU8, Ordering};
pub(super) use std::sync::{Arc, Mutex, MutexGuard};
