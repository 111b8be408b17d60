//! Lists as long as a pipeline may be, at the default recursion limit.

use typed_pipeliner::lists::{HCons, HNil};
use typed_pipeliner::{HList, hlist, hlist_pat};

/// The number of elements of a list.
trait Len {
    /// The number.
    const LEN: usize;
}

/// An element.
struct One;

impl Len for One {
    const LEN: usize = 1;
}

impl Len for HNil {
    const LEN: usize = 0;
}

impl<Head: Len, Tail: Len> Len for HCons<Head, Tail> {
    const LEN: usize = Head::LEN + Tail::LEN;
}

/// Calls a macro with sixteen elements, doubled once for each `x`, without the last one.
macro_rules! doubled {
    ([$($element:tt)*] x $($times:tt)*) => {
        doubled! { [$($element)* $($element)*] $($times)* }
    };
    ([$last:tt $($element:tt)*]) => {
        type Long = HList![$($element),*];
        /// Builds a list, and takes it apart.
        fn long() -> Long {
            let list = hlist![$($element),*];
            list
        }
    };
}
doubled! { [One One One One One One One One One One One One One One One One] x x x x x x x x }

#[test]
fn list_of_4095_elements_compiles() {
    assert_eq!(Long::LEN, 4_095);
    let _: Long = long();
}

#[test]
fn lists_are_cut_after_sixteen_elements() {
    // The first list of each length that is cut in another place.
    type Sixteen = HList![One, One, One, One, One, One, One, One, One, One, One, One, One, One, One, One];
    fn same(
        list: HList![One, One, One, One, One, One, One, One, One, One, One, One, One, One, One, One, One],
    ) -> HList![Sixteen, HCons<One, HNil>] {
        list
    }
    let list = hlist![One, One, One, One, One, One, One, One, One, One, One, One, One, One, One, One, One];
    let hlist_pat![sixteen, seventeenth] = same(list);
    let (_, _): (Sixteen, HCons<One, HNil>) = (sixteen, seventeenth);
}
