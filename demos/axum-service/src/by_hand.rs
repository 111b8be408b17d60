//! The service by hand.

use crate::last_owner;
use crate::outside::{Client, ClientError, DatabaseError, HttpClient, Permissions, Pool, User, render};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header, request::Parts};
use axum::response::{Html, IntoResponse, Response};
use axum::{Json, RequestPartsExt, Router, routing::get};
use std::collections::HashMap;
use std::error::Error;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use tokio::{net::TcpListener, sync::Mutex, task::JoinError, task::spawn_blocking};
use tracing::instrument;

/// The settings of the service.
#[derive(serde::Deserialize)]
pub struct Settings {
    database: String,
    geo: String,
}

impl Settings {
    /// Reads the settings from the file and the environment.
    #[instrument(skip_all)]
    async fn read(path: &FilePath) -> Result<Settings, Box<dyn Error + Send + Sync>> {
        let mut settings: Settings = toml::from_str(&tokio::fs::read_to_string(path).await?)?;
        settings.database = std::env::var("SERVICE_DATABASE").unwrap_or(settings.database);
        Ok(settings)
    }
}

/// The application.
pub struct App {
    /// The database.
    pub database: Pool,
    /// The service that finds countries.
    pub geo: Arc<dyn Client>,
    /// The countries that were found. An application has a cache, or none.
    pub cache: Option<Mutex<HashMap<String, String>>>,
}

impl App {
    /// Reads the settings, and opens the database.
    ///
    /// # Errors
    ///
    /// If the application does not come up.
    #[instrument(skip_all)]
    pub async fn start(path: &FilePath) -> Result<App, Box<dyn Error + Send + Sync>> {
        let settings = Settings::read(path).await?;
        let geo = Arc::new(HttpClient::new(&settings.geo));
        Ok(App { database: Pool::connect(&settings.database).await?, geo, cache: Some(Mutex::default()) })
    }

    /// Finds the country of the user.
    #[instrument(skip_all)]
    async fn locate(&self, head: &Parts) -> Result<String, Failed> {
        let address = head.headers.get("x-forwarded-for").and_then(|value| value.to_str().ok()).unwrap_or("localhost");
        let Some(cache) = &self.cache else { return Ok(self.geo.country(address).await?) };
        let mut countries = cache.lock().await;
        if let Some(country) = countries.get(address) {
            return Ok(country.clone());
        }
        let country = self.geo.country(address).await?;
        Ok(countries.entry(address.to_owned()).or_insert(country).clone())
    }

    /// Finds the user.
    #[instrument(skip_all)]
    async fn authenticate(&self, head: &Parts) -> Result<User, Failed> {
        let value = head.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = value.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Failed::Unauthorized)?;
        self.database.user(token).await?.ok_or(Failed::Unauthorized)
    }

    /// Finds the permissions of the user.
    #[instrument(skip_all)]
    async fn authorize(&self, head: &Parts) -> Result<Permissions, Failed> {
        let user = self.authenticate(head).await?;
        Ok(self.database.permissions(user.id).await?)
    }

    /// Loads the document, if the user may read it.
    #[instrument(skip_all)]
    async fn load(&self, id: u32, head: &Parts) -> Result<String, Failed> {
        self.authorize(head).await?.read.contains(&id).then_some(()).ok_or(Failed::Forbidden)?;
        self.database.document(id).await?.ok_or(Failed::NotFound(id))
    }
}

/// The reason why the service does not answer a request.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The user is not known.
    #[error("the request has no valid token")]
    Unauthorized,
    /// The user has no permission.
    #[error("the user may not do this")]
    Forbidden,
    /// There is no such document.
    #[error("there is no document {0}")]
    NotFound(u32),
    /// The path has no number.
    #[error(transparent)]
    Path(#[from] PathRejection),
    /// The service that finds countries does not answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The database does not answer.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The page was not drawn.
    #[error(transparent)]
    Join(#[from] JoinError),
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let status = match self {
            Failed::Unauthorized => StatusCode::UNAUTHORIZED,
            Failed::Forbidden => StatusCode::FORBIDDEN,
            Failed::NotFound(_) => StatusCode::NOT_FOUND,
            Failed::Path(_) => StatusCode::BAD_REQUEST,
            Failed::Client(_) => StatusCode::BAD_GATEWAY,
            // The reason is for the log.
            Failed::Database(_) | Failed::Join(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        };
        (status, self.to_string()).into_response()
    }
}

/// Answers with a document, as a page.
#[instrument(skip_all)]
async fn show(State(app): State<Arc<App>>, mut head: Parts) -> Result<Html<String>, Failed> {
    let Path(id) = head.extract().await?;
    let query = Query::<HashMap<String, String>>::try_from_uri(&head.uri);
    let (document, country) = tokio::try_join!(app.load(id, &head), app.locate(&head))?;
    let theme = query.ok().and_then(|Query(mut query)| query.remove("theme"));
    Ok(Html(spawn_blocking(move || render(&document, &country, theme.as_deref())).await?))
}

/// Answers with the user.
#[instrument(skip_all)]
async fn me(State(app): State<Arc<App>>, head: Parts) -> Result<Json<User>, Failed> {
    Ok(Json(app.authenticate(&head).await?))
}

/// Writes a document.
#[instrument(skip_all)]
async fn edit(State(app): State<Arc<App>>, mut head: Parts, body: String) -> Result<StatusCode, Failed> {
    let Path(id) = head.extract().await?;
    app.authorize(&head).await?.write.contains(&id).then_some(()).ok_or(Failed::Forbidden)?;
    app.database.save(id, &body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The router.
pub fn router(app: Arc<App>) -> Router {
    let documents = get(show).put(edit);
    Router::new().route("/documents/{id}", documents).route("/me", get(me)).with_state(app)
}

/// Serves until `stop` ends. Then it answers the requests that it has accepted, and closes the
/// database.
///
/// # Errors
///
/// If the service does not come up.
pub async fn serve(
    path: PathBuf,
    socket: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let app = Arc::new(App::start(&path).await?);
    axum::serve(socket, router(Arc::clone(&app))).with_graceful_shutdown(stop).await?;
    last_owner(app).await.database.close().await;
    Ok(())
}
