//! The pages over HTTP, on loopback, to whoever opened them here.

use crate::show::Show;
use futures::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, LOCATION, ORIGIN};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use smol::Timer;
use smol::future::or;
use smol::net::{SocketAddr, TcpListener};
use smol_hyper::rt::FuturesIo;
use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// How long a stream may be silent: proxies and browsers take it for dead some day.
const SILENCE: Duration = Duration::from_secs(15);
/// The page needs nothing that is not in it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; \
                      img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// All that is shown.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    pub(crate) shows: [Show; 2],
    /// Which one `/` leads to.
    pub(crate) first: usize,
}

impl Site {
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener) -> Result<(), Box<dyn Error>> {
        loop {
            let (stream, _) = listener.accept().await?;
            let site = Arc::clone(&self);
            let serve = async move {
                let service = service_fn(|request| {
                    let site = Arc::clone(&site);
                    async move { Ok::<_, Infallible>(site.answer(&request).await) }
                });
                // What goes wrong with one connection is the end of it, and of nothing else.
                let _ = http1::Builder::new().serve_connection(FuturesIo::new(stream), service).await;
            };
            smol::spawn(serve).detach();
        }
    }

    async fn answer(&self, request: &Request<Incoming>) -> Response<Body> {
        if !self.is_from_here(request) {
            return plain(StatusCode::FORBIDDEN, "this is for pages of this address alone");
        }
        let path = request.uri().path();
        let mut parts = path.trim_matches('/').split('/');
        let name = parts.next().unwrap_or_default();
        if name.is_empty() {
            let mut response = plain(StatusCode::SEE_OTHER, "");
            let first = format!("/{}", self.shows[self.first].about.name);
            response.headers_mut().insert(LOCATION, first.parse().expect("a name is a path"));
            return response;
        }
        let Some(show) = self.shows.iter().find(|show| show.about.name == name) else {
            return plain(StatusCode::NOT_FOUND, "there is no such pipeline");
        };
        let rest: Vec<_> = parts.collect();
        match (request.method(), &rest[..]) {
            (&Method::GET, []) => {
                let mut response = whole("text/html; charset=utf-8", self.page(show));
                let policy = POLICY.parse().expect("it is a header");
                response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
                response
            }
            (&Method::GET, ["events"]) => events(show),
            (&Method::GET, ["values"]) => {
                let values = serde_json::to_string(&show.values().await).expect("names are the keys");
                whole("application/json", values)
            }
            (&Method::POST, action) => {
                match *action {
                    ["run"] => show.run(true).await,
                    ["go-on"] => show.run(false).await,
                    ["stop"] => show.stop().await,
                    ["let-go"] => show.about.pace.let_go(None),
                    ["let-go", step] => show.about.pace.let_go(Some(step)),
                    ["switch", to @ ("on" | "off")] if show.about.switch.is_some() => show.switch(to == "on"),
                    _ => return plain(StatusCode::NOT_FOUND, "there is no such thing to do"),
                }
                plain(StatusCode::NO_CONTENT, "")
            }
            _ => plain(StatusCode::NOT_FOUND, "there is no such page"),
        }
    }

    /// Whether a request is for this address, and not of another site's page: any of these can send one to loopback.
    fn is_from_here(&self, request: &Request<Incoming>) -> bool {
        let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
        let port = self.address.port();
        let hosts = [self.address.to_string(), format!("localhost:{port}")];
        let is_ours = |host: &str| hosts.iter().any(|ours| ours == host);
        header(HOST).is_some_and(is_ours)
            && header(ORIGIN).is_none_or(|origin| origin.strip_prefix("http://").is_some_and(is_ours))
    }

    fn page(&self, show: &Show) -> String {
        let tab = |other: &Show| {
            let here = if other.about.name == show.about.name { " aria-current=\"page\"" } else { "" };
            format!("<a href=\"/{}\"{here}>{}</a>", other.about.name, other.about.title)
        };
        let (plan, picture) = &show.plan;
        // Each is put where its name stands; the text that it brings is not looked at again.
        include_str!("page.html")
            .split("{{")
            .map(|part| {
                let Some((name, after)) = part.split_once("}}") else { return part.to_owned() };
                let text = match name {
                    "title" => show.about.title.to_owned(),
                    "tabs" => self.shows.iter().map(tab).collect(),
                    "switch" => show.about.switch.unwrap_or_default().to_owned(),
                    "held" => show.about.pace.held.load(Ordering::Relaxed).to_string(),
                    "style" => include_str!("page.css").to_owned(),
                    "script" => include_str!("page.js").to_owned(),
                    "picture" => picture.clone(),
                    // In a script, `</script>` would end it.
                    "plan" => plan.replace('<', "\\u003c"),
                    _ => unreachable!("the page has a place for `{name}`"),
                };
                text + after
            })
            .collect()
    }
}

/// What happens to a pipeline, as server-sent events.
fn events(show: &Show) -> Response<Body> {
    let messages = stream::unfold(show.live.watch(), |messages| async {
        let silence = async {
            Timer::after(SILENCE).await;
            Ok(": still here\n\n".into())
        };
        let message: Result<Arc<str>, _> = or(messages.recv(), silence).await;
        let frame = Frame::data(Bytes::copy_from_slice(message.ok()?.as_bytes()));
        Some((Ok(frame), messages))
    });
    response(StatusCode::OK, "text/event-stream", StreamBody::new(messages).boxed_unsync())
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    response(status, "text/plain; charset=utf-8", Full::from(text).boxed_unsync())
}

fn whole(kind: &'static str, text: String) -> Response<Body> {
    response(StatusCode::OK, kind, Full::from(text).boxed_unsync())
}

fn response(status: StatusCode, kind: &'static str, body: Body) -> Response<Body> {
    Response::builder()
        .status(status)
        .header(CONTENT_TYPE, kind)
        .header(CACHE_CONTROL, "no-store")
        .body(body)
        .expect("the headers are ours")
}
