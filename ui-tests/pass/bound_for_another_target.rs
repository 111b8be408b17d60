#[path = "../calc.rs"]
mod calc;

use calc::{Divide, Mod};
use typed_pipeliner::{Runs, run};

async fn divide<S: Runs<Divide> + Runs<Mod>>(store: &S) {
    let _ = run::<Divide>(store).await;
    let _ = run::<Mod>(store).await;
}

fn main() {}
