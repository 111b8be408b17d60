//! The server: how it is reached, and the address under which errors name it.

use crate::error::Error;
use postgres::Config;
use postgres::config::Host;
use std::error::Error as _;
use std::time::Duration;

/// How long to wait for the server to accept a connection.
const CONNECT: Duration = Duration::from_secs(30);
/// How long a connection is idle before its ends ask each other for a sign of life; with
/// [`INTERVAL`] and [`RETRIES`] an end that is gone is noticed after a minute.
pub(crate) const IDLE: Duration = Duration::from_secs(30);
/// How long to wait for a sign of life before the next question.
pub(crate) const INTERVAL: Duration = Duration::from_secs(10);
/// How many questions without an answer end a connection.
pub(crate) const RETRIES: u32 = 3;
/// How long data may be on its way without an answer before a connection ends.
pub(crate) const UNANSWERED: Duration = Duration::from_secs(60);

/// The options of libpq that the client does not have. The name of another unknown option may be a
/// part of a password, so it is not shown.
const OF_LIBPQ: &[&str] = &[
    "client_encoding",
    "fallback_application_name",
    "gssencmode",
    "krbsrvname",
    "passfile",
    "replication",
    "require_auth",
    "service",
    "sslcert",
    "sslcertmode",
    "sslcompression",
    "sslcrl",
    "sslkey",
    "sslpassword",
    "sslrootcert",
    "sslsni",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
];

/// Reads a connection string. The error shows only such parts of it as cannot be of a password.
pub(crate) fn parse(config: &str) -> Result<Config, Error> {
    let config: Config = config.parse().map_err(|error: postgres::Error| {
        let reason = error.source().map(ToString::to_string).unwrap_or_default();
        Error::new(match OF_LIBPQ.iter().find(|option| reason == format!("unknown option `{option}`")) {
            Some(option) if option.starts_with("ssl") => format!(
                "the connection string has the option `{option}`, which is not supported: \
                 `Postgres::connect_with` takes a TLS connector"
            ),
            Some(option) => format!("the connection string has the option `{option}`, which is not supported"),
            None if reason == "invalid value for option `sslmode`" => format!(
                "the connection string has an {reason}: it is `disable`, `prefer` or `require`, and the TLS connector \
                 of `Postgres::connect_with` verifies the server"
            ),
            None if reason.starts_with("invalid value for option") => format!("the connection string has an {reason}"),
            None => "the connection string cannot be read: it is `host=… user=… password='…' dbname=…` with quotes \
                     around a value that has spaces, or `postgres://user:password@host:port/dbname` in which a special \
                     character is written as `%40`"
                .to_owned(),
        })
    })?;
    // The rest of a password.
    if config.get_hosts().iter().any(|host| matches!(host, Host::Tcp(name) if name.contains('@'))) {
        return Err(Error::new("the host in the connection string has an `@`: in a password it is `%40`".to_owned()));
    }
    Ok(config)
}

/// Sets the options without which the end of a connection is noticed late or never, unless they are
/// set.
pub(crate) fn tuned(config: &mut Config) {
    if config.get_application_name().is_none() {
        config.application_name("typed-pipeliner");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT);
    }
    if config.get_keepalives_idle() == Config::new().get_keepalives_idle() {
        config.keepalives_idle(IDLE);
    }
    if config.get_keepalives_interval().is_none() {
        config.keepalives_interval(INTERVAL);
    }
    if config.get_keepalives_retries().is_none() {
        config.keepalives_retries(RETRIES);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(UNANSWERED);
    }
}

/// The address and the database, for errors.
pub(crate) fn address(config: &Config) -> String {
    let host = |place: usize| match (config.get_hosts().get(place), config.get_hostaddrs().get(place)) {
        (Some(Host::Tcp(name)), _) if name.contains(':') => format!("[{name}]"),
        (Some(Host::Tcp(name)), _) => name.clone(),
        #[cfg(unix)]
        (Some(Host::Unix(folder)), _) => folder.display().to_string(),
        (None, Some(address)) if address.is_ipv6() => format!("[{address}]"),
        (None, Some(address)) => address.to_string(),
        (None, None) => String::new(),
    };
    let ports = config.get_ports();
    let port = |place: usize| ports.get(place).or(ports.first()).unwrap_or(&5432);
    let hosts = config.get_hosts().len().max(config.get_hostaddrs().len());
    let addresses: Vec<_> = (0..hosts).map(|place| format!("{}:{}", host(place), port(place))).collect();
    let mut text = "PostgreSQL".to_owned();
    if !addresses.is_empty() {
        text.push_str(&format!(" at {}", addresses.join(" or ")));
    }
    if let Some(database) = config.get_dbname().or(config.get_user()) {
        text.push_str(&format!(", database `{database}`"));
    }
    text
}
