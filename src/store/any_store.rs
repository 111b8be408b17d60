//! A store of any type, or a pointer to one.

use crate::exec::store_ref::{BorrowStore, StoreRef};
use crate::proof::env::HasProofEnv;
use crate::sealed::Sealed;
use std::sync::Arc;

/// A store, or a pointer to one, that a run can borrow.
///
/// You never write it. It asks for no proof: code generation solves the bounds of an impl again for
/// each function that it calls through it.
pub trait AnyStore: HasProofEnv + BorrowStore {
    /// The name of its pipeline.
    #[doc(hidden)]
    fn pipeline() -> &'static str;
}

macro_rules! pointers {
    ($($pointer:ty),*) => {$(
        impl<S: HasProofEnv> Sealed for $pointer {}
        impl<S: HasProofEnv> HasProofEnv for $pointer {
            type ProofEnv = S::ProofEnv;
        }

        impl<S: BorrowStore> BorrowStore for $pointer {
            fn store_ref(&self) -> StoreRef<'_> {
                S::store_ref(self)
            }
        }

        impl<S: AnyStore> AnyStore for $pointer {
            fn pipeline() -> &'static str {
                S::pipeline()
            }
        }
    )*};
}
pointers!(&S, Arc<S>);
