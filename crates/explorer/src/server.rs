//! The page over HTTP.

use crate::events::Events;
use crate::history::{History, View};
use futures::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::{self, GetAll, HOST, HeaderName, HeaderValue, ORIGIN};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use smol::channel::Receiver;
use smol::future::or;
use smol::lock::Semaphore;
use smol::{Async, LocalExecutor, Timer};
use smol_hyper::rt::FuturesIo;
use std::convert::Infallible;
use std::net::{IpAddr, TcpListener};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// How many connections there are at once. More than these wait.
const CONNECTIONS: usize = 64;
/// How long after an error the server accepts connections again: too many files may be open.
const PAUSE: Duration = Duration::from_millis(200);
/// Headers of every answer. The browser loads nothing from elsewhere, and no other site may embed
/// or read an answer.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-store"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// The server.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) history: Arc<History>,
    /// The hosts under which the page may be opened.
    pub(crate) hosts: Hosts,
    /// How long a page may leave its events unread, or a connection make no request, before it is
    /// closed.
    pub(crate) patience: Duration,
}

/// The hosts under which the page may be opened. A name that an attacker owns may lead to this
/// address as well.
#[derive(Debug)]
pub(crate) enum Hosts {
    /// Addresses of loopback, and `localhost`.
    Loopback,
    /// All addresses, `localhost` and these names.
    Named(Vec<String>),
}

/// When a connection last took a message.
#[derive(Debug, Clone)]
struct Activity(Arc<Mutex<Instant>>);

impl Default for Activity {
    fn default() -> Self {
        Activity(Arc::new(Mutex::new(Instant::now())))
    }
}

impl Activity {
    fn renew(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn age(&self) -> Duration {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }
}

impl Server {
    /// Answers requests until `stop` is closed. Then all connections end.
    pub(crate) async fn run(self, listener: Async<TcpListener>, stop: Receiver<Infallible>) {
        let server = Rc::new(self);
        let seats = Arc::new(Semaphore::new(CONNECTIONS));
        let executor = LocalExecutor::new();
        let accept = async {
            loop {
                let seat = seats.acquire_arc().await;
                match listener.accept().await {
                    Ok((stream, _)) => {
                        let server = Rc::clone(&server);
                        let serve = async move {
                            server.connection(stream).await;
                            drop(seat);
                        };
                        executor.spawn(serve).detach();
                    }
                    Err(_) => {
                        Timer::after(PAUSE).await;
                    }
                }
            }
        };
        let stopped = async {
            let _ = stop.recv().await;
        };
        executor.run(or(stopped, accept)).await;
    }

    /// Answers the request of a connection, and closes it.
    async fn connection(&self, stream: Async<std::net::TcpStream>) {
        let active = Activity::default();
        let service = service_fn(|request| {
            active.renew();
            let active = active.clone();
            async move { Ok::<_, Infallible>(self.answer(&request, active).await) }
        });
        // An error ends this connection, and nothing else.
        let serve = async {
            let _ = http1::Builder::new().keep_alive(false).serve_connection(FuturesIo::new(stream), service).await;
        };
        let idle = async {
            while let Some(left) = self.patience.checked_sub(active.age()) {
                Timer::after(left).await;
            }
        };
        or(serve, idle).await;
    }

    async fn answer(&self, request: &Request<Incoming>, active: Activity) -> Response<Body> {
        let headers = request.headers();
        // Of two hosts, it is not certain which one another program would believe.
        let Some(host) = single(headers.get_all(HOST)) else {
            return text(StatusCode::BAD_REQUEST, "a request has one host");
        };
        if !self.is_from_here(host, headers.get_all(ORIGIN)) {
            return text(StatusCode::FORBIDDEN, "this page is for its own address alone");
        }
        if request.method() != Method::GET {
            return text(StatusCode::METHOD_NOT_ALLOWED, "there are only pages to read");
        }
        match request.uri().path() {
            "/" => file("text/html; charset=utf-8", include_str!("page/page.html")),
            "/page.css" => file("text/css; charset=utf-8", include_str!("page/page.css")),
            "/page.js" => file("text/javascript; charset=utf-8", include_str!("page/page.js")),
            "/picture.js" => file("text/javascript; charset=utf-8", include_str!("page/picture.js")),
            "/events" => match view(request.uri().query()) {
                Some(view) => self.events(view, active),
                None => text(StatusCode::BAD_REQUEST, "the query is `run=` or `plan=` and a number, or absent"),
            },
            path => self.graph(path).await,
        }
    }

