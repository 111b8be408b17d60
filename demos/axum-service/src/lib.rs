//! A web service with axum on tokio, twice: [`pipelined`] with typed-pipeliner, and [`by_hand`].
//!
//! Both show a document to a reader who may read it. `tests/versions.rs` sends the same
//! requests to both and compares the responses. The guide has a page about it.

#![allow(missing_debug_implementations, reason = "no program prints these types")]

pub mod by_hand;
pub mod outside;
pub mod pipelined;

use std::sync::Arc;

/// Takes a value out of its `Arc`, when this is the last one.
///
/// axum returns when all requests are answered, and drops the last router a moment later.
pub async fn last_owner<T>(mut shared: Arc<T>) -> T {
    loop {
        match Arc::try_unwrap(shared) {
            Ok(value) => return value,
            Err(others) => shared = others,
        }
        tokio::task::yield_now().await;
    }
}
