//! Serves on loopback until it is interrupted: `cargo run --package axum-service`. The argument
//! `by-hand` serves the version without this library.

use axum_service::{by_hand, pipelined};
use std::error::Error;
use std::{env, fs};
use tokio::net::TcpListener;

/// Ends at ctrl-c.
async fn interrupted() {
    tokio::signal::ctrl_c().await.expect("the signal can be received");
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let path = env::temp_dir().join("axum-service.toml");
    fs::write(&path, "database = 'memory:'\ngeo = 'http://geo'\n")?;
    let socket = TcpListener::bind("127.0.0.1:0").await?;
    let address = socket.local_addr()?;
    println!("curl --header 'authorization: Bearer token of Ada' 'http://{address}/documents/1?theme=dark'");
    match env::args().nth(1).as_deref() {
        Some("by-hand") => by_hand::serve(path, socket, interrupted()).await,
        _ => pipelined::serve(path, socket, interrupted()).await,
    }
}
