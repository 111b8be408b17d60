use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};

resource! { Url: String; Cache: String; Page: String; }

#[step]
fn connect(page: In<'_, Page>) -> Out<Cache> {
    page.clone()
}

#[step]
fn fetch(cache: Option<In<'_, Cache>>) -> Out<Page> {
    cache.cloned().unwrap_or_default()
}

struct App;
impl Pipeline for App {
    type Steps = HList![Connect, Fetch];
}

fn main() {
    let store = Store::<App>::new();
    let _ = store.resource::<Page>();
}
