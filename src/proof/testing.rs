//! Helpers of the tests on types.

use core::any::TypeId;

/// Whether two types are one.
pub(in crate::proof) fn same<A: 'static, B: 'static>() -> bool {
    TypeId::of::<A>() == TypeId::of::<B>()
}
