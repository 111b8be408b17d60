//! The thread of a journal, in which all calls of its shelf are made.

use super::error::{Action, JournalError};
use super::shelf::{Entry, Shelf};
use core::{mem, slice};
use futures::channel::oneshot;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

/// The most entries that are written at once.
const GROUP: usize = 256;

/// The most bytes that are written at once, but for the last entry.
const GROUP_BYTES: usize = 16 << 20;

/// The thread of a journal. Its drop waits until everything that was asked for is done.
#[derive(Debug)]
pub(crate) struct Worker {
    /// Takes requests, until it is dropped.
    requests: Option<Sender<Request>>,
    /// The thread.
    thread: Option<JoinHandle<()>>,
}

/// A request to the thread.
enum Request {
    /// Writes.
    Write(Box<dyn Write>),
    /// Does anything else.
    Call(Box<Call>),
}

/// A function that is called with the shelf.
type Call = dyn FnOnce(&mut dyn Shelf) + Send;

/// A request to write an entry, once its value is encoded.
trait Write: Send {
    /// Encodes; `None` if there is nothing to write.
    fn encode(&mut self) -> Option<Entry>;
    /// Ends the request.
    fn end(&mut self, result: Result<(), JournalError>);
}

/// A request to write, with the function that encodes, and its other results.
struct WriteOf<F, T> {
    /// Encodes, until that is done.
    encode: Option<F>,
    /// The other results, or the panic of the function.
    encoded: Option<thread::Result<Result<T, JournalError>>>,
    /// Takes the results.
    reply: Option<oneshot::Sender<thread::Result<Result<T, JournalError>>>>,
}

impl<F, T> Write for WriteOf<F, T>
where
    F: FnOnce() -> Result<(T, Option<Entry>), JournalError> + Send,
    T: Send,
{
    fn encode(&mut self) -> Option<Entry> {
        let encode = self.encode.take()?;
        // A panic of the caller's code goes back to the caller.
        let encoded = catch_unwind(AssertUnwindSafe(encode));
        let (encoded, entry) = match encoded {
            Ok(Ok((other, entry))) => (Ok(Ok(other)), entry),
            Ok(Err(error)) => (Ok(Err(error)), None),
            Err(panic) => (Err(panic), None),
        };
        self.encoded = Some(encoded);
        entry
    }

    fn end(&mut self, written: Result<(), JournalError>) {
        if let (Some(encoded), Some(reply)) = (self.encoded.take(), self.reply.take()) {
            // The receiver is gone if its run was dropped.
            let _ = reply.send(encoded.map(|encoded| written.and(encoded)));
        }
    }
}

impl Worker {
    /// A thread with this shelf.
    ///
    /// # Panics
    ///
    /// If no thread can be started.
    pub(crate) fn new(shelf: impl Shelf) -> Self {
        let (requests, received) = channel();
        let thread = thread::Builder::new().name("pipeliner-journal".to_owned());
        let thread = thread.spawn(move || serve(shelf, &received)).expect("a thread can be started");
        Worker { requests: Some(requests), thread: Some(thread) }
    }

    /// Asks for something.
    fn ask(&self, request: Request) {
        if let Some(requests) = &self.requests {
            // Fails if the thread has panicked. Then the reply fails as well.
            let _ = requests.send(request);
        }
    }

    /// Calls a function with the shelf, without waiting for its end.
    pub(crate) fn send(&self, call: impl FnOnce(&mut dyn Shelf) + Send + 'static) {
        self.ask(Request::Call(Box::new(call)));
    }

    /// Calls a function with the shelf. The request is made at once; the future waits for its end.
    pub(crate) fn call<T, F>(&self, call: F) -> impl Future<Output = Result<T, JournalError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Shelf) -> T + Send + 'static,
    {
        let (reply, received) = oneshot::channel();
        self.send(move |shelf| {
            // The receiver is gone if nobody waits any more.
            let _ = reply.send(catch_unwind(AssertUnwindSafe(|| call(shelf))));
        });
        async { received.await.map_err(|_| JournalError::new(Action::Thread)).map(unwound) }
    }

    /// Encodes and writes an entry, and returns the other results of `encode`. What other requests
    /// have come meanwhile is written with it.
    pub(crate) fn write<T, F>(&self, encode: F) -> impl Future<Output = Result<T, JournalError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<(T, Option<Entry>), JournalError> + Send + 'static,
    {
        let (reply, received) = oneshot::channel();
        self.ask(Request::Write(Box::new(WriteOf { encode: Some(encode), encoded: None, reply: Some(reply) })));
        async { unwound(received.await.map_err(|_| JournalError::new(Action::Thread))?) }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.requests.take();
        // This may be the thread itself, if a value that it decodes has a journal.
        if let Some(thread) = self.thread.take().filter(|thread| thread.thread().id() != thread::current().id()) {
            // Its panic was reported to those who waited for it.
            let _ = thread.join();
        }
    }
}

/// Goes on with a panic.
fn unwound<T>(result: thread::Result<T>) -> T {
    result.unwrap_or_else(|panic| resume_unwind(panic))
}

/// Does everything that is asked for, until nobody can ask any more.
fn serve(mut shelf: impl Shelf, requests: &Receiver<Request>) {
    let mut next = None;
    while let Some(request) = next.take().or_else(|| requests.recv().ok()) {
        match request {
            Request::Call(call) => call(&mut shelf),
            Request::Write(write) => next = write_group(&mut shelf, write, requests),
        }
    }
}

/// Writes an entry, and all others that are asked for until then. Returns the request after them.
fn write_group(shelf: &mut dyn Shelf, first: Box<dyn Write>, requests: &Receiver<Request>) -> Option<Request> {
    let (mut entries, mut names, mut writes, mut bytes) = (Vec::new(), HashSet::new(), Vec::new(), 0);
    let mut request = Some(Request::Write(first));
    while let Some(Request::Write(mut write)) = request {
        match write.encode() {
            Some(entry) => {
                bytes += entry.record.len() + entry.value.len();
                // The second entry of a name is written after the first.
                if !names.insert((Arc::clone(&entry.run), Arc::clone(&entry.name))) {
                    end_group(shelf, &mut writes, &mut entries);
                }
                entries.push(entry);
                writes.push(write);
            }
            None => write.end(Ok(())),
        }
        let is_full = entries.len() >= GROUP || bytes >= GROUP_BYTES;
        request = if is_full { None } else { requests.try_recv().ok() };
    }
    end_group(shelf, &mut writes, &mut entries);
    request
}

/// Writes the entries of a group, and ends the requests for them.
fn end_group(shelf: &mut dyn Shelf, writes: &mut Vec<Box<dyn Write>>, entries: &mut Vec<Entry>) {
    let failed = |error| JournalError::because(Action::Write, error);
    let (mut writes, entries) = (mem::take(writes), mem::take(entries));
    if entries.is_empty() {
        return;
    }
    match shelf.write(&entries) {
        Ok(()) => writes.iter_mut().for_each(|write| write.end(Ok(()))),
        Err(error) if entries.len() == 1 => writes[0].end(Err(failed(error))),
        // Nobody loses an entry because of another one.
        Err(_) => {
            for (write, entry) in writes.iter_mut().zip(&entries) {
                write.end(shelf.write(slice::from_ref(entry)).map_err(failed));
            }
        }
    }
}
