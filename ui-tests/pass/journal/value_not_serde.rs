use typed_pipeliner::journal::{Journal, Keeps, Memory};
use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};

#[derive(serde::Serialize, serde::Deserialize)]
pub struct Rows(Vec<u32>);

resource! { Path: String; Table: Rows; }

#[step(keep, version = 2)]
async fn read(path: In<'_, Path>) -> Result<Out<Table>, std::io::Error> {
    Ok(Rows(vec![path.len() as u32]))
}

struct App;
impl Pipeline for App {
    type Steps = HList![Read];
}
impl Keeps for App {
    type Ambient = HList![];
}

async fn nightly() -> Result<(), Box<dyn std::error::Error>> {
    let journal = Journal::on(Memory::new());
    let store = Store::<App>::new().with(Path, "rows.csv".to_owned());
    let store = store.kept_in(&journal, "2026-11-30").await?;
    println!("{}", store.resource::<Table>().await?.0.len());
    Ok(())
}

fn main() {
    drop(nightly());
}
