use typed_pipeliner::{HList, In, Pipeline, Return, Store, resource, run, step};

resource! { Names: Vec<String>; }

#[step]
fn first<'a>(names: In<'a, Names>) -> Return<Option<&'a str>> {
    Return(names.first().map(String::as_str))
}

struct People;
impl Pipeline for People {
    type Steps = HList![];
}

fn main() {
    let store = Store::<People>::new().with(Names, vec![]);
    let _ = run::<First>(&store);
}
