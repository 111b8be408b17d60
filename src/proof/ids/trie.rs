//! A map on the level of types: a trie, keyed by identities.
//!
//! It looks at one digit a level, and at no more digits than it needs to keep its entries apart.

use crate::proof::ids::digits::{Digits, Equal, Greater, Less, digits};
use crate::proof::walk::source::{NoSource, Source};
use crate::sealed::Seal;
use core::marker::PhantomData;

/// A map from identities to the sources of resources.
///
/// It is defined on [`Empty`], [`Leaf`] and [`Fork`]. It is needed because a walk looks up each
/// input, and a list of pairs would cost as many comparisons as there are resources.
pub trait Trie {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The source under the identity `Identity`, or [`NoSource`]; `Rest` is the part of it at which
    /// no fork above has looked.
    type Seek<Rest: Digits, Identity: Digits>: Source;
    /// The map with one more source, under the identity that goes on with `Rest` at the depth `At`.
    /// If there is a source under it already, the two are joined.
    type Put<Rest: Digits, New: Source, At: Depth>: Trie;
    /// The [conflicts](Source::Conflicts) in this map, before those in `Rest`.
    type Conflicts<Rest>;
    /// This map as a child store sees it.
    type ForChild: Trie;
}

/// The map without a source.
#[derive(Debug)]
pub struct Empty;

/// A map of one source.
///
/// It does not hold the digits of the identity at which no fork above has looked; they are computed
/// where they are needed. rustc traverses the whole map each time that it takes it apart, so each
/// type in it counts.
#[derive(Debug)]
pub struct Leaf<Entry>(PhantomData<Entry>);

/// The source in the map `Map` under the identity `Identity`, or [`NoSource`].
pub type Find<Map, Identity> = <Map as Trie>::Seek<Identity, Identity>;

/// The map `Map` with the source `New`.
pub type Insert<Map, New> = <Map as Trie>::Put<<New as Source>::Identity, New, Top>;

/// The number of forks above a place in a map: a function to the digits at which they have not
/// looked.
pub trait Depth {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The digits of an identity at which these forks have not looked.
    type Rest<Identity: Digits>: Digits;
}

/// No fork.
#[derive(Debug)]
pub struct Top;

/// One fork more than above `Upper`.
#[derive(Debug)]
pub struct Deeper<Upper>(PhantomData<Upper>);

impl Depth for Top {
    fn seal(_: Seal) {}

    type Rest<Identity: Digits> = Identity;
}

impl<Upper: Depth> Depth for Deeper<Upper> {
    fn seal(_: Seal) {}

    type Rest<Identity: Digits> = <Upper::Rest<Identity> as Digits>::Rest;
}

impl Trie for Empty {
    fn seal(_: Seal) {}

    type Seek<Rest: Digits, Identity: Digits> = NoSource;
    type Put<Rest: Digits, New: Source, At: Depth> = Leaf<New>;
    type Conflicts<Rest> = Rest;
    type ForChild = Empty;
}

impl<Entry: Source> Trie for Leaf<Entry> {
    fn seal(_: Seal) {}

    type Seek<Rest: Digits, Identity: Digits> = <Identity::Compare<Entry::Identity> as LeafDecision>::Found<Entry>;
    type Put<Rest: Digits, New: Source, At: Depth> = <Rest::Compare<At::Rest<Entry::Identity>> as LeafDecision>::Meet<
        Entry,
        At::Rest<Entry::Identity>,
        New,
        Rest,
        At,
    >;
    type Conflicts<Rest> = Entry::Conflicts<Rest>;
    type ForChild = Leaf<Entry::ForChild>;
}

macro_rules! fork {
    ($(($digit:literal $compare:ident $child:ident))*) => {
        /// Sixteen maps, one for each value of the next digit.
        #[derive(Debug)]
        pub struct Fork<$($child),*>(PhantomData<($($child),*)>);

        /// Sixteen maps without a source.
        pub type EmptyFork = Fork<$(fork!(@empty $child)),*>;

        impl<$($child: Trie),*> Trie for Fork<$($child),*> {
            fn seal(_: Seal) {}

            type Seek<Rest: Digits, Identity: Digits> = Rest::Seek<$($child,)* Identity>;
            type Put<Rest: Digits, New: Source, At: Depth> = Rest::Put<$($child,)* New, Deeper<At>>;
            type Conflicts<Rest> = fork!(@conflicts Rest $($child)*);
            type ForChild = Fork<$($child::ForChild),*>;
        }
    };
    (@empty $child:ident) => { Empty };
    (@conflicts $rest:ident) => { $rest };
    (@conflicts $rest:ident $child:ident $($children:ident)*) => {
        $child::Conflicts<fork!(@conflicts $rest $($children)*)>
    };
}

