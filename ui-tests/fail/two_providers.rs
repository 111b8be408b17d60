#[path = "../calc.rs"]
mod calc;

use calc::{Base, BaseProvider, Divide};
use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Step, Store, hlist};

struct BaseFromFile;
impl Step for BaseFromFile {
    type Inputs = HList![];
    type Outputs = HList![Base];
    type Error = std::io::Error;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![38])
    }
}

struct Twofold;
impl Pipeline for Twofold {
    type Steps = HList![BaseProvider, Divide, BaseFromFile];
}

fn main() {
    let _ = Store::<Twofold>::new();
}
