//! Closing a store.

use crate::closing::CloseError;
use crate::exec::close::close_steps;
use crate::pipelines::Pipeline;
use crate::store::Store;
use crate::store::parent::ParentStore;
use crate::store::supplied::SuppliedValues;

impl<Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> Store<Pipe, Supplied, Parent> {
    /// Closes everything that was computed, in reverse order of the graph, and drops the store.
    ///
    /// The value of a step with `#[step(close = …)]` goes to that function once everything that was
    /// computed from it is closed; values that do not need each other are closed at the same time.
    /// The others are dropped in the same order. A failure or a panic keeps nothing else from being
    /// closed. After a run that failed, it closes the values that the run has computed.
    ///
    /// Supplied values are dropped, and the parent store is left alone. Nothing is closed if the
    /// store is dropped, or if a value leaves it or is forgotten.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, In, Out, Pipeline, RunError, Store, resource, step};
    /// resource! { Pool: String; Server: String; }
    ///
    /// #[step(close = close_pool)]
    /// async fn connect() -> Out<Pool> {
    ///     "the pool".to_owned()
    /// }
    /// async fn close_pool(pool: String) -> Result<(), std::io::Error> {
    ///     println!("{pool} is closed");
    ///     Ok(())
    /// }
    ///
    /// #[step(close = stop)]
    /// async fn serve(_pool: In<'_, Pool>) -> Out<Server> {
    ///     "the server".to_owned()
    /// }
    /// async fn stop(server: String) {
    ///     println!("{server} is closed"); // before the pool
    /// }
    ///
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![Connect, Serve]; }
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # smol::block_on(async {
    /// let store = Store::<App>::new();
    /// store.resource::<Server>().await?;
    /// store.close().await?;
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    ///
    /// All errors and panics of the functions, and the panics of destructors, each with the name of
    /// its step.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future drops all values that are not closed yet, in the same order. So a time
    /// limit is that of the runtime: `timeout(limit, store.close())`.
    pub async fn close(mut self) -> Result<(), CloseError> {
        close_steps(&mut self, crate::resource::type_name::of::<Pipe>()).await
    }
}
