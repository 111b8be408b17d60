//! Errors: of a step, and of a run.

use crate::sealed::Seal;
use crate::text::printable;
use core::any::Any;
use core::error::Error;
use core::fmt;
use core::slice;
use std::sync::Arc;

/// An error of any type, as [`RunError`] keeps it.
pub type BoxError = Box<dyn Error + Send + Sync + 'static>;

/// An error with which a step may fail: every type that is `Into<Box<dyn Error + Send + Sync>>`.
///
/// You never write it. It is that bound with an error message of its own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error of a step",
    label = "not an error that can be sent to another thread",
    note = "let it implement `std::error::Error`, or take `String`, or `Box<dyn Error + Send + Sync>`"
)]
pub trait StepError {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The error without its type.
    #[doc(hidden)]
    fn boxed(self) -> BoxError;
}

// Otherwise rustc reports the unmet bounds of `Into`: three of them for a `Box<dyn Error>`.
#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> StepError for E {
    fn seal(_: Seal) {}

    fn boxed(self) -> BoxError {
        self.into()
    }
}

/// The error of a run: which step failed, why, and which steps needed it.
///
/// [`Display`](fmt::Display) names the step and the path from it to the target in one line. The
/// step's own error is the [`source`](Error::source). The alternate form, `{error:#}`, adds the
/// source and its own sources:
///
/// ```
/// # use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, run, step};
/// # resource! { Base: i64; Divisor: i64; Quotient: i64; }
/// # #[step]
/// # fn divide(base: In<'_, Base>, divisor: In<'_, Divisor>) -> Result<Out<Quotient>, &'static str> {
/// #     base.checked_div(*divisor).ok_or("division by zero")
/// # }
/// # #[step]
/// # fn get_division(quotient: In<'_, Quotient>) -> Return<String> { Return(quotient.to_string()) }
/// # struct Calc;
/// # impl Pipeline for Calc { type Steps = HList![Divide]; }
/// # smol::block_on(async {
/// let store = Store::<Calc>::new().with(Base, 38).with(Divisor, 0);
/// let error = run::<GetDivision>(&store).await.unwrap_err();
///
/// assert_eq!(error.step(), "Divide");
/// assert_eq!(error.path(), ["Divide", "GetDivision"]);
/// assert_eq!(format!("{error}"), "step `Divide`, needed by `GetDivision`, failed");
/// assert_eq!(format!("{error:#}"), "step `Divide`, needed by `GetDivision`, failed: division by zero");
/// # });
/// ```
///
/// Under [`Run::keep_going`](crate::Run::keep_going) several steps may fail in one
/// run: [`failures`](RunError::failures) lists them all; `step`, `path` and `downcast_ref` describe
/// the first.
pub struct RunError(Box<Causes>);

/// The contents of an error. They share one allocation, so a `Result` with a [`RunError`] stays
/// small.
struct Causes {
    /// The steps that failed, in order; at least one.
    failures: Vec<Failure>,
    /// The names of the needed steps that did not run because of the failures.
    skipped: Vec<&'static str>,
    /// The values that observers attached, in the order of the observers.
    attachments: Vec<Attachment>,
}

/// A value that an observer attaches to the error of a run.
pub(crate) type Attachment = Arc<dyn Any + Send + Sync>;

/// A step that failed, with its error.
pub struct Failure {
    /// The step that failed, the step that needed it, and so on to the target.
    path: Box<[&'static str]>,
    /// The error of the step.
    source: SharedError,
}

/// The error of a run that can never end, because a step would wait for itself.
///
/// A step may run the store that it is a step of. If that run needs the output of the step itself,
/// directly or through other runs, it fails with this error as its
/// [source](RunError::downcast_ref), in place of waiting for ever. It is noticed in the task of the
/// step and in the runs within it, and not across tasks that the step spawns.
///
/// ```
/// # use std::sync::{Arc, OnceLock, Weak};
/// # use typed_pipeliner::{BoxError, HList, In, Out, Pipeline, Store, StoreOf, resource, step};
/// use typed_pipeliner::error::{Deadlock, RunError};
///
/// # type App = Weak<StoreOf<Service, HList![Own]>>;
/// # resource! { Own: Arc<OnceLock<App>>; Port: u16; }
/// #[step]
/// async fn find_port(own: In<'_, Own>) -> Result<Out<Port>, BoxError> {
///     let store = own.get().and_then(Weak::upgrade).ok_or("there is no store")?;
///     Ok(*store.resource::<Port>().await?)
/// }
/// # struct Service;
/// # impl Pipeline for Service { type Steps = HList![FindPort]; }
/// # let own = Arc::new(OnceLock::new());
/// # let store = Arc::new(Store::<Service>::new().with(Own, own.clone()));
/// # own.set(Arc::downgrade(&store)).unwrap();
/// # futures::executor::block_on(async {
/// let error = store.resource::<Port>().await.unwrap_err();
/// let inner: &RunError = error.downcast_ref().unwrap();
/// let deadlock: &Deadlock = inner.downcast_ref().unwrap();
/// assert_eq!(deadlock.to_string(), "step `FindPort` waits for itself");
/// # });
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadlock {
    /// The steps of the circle: each waits for the next one, and the last for the first.
    steps: Vec<&'static str>,
}

impl Deadlock {
    /// A circle of steps, of which each waits for the next one, and the last for the first.
    pub(crate) fn new(steps: Vec<&'static str>) -> Self {
        Deadlock { steps }
    }

