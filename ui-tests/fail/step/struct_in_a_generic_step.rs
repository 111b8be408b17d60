use typed_pipeliner::{HList, Identified, In, Out, Pipeline, Store, resource, run, step};

resource! { Table<T: Identified>: Vec<T>; }

struct Settings;

#[derive(Identified)]
struct User;

#[step]
async fn load<T: Identified>(_: In<'_, Settings>) -> Out<Table<T>> {
    Vec::new()
}

struct App;
impl Pipeline for App {
    type Steps = HList![Load<User>];
}

fn main() {
    let store = Store::<App>::new();
    let _ = store.resource::<Table<User>>();
    let _ = run::<Load<User>>(&store);
}
