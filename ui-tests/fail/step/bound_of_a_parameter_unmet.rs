use typed_pipeliner::{HList, Identified, Out, Pipeline, resource, step};

trait Entity: Identified {
    const TABLE: &'static str;
}

#[derive(Identified)]
struct User;

resource! { Table<T: Identified>: Vec<String>; }

#[step]
fn load<T: Entity>() -> Out<Table<T>> {
    vec![T::TABLE.to_owned()]
}

struct App;
impl Pipeline for App {
    type Steps = HList![Load<User>];
}

fn main() {}
