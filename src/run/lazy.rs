//! A run in one allocation, which takes options until it is polled.

use crate::error::RunError;
use crate::options::RunOptions;
use core::pin::Pin;
use core::task::{Context, Poll};
use pin_project_lite::pin_project;

/// A run whose options can be set until it is polled.
pub(super) trait LazyRun<O>: Future<Output = Result<O, RunError>> + Send {
    /// The options, if the run was not polled yet.
    fn options(self: Pin<&mut Self>) -> Option<&mut RunOptions>;
}

pin_project! {
    /// A run: first the function that begins it, then its future in the same place.
    #[project = LazyProjection]
    pub(super) enum Lazy<B, F> {
        // It was not polled. `begin` is there until it is called.
        New { options: Option<Box<RunOptions>>, begin: Option<B> },
        // It has begun.
        Begun { #[pin] future: F },
    }
}

impl<B, F> Lazy<B, F> {
    /// A run that this function begins.
    pub(super) fn new(begin: B) -> Self {
        Lazy::New { options: None, begin: Some(begin) }
    }
}

impl<B, F, O> Future for Lazy<B, F>
where
    B: FnOnce(Option<Box<RunOptions>>) -> F,
    F: Future<Output = Result<O, RunError>>,
{
    type Output = Result<O, RunError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let LazyProjection::New { options, begin } = self.as_mut().project() {
            let begin = begin.take().expect("a run is not polled after a panic");
            let future = begin(options.take());
            self.set(Lazy::Begun { future });
        }
        match self.project() {
            LazyProjection::Begun { future } => future.poll(cx),
            LazyProjection::New { .. } => unreachable!("it has begun"),
        }
    }
}

impl<B, F, O> LazyRun<O> for Lazy<B, F>
where
    B: FnOnce(Option<Box<RunOptions>>) -> F + Send,
    F: Future<Output = Result<O, RunError>> + Send,
{
    fn options(self: Pin<&mut Self>) -> Option<&mut RunOptions> {
        match self.project() {
            LazyProjection::New { options, .. } => Some(options.get_or_insert_default()),
            LazyProjection::Begun { .. } => None,
        }
    }
}
