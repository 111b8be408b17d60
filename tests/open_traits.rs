//! Users cannot break the proof with impls by hand: a program with a wrong name or a shared
//! identity is either correct or refused. The refused programs are `ui-tests/fail/forged_proof*.rs`
//! and `one_identity*.rs`.

use std::convert::Infallible;
use typed_pipeliner::{
    HList, Inputs, Outputs, Pipeline, Resource, Scoped, Step, Store, hlist, hlist_pat, identity, run,
};

/// Declares resources of numbers, by hand, with their identities and names.
macro_rules! resources {
    ($($resource:ident = $identity:literal, $name:literal;)*) => {$(
        struct $resource;
        impl Resource for $resource {
            type Value = u32;
            type Identity = identity!($identity);
            fn name() -> &'static str {
                $name
            }
        }
    )*};
}
resources! {
    Width = "open_traits::Width", "size";
    Height = "open_traits::Height", "size";
    Area = "open_traits::Area", "size";
    // The identity of another resource, which is in no pipeline with this one.
    Depth = "open_traits::Width", "size";
    Volume = "open_traits::Volume", "size";
}

/// Declares steps that multiply their inputs, all with one name.
macro_rules! multiply {
    ($($step:ident: [$($input:ident $value:ident),*] -> $output:ident;)*) => {$(
        struct $step;
        impl Step for $step {
            type Inputs = HList![$($input),*];
            type Outputs = HList![$output];
            type Error = Infallible;
            async fn run(hlist_pat![$($value),*]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
                Ok(hlist![1 $(* $value)*])
            }
            fn name() -> &'static str {
                "multiply"
            }
        }
    )*};
}
multiply! {
    MultiplyArea: [Width width, Height height] -> Area;
    MultiplyVolume: [Depth depth] -> Volume;
}

struct Flat;
impl Pipeline for Flat {
    type Steps = HList![MultiplyArea];
}

struct Deep;
impl Pipeline for Deep {
    type Steps = HList![MultiplyVolume];
}

/// A scope of a store of itself.
struct Nested;
impl Pipeline for Nested {
    type Steps = HList![MultiplyArea];
}
impl Scoped for Nested {
    type Parent = Nested;
}

#[test]
fn resources_and_steps_with_one_name_keep_their_values_apart() {
    let store = Store::<Flat>::new().with(Height, 3).with(Width, 2);
    let area = smol::block_on(run::<MultiplyArea>(&store)).unwrap();
    assert_eq!((*area, store.get::<Width>(), store.get::<Height>()), (6, Some(&2), Some(&3)));
}

#[test]
fn identity_may_be_shared_by_resources_of_different_pipelines() {
    let flat = Store::<Flat>::new().with(Width, 2).with(Height, 3);
    let deep = Store::<Deep>::new().with(Depth, 5);
    assert_eq!(smol::block_on(flat.resource::<Area>()).unwrap(), &6);
    assert_eq!(smol::block_on(deep.resource::<Volume>()).unwrap(), &5);
}

#[test]
fn pipeline_may_be_a_scope_of_itself() {
    let parent = Store::<Nested>::new().with(Width, 2).with(Height, 3);
    let child = Store::<Nested>::within(&parent).with(Width, 10);
    assert_eq!(smol::block_on(child.resource::<Area>()).unwrap(), &30);
    assert!(!parent.is_ready::<Area>());
}
