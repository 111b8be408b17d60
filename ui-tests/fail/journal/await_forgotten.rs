use typed_pipeliner::journal::{Journal, Keeps};
use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};

resource! { Path: String; Page: String; }

#[step(keep)]
async fn fetch(path: In<'_, Path>) -> Out<Page> {
    path.clone()
}

struct App;
impl Pipeline for App {
    type Steps = HList![Fetch];
}
impl Keeps for App {
    type Ambient = HList![];
}

async fn nightly() -> Result<(), Box<dyn std::error::Error>> {
    let journal = Journal::open("nightly")?;
    let store = Store::<App>::new().with(Path, "/".to_owned());
    let store = store.kept_in(&journal, "2026-11-30");
    println!("{}", store.resource::<Page>().await?);
    Ok(())
}

fn main() {
    drop(nightly());
}
