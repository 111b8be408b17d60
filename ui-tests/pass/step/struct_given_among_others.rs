use typed_pipeliner::{HList, Out, Pipeline, Store, resource, step};

struct Settings;

resource! { CurrentSettings: Settings; Path: String; }

#[step]
async fn load() -> Result<(Out<Path>, Out<CurrentSettings>), std::io::Error> {
    Ok((String::new(), Settings))
}

struct App;
impl Pipeline for App {
    type Steps = HList![Load];
}

fn main() {
    let store = Store::<App>::new();
    let _ = store.resource::<CurrentSettings>();
}
