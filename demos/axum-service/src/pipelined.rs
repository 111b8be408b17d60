//! The service with typed-pipeliner.

use crate::last_owner;
use crate::outside::{Client, ClientError, HttpClient, Permissions, Pool, User, render};
use axum::extract::rejection::{PathRejection, StringRejection};
use axum::extract::{FromRequest, Path, Query, Request};
use axum::http::{StatusCode, header, request::Parts};
use axum::response::{Html, IntoResponse, Response};
use axum::{Json, RequestPartsExt, Router, routing::get};
use std::collections::HashMap;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::{net::TcpListener, sync::Mutex, task::spawn_blocking};
use typed_pipeliner::store::StoreHandle;
use typed_pipeliner::{BoxError, HList, In, Out, Pipeline, Provides, Return, RunError, Runs, Scoped, Store, StoreOf};
use typed_pipeliner::{fetch, resource, run, step};
use typed_pipeliner_tracing::Tracing;

/// A result whose error need not be named.
type Result<T, E = BoxError> = std::result::Result<T, E>;

/// The settings of the service.
#[derive(serde::Deserialize)]
pub struct Settings {
    database: String,
    geo: String,
}

resource! {
    /// The file of the settings.
    pub ConfigPath: PathBuf;
    /// The settings.
    pub Config: Settings;
    /// The database.
    pub Db: Pool;
    /// The service that finds countries.
    pub Geo: Arc<dyn Client>;
    /// The countries that were found. An application has a cache, or none.
    pub Cache: Mutex<HashMap<String, String>>;

    /// The head of the request.
    pub Head: Parts;
    /// The body of the request.
    pub Body: String;
    /// The token of the user.
    pub Token: String;
    /// The user.
    pub Reader: User;
    /// The permissions of the user.
    pub Allowed: Permissions;
    /// The number of the document.
    pub Id: u32;
    /// The text of the document.
    pub Text: String;
    /// The country of the user.
    pub Country: String;
    /// The theme, if the query has one. Each request has this resource.
    pub Theme: Option<String>;
}

/// Reads the settings from the file and the environment.
#[step]
pub async fn read_config(path: In<'_, ConfigPath>) -> Result<Out<Config>> {
    let mut settings: Settings = toml::from_str(&tokio::fs::read_to_string(path).await?)?;
    settings.database = std::env::var("SERVICE_DATABASE").unwrap_or(settings.database);
    Ok(settings)
}

/// Opens the database.
#[step(close = Pool::close)]
pub async fn connect(config: In<'_, Config>) -> Result<Out<Db>> {
    Ok(Pool::connect(&config.database).await?)
}

/// Makes the client of the service that finds countries.
#[step]
pub fn make_client(config: In<'_, Config>) -> Out<Geo> {
    Arc::new(HttpClient::new(&config.geo))
}

/// The application.
pub struct App;
impl Pipeline for App {
    type Steps = HList![ReadConfig, Connect, MakeClient];
}

/// The reason why the service does not answer a request.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The user is not known.
    #[error("the request has no valid token")]
    Unauthorized,
    /// The user has no permission.
    #[error("the user may not do this")]
    Forbidden,
    /// There is no such document.
    #[error("there is no document {0}")]
    NotFound(u32),
}

/// Reads the token of the user.
#[step]
pub fn read_token(head: In<'_, Head>) -> Result<Out<Token>> {
    let value = head.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    Ok(value.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Refusal::Unauthorized)?.to_owned())
}

/// Finds the user.
#[step]
pub async fn authenticate(token: In<'_, Token>, db: In<'_, Db>) -> Result<Out<Reader>> {
    Ok(db.user(token).await?.ok_or(Refusal::Unauthorized)?)
}

/// Finds the permissions of the user.
#[step]
pub async fn authorize(user: In<'_, Reader>, db: In<'_, Db>) -> Result<Out<Allowed>> {
    Ok(db.permissions(user.id).await?)
}

/// Reads the path and the query.
#[step]
pub async fn parse(head: In<'_, Head>) -> Result<(Out<Id>, Out<Theme>)> {
    let Path(id) = head.clone().extract().await?;
    let query = Query::<HashMap<String, String>>::try_from_uri(&head.uri);
    Ok((id, query.ok().and_then(|Query(mut query)| query.remove("theme"))))
}

/// Loads the document, if the user may read it.
#[step]
pub async fn load(id: In<'_, Id>, allowed: In<'_, Allowed>, db: In<'_, Db>) -> Result<Out<Text>> {
    allowed.read.contains(id).then_some(()).ok_or(Refusal::Forbidden)?;
    Ok(db.document(*id).await?.ok_or(Refusal::NotFound(*id))?)
}

