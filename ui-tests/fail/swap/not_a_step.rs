#[path = "../../calc.rs"]
mod calc;

use calc::{BaseProvider, Calc, Divisor, Quotient};
use typed_pipeliner::{Store, Swap};

struct Stub;

fn main() {
    let store = Store::<Swap<Calc, BaseProvider, Stub>>::new().with(Divisor, 3);
    let _ = store.resource::<Quotient>();
}
