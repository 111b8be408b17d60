//! A run in a journal on the shelf goes on in another process.

use crate::server;
use std::sync::{Arc, Mutex};
use typed_pipeliner::journal::{Journal, Keeps};
use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, run, step};
use typed_pipeliner_postgres::Postgres;

type Log = Arc<Mutex<Vec<&'static str>>>;

resource! { Executed: Log; Page: String; Words: usize; }

#[step(keep)]
async fn fetch(executed: In<'_, Executed>) -> Out<Page> {
    executed.lock().unwrap().push("fetch");
    "one two three".to_owned()
}

#[step(keep)]
fn count(page: In<'_, Page>, executed: In<'_, Executed>) -> Out<Words> {
    executed.lock().unwrap().push("count");
    page.split(' ').count()
}

struct App;
impl Pipeline for App {
    type Steps = HList![Fetch, Count];
}
impl Keeps for App {
    type Ambient = HList![Executed];
}

#[test]
fn a_run_goes_on_in_another_journal() {
    let Some(server) = server::shared() else { return };
    let config = server.config(&server.new_database());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(go_on(&config));
}

async fn go_on(config: &str) {
    let executed = Log::default();
    let store = || Store::<App>::new().with(Executed, executed.clone());

    let journal = Journal::on(Postgres::connect(config).unwrap());
    let first = store().kept_in(&journal, "nightly").await.unwrap();
    run::<Fetch>(&first).await.unwrap();
    let elsewhere = Journal::on(Postgres::connect(config).unwrap());
    let in_use = store().kept_in(&elsewhere, "nightly").await.unwrap_err();
    assert!(in_use.is_in_use(), "{in_use}");
    drop((first, journal));

    let second = store().kept_in(&elsewhere, "nightly").await.unwrap();
    assert_eq!(second.resource::<Words>().await.unwrap(), &3);
    assert_eq!(*executed.lock().unwrap(), ["fetch", "count"]);
    let runs = elsewhere.runs().await.unwrap();
    let runs: Vec<_> = runs.iter().map(|run| (&*run.run, run.entries, run.is_in_use)).collect();
    assert_eq!(runs, [("nightly", 2, true)]);
}
