use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, run, step};

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
fn stub(_: In<'_, Words>) -> Return<String> {
    Return(String::new())
}

fn main() {
    let store = Store::<App>::new().with(Url, String::new());
    let _ = run::<Stub>(&store);
}
