//! A map, findings and marks that the user wrote.

use typed_pipeliner::proof::check::findings::Findings;
use typed_pipeliner::proof::ids::trie::Trie;
use typed_pipeliner::proof::walk::marks::Marks;

struct Everything;

impl Trie for Everything {}
impl Findings for Everything {}
impl Marks for Everything {}

fn main() {}
