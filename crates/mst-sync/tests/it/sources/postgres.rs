//! The logical table in PostgreSQL, in types of its own.

use postgres::{Client, NoTls};

use super::table::{by_name, nfd, rows};
use super::{server, unique};

pub(crate) const VARIABLE: &str = "MST_TEST_POSTGRES_URL";

/// A schema with the table, dropped at the end.
pub(crate) struct Table {
    pub(crate) client: Client,
    pub(crate) schema: String,
}

impl Table {
    /// An empty schema; none without a server.
    pub(crate) fn empty() -> Option<Self> {
        let mut client = Client::connect(&server(VARIABLE)?, NoTls).unwrap();
        let schema = unique("pg");
        client.batch_execute(&format!("CREATE SCHEMA {schema}; SET search_path = {schema}")).unwrap();
        Some(Self { client, schema })
    }

    pub(crate) fn create() -> Option<Self> {
        let mut table = Self::empty()?;
        table
            .client
            .batch_execute(
                "CREATE DOMAIN money8 AS numeric(38, 8); CREATE TYPE state AS ENUM ('OPEN', 'Paid', 'ÜBER'); \
                 SET TimeZone = 'Asia/Kathmandu'; \
                 CREATE TABLE \"The Table\" (id bigint, part char(4), amount money8, note text, flag boolean, payload bytea, \
                 at timestamptz, day date, ref uuid, state state, doc jsonb, most numeric)",
            )
            .unwrap();
        for row in rows() {
            let state = match row.state {
                "open" => "OPEN",
                "paid" => "Paid",
                _ => "ÜBER",
            };
            let text = |text: &str| format!("'{}'", text.replace('\'', "''"));
            let insert = format!(
                "INSERT INTO \"The Table\" VALUES ({}, {}, {}, {}, {}, '\\x{}', {}, {}, {}, {}, {}, {})",
                row.id,
                text(row.part),
                row.amount_text(),
                row.note.map_or("NULL".to_owned(), |note| text(&nfd(note))),
                row.flag.map_or("NULL".to_owned(), |flag| flag.to_string()),
                hex::encode(row.payload),
                text(&row.at_text()),
                text(&row.day_text()),
                text(&row.uuid_text()),
                text(state),
                text(row.doc),
                row.most,
            );
            table.client.batch_execute(&insert).unwrap();
        }
        Some(table)
    }

    pub(crate) fn mapping(&self) -> String {
        by_name(&self.source("The Table"))
    }

    pub(crate) fn source(&self, table: &str) -> String {
        format!("[source]\nkind = \"postgres\"\nurl-env = \"{VARIABLE}\"\ntable = \"{}.{table}\"\n", self.schema)
    }

    pub(crate) fn query(&self, query: &str) -> String {
        format!("[source]\nkind = \"postgres\"\nurl-env = \"{VARIABLE}\"\nquery = \"\"\"{query}\"\"\"\n")
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        let _ = self.client.batch_execute(&format!("DROP SCHEMA {} CASCADE", self.schema));
    }
}
