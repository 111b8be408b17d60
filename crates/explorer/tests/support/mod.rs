//! A client of the page, and a pipeline for it to show.
#![allow(dead_code, reason = "each test uses a part")]

use serde_json::Value;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use typed_pipeliner::{HList, In, Out, Pipeline, resource, step};

resource! {
    pub(crate) Text: &'static str;
    pub(crate) Words: Vec<&'static str>;
    pub(crate) Count: usize;
    pub(crate) Longest: usize;
    pub(crate) Ratio: usize;
}

#[step]
pub(crate) fn split(text: In<'_, Text>) -> Out<Words> {
    text.split_whitespace().collect()
}

#[step]
pub(crate) fn count_words(words: In<'_, Words>) -> Out<Count> {
    words.len()
}

#[step]
pub(crate) fn measure(words: In<'_, Words>) -> Out<Longest> {
    words.iter().map(|word| word.len()).max().unwrap_or_default()
}

/// Fails if there are no words.
#[step]
pub(crate) fn divide(longest: In<'_, Longest>, count: In<'_, Count>) -> Result<Out<Ratio>, String> {
    longest.checked_div(*count).ok_or("<b>division</b> by zero</script>".to_owned())
}

pub(crate) struct App;
impl Pipeline for App {
    type Steps = HList![Split, CountWords, Measure, Divide];
}

/// The request for a path, with these headers.
pub(crate) fn request(address: SocketAddr, line: &str, headers: &[&str]) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    write!(stream, "{line} HTTP/1.1\r\n{}\r\n\r\n", headers.join("\r\n"))?;
    Ok(stream)
}

/// The head and the body of the answer.
pub(crate) fn answer(address: SocketAddr, line: &str, headers: &[&str]) -> io::Result<(String, String)> {
    let mut text = String::new();
    request(address, line, headers)?.read_to_string(&mut text)?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or(io::ErrorKind::InvalidData)?;
    Ok((head.to_owned(), body.to_owned()))
}

/// The JSON at a path.
pub(crate) fn json(address: SocketAddr, path: &str) -> Value {
    let (head, body) = answer(address, &format!("GET {path}"), &[&format!("Host: {address}")]).unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    serde_json::from_str(&body).unwrap()
}

/// The events of a page.
pub(crate) struct Events(BufReader<TcpStream>);

impl Events {
    pub(crate) fn open(address: SocketAddr, path: &str) -> Self {
        Events(BufReader::new(request(address, &format!("GET {path}"), &[&format!("Host: {address}")]).unwrap()))
    }
}

impl Iterator for Events {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        let mut line = String::new();
        while self.0.read_line(&mut line).unwrap() > 0 {
            if let Some(data) = line.strip_prefix("data: ") {
                return Some(serde_json::from_str(data).unwrap());
            }
            line.clear();
        }
        None
    }
}

/// The state of a page as it is now.
pub(crate) fn now(address: SocketAddr, path: &str) -> Value {
    Events::open(address, path).next().unwrap()
}

/// The names of the steps or resources of a graph.
pub(crate) fn names(nodes: &Value) -> Vec<&str> {
    nodes.as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap()).collect()
}
