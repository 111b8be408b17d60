//! Why a run failed.

use crate::step::BoxError;
use core::error::Error;
use core::fmt;
use std::sync::Arc;

/// Why a run failed: which step, why, and who needed it.
///
/// [`Display`](fmt::Display) names the step and the way from it to the target in one line; the step's own error is the
/// [`source`](Error::source). The alternate form, `{error:#}`, adds the source and all that is behind it:
///
/// ```
/// # use pipeliner::{HList, Inputs, Outputs, Pipeline, Return, Step, Store, hlist, hlist_pat, resource, run};
/// # resource! { Base: i64; Divisor: i64; Quotient: i64; }
/// # struct Divide;
/// # impl Step for Divide {
/// #     type Inputs = HList![Base, Divisor];
/// #     type Outputs = HList![Quotient];
/// #     type Error = &'static str;
/// #     async fn run(hlist_pat![base, divisor]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
/// #         Ok(hlist![base.checked_div(*divisor).ok_or("division by zero")?])
/// #     }
/// # }
/// # struct GetDivision;
/// # impl Step for GetDivision {
/// #     type Inputs = HList![Quotient];
/// #     type Outputs = HList![Return<String>];
/// #     type Error = std::convert::Infallible;
/// #     async fn run(hlist_pat![quotient]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
/// #         Ok(hlist![Return(quotient.to_string())])
/// #     }
/// # }
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
pub struct RunError {
    /// The step that failed, the step that needed it, and so on to the target.
    path: Box<[&'static str]>,
    /// What the step returned.
    source: SharedError,
}

/// The error of a step, shared by the runs that waited for it.
pub(crate) type SharedError = Arc<BoxError>;

/// How many steps of a path are named at each end; a longer one is cut in the middle.
const NAMED: usize = 4;

impl RunError {
    pub(crate) fn new(path: Box<[&'static str]>, source: SharedError) -> Self {
        RunError { path, source }
    }

    /// The name of the step that failed.
    pub fn step(&self) -> &'static str {
        self.path[0]
    }

    /// The way from the step that failed to the target: its name, that of the step which needed it, and so on.
    pub fn path(&self) -> &[&'static str] {
        &self.path
    }

    /// The error of the step, if it is of the type `E`.
    pub fn downcast_ref<E: Error + 'static>(&self) -> Option<&E> {
        self.source.downcast_ref()
    }

    /// The error of the step as a value, if it is of the type `E`; otherwise this error again.
    ///
    /// Runs that wait for one step share its error, and as long as another has it, it cannot be taken out either.
    pub fn downcast<E: Error + 'static>(self) -> Result<E, Self> {
        let RunError { path, source } = self;
        Arc::try_unwrap(source)
            .and_then(|source| source.downcast().map(|error| *error).map_err(Arc::new))
            .map_err(|source| RunError { path, source })
    }
}

impl fmt::Display for RunError {
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

/// What `fn main() -> Result<(), RunError>` prints: the line of the alternate form.
impl fmt::Debug for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:#}")
    }
}

impl Error for RunError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&**self.source)
    }
}
