#[path = "../calc.rs"]
mod calc;

use calc::Calc;
use typed_pipeliner::{Store, resource};

resource! {
    Weather: String;
}

fn main() {
    let store = Store::<Calc>::new();
    let _ = store.resource::<Weather>();
}
