//! Pipelines whose stores may be kept in a journal.

use crate::pipelines::Pipeline;
use crate::store::supplied::ResourceList;

/// A pipeline whose stores may be kept in a [`Journal`](crate::journal::Journal).
///
/// ```
/// # use typed_pipeliner::{HList, Pipeline, resource};
/// use typed_pipeliner::journal::Keeps;
///
/// # #[derive(Debug)] struct HttpClient;
/// # resource! { Client: HttpClient; ApiKey: String; }
/// # struct App;
/// # impl Pipeline for App { type Steps = HList![]; }
/// impl Keeps for App {
///     type Ambient = HList![Client, ApiKey];
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which supplied values are ambient, so its stores cannot be kept",
    label = "`{Self}` has no `impl Keeps`",
    note = "write it, with the handles and secrets that a store is supplied with: `impl Keeps for {Self} {{ type Ambient = HList![]; }}`"
)]
pub trait Keeps: Pipeline {
    /// The resources that may be supplied and do not count: handles, such as a client or a pool,
    /// and secrets. Kept values are as good with another one. They are neither hashed nor written.
    ///
    /// Every other supplied value has to be `Serialize`. What serde writes decides whether it has
    /// changed; so a `HashMap`, whose order is one of chance, is always another one.
    type Ambient: ResourceList;
}
