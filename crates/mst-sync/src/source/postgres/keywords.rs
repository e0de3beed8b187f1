//! The parameters of a connection to PostgreSQL, under the names of libpq.

/// A parameter: its name, the environment variable for it, and whether it is supported.
pub(super) struct Keyword {
    pub(super) name: &'static str,
    pub(super) variable: Option<&'static str>,
    pub(super) support: Support,
}

/// How far a parameter is supported.
#[derive(Clone, Copy)]
pub(super) enum Support {
    Full,
    /// Only these values, which ask for what happens anyway. Others are refused for this reason.
    Only(&'static [&'static str], &'static str),
    /// Any value: it cannot change what is read.
    NoEffect,
}

use Support::{Full, NoEffect, Only};

const fn keyword(name: &'static str, variable: &'static str, support: Support) -> Keyword {
    Keyword { name, variable: Some(variable), support }
}

const fn unnamed(name: &'static str, support: Support) -> Keyword {
    Keyword { name, variable: None, support }
}

const NO_GSS: &str = "connections are encrypted with TLS only";

/// All parameters of libpq.
pub(super) const KEYWORDS: &[Keyword] = &[
    keyword("service", "PGSERVICE", Full),
    keyword("host", "PGHOST", Full),
    keyword("hostaddr", "PGHOSTADDR", Full),
    keyword("port", "PGPORT", Full),
    keyword("dbname", "PGDATABASE", Full),
    keyword("user", "PGUSER", Full),
    keyword("password", "PGPASSWORD", Full),
    keyword("passfile", "PGPASSFILE", Full),
    keyword("sslmode", "PGSSLMODE", Full),
    keyword("sslrootcert", "PGSSLROOTCERT", Full),
    keyword("sslcert", "PGSSLCERT", Full),
    keyword("sslkey", "PGSSLKEY", Full),
    keyword("sslcrl", "PGSSLCRL", Full),
    keyword("sslsni", "PGSSLSNI", Full),
    keyword("sslcertmode", "PGSSLCERTMODE", Full),
    keyword("sslnegotiation", "PGSSLNEGOTIATION", Full),
    keyword("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION", Full),
    keyword("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION", Full),
    keyword("channel_binding", "PGCHANNELBINDING", Full),
    keyword("connect_timeout", "PGCONNECT_TIMEOUT", Full),
    keyword("options", "PGOPTIONS", Full),
    keyword("application_name", "PGAPPNAME", Full),
    unnamed("fallback_application_name", Full),
    unnamed("keepalives", Full),
    unnamed("keepalives_idle", Full),
    unnamed("keepalives_interval", Full),
    unnamed("keepalives_count", Full),
    unnamed("tcp_user_timeout", Full),
    keyword("target_session_attrs", "PGTARGETSESSIONATTRS", Full),
    // Text is always read as UTF-8.
    keyword("client_encoding", "PGCLIENTENCODING", NoEffect),
    // They name what is used for GSSAPI only.
    keyword("krbsrvname", "PGKRBSRVNAME", NoEffect),
    keyword("gsslib", "PGGSSLIB", NoEffect),
    keyword("gssdelegation", "PGGSSDELEGATION", NoEffect),
    keyword("gssencmode", "PGGSSENCMODE", Only(&["disable", "prefer"], NO_GSS)),
    keyword("sslcrldir", "PGSSLCRLDIR", Only(&[], "use sslcrl with one file")),
    unnamed("sslpassword", Only(&[], "decrypt the key into a file of your own with openssl pkey -in KEY -out FILE")),
    unnamed("sslcompression", Only(&["0"], "connections are never compressed")),
    keyword("requirepeer", "PGREQUIREPEER", Only(&[], "the owner of a socket cannot be checked")),
    keyword(
        "require_auth",
        "PGREQUIREAUTH",
        Only(&[], "use channel_binding=require, or sslmode=verify-full, to be sure of the server"),
    ),
    keyword("load_balance_hosts", "PGLOADBALANCEHOSTS", Only(&["disable"], "hosts are tried in their order")),
    unnamed("replication", Only(&["false", "off", "no", "0"], "rows are read, and not the log of changes")),
];

/// The parameter of this name.
pub(super) fn keyword_named(name: &str) -> Option<&'static Keyword> {
    KEYWORDS.iter().find(|keyword| keyword.name == name)
}

/// The names of the parameters that have an effect.
pub(super) fn known() -> String {
    let names = KEYWORDS.iter().filter(|keyword| matches!(keyword.support, Full)).map(|keyword| keyword.name);
    names.collect::<Vec<_>>().join(", ")
}
