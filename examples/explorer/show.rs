//! A pipeline that is shown: its store, its run, and whoever watches.

use crate::live::Live;
use crate::pace::Pace;
use crate::search::Replica;
use futures::future::BoxFuture;
use smol::Task;
use smol::lock::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use typed_pipeliner::{Plan, RunError, RunOptions};

/// What there is to say of the values that are there, by the names of their resources. The library keeps values to
/// itself; what is said of them the pipeline decides.
pub(crate) type Values = BTreeMap<&'static str, String>;

/// A store with a target.
pub(crate) trait Pipe: Send + Sync {
    fn plan(&self) -> Plan;
    fn run(&self, options: RunOptions) -> BoxFuture<'_, Result<String, RunError>>;
    fn values(&self) -> Values;
}

/// What is known of a pipeline from the start.
pub(crate) struct About {
    /// Its part of the address.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// What can be switched off, so that a step fails.
    pub(crate) switch: Option<&'static str>,
    pub(crate) pace: &'static Pace,
    /// A store in which nothing is computed.
    pub(crate) fresh: fn(&Replica) -> Arc<dyn Pipe>,
}

/// A pipeline that is shown.
pub(crate) struct Show {
    pub(crate) about: About,
    pub(crate) live: Arc<Live>,
    /// The plan as it was before anything ran, as JSON and as a picture.
    pub(crate) plan: (String, String),
    replica: Arc<Replica>,
    now: Mutex<Now>,
}

/// What there is at present.
struct Now {
    pipe: Arc<dyn Pipe>,
    run: Option<Task<()>>,
}

impl Show {
    pub(crate) fn new(about: About, replica: Arc<Replica>) -> Self {
        let pipe = (about.fresh)(&replica);
        let plan = pipe.plan();
        let live = Live::new(&plan, about.switch.map(|_| replica.answers.load(Ordering::Relaxed)));
        Show {
            about,
            live: Arc::new(live),
            plan: (serde_json::to_string(&plan).expect("a plan has no maps"), plan.to_svg()),
            replica,
            now: Mutex::new(Now { pipe, run: None }),
        }
    }

    /// Runs the target: on a fresh store, or on the one that is there. A run that is under way is dropped.
    pub(crate) async fn run(&self, afresh: bool) {
        let mut now = self.now.lock().await;
        if let Some(run) = now.run.take() {
            run.cancel().await;
        }
        if afresh {
            now.pipe = (self.about.fresh)(&self.replica);
        }
        self.about.pace.close();
        let (pipe, live) = (Arc::clone(&now.pipe), Arc::clone(&self.live));
        now.run = Some(smol::spawn(async move {
            let result = pipe.run(RunOptions::new().observe(Arc::clone(&live))).await;
            live.result(&result);
        }));
    }

    /// Drops the run.
    pub(crate) async fn stop(&self) {
        if let Some(run) = self.now.lock().await.run.take() {
            run.cancel().await;
        }
    }

    /// Lets the replica answer, or not.
    pub(crate) fn switch(&self, on: bool) {
        self.replica.answers.store(on, Ordering::Relaxed);
        self.live.switched(on);
    }

    pub(crate) async fn values(&self) -> Values {
        self.now.lock().await.pipe.values()
    }
}
