use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, run, step};

resource! { Url: String; Pool: String; }

#[step]
fn connect(url: In<'_, Url>) -> Out<Pool> {
    url.clone()
}

#[step]
fn answer(pool: In<'_, Pool>) -> Return<String> {
    Return(pool.clone())
}

struct App;
impl Pipeline for App {
    type Steps = HList![Connect];
}

fn main() {
    let store = Store::<App>::new();
    let store = store.with(Url, String::new());
    let _ = run::<Answer>(&store);
}
