//! Support code for the macros. It is not part of the public API: any release may change it.

use crate::resource::Resource;
use crate::sealed::Seal;
pub use crate::steps::continuation::Continuation;
pub use crate::steps::function::{FunctionStep, Refs};

/// A `Result`, under any alias.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither an output nor a `Result` of outputs",
    label = "a step returns its outputs, or a `Result` of them",
    note = "write `Out<R>`, a tuple of these, or a `Result` of either; an alias of `Result` may have any name"
)]
pub trait IsResult {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The error.
    type Error;
}

#[diagnostic::do_not_recommend]
impl<T, E> IsResult for Result<T, E> {
    fn seal(_: Seal) {}

    type Error = E;
}

/// The trait behind [`IfKnown`], with an impl for all types.
pub trait Known<T> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Always `T`.
    type Type;
}

impl<S: ?Sized, T> Known<T> for S {
    fn seal(_: Seal) {}

    type Type = T;
}

/// The types of a public function with `#[step]`, some of which may be private.
///
/// `impl Step for Load { type Error = Private; }` is an error (E0446) if `Load` is public, although
/// the function compiles. So the macro writes `type Error = <Load as Signature>::Error`, and here
/// `impl<E> Signature for Load where (): Known<Private, Type = E> { type Error = E; }`: rustc does
/// not check the clauses of an impl of a trait for private types.
pub trait Signature {
    /// The list of inputs.
    type Inputs;
    /// The list of outputs.
    type Outputs;
    /// The error, or the `Result` that has it.
    type Error;
}

/// `T`, unless `S` is an error type.
///
/// Error recovery: if rustc has reported an error and replaced `S` by an error type, then
/// `IfKnown<S, T>` is an error type too, and rustc reports nothing further about it.
pub type IfKnown<S, T> = <S as Known<T>>::Type;

/// `T`, or an error type if the block that computes `N` does not compile.
pub type PoisonUnless<const N: usize, T> = IfKnown<[(); N], T>;

/// Always `T`. The alias makes it an argument; see `error_recovery::argument` in the macros.
pub type Id<T> = T;

/// A resource that no pipeline has, for the bounds of error recovery.
#[derive(Debug)]
pub struct ErrorResource;

impl Resource for ErrorResource {
    type Value = ();
    type Identity = crate::identity!("typed_pipeliner::ErrorResource");
}

#[cfg(feature = "executor")]
pub use blocking::{clone_of, unblock};

/// Makes the future of a step that is not async. The step is executed before that, so no step needs
/// a future of its own type.
pub use core::future::ready;

/// Conversions of a returned value to the result of a step. They are functions, because each step
/// would need a closure of its own.
pub mod list {
    use core::convert::Infallible;
    use frunk_core::generic::Generic;
    use frunk_core::hlist::{HCons, HNil};

    /// Converts `()`.
    pub fn none((): ()) -> Result<HNil, Infallible> {
        Ok(HNil)
    }

    /// Converts a `Result` of `()`.
    pub fn none_or_error<E>(returned: Result<(), E>) -> Result<HNil, E> {
        returned.map(|()| HNil)
    }

    /// Converts a single value.
    pub fn one<V>(value: V) -> Result<HCons<V, HNil>, Infallible> {
        Ok(HCons { head: value, tail: HNil })
    }

    /// Converts a `Result` of a single value.
    pub fn one_or_error<V, E>(returned: Result<V, E>) -> Result<HCons<V, HNil>, E> {
        returned.map(|value| HCons { head: value, tail: HNil })
    }

    /// Converts a tuple.
    pub fn all<T: Generic>(values: T) -> Result<T::Repr, Infallible> {
        Ok(values.into())
    }

    /// Converts a `Result` of a tuple.
    pub fn all_or_error<T: Generic, E>(returned: Result<T, E>) -> Result<T::Repr, E> {
        returned.map(T::into)
    }
}

pub use crate::lower::numbers::number;

/// Support code for `#[pipeline]`.
pub mod certificate {
    pub use crate::lower::certify::{Verdict, certify, room};
    pub use crate::lower::numbers::StepsNumbers;
    pub use crate::pipelines::certified::OpenPipeline;
    pub use crate::pipelines::certified::probe::{NoParentSteps, NotSteps, ParentStepsOf, StepsOf};
    pub use crate::proof::certificate::{CertificateFacts, Certified, FreeAt, FreeInputs, PathTo};
}

/// Support code for `#[step(retry = …, fallback = …)]`.
#[cfg(feature = "policy")]
pub mod policy {
    use crate::error::BoxError;
    use crate::sealed::Seal;
    use core::time::Duration;
    use frunk_core::generic::Generic;
    use frunk_core::hlist::{HCons, HNil};

    /// Panics for a timeout of no time. rustc reports that in a check, because it is a constant.
    #[track_caller]
    pub const fn check_timeout(timeout: Duration) {
        assert!(!timeout.is_zero(), "{}", crate::steps::policy::NO_TIME);
    }

    /// Asks whether to try again after an error.
    pub fn retry_if<E, F: RetryIf<E>>(function: F, error: &E) -> bool {
        function.ask(error)
    }