    /// The names of the steps: each waits for the next one, and the last for the first.
    pub fn steps(&self) -> &[&'static str] {
        &self.steps
    }
}

impl fmt::Display for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.steps() {
            [step] => write!(f, "step `{step}` waits for itself"),
            [others @ .., last] => {
                write!(f, "step `{last}` waits for")?;
                others.iter().try_for_each(|step| write!(f, " `{step}`, which waits for"))?;
                write!(f, " `{last}`")
            }
            [] => f.write_str("a step waits for itself"),
        }
    }
}

impl Error for Deadlock {}

/// The errors of a step that was attempted several times, the last of which is the error of the
/// step.
#[derive(Debug)]
pub(crate) struct Exhausted(Vec<BoxError>);

impl Exhausted {
    /// The error of a step whose last attempt failed with `last`, after others.
    #[cfg(feature = "policy")]
    pub(crate) fn of(mut failed: Vec<BoxError>, last: BoxError) -> BoxError {
        if failed.is_empty() {
            return last;
        }
        failed.push(last);
        Box::new(Exhausted(failed))
    }

    /// The errors of all attempts of a step, from its error.
    pub(crate) fn attempts(error: &BoxError) -> &[BoxError] {
        error.downcast_ref::<Self>().map_or(slice::from_ref(error), |Exhausted(attempts)| attempts)
    }

    /// The error of the last attempt of a step by value, from its error, if its type is `E`.
    fn downcast<E: Error + 'static>(error: BoxError) -> Result<E, BoxError> {
        match error.downcast::<Self>() {
            Err(error) => error.downcast().map(|error| *error),
            Ok(mut exhausted) => match exhausted.0.pop().map(|last| last.downcast::<E>()) {
                Some(Ok(last)) => Ok(*last),
                Some(Err(last)) => {
                    exhausted.0.push(last);
                    Err(exhausted)
                }
                None => Err(exhausted),
            },
        }
    }

    /// The error of the last attempt of a step, from its error.
    pub(crate) fn last(error: &BoxError) -> &(dyn Error + Send + Sync + 'static) {
        Self::attempts(error).last().map_or(&**error, |last| &**last)
    }
}

impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} attempts failed", self.0.len())
    }
}

impl Error for Exhausted {}

/// The error of a step, shared by the runs that waited for it.
pub(crate) type SharedError = Arc<BoxError>;

/// The number of steps that are named at each end of a path. A longer path is cut in the middle.
const NAMED: usize = 4;

impl RunError {
    /// An error with these failures, at least one.
    pub(crate) fn new(failures: Vec<Failure>, skipped: Vec<&'static str>, attachments: Vec<Attachment>) -> Self {
        RunError(Box::new(Causes { failures, skipped, attachments }))
    }

    /// Appends these steps to the path of each failure. Returns the failures and the skipped steps.
    pub(crate) fn needed_by(self, steps: &[&'static str]) -> (Vec<Failure>, Vec<&'static str>) {
        let Causes { mut failures, skipped, .. } = *self.0;
        for Failure { path, .. } in &mut failures {
            *path = path.iter().chain(steps).copied().collect();
        }
        (failures, skipped)
    }

    /// All steps that failed, in order.
    ///
    /// There is one, except under [`Run::keep_going`](crate::Run::keep_going).
    pub fn failures(&self) -> &[Failure] {
        &self.0.failures
    }

    /// The names of the skipped steps: the target needed them, and a step that they need had
    /// failed.
    ///
    /// They are reported under [`Run::keep_going`](crate::Run::keep_going). Otherwise
    /// the list is empty: the first failure stops everything.
    pub fn skipped(&self) -> &[&'static str] {
        &self.0.skipped
    }

    /// Returns the value of type `T` that an observer of the run
    /// [attached](crate::Observer::attachment), if any. If several observers attached one, it is
    /// that of the first.
    pub fn attachment<T: Any>(&self) -> Option<&T> {
        self.0.attachments.iter().find_map(|attachment| attachment.downcast_ref())
    }

    /// The name of the step that failed.
    pub fn step(&self) -> &'static str {
        self.first().step()
    }

    /// The path from the failed step to the target: the name of the failed step, then the name of
    /// the step that needed it, and so on.
    pub fn path(&self) -> &[&'static str] {
        self.first().path()
    }

