//! What `resource!` takes over from what is written in it.

#![deny(warnings, missing_debug_implementations)]

use std::collections::BTreeMap;
use typed_pipeliner::{HList, Pipeline, Resource, Store, resource};

/// As a user may have called it; what the macro writes has a name of its own for it.
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
fn attributes_are_carried_over() {
    assert_eq!(format!("{Number:?}"), "Number");
    assert_eq!((Number::name(), Index::name()), ("Number", "Index"));
    assert!(format!("{:?}", Table::<Number>::new()).starts_with("Table"));
    let store = Store::<Nothing>::new().with(Here, [0; HASH]).with(Table::<Number>::new(), vec![Number]);
    assert_eq!(store.get::<Here>(), Some(&[0; HASH]));
    assert_eq!(store.get::<Table<Number>>(), Some(&vec![Number]));
}

#[test]
#[expect(deprecated, reason = "it is used, and the macro does not use it")]
fn a_deprecated_resource_is_deprecated() {
    assert_eq!(Old::name(), "Old");
}
