//! A parent store that the user wrote, which claims to provide everything.

#[path = "../scopes.rs"]
mod scopes;

use scopes::{App, Pool};
use typed_pipeliner::Store;
use typed_pipeliner::proof::certificate::AnswerYes;
use typed_pipeliner::proof::check::findings::NoMore;
use typed_pipeliner::proof::check::missing::ReportsMissing;
use typed_pipeliner::proof::ids::digits::Digits;
use typed_pipeliner::proof::ids::trie::Empty;
use typed_pipeliner::proof::walk::goal::RequestedResources;
use typed_pipeliner::proof::walk::source::FromParent;
use typed_pipeliner::store::ParentStore;

struct Fake<'a>(&'a Store<App>);
struct Yes;

impl<Res, By, Pipe> ReportsMissing<Res, By, Pipe> for Yes {}
impl ParentStore for Fake<'_> {
    type This = Self;
    type Pipeline = App;
    type Sources = Empty;
    type Findings<Requested: RequestedResources> = NoMore;
    type Inputs = typed_pipeliner::lists::HNil;
    type Locate<Identity: Digits> = FromParent<Pool>;
    type IsStore = AnswerYes;
    const IS_STORE: bool = true;
    type IsComplete = AnswerYes;
    type Free = typed_pipeliner::lists::HNil;
    type Reporter = Yes;
}

fn main() {}
