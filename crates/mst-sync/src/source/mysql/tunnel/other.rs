//! There is no tunnel on systems without sockets in folders.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use super::Opened;
use crate::source::mysql::plan::Endpoint;
use crate::source::tls::TlsClient;

pub(in crate::source::mysql) struct Tunnel(Infallible);

impl Tunnel {
    pub(in crate::source::mysql) fn open(_: &Endpoint, _: TlsClient, _: Option<Duration>) -> io::Result<Opened> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "encrypted connections to MySQL need a Unix system"))
    }

    pub(in crate::source::mysql) fn path(&self) -> String {
        match self.0 {}
    }

    pub(in crate::source::mysql) fn opened(&mut self, _: bool) -> Option<io::Error> {
        match self.0 {}
    }

    pub(in crate::source::mysql) fn failure(&self) -> Option<io::Error> {
        match self.0 {}
    }
}
