//! dbos: a workflow with a step for each step, in PostgreSQL.

use crate::chain::{STEPS, report, text};
use dbos::{Config, DBOS, RunOptions};
use std::ops::Range;

/// Runs the chain for each key.
pub(crate) fn run(place: &str, keys: Range<u64>) {
    let dbos = DBOS::new(Config { app_version: Some("1".into()), ..Config::new("kept-peers", place) });
    let chain = dbos.register_workflow("chain", chain).unwrap();
    let tokio = tokio::runtime::Runtime::new().unwrap();
    tokio.block_on(dbos.launch()).unwrap();
    for key in keys {
        report(key, || {
            let workflow = key.to_string();
            let options = RunOptions { workflow_id: Some(&workflow), ..RunOptions::default() };
            tokio.block_on(chain.run_with(workflow.clone(), options)).unwrap()
        });
    }
    tokio.block_on(dbos.shutdown());
}

/// The chain.
async fn chain(key: String) -> dbos::Result<String> {
    let mut value = key;
    for number in 1..=STEPS {
        let input = value;
        value = dbos::step(&format!("step {number}"), || async { Ok(text(number, &input)) }).await?;
    }
    Ok(value)
}
