//! A group of steps is not listed, so each resource that it provides is missing.

use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, run, step};

resource! { Page: String; Words: usize; }

#[step]
fn fetch() -> Out<Page> {
    "a page".to_owned()
}

#[step]
fn count() -> Out<Words> {
    2
}

#[step]
fn show(page: In<'_, Page>, words: In<'_, Words>) -> Return<String> {
    Return(format!("{page}: {words}"))
}

pub type Reading = HList![Fetch, Count];

struct App;
impl Pipeline for App {
    type Steps = HList![];
}

fn main() {
    let app = Store::<App>::new();
    let _ = run::<Show>(&app);
}
