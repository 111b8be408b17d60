use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Step, Store, hlist, resource, run};
use std::convert::Infallible;

resource! {
    Chick: ();
    Egg: ();
}

struct Hatch;
impl Step for Hatch {
    type Inputs = HList![Egg];
    type Outputs = HList![Chick];
    type Error = Infallible;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![()])
    }
}

struct Lay;
impl Step for Lay {
    type Inputs = HList![Chick];
    type Outputs = HList![Egg];
    type Error = Infallible;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![()])
    }
}

struct Farm;
impl Pipeline for Farm {
    type Steps = HList![Hatch, Lay];
}

fn main() {
    let store = Store::<Farm>::new();
    let _ = run::<Hatch>(&store);
}