    /// The error of the step, if its type is `E`: the error type of the step, or the type of the
    /// error that the step has put into a [`BoxError`].
    ///
    /// For an `anyhow::Error` it returns `None`, whatever `E` is, because that type hides its inner
    /// error once it is boxed. Give the step an error type of its own, or turn the error into a
    /// `BoxError` with `reallocate_into_boxed_dyn_error_without_backtrace`.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, Out, Pipeline, Store, resource, step};
    /// # resource! { Port: u16; }
    /// #[step]
    /// fn read_port() -> Result<Out<Port>, std::num::ParseIntError> {
    ///     "eighty".parse()
    /// }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![ReadPort]; }
    ///
    /// let error = smol::block_on(Store::<App>::new().resource::<Port>()).unwrap_err();
    /// let status = match error.downcast_ref::<std::num::ParseIntError>() {
    ///     Some(_) => 400,
    ///     None => 500,
    /// };
    /// assert_eq!(status, 400);
    /// ```
    pub fn downcast_ref<E: Error + 'static>(&self) -> Option<&E> {
        self.first().downcast_ref()
    }

    /// Returns the error of the step by value, if its type is `E`; otherwise this error, unchanged.
    ///
    /// Other failures of the run, which exist under
    /// [`Run::keep_going`](crate::Run::keep_going), are dropped. Runs that wait for
    /// the same step share its error. As long as another run holds it, it cannot be taken out.
    pub fn downcast<E: Error + 'static>(mut self) -> Result<E, Self> {
        if self.downcast_ref::<E>().is_none() {
            return Err(self);
        }
        let Failure { path, source } = self.0.failures.remove(0);
        Arc::try_unwrap(source).and_then(|source| Exhausted::downcast(source).map_err(Arc::new)).map_err(|source| {
            self.0.failures.insert(0, Failure { path, source });
            self
        })
    }

    /// The first failure, which `step`, `path` and `downcast_ref` describe.
    fn first(&self) -> &Failure {
        &self.0.failures[0]
    }
}

impl Failure {
    /// A failure of the first step of this path.
    pub(crate) fn new(path: Box<[&'static str]>, source: SharedError) -> Self {
        Failure { path, source }
    }

    /// The name of the step that failed.
    pub fn step(&self) -> &'static str {
        self.path[0]
    }

    /// The path from the failed step to the target: the name of the failed step, then the name of
    /// the step that needed it, and so on.
    pub fn path(&self) -> &[&'static str] {
        &self.path
    }

    /// The errors of all attempts, in order. The last one is the [`source`](Error::source). There is
    /// one, unless the step has a policy: [policies](crate::guide::policies#the-error) has an
    /// example.
    pub fn attempts(&self) -> &[BoxError] {
        Exhausted::attempts(&self.source)
    }

    /// The error of the step, which is that of its last attempt, if its type is `E`.
    pub fn downcast_ref<E: Error + 'static>(&self) -> Option<&E> {
        self.error().downcast_ref()
    }

    /// The error of the last attempt.
    fn error(&self) -> &(dyn Error + Send + Sync + 'static) {
        Exhausted::last(&self.source)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let needed_by = |f: &mut fmt::Formatter<'_>, steps: &[&str]| {
            steps.iter().try_for_each(|step| write!(f, ", needed by `{step}`"))
        };
        let (step, others) = self.path.split_first().unwrap_or((&"?", &[]));
        write!(f, "step `{step}`")?;
        match others.len().checked_sub(2 * NAMED) {
            None | Some(0) => needed_by(f, others)?,
            Some(left_out) => {
                needed_by(f, &others[..NAMED])?;
                write!(f, ", … {left_out} more …")?;
                needed_by(f, &others[others.len() - NAMED..])?;
            }
        }
        if !others.is_empty() {
            f.write_str(",")?;
        }
        f.write_str(" failed")?;
        match self.attempts().len() {
            1 => {}
            attempts => write!(f, " {attempts} times")?,
        }
        if f.alternate() {
            let mut cause = self.source();
            while let Some(error) = cause {
                write!(f, ": {error}")?;
                cause = error.source();
            }
        }
        Ok(())
    }
}

/// Prints the line of the alternate form, without control over a terminal.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&format!("{self:#}")))
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.error())
    }
}

/// Prints one line: each failure, and the number of steps that were skipped because of them.
impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, failure) in self.failures().iter().enumerate() {
            f.write_str(if place > 0 { "; " } else { "" })?;
            fmt::Display::fmt(failure, f)?;
        }
        match self.skipped() {
            [] => Ok(()),
            [step] => write!(f, "; so step `{step}` was not run"),
            steps => write!(f, "; so {} steps were not run", steps.len()),
        }
    }
}

/// Prints the line of the alternate form, without control over a terminal: `fn main() -> Result<(),
/// RunError>` prints errors with `Debug`.
impl fmt::Debug for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&format!("{self:#}")))
    }
}

impl Error for RunError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.first().source()
    }
}