    /// A function that is asked whether to try again after an error `E`.
    #[diagnostic::on_unimplemented(
        message = "`retry_if` is asked about the error of the step, `{E}`, and this function is not",
        label = "expected a function from `&{E}` to `bool`"
    )]
    pub trait RetryIf<E> {
        #[doc(hidden)]
        fn seal(_: Seal);

        /// Asks.
        fn ask(self, error: &E) -> bool;
    }

    #[diagnostic::do_not_recommend]
    impl<E, F: FnOnce(&E) -> bool> RetryIf<E> for F {
        fn seal(_: Seal) {}

        fn ask(self, error: &E) -> bool {
            self(error)
        }
    }

    /// Calls a fallback with the inputs of the step.
    pub fn fall_back<I, F: FallbackOf<I>>(function: F, inputs: I, error: &BoxError) -> F::Value {
        function.call(inputs, error)
    }

    /// A fallback of a step with the inputs `I`.
    #[diagnostic::on_unimplemented(
        message = "this fallback does not take the inputs of its step and then the error",
        label = "expected a function of the inputs, `{I}`, and of `&BoxError`",
        note = "a fallback is written like its step: `fn stale_page(url: In<'_, Url>, error: &BoxError) -> Option<Out<Page>>`"
    )]
    pub trait FallbackOf<I> {
        #[doc(hidden)]
        fn seal(_: Seal);

        /// The returned value.
        type Value;
        /// Calls it.
        fn call(self, inputs: I, error: &BoxError) -> Self::Value;
    }

    /// Implements [`FallbackOf`] for functions of this number of inputs.
    macro_rules! fallback_of {
        ($($input:ident)*) => {
            #[diagnostic::do_not_recommend]
            impl<F: FnOnce($($input,)* &BoxError) -> V, V, $($input),*> FallbackOf<($($input,)*)> for F {
                fn seal(_: Seal) {}

                type Value = V;
                #[allow(non_snake_case)]
                fn call(self, ($($input,)*): ($($input,)*), error: &BoxError) -> V {
                    self($($input,)* error)
                }
            }
        };
    }

    fallback_of!();
    fallback_of!(A);
    fallback_of!(A B);
    fallback_of!(A B C);
    fallback_of!(A B C D);
    fallback_of!(A B C D E);
    fallback_of!(A B C D E G);
    fallback_of!(A B C D E G H);
    fallback_of!(A B C D E G H I);
    fallback_of!(A B C D E G H I J);
    fallback_of!(A B C D E G H I J K);
    fallback_of!(A B C D E G H I J K L);
    fallback_of!(A B C D E G H I J K L M);

    /// The value that a fallback returns for the value `V` of its step.
    #[diagnostic::on_unimplemented(
        message = "this fallback returns `{Self}`, and not an `Option` of `{V}`, the output of its step",
        label = "expected a function that returns `Option<{V}>`",
        note = "`None` lets the step fail after all"
    )]
    pub trait FallbackValue<V> {
        #[doc(hidden)]
        fn seal(_: Seal);

        /// The value as an option.
        fn option(self) -> Option<V>;
    }

    impl<V> FallbackValue<V> for Option<V> {
        fn seal(_: Seal) {}

        fn option(self) -> Option<V> {
            self
        }
    }

    /// Converts the value of a fallback in place of `()`.
    pub fn none(returned: impl FallbackValue<()>) -> Option<HNil> {
        returned.option().map(|()| HNil)
    }

    /// Converts the value of a fallback in place of a single value.
    pub fn one<V>(returned: impl FallbackValue<V>) -> Option<HCons<V, HNil>> {
        returned.option().map(|value| HCons { head: value, tail: HNil })
    }

    /// Converts the value of a fallback in place of a tuple.
    pub fn all<T: Generic>(returned: impl FallbackValue<T>) -> Option<T::Repr> {
        returned.option().map(T::into)
    }
}

/// Support code for `#[step(blocking)]`.
#[cfg(feature = "executor")]
mod blocking {
    use crate::exec::waits::Polling;
    use crate::resource::Resource;
    use crate::sealed::Seal;

    /// Clones a value for the thread of a blocking step.
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
        #[doc(hidden)]
        fn seal(_: Seal);

        /// The type of the value. A call returns it, so that rustc quotes no bound of this library.
        type Clone;
        /// Clones a value.
        fn clone(value: &Self::Value) -> Self::Clone;
    }

    #[diagnostic::do_not_recommend]
    impl<R: Resource<Value: Clone>> Cloned for R {
        fn seal(_: Seal) {}

        type Clone = R::Value;
        fn clone(value: &R::Value) -> R::Value {
            Clone::clone(value)
        }
    }

    /// Runs blocking work on smol's pool of threads. A panic reaches the task that awaits the work.
    ///
    /// A run in it is nested in the step, as one in an async step is.
    pub fn unblock<T, F>(work: F) -> impl Future<Output = T> + Send
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let step = Polling::current();
        smol::unblock(move || {
            let _polling = Polling::begin();
            Polling::note(step);
            work()
        })
    }
}
