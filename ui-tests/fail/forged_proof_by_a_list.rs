//! A list of inputs that the user wrote, which hides its inputs from the walk.

use typed_pipeliner::proof::kind::{Group, OfResources};
use typed_pipeliner::proof::lists::InputsProof;

struct Hidden;

impl OfResources for Hidden {
    type Kind = Group;
}
impl InputsProof for Hidden {}

fn main() {}
