#[path = "../calc.rs"]
mod calc;

use calc::{Base, BaseProvider, Calc, Divisor};
use typed_pipeliner::{HList, Inputs, Outputs, Step, Store, hlist, run};

struct BaseFromFile;
impl Step for BaseFromFile {
    type Inputs = HList![];
    type Outputs = HList![Base];
    type Error = std::io::Error;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![38])
    }
}

fn main() {
    let store = Store::<Calc>::new().with(Divisor, 3);
    let _ = run::<BaseProvider>(&store);
    let _ = run::<BaseFromFile>(&store);
}
