//! A parent store that the user wrote, which claims to provide everything.

#[path = "../scopes.rs"]
mod scopes;

use scopes::App;
use typed_pipeliner::Store;
use typed_pipeliner::proof::check::missing::{ProvidesToChild, ReportsMissing};
use typed_pipeliner::proof::ids::trie::Empty;
use typed_pipeliner::store::ParentStore;

struct Fake<'a>(&'a Store<App>);
struct Yes;

impl<Res, By, Pipe> ReportsMissing<Res, By, Pipe> for Yes {}
impl<Requested> ProvidesToChild<Requested> for Fake<'_> {}
impl ParentStore for Fake<'_> {
    type This = Self;
    type Pipeline = App;
    type Sources = Empty;
    type Reporter = Yes;
}

fn main() {}
