//! Who may read the page, and from where.

mod support;

use std::fs::File;
use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::thread;
use std::time::Duration;
use support::answer;
use typed_pipeliner_explorer::Explorer;

fn explorer() -> Explorer {
    smol::block_on(Explorer::serve(([127, 0, 0, 1], 0))).unwrap()
}

fn status(address: SocketAddr, line: &str, headers: &[&str]) -> String {
    let (head, _) = answer(address, line, headers).unwrap();
    head.split(' ').nth(1).unwrap().to_owned()
}

#[test]
fn the_page_loads_nothing_from_elsewhere() {
    let explorer = explorer();
    let host = format!("Host: {}", explorer.address());
    for (path, kind) in [
        ("/", "text/html"),
        ("/page.css", "text/css"),
        ("/page.js", "text/javascript"),
        ("/picture.js", "text/javascript"),
    ] {
        let (head, body) = answer(explorer.address(), &format!("GET {path}"), &[&host]).unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        assert!(head.contains(&format!("content-type: {kind}; charset=utf-8")), "{head}");
        let policy = head.lines().find(|line| line.starts_with("content-security-policy: ")).unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert!(head.contains("cross-origin-resource-policy: same-origin"), "{head}");
        // The one address in it names the elements of SVG.
        let foreign = body.replace("http://www.w3.org/2000/svg", "");
        assert!(!foreign.contains("http://") && !foreign.contains("https://"), "{path}");
        assert!(!body.contains("innerHTML"), "text of users goes into the page as text");
    }
}

#[test]
fn requests_of_other_sites_are_refused() {
    let explorer = explorer();
    let address = explorer.address();
    let port = address.port();
    let own = format!("127.0.0.1:{port}");
    let with_port = [&own, &format!("localhost:{port}"), &format!("LocalHost:{port}"), "127.0.0.1:1"];
    // Browsers omit port 80.
    for host in with_port.into_iter().chain(["localhost", "127.0.0.1", "[::1]"]) {
        let host = format!("Host: {host}");
        assert_eq!(status(address, "GET /", &[&host]), "200", "{host}");
        assert_eq!(status(address, "GET /", &[&host, &host.replace("Host: ", "Origin: http://")]), "200", "{host}");
    }
    let foreign = [
        "evil.example",
        "127.0.0.1.evil.example",
        "evil.example:80",
        "localhost.evil.example",
        "10.0.0.1",
        "",
        "a:b:c",
    ];
    for host in foreign {
        assert_eq!(status(address, "GET /", &[&format!("Host: {host}")]), "403", "{host}");
    }
    let host = format!("Host: {own}");
    let other_port = format!("http://127.0.0.1:{}", port.wrapping_add(1));
    let https = format!("https://{own}");
    for origin in ["http://evil.example", "null", "http://127.0.0.1", "", &other_port, &https] {
        assert_eq!(status(address, "GET /events", &[&host, &format!("Origin: {origin}")]), "403", "{origin}");
    }
    // A request has one host, or it is none.
    assert_eq!(status(address, "GET /", &[]), "400");
    for other in ["Host: evil.example", &host] {
        assert_eq!(status(address, "GET /", &[&host, other]), "400", "{other}");
    }
    assert_eq!(status(address, "GET /", &[&host, "Origin: http://evil.example", "Origin: null"]), "403");
}

#[test]
fn there_is_nothing_but_the_page() {
    let explorer = explorer();
    let host = format!("Host: {}", explorer.address());
    for (line, expected) in [
        ("GET /graph/1", "404"),
        ("GET /graph/x", "404"),
        ("GET /../Cargo.toml", "404"),
        ("GET /events?run=x", "400"),
        ("GET /events?runs=1", "400"),
        ("POST /", "405"),
        ("DELETE /events", "405"),
    ] {
        assert_eq!(status(explorer.address(), line, &[&host]), expected, "{line}");
    }
}

#[test]
fn an_address_beyond_loopback_has_to_be_asked_for() {
    smol::block_on(async {
        for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
            let error = Explorer::serve(address.parse::<SocketAddr>().unwrap()).await.unwrap_err();
            assert!(error.to_string().contains("`Explorer::serve_exposed`"), "{error}");
        }
        let explorer = Explorer::serve_exposed(([0, 0, 0, 0], 0), ["build.example.org"]).await.unwrap();
        let port = explorer.address().port();
        assert_eq!(explorer.url(), format!("http://127.0.0.1:{port}/"));
        let here = SocketAddr::from(([127, 0, 0, 1], port));
        for (host, expected) in [("build.example.org:80", "200"), ("192.0.2.1", "200"), ("evil.example", "403")] {
            assert_eq!(status(here, "GET /", &[&format!("Host: {host}")]), expected, "{host}");
        }
    });
}

#[test]
fn a_port_that_is_taken_is_an_error_that_names_it() {
    let explorer = explorer();
    let error = smol::block_on(Explorer::serve(explorer.address())).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    assert!(
        error.to_string().starts_with(&format!("the explorer cannot listen at {}: ", explorer.address())),
        "{error}"
    );
}

#[test]
fn a_dropped_explorer_closes_its_port_and_its_connections() {
    let explorer = explorer();
    let address = explorer.address();
    let mut events = support::Events::open(address, "/events");
    assert!(events.next().is_some());
    drop(explorer);
    assert!(TcpStream::connect(address).is_err());
    assert!(events.next().is_none());
}

#[test]
fn many_pages_at_once_do_not_end_the_server() {
    let explorer = explorer();
    let address = explorer.address();
    // More than there are connections at once: the rest wait.
    let mut pages: Vec<_> = (0..100).map(|_| support::Events::open(address, "/events")).collect();
    assert!(pages[..64].iter_mut().all(|page| page.next().is_some()));
    pages.drain(..64);
    assert!(pages.iter_mut().all(|page| page.next().is_some()));
}

/// Runs itself in another process, which may open few files.
#[cfg(unix)]
#[test]
fn too_many_open_files_do_not_end_the_server() {
    const NAME: &str = "too_many_open_files_do_not_end_the_server";
    const INSIDE: &str = "PIPELINER_TEST_FILES";
    if std::env::var_os(INSIDE).is_none() {
        let mut shell = Command::new("sh");
        shell.args(["-c", "ulimit -n 64 && exec \"$0\" \"$@\""]).arg(std::env::current_exe().unwrap());
        let output = shell.args(["--exact", NAME, "--nocapture"]).env(INSIDE, "1").output().unwrap();
        assert!(output.status.success(), "{output:?}");
        return;
    }
    let explorer = explorer();
    let address = explorer.address();
    let host = format!("Host: {address}");
    for _ in 0..3 {
        // One more file may be open: the connection of the client. The server cannot accept it.
        let files = || std::iter::from_fn(|| File::open("/dev/null").ok());
        let mut open: Vec<_> = files().collect();
        open.pop();
        let mut client = support::request(address, "GET /", &[&host]).unwrap();
        open.extend(files());
        thread::sleep(Duration::from_millis(50));
        drop(open);
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
}
