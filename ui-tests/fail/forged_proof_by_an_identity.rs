//! A resource with the identity of another: the store has one, and the steps take the other.

#[path = "../calc.rs"]
mod calc;

use calc::{Base, Calc, Divisor, GetDivision};
use typed_pipeliner::{Resource, Store, run};

struct Fake;
impl Resource for Fake {
    type Value = &'static str;
    type Identity = <Divisor as Resource>::Identity;
}

fn main() {
    let store = Store::<Calc>::new().with(Base, 38).with(Fake, "three");
    let _ = run::<GetDivision>(&store);
}
