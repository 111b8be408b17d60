use typed_pipeliner::{HList, Identified, Out, Pipeline, Store, resource, step};

resource! { Table<T: Identified>: Vec<String>; }

#[derive(Identified)]
struct User;

#[step]
async fn load<T: Identified>() -> Out<Table<U>> {
    Vec::new()
}

struct App;
impl Pipeline for App {
    type Steps = HList![Load<User>];
}

fn main() {
    let store = Store::<App>::new();
    let _ = store.resource::<Table<User>>();
}
