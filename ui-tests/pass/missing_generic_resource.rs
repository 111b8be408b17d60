use typed_pipeliner::{HList, Identified, In, Out, Pipeline, Store, resource, step};

#[derive(Identified)]
struct Game;

resource! { Table<T>: Vec<T>; Count: usize; }

#[step(name = CountGames)]
fn count(games: In<'_, Table<Game>>) -> Out<Count> {
    games.len()
}

struct App;
impl Pipeline for App {
    type Steps = HList![CountGames];
}

fn main() {
    let store = Store::<App>::new().supply::<Table<Game>>(Vec::new());
    let _ = store.resource::<Count>();
}
