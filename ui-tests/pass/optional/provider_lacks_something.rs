use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};

resource! { Url: String; Cache: String; Page: String; }

#[step]
fn connect(url: In<'_, Url>) -> Out<Cache> {
    url.clone()
}

#[step]
fn fetch(cache: Option<In<'_, Cache>>) -> Out<Page> {
    cache.cloned().unwrap_or_default()
}

type _Unused = HList![Connect];

struct App;
impl Pipeline for App {
    type Steps = HList![Fetch];
}

fn main() {
    let store = Store::<App>::new();
    let _ = store.resource::<Page>();
}
