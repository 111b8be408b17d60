//! `resource!`: attributes, visibility, `cfg`, and calls from other macros.

#![deny(warnings, missing_debug_implementations)]

use std::collections::BTreeMap;
use typed_pipeliner::{HList, Pipeline, Resource, Store, resource};

/// A constant with a name that the macro might have chosen for its own.
const HASH: usize = 4;

resource! {
    /// A number.
    #[derive(Debug, Clone, Copy, PartialEq)]
    pub Number: u64;
    #[cfg(any())]
    NotHere: what::is::not::declared::either;
    #[cfg(all())]
    #[cfg(not(any()))]
    Here: [u8; HASH];
    #[deprecated = "for the test"]
    Old: ();
    pub(crate) Index: BTreeMap<String, (u64, Vec<u8>)>;
    #[cfg(any())]
    TableNotHere<R>: Vec<what::is::not::declared::either>;
    #[derive(Debug)]
    Table<T>: Vec<T>;
}

struct Nothing;
impl Pipeline for Nothing {
    type Steps = HList![];
}

#[test]
fn attributes_apply_to_the_marker() {
    assert_eq!(format!("{Number:?}"), "Number");
    assert_eq!((Number::name(), Index::name()), ("Number", "Index"));
    assert!(format!("{:?}", Table::<Number>::new()).starts_with("Table"));
    let store = Store::<Nothing>::new().with(Here, [0; HASH]).with(Table::<Number>::new(), vec![Number]);
    assert_eq!(store.get::<Here>(), Some(&[0; HASH]));
    assert_eq!(store.get::<Table<Number>>(), Some(&vec![Number]));
}

#[test]
#[expect(deprecated, reason = "this test uses it; the items of the macro do not count")]
fn deprecated_resource_is_deprecated() {
    assert_eq!(Old::name(), "Old");
}

/// A macro of a user: its fragments reach `resource!` in invisible parentheses.
macro_rules! declare {
    ($($visibility:vis $name:ident $(<$parameter:ident: $bound:path>)?: $value:ty;)*) => {
        resource! { $($visibility $name $(<$parameter: $bound>)?: $value;)* }
    };
}
declare! {
    pub(crate) Length: usize;
    Pairs: Vec<(u8, fn(u8) -> u8)>;
    Copies<T: Copy>: Vec<T>;
}

#[test]
fn fragments_of_another_macro_are_declarations() {
    let store = Store::<Nothing>::new()
        .with(Length, 1)
        .with(Pairs, vec![(1, u8::swap_bytes as fn(u8) -> u8)])
        .with(Copies::<u8>::new(), vec![3]);
    assert_eq!((store.get::<Length>(), store.get::<Copies<u8>>()), (Some(&1), Some(&vec![3])));
}

/// Two modules of one file, with equal declarations.
mod first {
    typed_pipeliner::resource! { pub(super) Base: u8; pub(super) List<T>: Vec<T>; }
}
mod second {
    typed_pipeliner::resource! { pub(super) Base: u8; pub(super) List<T>: Vec<T>; }
}

#[test]
fn equal_names_in_two_modules_are_two_resources() {
    resource! { Base: u8; }
    let store = Store::<Nothing>::new().with(first::Base, 1).with(second::Base, 2).with(Base, 3);
    let values = [store.get::<first::Base>(), store.get::<second::Base>(), store.get::<Base>()];
    assert_eq!(values, [Some(&1), Some(&2), Some(&3)]);

    let store = store.with(first::List::<u8>::new(), vec![4]).with(second::List::<u8>::new(), vec![5]);
    assert_eq!(store.get::<first::List<u8>>(), Some(&vec![4]));
    assert_eq!(store.get::<second::List<u8>>(), Some(&vec![5]));
}
