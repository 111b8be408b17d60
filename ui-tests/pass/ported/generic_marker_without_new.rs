use typed_pipeliner::{HList, Identified, In, Out, Pipeline, Store, resource, step};

#[derive(Identified)]
struct Parser;

resource! { Object<U>: String; Program: String; }

#[step]
fn link(object: In<'_, Object<Parser>>) -> Out<Program> {
    object.clone()
}

struct Build;
impl Pipeline for Build {
    type Steps = HList![Link];
}

fn main() {
    let store = Store::<Build>::new().with(Object::<Parser>::new(), "parser.o".to_owned());
    let _ = store.resource::<Program>();
}
