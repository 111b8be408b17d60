use typed_pipeliner::journal::{Journal, Keeps, Memory};
use typed_pipeliner::{HList, In, Out, Pipeline, Scoped, Store, resource, step};

resource! { Config: String; Request: String; Answer: String; }

struct App;
impl Pipeline for App {
    type Steps = HList![];
}

#[step(keep, name = GiveAnswer)]
fn answer(config: In<'_, Config>, request: In<'_, Request>) -> Out<Answer> {
    format!("{config} {request}")
}

struct Handler;
impl Pipeline for Handler {
    type Steps = HList![GiveAnswer];
}
impl Keeps for App {
    type Ambient = HList![];
}
impl Scoped for Handler {
    type Parent = App;
}
impl Keeps for Handler {
    type Ambient = HList![];
}

async fn handle() -> Result<(), Box<dyn std::error::Error>> {
    let journal = Journal::on(Memory::new());
    let app = Store::<App>::new().with(Config, "fast".to_owned());
    let app = app.kept_in(&journal, "app").await?;
    let scope = Store::<Handler>::within(&app).with(Request, "GET /".to_owned());
    let scope = scope.kept_in(&journal, "request 1").await?;
    println!("{}", scope.resource::<Answer>().await?);
    Ok(())
}

fn main() {
    drop(handle());
}
