//! duroxide: an orchestration that schedules an activity for each step, on SQLite.

use crate::chain::{STEPS, report, text};
use duroxide::providers::sqlite::SqliteProvider;
use duroxide::runtime::registry::ActivityRegistry;
use duroxide::runtime::{Runtime, RuntimeOptions};
use duroxide::{ActivityContext, Client, OrchestrationContext, OrchestrationRegistry, OrchestrationStatus};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The longest time to wait for a run.
const WATCHDOG: Duration = Duration::from_secs(60);

/// The time between two looks of the contender that looks often.
const OFTEN: Duration = Duration::from_millis(1);

/// As its documentation shows it.
pub(crate) fn by_default(place: &str, keys: Range<u64>) {
    run(place, keys, RuntimeOptions::default(), async |client, key| {
        client.wait_for_orchestration(key, WATCHDOG).await.unwrap()
    });
}

/// Its dispatchers look for work each millisecond, and so does the caller for the end.
pub(crate) fn polled_often(place: &str, keys: Range<u64>) {
    let options = RuntimeOptions { dispatcher_min_poll_interval: OFTEN, ..RuntimeOptions::default() };
    run(place, keys, options, async |client, key| {
        loop {
            let status = client.get_orchestration_status(key).await.unwrap();
            if let OrchestrationStatus::Completed { .. } | OrchestrationStatus::Failed { .. } = status {
                return status;
            }
            tokio::time::sleep(OFTEN).await;
        }
    });
}

/// The name of the activity of a step.
fn activity(number: u32) -> String {
    format!("Step{number}")
}

/// The chain.
async fn chain(context: OrchestrationContext, key: String) -> Result<String, String> {
    let mut value = key;
    for number in 1..=STEPS {
        value = context.schedule_activity(activity(number), value).await?;
    }
    Ok(value)
}

/// Runs the chain for each key, with a function that waits for its end.
fn run(
    place: &str,
    keys: Range<u64>,
    options: RuntimeOptions,
    end: impl AsyncFn(&Client, &str) -> OrchestrationStatus,
) {
    let activities = (1..=STEPS).fold(ActivityRegistry::builder(), |activities, number| {
        let body = move |_: ActivityContext, input: String| async move { Ok(text(number, &input)) };
        activities.register(activity(number), body)
    });
    let orchestrations = OrchestrationRegistry::builder().register("Chain", chain);
    let tokio = tokio::runtime::Runtime::new().unwrap();
    let (runtime, client) = tokio.block_on(async {
        let url = format!("sqlite:{}?mode=rwc", Path::new(place).join("data.db").display());
        let store = Arc::new(SqliteProvider::new(&url, None).await.unwrap());
        let (activities, orchestrations) = (activities.build(), orchestrations.build());
        let runtime = Runtime::start_with_options(store.clone(), activities, orchestrations, options).await;
        (runtime, Client::new(store))
    });
    for key in keys {
        report(key, || {
            tokio.block_on(async {
                let instance = key.to_string();
                client.start_orchestration(&*instance, "Chain", &*instance).await.unwrap();
                match end(&client, &instance).await {
                    OrchestrationStatus::Completed { output, .. } => output,
                    other => panic!("{other:?}"),
                }
            })
        });
    }
    tokio.block_on(runtime.shutdown(None));
}
