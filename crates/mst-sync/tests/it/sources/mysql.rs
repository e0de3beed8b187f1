//! The logical table in MySQL or MariaDB, in types of its own.

use mysql::Conn;
use mysql::prelude::Queryable;

use super::table::{by_name, nfd, rows};
use super::{server, unique};

pub(crate) const VARIABLE: &str = "MST_TEST_MYSQL_URL";

/// A table, dropped at the end.
pub(crate) struct Table {
    pub(crate) connection: Conn,
    pub(crate) name: String,
}

impl Table {
    /// A name for a table; none without a server.
    pub(crate) fn empty() -> Option<Self> {
        let mut connection = Conn::new(server(VARIABLE)?.as_str()).unwrap();
        connection.query_drop("SET NAMES utf8mb4, time_zone = '+05:45', sql_mode = 'ALLOW_INVALID_DATES'").unwrap();
        Some(Self { connection, name: unique("my") })
    }

    pub(crate) fn create() -> Option<Self> {
        let mut table = Self::empty()?;
        // A collation in which a equals A, and é equals e.
        let create = format!(
            "CREATE TABLE {} (id BIGINT, part CHAR(4), amount DECIMAL(38, 8), note VARCHAR(100), flag TINYINT(1), \
             payload VARBINARY(20), at DATETIME(6), day DATE, ref BINARY(16), state ENUM('open', 'Paid', 'ÜBER'), doc JSON, \
             most BIGINT UNSIGNED) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
            table.name
        );
        table.connection.query_drop(create).unwrap();
        for row in rows() {
            let values = (
                (row.id, row.part, row.amount_text(), row.note.map(nfd), row.flag, row.payload.to_vec()),
                (row.at_utc(), row.day_text(), row.uuid.to_be_bytes().to_vec(), row.state, row.doc, row.most),
            );
            let ((a, b, c, d, e, f), (g, h, i, j, k, l)) = values;
            let insert = format!("INSERT INTO {} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", table.name);
            let values: Vec<mysql::Value> = vec![
                a.into(),
                b.into(),
                c.into(),
                d.into(),
                e.into(),
                f.into(),
                g.into(),
                h.into(),
                i.into(),
                j.into(),
                k.into(),
                l.into(),
            ];
            table.connection.exec_drop(insert, values).unwrap();
        }
        Some(table)
    }

    pub(crate) fn mapping(&self) -> String {
        by_name(&format!("{}[field.at]\ncolumn = \"at\"\ntime = {{ zone = \"UTC\" }}\n", self.source()))
    }

    pub(crate) fn source(&self) -> String {
        format!("[source]\nkind = \"mysql\"\nurl-env = \"{VARIABLE}\"\ntable = \"{}\"\n", self.name)
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        let _ = self.connection.query_drop(format!("DROP TABLE IF EXISTS {}", self.name));
    }
}
