use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, step};

resource! { Path: String; Page: String; }

#[step]
async fn fetch(path: In<'_, Path>) -> Out<Page> {
    path.clone()
}

#[step(keep)]
fn show(page: In<'_, Page>) {
    println!("{page}");
}

#[step(keep)]
fn measure(page: In<'_, Page>) -> Return<usize> {
    Return(page.len())
}

struct App;
impl Pipeline for App {
    type Steps = HList![Fetch];
}

fn main() {
    let store = Store::<App>::new().with(Path, "/".to_owned());
    let _ = (store.run::<Show>(), store.run::<Measure>());
}
