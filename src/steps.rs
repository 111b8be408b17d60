//! Steps: the async functions of a pipeline.

pub(crate) mod continuation;
#[cfg(feature = "macros")]
pub(crate) mod function;
#[cfg(feature = "journal")]
pub(crate) mod keep;
#[cfg(feature = "macros")]
mod listed;
pub(crate) mod lists;
#[cfg(feature = "policy")]
pub(crate) mod policy;

use crate::closing::Closing;
use crate::error::StepError;
use crate::exec::close::CloseSlot;
use crate::exec::fan::FanSpec;
#[cfg(feature = "journal")]
use crate::exec::keeping::Codec;
#[cfg(feature = "policy")]
use crate::lower::attempts::{Begin, attempts};
use crate::lower::close::close_slot;
#[cfg(feature = "journal")]
use crate::lower::keep::codec;
use crate::lower::stored::StoredValues;
use crate::proof::witness::IsError;
use crate::resource::{Resource, type_name};
use crate::sealed::Seal;
use crate::steps::continuation::Continuation;
#[cfg(feature = "journal")]
use crate::steps::keep::Keep;
use crate::steps::lists::{InputList, OutputList};
#[cfg(feature = "policy")]
use crate::steps::policy::Policy;

/// The argument of the step `S`: a list of references to the values of its
/// [`Inputs`](Step::Inputs).
pub type Inputs<'s, S> = <S as StepInputs>::Refs<'s>;

/// The result of the step `S`: a list of the values of its [`Outputs`](Step::Outputs).
pub type Outputs<S> = <<S as Step>::Outputs as OutputList>::Values;

/// The function that closes the outputs of the step `S`, from the list of the values that the step
/// stores; see [`Step::CLOSE`].
pub type Close<S> = CloseOf<<S as Step>::Outputs>;

/// The function that closes the outputs `O`.
pub type CloseOf<O> = fn(ClosedValues<O>) -> Closing;

/// The values of those of the outputs `O` that are stored: the argument of the function that closes
/// them.
pub type ClosedValues<O> = <<O as OutputList>::Stored as StoredValues>::Values;

/// An input of a function that is a [`#[step]`](macro@crate::step): a reference to the value of the
/// resource `R`.
pub type In<'s, R> = &'s <R as Resource>::Value;

/// An output of a function that is a [`#[step]`](macro@crate::step): the value of the resource `R`.
pub type Out<R> = <R as Resource>::Value;

/// Refused, with a message: a function returns the value itself, and not `Out(value)`.
#[doc(hidden)]
#[allow(non_snake_case)]
pub fn Out<V: OutIsAType>(value: V) -> V {
    value
}

