//! The pipeline of the tests of observers of a close: a pool, and a server that fails to close.

use typed_pipeliner::{HList, In, Out, Pipeline, resource, step};

resource! {
    pub(crate) Pool: u8;
    pub(crate) Server: u16;
}

#[step(close = close_pool)]
pub(crate) fn connect() -> Out<Pool> {
    4
}

pub(crate) async fn close_pool(_: u8) {
    smol::future::yield_now().await;
}

#[step(close = stop)]
pub(crate) fn serve(_pool: In<'_, Pool>) -> Out<Server> {
    80
}

pub(crate) async fn stop(port: u16) -> Result<(), String> {
    Err(format!("port {port} is stuck"))
}

pub(crate) struct Service;
impl Pipeline for Service {
    type Steps = HList![Connect, Serve];
}