digits!(fork);

/// The decision of a comparison at a leaf.
pub trait LeafDecision {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The entry of the leaf, if it is the one sought.
    type Found<Entry: Source>: Source;
    /// The new entry `New`, at `NewRest`, joins the entry `Entry`, at `Rest`, or both move into a
    /// fork.
    type Meet<Entry: Source, Rest: Digits, New: Source, NewRest: Digits, At: Depth>: Trie;
}

impl LeafDecision for Equal {
    fn seal(_: Seal) {}

    type Found<Entry: Source> = Entry;
    type Meet<Entry: Source, Rest: Digits, New: Source, NewRest: Digits, At: Depth> = Leaf<Entry::Join<New>>;
}

macro_rules! leaf_of_another {
    ($order:ident) => {
        impl LeafDecision for $order {
            fn seal(_: Seal) {}

            type Found<Entry: Source> = NoSource;
            type Meet<Entry: Source, Rest: Digits, New: Source, NewRest: Digits, At: Depth> =
                <<EmptyFork as Trie>::Put<Rest, Entry, At> as Trie>::Put<NewRest, New, At>;
        }
    };
}
leaf_of_another!(Less);
leaf_of_another!(Greater);

#[cfg(test)]
mod tests {
    use super::{Empty, Find, Insert, Trie};
    use crate::proof::ids::digits::{Digit, End};
    use crate::proof::testing::same;
    use crate::proof::walk::source::{FromParent, FromStore, NoSource};
    use crate::resource::Resource;

    macro_rules! resources {
        ($($name:ident = $identity:ty;)*) => {$(
            struct $name;
            impl Resource for $name {
                type Value = ();
                type Identity = $identity;
            }
        )*};
    }

    // The first two have their lowest two digits in common, and the third has the lowest.
    resources! {
        A = Digit<3, Digit<5, Digit<1, End>>>;
        B = Digit<3, Digit<5, Digit<2, End>>>;
        C = Digit<3, Digit<6, End>>;
        D = Digit<4, End>;
    }

    type Map = Insert<Insert<Insert<Insert<Empty, FromStore<A>>, FromStore<B>>, FromStore<C>>, FromStore<D>>;
    type Of<Map, R> = Find<Map, <R as Resource>::Identity>;

    #[test]
    fn each_entry_is_found_under_its_own_identity() {
        assert!(same::<Of<Map, A>, FromStore<A>>() && same::<Of<Map, B>, FromStore<B>>());
        assert!(same::<Of<Map, C>, FromStore<C>>() && same::<Of<Map, D>, FromStore<D>>());
    }

    #[test]
    fn order_of_insertion_does_not_matter() {
        type Reverse = Insert<Insert<Insert<Insert<Empty, FromStore<D>>, FromStore<C>>, FromStore<B>>, FromStore<A>>;
        assert!(same::<Map, Reverse>());
    }

    #[test]
    fn nothing_is_found_under_another_identity() {
        assert!(same::<Find<Map, Digit<3, Digit<5, Digit<3, End>>>>, NoSource>());
        assert!(same::<Find<Map, Digit<3, Digit<5, End>>>, NoSource>() && same::<Find<Map, End>, NoSource>());
        assert!(same::<Of<Empty, A>, NoSource>());
    }

    #[test]
    fn child_sees_each_entry_as_from_its_parent() {
        type ForChild = <Map as Trie>::ForChild;
        assert!(same::<Of<ForChild, B>, FromParent<B>>() && same::<Of<ForChild, D>, FromParent<D>>());
    }

    #[test]
    fn new_source_hides_that_of_the_parent() {
        type Hidden = Insert<<Map as Trie>::ForChild, FromStore<A>>;
        assert!(same::<Of<Hidden, A>, FromStore<A>>() && same::<Of<Hidden, B>, FromParent<B>>());
    }
}
