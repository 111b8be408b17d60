use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};

resource! { Path: String; Page: String; Size: usize; }

#[step(keep = "fetch", version = 2)]
async fn fetch(path: In<'_, Path>) -> Out<Page> {
    path.clone()
}

#[step(keep)]
fn measure(page: In<'_, Page>) -> Out<Size> {
    page.len()
}

struct App;
impl Pipeline for App {
    type Steps = HList![Fetch, Measure];
}

fn main() {
    let store = Store::<App>::new().with(Path, "/".to_owned());
    let _ = store.resource::<Size>();
}
