use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, step};

resource! { Path: String; Page: String; Size: usize; }

#[step(keep = "fetch", version = "2")]
async fn fetch(path: In<'_, Path>) -> Out<Page> {
    path.clone()
}

struct App;
impl Pipeline for App {
    type Steps = HList![Fetch];
}

fn main() {
    let store = Store::<App>::new().with(Path, "/".to_owned());
    let _ = store.resource::<Page>();
    let _ = Return(1);
}
