//! Closing: the asynchronous counterpart of a destructor.
//!
//! A step names the function that closes its output, and [`Store::close`](crate::Store::close)
//! calls these functions, in reverse order of the graph. [Teardown](crate::guide::teardown) shows
//! both in a program.

pub use crate::closing::{CloseError, CloseFailure, CloseFuture, CloseOutput, Closing};
pub use crate::steps::{Close, CloseOf, ClosedValues};
