//! The events that a page receives.

use crate::history::{Cursor, History, View};
use hyper::body::Bytes;
use smol::Timer;
use smol::channel::Receiver;
use smol::future::or;
use std::sync::Arc;
use std::time::Duration;

/// The shortest time between two events. Changes in between come together.
const PACE: Duration = Duration::from_millis(50);

/// The events of one page, as server-sent events: first the present state, then the changes.
#[derive(Debug)]
pub(crate) struct Events {
    history: Arc<History>,
    /// Reports that something changed.
    changes: Receiver<()>,
    /// The part of the history that the page has.
    cursor: Cursor,
    /// How long the page receives nothing before it receives a sign of life.
    silence: Duration,
    /// Whether the first event was made.
    begun: bool,
}

impl Events {
    pub(crate) fn new(history: &Arc<History>, view: View, silence: Duration) -> Self {
        let (history, changes) = (Arc::clone(history), history.changes());
        Events { history, changes, cursor: Cursor::new(view), silence, begun: false }
    }

    /// The next event.
    pub(crate) async fn next(&mut self) -> Bytes {
        if !self.begun {
            self.begun = true;
            // A page whose server was away comes back soon.
            return ["retry: 500\n".into(), self.update().unwrap_or_default()].concat().into();
        }
        Timer::after(PACE).await;
        loop {
            let changed = async { self.changes.recv().await.is_ok() };
            let silent = async {
                Timer::after(self.silence).await;
                false
            };
            if !or(changed, silent).await {
                return Bytes::from_static(b": still here\n\n");
            }
            if let Some(update) = self.update() {
                return update.into();
            }
        }
    }

    fn update(&mut self) -> Option<String> {
        let update = self.history.update(&mut self.cursor)?;
        // A line break ends the data, and JSON escapes it.
        let json = serde_json::to_string(&update).expect("an update has no maps");
        Some(format!("data: {json}\n\n"))
    }
}
