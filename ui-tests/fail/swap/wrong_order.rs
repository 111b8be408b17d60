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
fn stub() -> Out<Page> {
    String::new()
}

fn main() {
    let store = Store::<Swap<App, Stub, Fetch>>::new().with(Url, String::new());
    let _ = store.resource::<Words>();
}
