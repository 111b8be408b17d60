//! The stub provides what another step provides, and the store of it is used.

use typed_pipeliner::{HList, In, Out, Pipeline, Store, Swap, resource, step};

resource! { Url: String; Page: String; Words: usize; }

#[step]
async fn fetch(url: In<'_, Url>) -> Out<Page> {
    url.clone()
}

#[step]
fn count(page: In<'_, Page>) -> Out<Words> {
    page.len()
}

struct App;
impl Pipeline for App {
    type Steps = HList![Fetch, Count];
}

#[step]
fn stub() -> Out<Words> {
    3
}

fn main() {
    let store = Store::<Swap<App, Fetch, Stub>>::new();
    let _ = store.resource::<Words>();
}
