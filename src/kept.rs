//! Values of tests that live to the end of the program.

use core::any::Any;
use std::sync::Mutex;

/// A value that is never freed. It stays within reach, so it is no leak.
pub(crate) fn kept<T: Send + Sync + 'static>(value: T) -> &'static T {
    static KEPT: Mutex<Vec<&'static (dyn Any + Send + Sync)>> = Mutex::new(Vec::new());
    let value = Box::leak(Box::new(value));
    KEPT.lock().unwrap().push(value);
    value
}
