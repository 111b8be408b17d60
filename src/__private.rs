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
    use crate::sealed::Seal;
    use crate::steps::lists::OutputList;
    use core::time::Duration;
    use frunk_core::generic::Generic;
    use frunk_core::hlist::{HCons, HNil};

    /// Panics for a timeout of no time. rustc reports that in a check, because it is a constant.
    #[track_caller]
    pub const fn check_timeout(timeout: Duration) {
        assert!(!timeout.is_zero(), "{}", crate::steps::policy::NO_TIME);
    }

    /// Asks whether to try again after an error.
    pub fn retry_if<E, A: AsksAbout<E>, F: Function<A, Output: Answer>>(error: E, function: F) -> bool {
        function.call(A::convert(error)).answer()
    }

    /// Calls a fallback with the inputs of the step and its error.
    pub fn fall_back<I, A: Takes<I>, F: Function<A>>(inputs: I, function: F) -> F::Output {
        function.call(A::convert(inputs))
    }

    /// A function of the arguments `A`.
    ///
    /// The arguments are apart from those that it is called with. Otherwise rustc would compare the
    /// two itself, and report a mismatch in terms of `FnOnce`.
    #[diagnostic::on_unimplemented(message = "`{Self}` is not a function", label = "expected the name of a function")]
    pub trait Function<A> {
        #[doc(hidden)]
        fn seal(_: Seal);

        /// The returned value.
        type Output;
        /// Calls it.
        fn call(self, arguments: A) -> Self::Output;
    }

    /// Implements [`Function`] for each number of arguments.
    macro_rules! functions {
        ($($first:ident $($argument:ident)*)?) => {
            impl<F: FnOnce($($first, $($argument),*)?) -> O, O, $($first, $($argument),*)?>
                Function<($($first, $($argument,)*)?)> for F
            {
                fn seal(_: Seal) {}

                type Output = O;
                #[allow(non_snake_case)]
                fn call(self, ($($first, $($argument,)*)?): ($($first, $($argument,)*)?)) -> O {
                    self($($first, $($argument),*)?)
                }
            }
            $(functions!($($argument)*);)?
        };
    }

    functions!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15 A16 A17);

    /// The arguments of a function that is asked about an error, `E`.
    #[diagnostic::on_unimplemented(
        message = "`retry_if` is asked about the error of the step, and this function takes another argument",
        label = "expected a function of `{E}`, found one of `{Self}`",
        note = "write `fn is_transient(error: &E) -> bool`, where `E` is the error type of the step"
    )]
    pub trait AsksAbout<E> {
        #[doc(hidden)]
        fn seal(_: Seal);

        /// Converts the arguments to the same type.
        fn convert(error: E) -> Self;
    }

    #[diagnostic::do_not_recommend]
    impl<'e, E> AsksAbout<(&'e E,)> for (&'e E,) {
        fn seal(_: Seal) {}

        fn convert(error: (&'e E,)) -> (&'e E,) {
            error
        }
    }

    /// The argument of no function. With a second impl, rustc does not infer the argument from the
    /// only one, before it has looked at the function.
    #[derive(Debug)]
    pub enum NoArgument {}

    #[diagnostic::do_not_recommend]
    impl<E> AsksAbout<E> for (NoArgument,) {
        fn seal(_: Seal) {}

        fn convert(_: E) -> Self {
            unreachable!("no function has this argument")
        }
    }

    /// The answer of such a function.
    #[diagnostic::on_unimplemented(
        message = "`retry_if` is a function that returns `bool`, and this one returns `{Self}`",
        label = "expected a function that returns `bool`"
    )]
    pub trait Answer {
        #[doc(hidden)]
        fn seal(_: Seal);

        /// Whether to try again.
        fn answer(self) -> bool;
    }

    #[diagnostic::do_not_recommend]
    impl Answer for bool {
        fn seal(_: Seal) {}

        fn answer(self) -> bool {
            self
        }
    }

    /// The arguments of a fallback of a step with the inputs and the error `I`.
    #[diagnostic::on_unimplemented(
        message = "a fallback takes the inputs of its step, and then the error, and this one takes others",
        label = "expected a function of `{I}`, found one of `{Self}`",
        note = "write it like the step, with `error: &BoxError` as its last argument"
    )]
    pub trait Takes<I> {
        #[doc(hidden)]
        fn seal(_: Seal);

        /// Converts the arguments to the same type.
        fn convert(inputs: I) -> Self;
    }

    #[diagnostic::do_not_recommend]
    impl<A> Takes<A> for A {
        fn seal(_: Seal) {}

        fn convert(inputs: A) -> A {
            inputs
        }
    }

    /// The value that a fallback returns for the value `V` of its step.
    #[diagnostic::on_unimplemented(
        message = "a fallback returns an `Option` of the output of its step, `{V}`, and this one returns `{Self}`",
        label = "expected a function that returns `Option<{V}>`",
        note = "`None` lets the step fail after all"
    )]
    pub trait FallbackValue<V> {
        #[doc(hidden)]
        fn seal(_: Seal);

        /// The value as an option.
        fn option(self) -> Option<V>;
    }

    #[diagnostic::do_not_recommend]
    impl<V> FallbackValue<V> for Option<V> {
        fn seal(_: Seal) {}

        fn option(self) -> Option<V> {
            self
        }
    }

    /// Converts the value of a fallback of a step without outputs.
    pub fn none<V, O: OutputList<Values = HNil>, R: FallbackValue<()>>(returned: R) -> Option<HNil> {
        returned.option().map(|()| HNil)
    }

    /// Converts the value of a fallback in place of a single value.
    pub fn one<V, O, R>(returned: R) -> Option<HCons<V, HNil>>
    where
        O: OutputList<Values = HCons<V, HNil>>,
        R: FallbackValue<V>,
    {
        returned.option().map(|value| HCons { head: value, tail: HNil })
    }

    /// Converts the value of a fallback in place of a tuple.
    pub fn all<V: Generic<Repr = O::Values>, O: OutputList, R: FallbackValue<V>>(returned: R) -> Option<O::Values> {
        returned.option().map(V::into)
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
