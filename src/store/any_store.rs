//! A store of any type, or a pointer to one.

use crate::exec::order::{Goal, Order};
use crate::exec::store_ref::{BorrowStore, StoreRef};
use crate::sealed::Sealed;
use std::sync::Arc;

/// A store, or a pointer to one, that a run can borrow. It maps a store to its environment.
///
/// You never write it. Stores implement it, and references and `Arc`s of them. A proof starts from
/// it. It requires no proof itself, because code generation solves the bounds of an impl again for
/// each function that is called through it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not known to be a store",
    label = "not a store, as far as it is known here",
    note = "take the store by a reference: `&Store<Calc, …>`, or in generic code `store: &impl Runs<Target>` or `&impl Provides<Resource>`"
)]
pub trait AnyStore: Sealed + BorrowStore {
    /// The environment in which the proof of a run is made: see
    /// [`ProofEnv`](crate::proof::env::ProofEnv).
    type ProofEnv;
    /// The name of its pipeline.
    #[doc(hidden)]
    fn pipeline() -> &'static str;
    /// The steps that a goal needs, in the order in which they start.
    #[doc(hidden)]
    fn order<G: Goal>() -> &'static Order;
}

macro_rules! pointers {
    ($($pointer:ty),*) => {$(
        impl<S: AnyStore> Sealed for $pointer {}

        impl<S: BorrowStore> BorrowStore for $pointer {
            fn store_ref(&self) -> StoreRef<'_> {
                S::store_ref(self)
            }
        }

        impl<S: AnyStore> AnyStore for $pointer {
            type ProofEnv = S::ProofEnv;
            fn pipeline() -> &'static str {
                S::pipeline()
            }
            fn order<G: Goal>() -> &'static Order {
                S::order::<G>()
            }
        }
    )*};
}
pointers!(&S, Arc<S>);
