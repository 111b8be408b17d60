//! The service under test: with another step, without its cache, and from start to end.

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use axum_service::outside::{CLOSED, Client, ClientError, Pool};
use axum_service::pipelined::{App, Cache, Config, ConfigPath, Connect, Db, Geo, MakeClient, router, scopes, serve};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex as StdMutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};
use tower::ServiceExt as _;
use typed_pipeliner::observe::{Observer, RunInfo, StepEvent, StepEventKind};
use typed_pipeliner::{In, Out, Store, Swap, step};

/// The file of the settings, in a folder that lives as long as the test.
fn settings() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("service.toml");
    std::fs::write(&path, "database = 'memory:'\ngeo = 'http://geo'\n").unwrap();
    (folder, path)
}

async fn page(router: &Router) -> String {
    let request = Request::get("/documents/1").header("authorization", "Bearer token of Ada");
    let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().into()).unwrap()
}

/// The number of countries that were asked for.
static ASKED: AtomicUsize = AtomicUsize::new(0);

/// A client that finds everyone in one country.
struct Stub;

#[async_trait]
impl Client for Stub {
    async fn country(&self, _: &str) -> Result<String, ClientError> {
        ASKED.fetch_add(1, Ordering::Relaxed);
        Ok("Utopia".to_owned())
    }
}

#[step]
fn make_stub() -> Out<Geo> {
    Arc::new(Stub)
}

#[tokio::test]
async fn a_test_swaps_a_step_of_the_application() {
    let (_folder, path) = settings();
    let app = Store::<Swap<App, MakeClient, MakeStub>>::new().with(ConfigPath, path);
    let router = router(scopes(Arc::new(app)));
    assert!(page(&router).await.contains("Utopia"));
    page(&router).await;
    assert_eq!(ASKED.load(Ordering::Relaxed), 2, "there is no cache");
}

#[tokio::test]
async fn a_value_replaces_a_step() {
    let (_folder, path) = settings();
    let asked = Arc::new(AtomicUsize::new(0));
    struct Counts(Arc<AtomicUsize>);
    #[async_trait]
    impl Client for Counts {
        async fn country(&self, address: &str) -> Result<String, ClientError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(format!("the country of {address}"))
        }
    }
    let app = Store::<App>::new().with(ConfigPath, path).with(Geo, Arc::new(Counts(Arc::clone(&asked))));
    let router = router(scopes(Arc::new(app.with(Cache, Mutex::default()))));
    let first = page(&router).await;
    assert!(first.contains("the country of localhost"), "{first}");
    assert_eq!(page(&router).await, first);
    assert_eq!(asked.load(Ordering::Relaxed), 1, "the cache is used");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_service_closes_its_database() {
    let (_folder, path) = settings();
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let service = tokio::spawn(serve(path, socket, async { stopped.await.unwrap_or_default() }));

    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = "GET /me HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer token of Ada\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = [0; 1024];
    let length = stream.read(&mut response).await.unwrap();
    let response = str::from_utf8(&response[..length]).unwrap();
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");

    assert_eq!(CLOSED.load(Ordering::Relaxed), 0);
    stop.send(()).unwrap();
    service.await.unwrap().unwrap();
    assert_eq!(CLOSED.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_service_without_settings_does_not_come_up() {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let error = serve("nowhere".into(), socket, std::future::pending()).await.unwrap_err();
    assert_eq!(error.to_string(), "step `ReadConfig`, needed by `Connect`, failed");
}

/// The names of the steps that have started.
#[derive(Default)]
struct Started(StdMutex<Vec<&'static str>>);

impl Observer for Started {
    fn step(&self, _: &RunInfo, event: &StepEvent<'_>) {
        if let StepEventKind::Started = event.kind {
            self.0.lock().unwrap().push(event.name());
        }
    }
}

#[tokio::test]
async fn an_observer_of_the_application_sees_its_requests() {
    let (_folder, path) = settings();
    let started = Arc::new(Started::default());
    let app = Store::<App>::new().with(ConfigPath, path).observed_by(Arc::clone(&started));
    page(&router(scopes(Arc::new(app)))).await;
    let started = started.0.lock().unwrap();
    assert!(["Connect", "Authenticate", "Draw"].iter().all(|step| started.contains(step)), "{started:?}");
}

/// A database that takes longer to open than a request may last.
#[step]
async fn connect_slowly(config: In<'_, Config>) -> Result<Out<Db>, axum_service::outside::DatabaseError> {
    let _ = config;
    sleep(Duration::from_millis(80)).await;
    Pool::connect("memory:").await
}

#[tokio::test(start_paused = true)]
async fn requests_with_short_deadlines_need_shared_values_beforehand() {
    let (_folder, path) = settings();
    let app = Arc::new(Store::<Swap<App, Connect, ConnectSlowly>>::new().with(ConfigPath, path));
    app.resource::<Config>().await.unwrap(); // reads a file, which a paused clock does not wait for
    let router = router(scopes(Arc::clone(&app)));
    let deadline = Duration::from_millis(50);
    for _ in 0..10 {
        assert!(timeout(deadline, page(&router)).await.is_err(), "no request is answered");
    }
    app.resource::<Db>().await.unwrap();
    assert!(timeout(deadline, page(&router)).await.unwrap().contains("first"));
}