    /// Whether a request is for this server, and from its own page. Any page in the same browser
    /// can send requests to loopback, and with DNS rebinding under a name of its own.
    fn is_from_here(&self, host: &HeaderValue, origins: GetAll<'_, HeaderValue>) -> bool {
        let Ok(host) = host.to_str() else { return false };
        let is_own =
            |origin: &HeaderValue| origin.to_str().ok().and_then(|it| it.strip_prefix("http://")) == Some(host);
        self.hosts.allow(host) && origins.iter().all(is_own)
    }

    /// The graph with the key in `/graph/7`.
    async fn graph(&self, path: &str) -> Response<Body> {
        let key = path.strip_prefix("/graph/").and_then(|key| key.parse().ok());
        let Some(graph) = key.and_then(|key| self.history.graph(key)) else {
            return text(StatusCode::NOT_FOUND, "there is no such page");
        };
        // The layout of a large graph takes a while, in which the pages go on.
        let json = smol::unblock(move || graph.json()).await;
        response(StatusCode::OK, "application/json", Full::from(json).boxed_unsync())
    }

    /// The state of the history and its changes, as server-sent events.
    fn events(&self, view: View, active: Activity) -> Response<Body> {
        let events = Events::new(&self.history, view, self.patience / 4);
        let frames = stream::unfold(events, move |mut events| {
            let active = active.clone();
            async move {
                let event = events.next().await;
                active.renew();
                Some((Ok(Frame::data(event)), events))
            }
        });
        response(StatusCode::OK, "text/event-stream", StreamBody::new(frames).boxed_unsync())
    }
}

impl Hosts {
    /// Whether a `Host` header names one of them. The port plays no part: it may be forwarded.
    fn allow(&self, host: &str) -> bool {
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.parse::<u16>().is_ok() => name,
            _ => host,
        };
        if name.eq_ignore_ascii_case("localhost") {
            return true;
        }
        let unbracketed = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        match (unbracketed.parse::<IpAddr>(), self) {
            (Ok(address), Hosts::Loopback) => address.is_loopback(),
            (Ok(_), Hosts::Named(_)) => true,
            (Err(_), Hosts::Loopback) => false,
            (Err(_), Hosts::Named(names)) => names.iter().any(|allowed| allowed.eq_ignore_ascii_case(name)),
        }
    }
}

/// The view that a query asks for: `run=7`, `plan=2`, or the newest run.
fn view(query: Option<&str>) -> Option<View> {
    let Some(query) = query else { return Some(View::Newest) };
    let (what, number) = query.split_once('=')?;
    let number = number.parse().ok()?;
    match what {
        "run" => Some(View::Run(number)),
        "plan" => Some(View::Plan(number)),
        _ => None,
    }
}

/// The value of a header, if there is exactly one.
fn single(values: GetAll<'_, HeaderValue>) -> Option<&HeaderValue> {
    let mut values = values.iter();
    values.next().filter(|_| values.next().is_none())
}

fn text(status: StatusCode, text: &'static str) -> Response<Body> {
    response(status, "text/plain; charset=utf-8", Full::from(text).boxed_unsync())
}

fn file(kind: &'static str, text: &'static str) -> Response<Body> {
    response(StatusCode::OK, kind, Full::from(text).boxed_unsync())
}

fn response(status: StatusCode, kind: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.extend(HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value))));
    response
}
