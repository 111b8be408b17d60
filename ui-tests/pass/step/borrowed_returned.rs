use typed_pipeliner::{HList, In, Pipeline, Return, Store, resource, run, step};

resource! { Names: Vec<String>; }

#[step]
fn first(names: In<'_, Names>) -> Return<Option<String>> {
    Return(names.first().cloned())
}

struct People;
impl Pipeline for People {
    type Steps = HList![];
}

fn main() {
    let store = Store::<People>::new().with(Names, vec![]);
    let _ = run::<First>(&store);
}
