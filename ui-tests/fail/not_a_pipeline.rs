#[path = "../calc.rs"]
mod calc;

use calc::{Base, Divisor};
use typed_pipeliner::Store;

struct Mine;

fn main() {
    let _ = Store::<Mine>::new().with(Base, 38).with(Divisor, 3);
}
