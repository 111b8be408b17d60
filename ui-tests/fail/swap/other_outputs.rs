use typed_pipeliner::{HList, In, Out, Pipeline, Store, Swap, resource, step};

resource! { Url: String; Page: String; Words: usize; Cache: String; }

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
fn stub() -> Out<Cache> {
    String::new()
}

fn main() {
    let _ = Store::<Swap<App, Fetch, Stub>>::new();
}
