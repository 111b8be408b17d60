//! The crates and services that a real program would use: a database, another service, a renderer.
//! They are in memory here, and have the functions of the real ones.

use async_trait::async_trait;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// An error of the database.
#[derive(Debug, thiserror::Error)]
#[error("the database {0}")]
pub struct DatabaseError(&'static str);

/// A user, as the database has it.
#[derive(Debug, Clone, Serialize)]
pub struct User {
    /// The number of the user.
    pub id: u32,
    /// The name of the user.
    pub name: String,
}

/// The documents that a user may read and write.
#[derive(Debug, Clone)]
pub struct Permissions {
    /// The documents that the user may read.
    pub read: Vec<u32>,
    /// The documents that the user may write.
    pub write: Vec<u32>,
}

/// The number of pools that were closed.
pub static CLOSED: AtomicUsize = AtomicUsize::new(0);

/// Connections to a database.
#[derive(Debug)]
pub struct Pool {
    /// The texts of the documents.
    documents: Mutex<HashMap<u32, String>>,
}

impl Pool {
    /// Opens a pool.
    ///
    /// # Errors
    ///
    /// If the address is not one of a database.
    pub async fn connect(url: &str) -> Result<Pool, DatabaseError> {
        match url.starts_with("memory:") {
            true => {
                let documents = Mutex::new(HashMap::from([(1, "first".to_owned()), (2, "second".to_owned())]));
                Ok(Pool { documents })
            }
            false => Err(DatabaseError("has no such address")),
        }
    }

    /// The user with this token.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub async fn user(&self, token: &str) -> Result<Option<User>, DatabaseError> {
        let users = [(1, "Ada"), (2, "Bob")].map(|(id, name)| User { id, name: name.to_owned() });
        Ok(users.into_iter().find(|user| token == format!("token of {}", user.name)))
    }

    /// The permissions of a user.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub async fn permissions(&self, user: u32) -> Result<Permissions, DatabaseError> {
        Ok(match user {
            1 => Permissions { read: vec![1, 2, 7, 9], write: vec![1] },
            _ => Permissions { read: vec![2], write: vec![] },
        })
    }

    /// A document.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub async fn document(&self, id: u32) -> Result<Option<String>, DatabaseError> {
        match id {
            7 => Err(DatabaseError("has a damaged page")),
            _ => Ok(self.documents.lock().expect("no thread panics with the documents").get(&id).cloned()),
        }
    }

    /// Writes a document.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub async fn save(&self, id: u32, text: &str) -> Result<(), DatabaseError> {
        self.documents.lock().expect("no thread panics with the documents").insert(id, text.to_owned());
        Ok(())
    }

    /// Closes the pool.
    pub async fn close(self) {
        CLOSED.fetch_add(1, Ordering::Relaxed);
    }
}

/// The service that finds countries does not answer.
#[derive(Debug, thiserror::Error)]
#[error("the service that finds countries does not answer")]
pub struct ClientError;

/// A client of the service that finds the country of an address.
#[async_trait]
pub trait Client: Send + Sync {
    /// The country of an address.
    async fn country(&self, address: &str) -> Result<String, ClientError>;
}

/// The client that a service has outside of tests.
#[derive(Debug)]
pub struct HttpClient(String);

impl HttpClient {
    /// A client of the service at an address.
    pub fn new(url: &str) -> HttpClient {
        HttpClient(url.to_owned())
    }
}

#[async_trait]
impl Client for HttpClient {
    async fn country(&self, address: &str) -> Result<String, ClientError> {
        match address {
            "0.0.0.0" => Err(ClientError),
            _ => Ok(format!("country of {address} by {}", self.0)),
        }
    }
}

/// Draws a page. It computes for long.
pub fn render(text: &str, country: &str, theme: Option<&str>) -> String {
    let theme = theme.unwrap_or("plain");
    format!("<body class={theme:?}><h1>{text}</h1><p>{country}</p></body>")
}
