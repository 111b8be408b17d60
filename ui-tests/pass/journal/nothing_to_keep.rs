use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};

resource! { Path: String; Page: String; Size: usize; }

#[step]
async fn fetch(path: In<'_, Path>) -> Out<Page> {
    path.clone()
}

#[step]
fn show(page: In<'_, Page>) {
    println!("{page}");
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
    let _ = (store.run::<Show>(), store.run::<Measure>());
}
