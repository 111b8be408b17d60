use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};

resource! { Url: String; Pool: Connections; }

pub struct Connections;

#[step(close = close_pool)]
async fn connect(_url: In<'_, Url>) -> Out<Pool> {
    Connections
}

async fn close_pool(_pool: Connections, _url: In<'_, Url>) -> Result<(), String> {
    Ok(())
}

struct App;
impl Pipeline for App {
    type Steps = HList![Connect];
}

fn main() {
    let store = Store::<App>::new().with(Url, "db://local".to_owned());
    let _ = store.resource::<Pool>();
    drop(store.close());
}
