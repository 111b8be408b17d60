use typed_pipeliner::{HList, Out, Pipeline, RunError, Store, resource, step};

resource! { Pool: String; User: u32; }

#[step]
fn open_pool() -> Out<Pool> {
    "pool".to_owned()
}

struct App;
impl Pipeline for App {
    type Steps = HList![OpenPool];
}

async fn take() -> Result<(), RunError> {
    Store::<App>::new().forget::<Pool>();
    Store::<App>::new().into_value::<Pool>();
    Store::<App>::new().resource_owned::<Pool>().await?;
    Ok(())
}

fn main() {
    let _ = take();
}
