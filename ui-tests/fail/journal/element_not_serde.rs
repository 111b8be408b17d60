use typed_pipeliner::each::{Each, ForEach, KeptBy};
use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, step};

pub struct Row(u32);

resource! { Rows: Vec<Row>; Line: Row; Size: u32; Sizes: Vec<u32>; }

#[step(keep)]
fn measure(row: In<'_, Line>) -> Out<Size> {
    row.0
}
#[step]
fn give(size: In<'_, Size>) -> Return<u32> {
    Return(*size)
}

struct PerRow;
impl Pipeline for PerRow {
    type Steps = HList![Measure];
}
impl Each for PerRow {
    type Over = Rows;
    type Item = Line;
    type Takes = HList![];
    type Target = Give;
    type Into = Sizes;
    const KEPT_BY: KeptBy<Line> = KeptBy::value();
}

struct App;
impl Pipeline for App {
    type Steps = HList![ForEach<PerRow>];
}

fn main() {
    let store = Store::<App>::new().with(Rows, vec![Row(1)]);
    let _ = store.resource::<Sizes>();
}
