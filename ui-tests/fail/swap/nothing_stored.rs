use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, Swap, resource, step};

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
fn tell(words: In<'_, Words>) -> Return<String> {
    Return(words.to_string())
}

#[step]
fn stub() -> Return<String> {
    Return(String::new())
}

fn main() {
    let store = Store::<Swap<App, Tell, Stub>>::new().with(Url, String::new());
    let _ = store.resource::<Words>();
}