/// Never holds: it has the message for the call of `Out`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`Out` is a type and no function: return the value itself",
    label = "return this value, without `Out`",
    note = "only a `Return` is constructed, `Return(value)`"
)]
pub trait OutIsAType {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// An async function of a pipeline, with the resources it takes and those it provides.
///
/// A step is a unit type: only a name, of which no value is needed, except for a `DynStep`. Its one
/// function is [`run`](Step::run).
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
/// # Guarantees to a step
///
/// - It starts when all its inputs are there, and gets them by reference. They stay in the store,
///   unchanged, for as long as the run lasts. Values are written once and never overwritten.
/// - Of all runs on one store, only one executes it at a time. Once it has succeeded, it does not
///   run again. The exception is a target that returns a [`Return`](crate::Return) to the caller,
///   or stores nothing: it runs at each call, even at several concurrent ones. If it also stores
///   outputs, the first values are kept.
/// - It may be dropped at any of its await points: when the run is dropped, or when another step
///   fails. It may run again after that, or after it failed.
///
/// # Duties of a step
///
/// - *It must not block.* Its siblings are polled by the same task. Move blocking work to a thread,
///   with `#[step(blocking)]`, [`smol::unblock`](https://docs.rs/smol/2/smol/fn.unblock.html) or
///   the equivalent of your runtime.
/// - *It must not hold a value that is not `Send` across an await*, such as an `Rc` or a lock
///   guard: its future has to be `Send`. rustc reports "future cannot be sent between threads
///   safely" and points at the value.
///
/// # A trap: closures over a borrowed input
///
/// The inputs are borrowed for a lifetime that only the run knows. A stream or an iterator adapter
/// that holds a closure over such a reference across an await makes rustc lose track of that
/// lifetime:
///
/// ```text
/// error: implementation of `FnOnce` is not general enough
/// ```
///
/// This is a known limit of the compiler, and nothing is wrong with the code. So rustc refuses
/// this:
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
/// There are three ways around it: make the futures before the await, so that no closure lives
/// across it; name the function and call it in a loop; or clone the input.
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
    label = "expected one step: a function with `#[step]`, or a type with an `impl Step`",
    note = "a step is a function with `#[step]`, a type with an `impl Step`, `ForEach<P>` where `P` has an `impl Each`, or `RunChosen<R>` where `R` carries a `SharedStep`; to get a resource, call `store.resource::<R>()`",
    note = "`run` takes one target: for several, join their runs with `try_join!`, or run a step that takes what they provide"
)]
pub trait Step: Sized + 'static {
    /// The resources that the step takes, as a list: `HList![Base, Divisor]`, or `HList![]` for
    /// none.
    ///
    /// A resource that the step can do without is an `Option`: `HList![Base, Option<Cache>]` gives
    /// an `Option<&Cache::Value>`, which is `None` if no registered step provides it and the store
    /// was not supplied with it.
    type Inputs: InputList<Witness: Sized>;
    /// The outputs, as a list: resources, which are stored, and [`Return`](crate::Return)s, which
    /// go to the caller of `run`.
    ///
    /// A step that is only a side effect provides a unit resource, `resource! { Migrated: (); }`,
    /// and others list it among their inputs.
    type Outputs: OutputList<Witness: Sized>;
    /// The error: an error type, `&'static str`, `String` or `Box<dyn Error + Send + Sync>`; or
    /// [`Infallible`](core::convert::Infallible) for a step that never fails.
    type Error: StepError + IsError<Witness: Sized>;

    /// Runs the step once, on references to the values of its inputs, and returns the values of its
    /// outputs.
    ///
    /// Write it as
    /// `async fn run(hlist_pat![…]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error>`.
    ///
    /// # Errors
    ///
    /// An error ends the run that executes the step; it reaches the caller as the source of a
    /// [`RunError`](crate::RunError).
    // The clause repeats the bound of `Inputs`. With it, rustc takes this signature for granted
    // when it compares the signature of an impl with it. So it reports a mistake in the inputs of a
    // step only once. rustc shows the comment in the clause below `Divide.run(&store)`.
    fn run(inputs: Inputs<'_, Self>) -> impl Future<Output = Result<Outputs<Self>, Self::Error>> + Send
    where
        // A run calls this. To start a run, write `run::<Divide>(&store)`.
        Self::Inputs: InputList;

    /// Runs the step, and hands its future to `then`.
    #[doc(hidden)]
    #[inline]
    fn run_then<'s, Then: Continuation<'s, Self>>(inputs: Inputs<'s, Self>, then: Then) -> Then::Result {
        then.take(Self::run(inputs))
    }

    /// Whether the future of the step is always ready at once, because the step is not async.
    /// `#[step]` says so.
    #[doc(hidden)]
    const IS_SYNC: bool = false;

    /// The function that closes the outputs that the step stores, for
    /// [`Store::close`](crate::Store::close); none by default. It takes the list of their values,
    /// with an empty list in place of each [`Return`](crate::Return).
    ///
    /// ```
    /// # use std::convert::Infallible;
    /// # use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, hlist_pat, resource};
    /// use typed_pipeliner::close::{Close, Closing};
    ///
    /// # resource! { Line: String; }
    /// # struct Dial;
    /// impl Step for Dial {
    ///     const CLOSE: Option<Close<Self>> = Some(|hlist_pat![line]| Closing::new(hang_up(line)));
    ///     // …
    /// #   type Inputs = HList![];
    /// #   type Outputs = HList![Line];
    /// #   type Error = Infallible;
    /// #   async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
    /// #       Ok(hlist!["line 1".to_owned()])
    /// #   }
    /// }
    ///
    /// async fn hang_up(line: String) {
    ///     println!("{line} is free");
    /// }
    /// ```
    const CLOSE: Option<Close<Self>> = None;

    /// The same for a store. A [`RunChosen`](crate::dyn_step::RunChosen) closes by the step that
    /// was chosen.
    #[doc(hidden)]
    const CLOSE_SLOT: Option<CloseSlot> = match Self::CLOSE {
        Some(_) => Some(close_slot::<Self>),
        None => None,
    };

    /// The fan-out, if the step is one: [`ForEach`](crate::each::ForEach) says so.
    #[doc(hidden)]
    const FAN: Option<&'static FanSpec> = None;

    /// The policy of the step: its attempts, the time of each, and a fallback; none by default.
    /// Feature `policy`, on by default; [`policy`](crate::policy) has the details.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, resource};
    /// use typed_pipeliner::policy::{Policy, Retry};
    /// use std::time::Duration;
    ///
    /// # resource! { Page: String; }
    /// # struct Fetch;
    /// impl Step for Fetch {
    ///     const POLICY: Option<Policy<Self>> =
    ///         Some(Policy::<Self>::new().retry(Retry::times(3)).timeout(Duration::from_secs(30)));
    ///     // …
    /// #   type Inputs = HList![];
    /// #   type Outputs = HList![Page];
    /// #   type Error = std::io::Error;
    /// #   async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
    /// #       Ok(hlist![String::new()])
    /// #   }
    /// }
    /// ```
    #[cfg(feature = "policy")]
    const POLICY: Option<Policy<Self>> = None;

    /// Makes the attempts of a step with a policy. A [`RunChosen`](crate::dyn_step::RunChosen) has
    /// those of the step that was chosen.
    #[cfg(feature = "policy")]
    #[doc(hidden)]
    const ATTEMPTS: Option<Begin<Self>> = match Self::POLICY {
        Some(_) => Some(attempts::<Self>),
        None => None,
    };

    /// How the outputs of the step are kept in a journal; not at all by default. Feature `journal`;
    /// [`journal`](crate::journal) has the details.
    #[cfg(feature = "journal")]
    const KEEP: Option<Keep<Self>> = None;

    /// The version of the step, for the journal. Give the step another one when it gives other
    /// outputs for the same inputs: then kept outputs of the step, and those that were made from
    /// its outputs, are stale. Feature `journal`.
    #[cfg(feature = "journal")]
    const VERSION: u32 = 0;

    /// The version of the step; `None` for a [`RunChosen`](crate::dyn_step::RunChosen), because the
    /// step is chosen at run time.
    #[cfg(feature = "journal")]
    #[doc(hidden)]
    const KNOWN_VERSION: Option<u32> = Some(Self::VERSION);

    /// Encodes and decodes the outputs of a step that is kept.
    #[cfg(feature = "journal")]
    #[doc(hidden)]
    const CODEC: Option<&'static Codec> = match Self::KEEP {
        Some(_) => Some(codec::<Self>()),
        None => None,
    };

    /// The name of the step in errors and reports: that of its type, unless overridden.
    fn name() -> &'static str {
        // Not `of`: it would be one more function for each step.
        type_name::without_path(core::any::type_name::<Self>())
    }
}

/// Maps a step to the references to its inputs. Every step implements it.
///
/// You never write it. It comes between [`Inputs`] and the list of inputs. Every step implements
/// it, even if its list is wrong. So where a signature names `Inputs`, rustc reports one error, at
/// the wrong element of the list, and not two.
pub trait StepInputs {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// A reference to the value of each input.
    type Refs<'s>: Send + Clone;
}

impl<S: Step> StepInputs for S {
    fn seal(_: Seal) {}

    type Refs<'s> = <S::Inputs as InputList>::Refs<'s>;
}
