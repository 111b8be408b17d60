use typed_pipeliner::observe::{RunInfo, StepEvent};
use typed_pipeliner::{HList, Observer, Out, Pipeline, RunError, Store, resource, step};

resource! { Pool: String; }

#[step]
fn open_pool() -> Out<Pool> {
    "pool".to_owned()
}

struct App;
impl Pipeline for App {
    type Steps = HList![OpenPool];
}

struct Log;
impl Observer for Log {
    fn step(&self, _: &RunInfo, _: &StepEvent<'_>) {}
}

async fn observe() -> Result<(), RunError> {
    let log = Log;
    let store = Store::<App>::new().observed_by(&log);
    store.resource::<Pool>().observe(&log).await?;
    Ok(())
}

fn main() {
    let _ = observe();
}
