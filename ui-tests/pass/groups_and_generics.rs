#[path = "../calc.rs"]
mod calc;

use calc::{BaseProvider, Divide, Divisor, GetDivision, Mod};
use typed_pipeliner::{HList, Pipeline, Store, StoreOf};

type Arithmetic = HList![Divide, Mod];

/// The same steps through two groups, and a group in a group.
struct Grouped;
impl Pipeline for Grouped {
    type Steps = HList![HList![BaseProvider, Arithmetic], Arithmetic, GetDivision];
}

/// A hole that no target of this run needs.
struct Holes;
impl Pipeline for Holes {
    type Steps = HList![BaseProvider, Divide];
}

struct App {
    store: StoreOf<Grouped, HList![Divisor]>,
}

fn main() {
    let app = App { store: Store::<Grouped>::new().with(Divisor, 3) };
    let _ = typed_pipeliner::run::<GetDivision>(&app.store);
    let _ = typed_pipeliner::run::<BaseProvider>(&Store::<Holes>::new());
}
