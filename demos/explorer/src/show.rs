//! A pipeline that is shown: its store, and its run.

use crate::pace::Pace;
use futures::future::BoxFuture;
use smol::Task;
use std::sync::Arc;
use typed_pipeliner::{Plan, RunError};
use typed_pipeliner_explorer::{Explorer, ExplorerObserver};

/// A store with a target.
pub(crate) trait Pipe: Send + Sync {
    /// The plan of the target.
    fn plan(&self) -> Plan;
    /// An observer that shows the values of the store.
    fn observer(&self, explorer: &Explorer) -> ExplorerObserver;
    /// Runs the target, and reports its result in a sentence.
    fn run(&self, observer: ExplorerObserver) -> BoxFuture<'_, Result<String, RunError>>;
}

/// A pipeline that is shown.
pub(crate) struct Show {
    pub(crate) name: &'static str,
    pub(crate) pace: &'static Pace,
    /// Makes a store in which nothing is computed.
    fresh: Box<dyn Fn() -> Arc<dyn Pipe>>,
    pipe: Arc<dyn Pipe>,
    run: Option<Task<()>>,
}

/// The parts of a [`Show`]: its name, its pace, and a function that makes a store.
pub(crate) type Parts = (&'static str, &'static Pace, Box<dyn Fn() -> Arc<dyn Pipe>>);

impl Show {
    pub(crate) fn new((name, pace, fresh): Parts, hold: bool) -> Self {
        pace.hold(hold);
        let pipe = fresh();
        Show { name, pace, fresh, pipe, run: None }
    }

    pub(crate) fn plan(&self) -> Plan {
        self.pipe.plan()
    }

    /// Whether it has a step of this name.
    pub(crate) fn has(&self, step: &str) -> bool {
        self.plan().steps().iter().any(|other| other.name() == step)
    }

    /// Runs the target, on a fresh store or on the one that is there. A run that is under way is
    /// dropped.
    pub(crate) async fn run(&mut self, explorer: &Explorer, afresh: bool) {
        self.stop().await;
        if afresh {
            self.pipe = (self.fresh)();
        }
        self.pace.close();
        let (name, pipe, observer) = (self.name, Arc::clone(&self.pipe), self.pipe.observer(explorer));
        self.run = Some(smol::spawn(async move {
            match pipe.run(observer).await {
                Ok(sentence) => println!("{name}: {sentence}"),
                Err(error) => println!("{name}: {error:?}"),
            }
        }));
    }

    /// Drops the run.
    pub(crate) async fn stop(&mut self) {
        if let Some(run) = self.run.take() {
            run.cancel().await;
        }
    }
}