/// Finds the country of the user.
#[step]
pub async fn locate(head: In<'_, Head>, geo: In<'_, Geo>, cache: Option<In<'_, Cache>>) -> Result<Out<Country>> {
    let address = head.headers.get("x-forwarded-for").and_then(|value| value.to_str().ok()).unwrap_or("localhost");
    let Some(cache) = cache else { return Ok(geo.country(address).await?) };
    let mut countries = cache.lock().await;
    if let Some(country) = countries.get(address) {
        return Ok(country.clone());
    }
    let country = geo.country(address).await?;
    Ok(countries.entry(address.to_owned()).or_insert(country).clone())
}

/// Draws the page, in a thread for work that computes.
#[step]
pub async fn draw(text: In<'_, Text>, country: In<'_, Country>, theme: In<'_, Theme>) -> Result<Return<String>> {
    let (text, country, theme) = (text.clone(), country.clone(), theme.clone());
    Ok(spawn_blocking(move || Return(render(&text, &country, theme.as_deref()))).await?)
}

/// Writes the document, if the user may.
#[step]
pub async fn save(id: In<'_, Id>, allowed: In<'_, Allowed>, body: In<'_, Body>, db: In<'_, Db>) -> Result<()> {
    allowed.write.contains(id).then_some(()).ok_or(Refusal::Forbidden)?;
    Ok(db.save(*id, body).await?)
}

/// A request to the application.
pub struct Call;
impl Pipeline for Call {
    type Steps = HList![Parse, ReadToken, Authenticate, Authorize, Load, Locate];
}
impl Scoped for Call {
    type Parent = App;
}

/// The scope of a request. The state of the router is the function that makes it.
pub struct Scope<S>(S);
impl<S, F: Fn(Parts, String) -> S + Send + Sync> FromRequest<F> for Scope<S> {
    type Rejection = StringRejection;
    async fn from_request(request: Request, scope: &F) -> Result<Self, StringRejection> {
        let (head, body) = request.into_parts();
        let body = String::from_request(Request::from_parts(head.clone(), body), scope).await?;
        Ok(Scope(scope(head, body)))
    }
}

/// A failed run, as a response.
pub struct Failed(RunError);
impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let status = match self.0.downcast_ref() {
            Some(Refusal::Unauthorized) => StatusCode::UNAUTHORIZED,
            Some(Refusal::Forbidden) => StatusCode::FORBIDDEN,
            Some(Refusal::NotFound(_)) => StatusCode::NOT_FOUND,
            None if self.0.downcast_ref::<PathRejection>().is_some() => StatusCode::BAD_REQUEST,
            None if self.0.downcast_ref::<ClientError>().is_some() => StatusCode::BAD_GATEWAY,
            // The reason is for the log.
            None => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        };
        // Not the error itself: it names steps.
        (status, self.0.source().map(ToString::to_string).unwrap_or_default()).into_response()
    }
}

/// Answers with a document, as a page.
async fn show<S: Runs<Draw>>(Scope(store): Scope<S>) -> Result<Html<String>, Failed> {
    run::<Draw>(&store).await.map(Html).map_err(Failed)
}

/// Answers with the user.
async fn me<S: Provides<Reader>>(Scope(store): Scope<S>) -> Result<Response, Failed> {
    fetch::<Reader>(&store).await.map(|user| Json(user).into_response()).map_err(Failed)
}

/// Writes a document.
async fn edit<S: Runs<Save>>(Scope(store): Scope<S>) -> Result<StatusCode, Failed> {
    run::<Save>(&store).await.map(|()| StatusCode::NO_CONTENT).map_err(Failed)
}

/// The store of a request, within a store of the application.
pub type CallStore<A> = StoreOf<Call, HList![Head, Body], A>;

/// The function that makes the store of a request, within any store of the application.
pub fn scopes<A: StoreHandle<App> + Clone>(app: A) -> impl Fn(Parts, String) -> CallStore<A> + Clone {
    move |head, body| Store::<Call>::within(app.clone()).with(Head, head).with(Body, body)
}

/// The router. It takes the function that makes the scope of a request.
pub fn router<S: Runs<Draw> + Runs<Save> + Provides<Reader> + 'static>(
    scope: impl Fn(Parts, String) -> S + Clone + Send + Sync + 'static,
) -> Router {
    let documents = get(show::<S>).put(edit::<S>);
    Router::new().route("/documents/{id}", documents).route("/me", get(me::<S>)).with_state(scope)
}

/// Serves until `stop` ends. Then it answers the requests that it has accepted, and closes the
/// database.
///
/// # Errors
///
/// If the service does not come up.
pub async fn serve(path: PathBuf, socket: TcpListener, stop: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    let app = Store::<App>::new().with(ConfigPath, path).with(Cache, Mutex::default());
    let app = Arc::new(app.observed_by(Tracing::new()));
    // What requests share is computed before the first one, which may have a deadline.
    tokio::try_join!(app.resource::<Db>(), app.resource::<Geo>())?;
    axum::serve(socket, router(scopes(Arc::clone(&app)))).with_graceful_shutdown(stop).await?;
    last_owner(app).await.close().await?;
    Ok(())
}
