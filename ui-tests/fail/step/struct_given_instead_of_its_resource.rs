use typed_pipeliner::{HList, Out, Pipeline, Store, resource, step};

struct Settings;

resource! { CurrentSettings: Settings; }

#[step]
fn load() -> Out<Settings> {
    Settings
}

struct App;
impl Pipeline for App {
    type Steps = HList![Load];
}

fn main() {
    let store = Store::<App>::new();
    let _ = store.resource::<CurrentSettings>();
}
