use typed_pipeliner::{Identified, Provides, resource};

struct Cache;

resource! { Base: i64; Table<T: Identified>: Vec<T>; CurrentCache: Cache; }

fn warm(_: &impl Provides<CurrentCache>) {}

fn main() {}
