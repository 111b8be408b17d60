//! What the macros write: not for you.

use crate::identity;
use crate::resource::Resource;
use core::pin::Pin;
use core::task::{Context, Poll};

/// A result, whatever it is called.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Result`",
    label = "a step returns its outputs, or a `Result` of them"
)]
pub trait Fallible {
    /// The error.
    type Error;
}

impl<T, E> Fallible for Result<T, E> {
    type Error = E;
}

/// A function from a type `Self` and a type `T` to `T`, defined for all types.
///
/// It is needed for what rustc does where it is not defined: if `Self` is a type that rustc could not work out, and has said so,
/// then what comes after it is one that it does not know, and that it says nothing of.
pub trait Then<T> {
    /// `T`.
    type Type;
}

impl<S: ?Sized, T> Then<T> for S {
    type Type = T;
}

/// `T`, if rustc knows what `S` is.
pub type After<S, T> = <S as Then<T>>::Type;

/// `T`, if rustc understands the block of code that gives the number `N`.
pub type Understood<const N: usize, T> = After<[(); N], T>;

/// That very type, as an argument.
pub type Itself<T> = T;

/// What stands where any resource will do.
#[derive(Debug)]
pub struct AnyResource;

impl Resource for AnyResource {
    type Value = ();
    type Identity = identity!("typed_pipeliner::AnyResource");
}

#[cfg(feature = "executor")]
pub use blocking::{clone_of, unblock};

/// The future of a function that is a step, and the list that what it returns is made into.
///
/// Not an `async` block and not `FutureExt::map`: there is one for each step, and rustc takes longer for those.
#[pin_project::pin_project]
#[derive(Debug)]
pub struct Listed<F, T, L> {
    #[pin]
    future: F,
    list: fn(T) -> L,
}

impl<F: Future, L> Future for Listed<F, F::Output, L> {
    type Output = L;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<L> {
        let this = self.project();
        this.future.poll(cx).map(*this.list)
    }
}

/// What the future of a function gives, as a list.
pub fn listed<F: Future, L>(future: F, list: fn(F::Output) -> L) -> Listed<F, F::Output, L> {
    Listed { future, list }
}

/// A future that calls the function of a step.
pub use futures::future::lazy;

/// What a function returned, as the result of a step. Functions and no closures, of which there would be one for each step.
pub mod list {
    use core::convert::Infallible;
    use frunk_core::generic::Generic;
    use frunk_core::hlist::{HCons, HNil};

    /// Nothing.
    pub fn none((): ()) -> Result<HNil, Infallible> {
        Ok(HNil)
    }

    /// Nothing, if it succeeded.
    pub fn none_or_error<E>(returned: Result<(), E>) -> Result<HNil, E> {
        returned.map(|()| HNil)
    }

    /// One value.
    pub fn one<V>(value: V) -> Result<HCons<V, HNil>, Infallible> {
        Ok(HCons { head: value, tail: HNil })
    }

    /// One value, if it succeeded.
    pub fn one_or_error<V, E>(returned: Result<V, E>) -> Result<HCons<V, HNil>, E> {
        returned.map(|value| HCons { head: value, tail: HNil })
    }

    /// The values of a tuple.
    pub fn all<T: Generic>(values: T) -> Result<T::Repr, Infallible> {
        Ok(values.into())
    }

    /// The values of a tuple, if it succeeded.
    pub fn all_or_error<T: Generic, E>(returned: Result<T, E>) -> Result<T::Repr, E> {
        returned.map(T::into)
    }
}

/// `#[step(blocking)]`.
#[cfg(feature = "executor")]
mod blocking {
    use crate::resource::Resource;

    /// A value that a blocking step takes along to its thread.
    pub fn clone_of<R: Cloned>(value: &R::Value) -> R::Clone {
        R::clone(value)
    }

    /// A resource whose value can be cloned.
    #[diagnostic::on_unimplemented(
        message = "a blocking step takes clones of its inputs, and the value of `{Self}` cannot be cloned",
        label = "the value of `{Self}` is not `Clone`",
        note = "let `{Self}` carry an `Arc` of it"
    )]
    pub trait Cloned: Resource {
        /// The value. Of the type that comes back from a call, rustc tells what is wrong without a quote.
        type Clone;
        /// A clone of a value.
        fn clone(value: &Self::Value) -> Self::Clone;
    }

    #[diagnostic::do_not_recommend]
    impl<R: Resource<Value: Clone>> Cloned for R {
        type Clone = R::Value;
        fn clone(value: &R::Value) -> R::Value {
            Clone::clone(value)
        }
    }

    /// Runs blocking work on smol's pool of threads. If it panics, so does whoever awaits it.
    pub use smol::unblock;
}
