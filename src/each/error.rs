//! The error of an element.

use crate::error::RunError;
use crate::text::printable;
use core::error::Error;
use core::fmt;

/// The error of the run for one element: which element it was, and the error of its run.
///
/// As the error of a step it is the [source](RunError::downcast_ref) of the error of the run around:
///
/// ```
/// # use typed_pipeliner::each::{Each, ForEach};
/// # use typed_pipeliner::{HList, In, Pipeline, Return, Store, resource, step};
/// # resource! { Lines: Vec<&'static str>; Line: &'static str; Numbers: Vec<u8>; }
/// # #[step]
/// # fn parse(line: In<'_, Line>) -> Result<Return<u8>, std::num::ParseIntError> { line.parse().map(Return) }
/// # struct PerLine;
/// # impl Pipeline for PerLine { type Steps = HList![]; }
/// # impl Each for PerLine {
/// #     type Over = Lines;
/// #     type Item = Line;
/// #     type Takes = HList![];
/// #     type Target = Parse;
/// #     type Into = Numbers;
/// # }
/// # struct App;
/// # impl Pipeline for App { type Steps = HList![ForEach<PerLine>]; }
/// # smol::block_on(async {
/// use typed_pipeliner::each::ElementError;
///
/// let store = Store::<App>::new().with(Lines, vec!["1", "two", "3"]);
/// let error = store.resource::<Numbers>().await.unwrap_err();
///
/// let element: &ElementError = error.downcast_ref().unwrap();
/// assert_eq!(element.place(), 1);
/// assert_eq!(element.to_string(), "element 1 of `Lines`");
/// assert_eq!(element.run_error().step(), "Parse");
/// # });
/// ```
pub struct ElementError(Box<Inner>);

/// The parts of an error. They share one allocation, so that a `Result` stays small.
struct Inner {
    /// The place of the element.
    place: usize,
    /// The name of the collection.
    over: &'static str,
    /// The key of the element.
    key: Option<String>,
    /// The error of its run.
    source: RunError,
}

impl ElementError {
    /// The error of the element at a place of a collection.
    pub(super) fn new(place: usize, over: &'static str, key: Option<String>, source: RunError) -> Self {
        ElementError(Box::new(Inner { place, over, key, source }))
    }

    /// The place of the element in the collection: 0 for the first.
    pub fn place(&self) -> usize {
        self.0.place
    }

    /// The [key](super::Each::key) of the element, if it has one.
    pub fn key(&self) -> Option<&str> {
        self.0.key.as_deref()
    }

    /// The error of the run for the element.
    pub fn run_error(&self) -> &RunError {
        &self.0.source
    }
}

/// Prints which element it was. The alternate form, `{error:#}`, adds the error of its run.
impl fmt::Display for ElementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { place, over, key, source } = &*self.0;
        write!(f, "element {place} of `{over}`")?;
        if let Some(key) = key {
            write!(f, ", `{key}`")?;
        }
        if f.alternate() { write!(f, ": {source:#}") } else { Ok(()) }
    }
}

/// Prints the line of the alternate form, without control over a terminal.
impl fmt::Debug for ElementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&format!("{self:#}")))
    }
}

impl Error for ElementError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0.source)
    }
}
