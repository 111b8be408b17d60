//! The two versions of the service do the same.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::{Router, http};
use axum_service::{by_hand, pipelined};
use std::sync::Arc;
use tower::ServiceExt as _;
use typed_pipeliner::Store;

/// Requests: method, path, token, address of the client, body; and the expected status.
const REQUESTS: [(&str, &str, &str, &str, &str, u16); 16] = [
    ("GET", "/documents/1", "token of Ada", "10.0.0.1", "", 200),
    ("GET", "/documents/1?theme=dark", "token of Ada", "10.0.0.1", "", 200),
    ("GET", "/documents/1?other=dark", "token of Ada", "10.0.0.2", "", 200),
    ("GET", "/documents/1", "", "10.0.0.1", "", 401),
    ("GET", "/documents/1", "token of Eve", "10.0.0.1", "", 401),
    ("GET", "/documents/1", "token of Bob", "10.0.0.1", "", 403),
    ("GET", "/documents/9", "token of Ada", "10.0.0.1", "", 404),
    ("GET", "/documents/one", "token of Ada", "10.0.0.1", "", 400),
    ("GET", "/documents/1", "token of Ada", "0.0.0.0", "", 502),
    ("GET", "/documents/7", "token of Ada", "10.0.0.1", "", 500),
    ("GET", "/me", "token of Bob", "0.0.0.0", "", 200),
    ("GET", "/me", "", "0.0.0.0", "", 401),
    ("PUT", "/documents/1", "token of Ada", "0.0.0.0", "changed", 204),
    ("PUT", "/documents/2", "token of Ada", "0.0.0.0", "changed", 403),
    ("GET", "/documents/1", "token of Ada", "10.0.0.1", "", 200),
    ("GET", "/documents", "token of Ada", "10.0.0.1", "", 404),
];

/// The parts of a response that are compared.
type Answer = (StatusCode, Option<HeaderValue>, String);

async fn answers(router: Router) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (method, path, token, address, body, status) in REQUESTS {
        let request = Request::builder().method(method).uri(path).header("x-forwarded-for", address);
        let request = match token {
            "" => request,
            token => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
        };
        let request: http::Request<Body> = request.body(body.into()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{method} {path} by {token:?}");
        let content = response.headers().get(header::CONTENT_TYPE).cloned();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        answers.push((StatusCode::from_u16(status).unwrap(), content, String::from_utf8(body.into()).unwrap()));
    }
    answers
}

#[tokio::test]
async fn both_versions_answer_alike() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("service.toml");
    std::fs::write(&path, "database = 'memory:'\ngeo = 'http://geo'\n").unwrap();

    let app = Arc::new(by_hand::App::start(&path).await.unwrap());
    let by_hand = answers(by_hand::router(app)).await;

    let app = Store::<pipelined::App>::new().with(pipelined::ConfigPath, path);
    let pipelined = answers(pipelined::router(pipelined::scopes(Arc::new(app)))).await;

    assert_eq!(pipelined, by_hand);
    // They are answers of the service, and the reasons name no steps.
    let texts: Vec<_> = pipelined.iter().map(|(_, _, text)| text.as_str()).collect();
    assert_eq!(texts[1], "<body class=\"dark\"><h1>first</h1><p>country of 10.0.0.1 by http://geo</p></body>");
    assert_eq!(texts[3], "the request has no valid token");
    assert_eq!(texts[8], "the service that finds countries does not answer");
    assert_eq!(texts[9], "");
    assert_eq!(texts[10], r#"{"id":2,"name":"Bob"}"#);
    assert_eq!(texts[14], "<body class=\"plain\"><h1>changed</h1><p>country of 10.0.0.1 by http://geo</p></body>");
}
