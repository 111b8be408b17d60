use typed_pipeliner::journal::{Journal, Keeps, Memory};
use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};

pub struct Client(u32);

resource! { Path: String; Http: Client; Page: String; }

#[step(keep)]
async fn fetch(path: In<'_, Path>, http: In<'_, Http>) -> Out<Page> {
    format!("{path} {}", http.0)
}

struct App;
impl Pipeline for App {
    type Steps = HList![Fetch];
}
impl Keeps for App {
    type Ambient = HList![Http];
}

async fn nightly() -> Result<(), Box<dyn std::error::Error>> {
    let journal = Journal::on(Memory::new());
    let store = Store::<App>::new().with(Path, "/".to_owned()).with(Http, Client(1));
    let store = store.kept_in(&journal, "2026-11-30").await?;
    println!("{}", store.resource::<Page>().await?);
    Ok(())
}

fn main() {
    drop(nightly());
}
