//! Helpers of the tests: steps in one line, a journal of events, gates, and polls by hand.
#![allow(dead_code, unused_macros, unused_imports, reason = "each test uses a part of it")]

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::Shared;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

/// Declares a step like a function:
/// `step!(Divide(base: Base, divisor: Divisor) -> [Quotient] { … })`.
///
/// The body is async. The error type comes after the outputs; without one the step is infallible.
macro_rules! step {
    ($name:ident($($input:ident: $resource:ty),*) -> [$($output:ty),*] $body:block) => {
        step!($name($($input: $resource),*) -> [$($output),*], std::convert::Infallible $body);
    };
    ($name:ident($($input:ident: $resource:ty),*) -> [$($output:ty),*], $error:ty $body:block) => {
        struct $name;
        impl typed_pipeliner::Step for $name {
            type Inputs = typed_pipeliner::HList![$($resource),*];
            type Outputs = typed_pipeliner::HList![$($output),*];
            type Error = $error;
            async fn run(
                typed_pipeliner::hlist_pat![$($input),*]: typed_pipeliner::Inputs<'_, Self>,
            ) -> Result<typed_pipeliner::Outputs<Self>, Self::Error> $body
        }
    };
}
pub(crate) use step;

/// Declares pipelines: `pipeline! { Calc: [Divide, Mod]; }`.
macro_rules! pipeline {
    ($($(#[$attribute:meta])* $name:ident: [$($step:ty),* $(,)?]);* $(;)?) => {$(
        $(#[$attribute])*
        struct $name;
        impl typed_pipeliner::Pipeline for $name {
            type Steps = typed_pipeliner::HList![$($step),*];
        }
    )*};
}
pub(crate) use pipeline;

/// The events of a test, in order. Tests supply it as a resource, so that steps can write to it.
#[derive(Clone, Default)]
pub(crate) struct Journal(Arc<Mutex<Vec<&'static str>>>);

impl Journal {
    pub(crate) fn note(&self, event: &'static str) {
        self.0.lock().unwrap().push(event);
    }

    /// Takes the events since the last call.
    pub(crate) fn take(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// Reports whether an event has happened since the last [`take`](Journal::take).
    pub(crate) fn has(&self, event: &str) -> bool {
        self.0.lock().unwrap().contains(&event)
    }

    /// Blocks this thread until another one has noted an event.
    pub(crate) fn wait_for(&self, event: &str) {
        while !self.has(event) {
            thread::yield_now();
        }
    }

    /// Returns a guard that notes an event when it is dropped.
    pub(crate) fn on_drop(&self, event: &'static str) -> impl Send + Sync + use<> {
        struct Noted(Journal, &'static str);
        impl Drop for Noted {
            fn drop(&mut self) {
                self.0.note(self.1);
            }
        }
        Noted(self.clone(), event)
    }
}

/// The test opens it, and a step waits for that.
#[derive(Clone)]
pub(crate) struct Gate {
    opener: Arc<Mutex<Option<oneshot::Sender<()>>>>,
    opened: Shared<oneshot::Receiver<()>>,
}

impl Gate {
    pub(crate) fn new() -> Self {
        let (opener, opened) = oneshot::channel();
        Gate { opener: Arc::new(Mutex::new(Some(opener))), opened: opened.shared() }
    }

    /// A gate that is open from the start.
    pub(crate) fn opened() -> Self {
        let gate = Gate::new();
        gate.open();
        gate
    }

    pub(crate) fn open(&self) {
        let opener = self.opener.lock().unwrap().take().expect("a gate is opened once");
        // Fails if no step waits for it any more.
        let _ = opener.send(());
    }

    pub(crate) async fn pass(&self) {
        self.opened.clone().await.expect("a gate lives as long as the steps that wait for it");
    }
}

/// Polls a future once, with a waker that does nothing.
pub(crate) fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// The output of a future that is ready at its first poll.
pub(crate) fn ready<F: Future>(future: F) -> F::Output {
    match poll(&mut Box::pin(future)) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future is not ready at its first poll"),
    }
}

/// A task that counts its wake-ups.
#[derive(Default)]
pub(crate) struct Task(AtomicUsize);

impl Task {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Polls a future once, in this task.
    pub(crate) fn poll<F: Future + Unpin>(self: &Arc<Self>, future: &mut F) -> Poll<F::Output> {
        Pin::new(future).poll(&mut Context::from_waker(&Waker::from(Arc::clone(self))))
    }

    /// Takes the number of wake-ups since the last call.
    pub(crate) fn take_wakes(&self) -> usize {
        self.0.swap(0, Ordering::SeqCst)
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Counts values: how many were made, and how many are alive.
#[derive(Clone, Default)]
pub(crate) struct Census(Arc<(AtomicUsize, AtomicUsize)>);

impl Census {
    /// Makes one more value, which is not `Clone`.
    pub(crate) fn make(&self) -> Counted {
        self.0.0.fetch_add(1, Ordering::SeqCst);
        self.0.1.fetch_add(1, Ordering::SeqCst);
        Counted(self.clone())
    }

    pub(crate) fn made(&self) -> usize {
        self.0.0.load(Ordering::SeqCst)
    }

    pub(crate) fn alive(&self) -> usize {
        self.0.1.load(Ordering::SeqCst)
    }
}

/// A value that a [`Census`] counts.
pub(crate) struct Counted(Census);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.1.fetch_sub(1, Ordering::SeqCst);
    }
}

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Counted")
    }
}
