//! Steps: the async functions of a pipeline.

pub(crate) mod lists;

use crate::proof::witness::IsError;
use crate::resource::Resource;
use crate::sealed::Seal;
use crate::step::lists::{InputList, OutputList};
use core::error::Error;

/// An error of any type, as [`RunError`](crate::RunError) keeps it.
pub type BoxError = Box<dyn Error + Send + Sync + 'static>;

/// What the step `S` takes: a list of references to the values of its [`Inputs`](Step::Inputs).
pub type Inputs<'s, S> = <S as Takes>::Refs<'s>;

/// What the step `S` returns: a list of the values of its [`Outputs`](Step::Outputs).
pub type Outputs<S> = <<S as Step>::Outputs as OutputList>::Values;

/// An input of a function that is a [`#[step]`](macro@crate::step): a reference to the value of the resource `R`.
pub type In<'s, R> = &'s <R as Resource>::Value;

/// An output of a function that is a [`#[step]`](macro@crate::step): the value of the resource `R`.
pub type Out<R> = <R as Resource>::Value;

/// An async function of a pipeline, with the resources it takes and those it provides.
///
/// A step is a unit type. It is a name, never held (but for a `DynStep`), and its one function is [`run`](Step::run).
///
/// ```
/// use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, hlist_pat, resource};
///
/// resource! {
///     /// The number that is divided.
///     pub Base: i64;
///     pub Divisor: i64;
///     pub Quotient: i64;
/// }
///
/// /// Divides the base by the divisor.
/// pub struct Divide;
///
/// impl Step for Divide {
///     type Inputs = HList![Base, Divisor];
///     type Outputs = HList![Quotient];
///     type Error = &'static str;
///
///     async fn run(hlist_pat![base, divisor]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
///         Ok(hlist![base.checked_div(*divisor).ok_or("division by zero")?])
///     }
/// }
/// ```
///
/// # What a step may rely on
///
/// - It is started when all its inputs are there, and gets them by reference: they stay in the store, unchanged, for as
///   long as the run lasts. Values are written once and never overwritten.
/// - Of all runs of one store only one executes it at a time, and once it has succeeded it does not run again. But a target that
///   hands a [`Return`](crate::Return) to the caller, or stores nothing, runs at each call, even at several concurrently. If it also
///   stores outputs, the first values are kept.
/// - It may be dropped at any of its await points: when the run is dropped, or when another step fails. It may run again
///   after that, or after it failed.
///
/// # What a step must not do
///
/// - *Block.* Its siblings are polled by the same task. Hand blocking work to a thread, with `#[step(blocking)]`,
///   [`smol::unblock`](https://docs.rs/smol/2/smol/fn.unblock.html) or its like in your runtime.
/// - *Hold what is not `Send` across an await*, an `Rc` or a lock guard: its future has to be `Send`. rustc says
///   "future cannot be sent between threads safely" and points at the value.
///
/// # A trap: closures over a borrowed input
///
/// The inputs are borrowed for a lifetime that only the run knows. A stream or an iterator adapter that holds a closure
/// over such a reference across an await makes rustc lose track of that lifetime:
///
/// ```text
/// error: implementation of `FnOnce` is not general enough
/// ```
///
/// This is a known limit of the compiler, and the code is fine otherwise. So this is refused:
///
/// ```compile_fail
/// # use futures::StreamExt as _;
/// # use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, hlist_pat, resource};
/// # resource! { Urls: Vec<String>; Pages: Vec<usize>; }
/// # struct Fetch;
/// # impl Step for Fetch {
/// # type Inputs = HList![Urls];
/// # type Outputs = HList![Pages];
/// # type Error = std::convert::Infallible;
/// async fn run(hlist_pat![urls]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
///     let pages = futures::stream::iter(urls).map(|url| async move { url.len() }).buffered(8).collect().await;
///     Ok(hlist![pages])
/// }
/// # }
/// ```
///
/// There are three ways round it: make the futures before the await, so that no closure lives across it; name the
/// function and call it in a loop; or clone the input.
///
/// ```
/// # use futures::StreamExt as _;
/// # use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, hlist_pat, resource};
/// # resource! { Urls: Vec<String>; Pages: Vec<usize>; }
/// # struct Fetch;
/// # impl Step for Fetch {
/// # type Inputs = HList![Urls];
/// # type Outputs = HList![Pages];
/// # type Error = std::convert::Infallible;
/// async fn run(hlist_pat![urls]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
///     let fetches: Vec<_> = urls.iter().map(|url| async move { url.len() }).collect();
///     let pages = futures::stream::iter(fetches).buffered(8).collect().await;
///     Ok(hlist![pages])
/// }
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a step",
    label = "not a step",
    note = "a step is a function with `#[step]`, a type with an `impl Step`, or `Chosen<R>` where `R` carries an `AnyStep`; of a resource, ask with `store.resource::<R>()`"
)]
pub trait Step: Sized + 'static {
    /// The resources that the step takes: a list, `HList![Base, Divisor]`, empty for none. What it can do without is an
    /// `Option`: `HList![Base, Option<Cache>]` gives an `Option<&Cache::Value>`, which is `None` where no registered step
    /// provides it and the store does not hold it.
    type Inputs: InputList<Proof: Sized>;
    /// What the step gives: a list of resources, which are stored, and of [`Return`](crate::Return)s, which are handed to
    /// the caller of `run`. A step that is only a side effect provides a unit resource, `resource! { Migrated: (); }`,
    /// and others list it among their inputs.
    type Outputs: OutputList<Proof: Sized>;
    /// Why the step may fail: an error type, `&'static str` or `String`, `Box<dyn Error + Send + Sync>`; or
    /// [`Infallible`](core::convert::Infallible) for never.
    type Error: StepError + IsError<Proof: Sized>;

    /// Runs the step once, on references to the values of its inputs; gives the values of its outputs.
    ///
    /// Written as `async fn run(hlist_pat![…]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error>`.
    ///
    /// # Errors
    ///
    /// An error ends the run that executes the step; it reaches the caller as the source of a
    /// [`RunError`](crate::RunError).
    // The clause says what the bound of `Inputs` says. With it rustc takes this signature as it is when it compares a step's
    // own with it, and does not tell once more, here, what is wrong with the step's inputs.
    fn run(inputs: Inputs<'_, Self>) -> impl Future<Output = Result<Outputs<Self>, Self::Error>> + Send
    where
        Self::Inputs: InputList;

    /// The name of the step in errors and reports: that of its type, unless overridden.
    fn name() -> &'static str {
        crate::resource::type_name::of::<Self>()
    }
}

/// An error that a step may fail with: whatever is `Into<Box<dyn Error + Send + Sync>>`.
///
/// You never write it. It is that bound with a text of its own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error of a step",
    label = "not an error that can be sent to another thread",
    note = "let it implement `std::error::Error`, or take `String`, or `Box<dyn Error + Send + Sync>`"
)]
pub trait StepError {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The error without its type.
    fn boxed(self) -> BoxError;
}

// Else rustc tells what `Into` lacks, which for a `Box<dyn Error>` is three things.
#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> StepError for E {
    fn seal(_: Seal) {}

    fn boxed(self) -> BoxError {
        self.into()
    }
}

/// A step, as what it takes: a function from a step to references to its inputs, defined for all steps.
///
/// You never write it. It stands between [`Inputs`] and the list: that a step has inputs is certain from its type alone,
/// so where its list is wrong, rustc looks no further than at the element that is at fault, and says one thing of it
/// where a signature names `Inputs`, and not two.
pub trait Takes {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// A reference to the value of each input.
    type Refs<'s>: Send;
}

impl<S: Step> Takes for S {
    fn seal(_: Seal) {}

    type Refs<'s> = <S::Inputs as InputList>::Refs<'s>;
}
