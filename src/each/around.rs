//! The run around a step, as an input of the step.

use crate::exec::fan::Around;
use crate::exec::inputs::InputReader;
use crate::exec::plan::{ConstList, Key};
use crate::exec::store_ref::Erased;
use crate::lower::numbers::Element;
use crate::proof::certificate::AnswerYes;
use crate::proof::check::findings::Findings;
use crate::proof::ids::set::ResourceSet;
use crate::proof::ids::trie::Trie;
use crate::proof::kind::{OfResources, Surrounding};
use crate::proof::lists::{InputProof, StepsProof};
use crate::proof::walk::Walk;
use crate::proof::walk::marks::Marks;
use crate::proof::walk::stack::Stack;
use crate::sealed::Seal;
use crate::steps::lists::Input;
use crate::store::parent::ParentStore;
use crate::store::supplied::SuppliedValues;
use frunk_core::hlist::HNil;

/// The run around a step: an input that nobody provides, because it is no resource.
///
/// It is the last one in a list, so that it takes no place in a path of the certificate.
#[derive(Debug)]
pub struct RunAround;

impl OfResources for RunAround {
    fn seal(_: Seal) {}

    type Kind = Surrounding;
}

// Here and below: otherwise rustc lists this where an input is none.
#[diagnostic::do_not_recommend]
impl InputProof<Surrounding> for RunAround {
    fn seal(_: Seal) {}

    type Visit<Map: Trie, Frames: Stack, Marked: Marks, Found: Findings> = Walk<Frames, Marked, Found>;
    type List<Owner, Set: ResourceSet<Owner>> = Set;
    type Sought = HNil;
    type IsThere<List: StepsProof, Supplied: SuppliedValues, Parent: ParentStore> = AnswerYes;
}

#[diagnostic::do_not_recommend]
impl Input<Surrounding> for RunAround {
    fn seal(_: Seal) {}

    type Witness = HNil;
    type Refs<'s> = Around;
    const KEYS: &'static ConstList<Key> = &ConstList::Empty;
    const ELEMENT: Element = Element::Nothing;
    fn gather<'s>(from: &mut InputReader<'_, 's>) -> Around {
        from.around()
    }
    fn erase(_: Around, _: &mut Vec<&Erased>) {}
}
