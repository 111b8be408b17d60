//! Policies: attempts, timeouts and fallbacks of steps.
//!
//! Feature `policy`, on by default. A step names its policy in `#[step(retry = …, timeout = …,
//! fallback = …)]`, or as its constant [`Step::POLICY`](crate::Step::POLICY).
//! [Policies](crate::guide::policies) shows both in a program.

pub use crate::retry::{Retry, TimedOut};
pub use crate::steps::policy::{Fallback, Policy, PolicyOf};
pub use crate::timer::Timer;
