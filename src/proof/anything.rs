//! What stands for a step that `#[step]` could not make sense of: it provides whatever anybody needs.
//!
//! The macro has told the mistake, and that is to be the only error. So a pipeline with such a step in it has all that is
//! asked of it, as far as the proof can tell. No program comes of it.

use super::digits::Digits;
use super::lists::Gives;
use super::source::{Source, Unregistered};
use super::trie::Trie;
use super::verdict::{Findings, HomeOf, Known, OriginOf, StoresIn};
use super::visited::Visited;
use super::walk::{Stack, Walk};
use crate::exec::plan::{Key, Tree};
use crate::exec::view::{Erased, Values, View};
use crate::list::OutputList;
use crate::resource::Resource;
use crate::step::Step;
use frunk_core::hlist::HNil;

/// Outputs that nobody knows; the map with them in it; and where everything comes from in that.
#[derive(Debug)]
pub struct Anything;

impl Gives for Anything {
    type Provide<T: Trie, S: Step, N: Digits> = Anything;
    type Home<T: Trie, Rest: Source> = Anything;
    type First<Rest: Digits> = Rest;
    type List<S: Step, T: Trie> = T;
    type Tree = HNil;
}

impl Trie for Anything {
    type Find<I: Digits> = Anything;
    type Insert<I: Digits, E: Source> = Anything;
    type Disputes<D> = D;
    type Below = Anything;
}

impl Source for Anything {
    type Origin = Anything;
    type Number = Unregistered;
    type Join<N: Source> = Anything;
    type After<Old: Source> = Anything;
    type Visit<W: Trie, R: Resource, K: Stack, V: Visited, F: Findings> = Walk<K, V, F>;
    type VisitOption<W: Trie, R: Resource, K: Stack, V: Visited, F: Findings> = Walk<K, V, F>;
    type Disputes<D> = D;
    type Below = Anything;
}

impl<R> OriginOf<R> for Anything {}
impl<R, P> Known<R, P> for Anything {}
impl<T, P> HomeOf<T, P> for Anything {}
impl<T, P> StoresIn<T, P> for Anything {}

impl OutputList for Anything {
    type Values = ();
    type Stored = ();
    type Returned = ();
    type Handed<'s> = ();
    const KEYS: &'static Tree<Key> = &Tree::Empty;
    const STORED: usize = 0;
    const NOTHING_RETURNED: bool = true;

    fn split((): ()) -> ((), ()) {
        ((), ())
    }
    fn stored(stored: &(), _: usize) -> &Erased {
        stored
    }
    fn nothing_returned() -> Option<()> {
        Some(())
    }
    fn hand<'s>(_: View<'s>, (): ()) -> Option<()> {
        Some(())
    }
    fn own(_: &mut dyn Values, _: Option<()>, (): ()) -> Option<()> {
        Some(())
    }
}
