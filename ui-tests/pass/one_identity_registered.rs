use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Resource, Step, Store, hlist, identity};

struct Width;
impl Resource for Width {
    type Value = u32;
    type Identity = identity!("geometry::Width");
}

struct Height;
impl Resource for Height {
    type Value = u32;
    type Identity = identity!("geometry::Height");
}

struct Measure;
impl Step for Measure {
    type Inputs = HList![];
    type Outputs = HList![Width];
    type Error = std::convert::Infallible;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![3])
    }
}

struct Lift;
impl Step for Lift {
    type Inputs = HList![];
    type Outputs = HList![Height];
    type Error = std::convert::Infallible;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![4])
    }
}

struct Geometry;
impl Pipeline for Geometry {
    type Steps = HList![Measure, Lift];
}

fn main() {
    let _ = Store::<Geometry>::new();
}
