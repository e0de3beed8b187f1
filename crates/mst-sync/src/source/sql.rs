//! SQL queries, restricted to what is requested.

use super::{Select, SourceError, Wanted};

/// The character with which a database quotes names.
#[derive(Clone, Copy)]
pub(super) struct Quote(pub(super) char);

impl Quote {
    pub(super) fn name(self, name: &str) -> String {
        let Self(quote) = self;
        let doubled = name.replace(quote, &format!("{quote}{quote}"));
        format!("{quote}{doubled}{quote}")
    }

    /// The query for everything that is selected.
    pub(super) fn all(self, select: &Select) -> String {
        match select {
            Select::Table(table) => format!("SELECT * FROM {}", self.table(table)),
            Select::Query(query) => query.clone(),
        }
    }

    /// The quoted name of a table, with its schema if there is one.
    pub(super) fn table(self, table: &str) -> String {
        self.parts(table).iter().map(|part| self.name(part)).collect::<Vec<_>>().join(".")
    }

    /// The parts of a name separated by points. A part may be quoted, and must be if it contains a point.
    pub(super) fn parts(self, table: &str) -> Vec<String> {
        let Self(quote) = self;
        let (mut parts, mut rest) = (Vec::new(), table);
        loop {
            let quoted = rest.strip_prefix(quote).and_then(|inner| {
                let mut at = 0;
                loop {
                    at += inner.get(at..)?.find(quote)?;
                    let after = inner.get(at + quote.len_utf8()..)?;
                    if !after.starts_with(quote) {
                        let whole = after.is_empty() || after.starts_with('.');
                        return whole.then(|| (inner.get(..at).unwrap_or_default(), after));
                    }
                    at += 2 * quote.len_utf8();
                }
            });
            let (part, after) = match quoted {
                Some((part, after)) => (part.replace(&format!("{quote}{quote}"), &quote.to_string()), after),
                None => {
                    let end = rest.find('.').unwrap_or(rest.len());
                    let (part, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
                    (part.to_owned(), after)
                }
            };
            parts.push(part);
            match after.strip_prefix('.') {
                Some(after) => rest = after,
                None => return parts,
            }
        }
    }

    /// The query for the requested columns and rows; the columns must exist.
    pub(super) fn narrowed(self, select: &Select, wanted: &Wanted) -> String {
        let columns = match &wanted.columns {
            None => "*".to_owned(),
            Some(columns) => columns.iter().map(|column| self.name(column)).collect::<Vec<_>>().join(", "),
        };
        self.query(select, &columns, wanted)
    }

    /// The query for the requested rows that selects these expressions.
    pub(super) fn query(self, select: &Select, columns: &str, wanted: &Wanted) -> String {
        let columns = if columns.is_empty() { "1" } else { columns };
        let from = match select {
            Select::Table(table) => self.table(table),
            // The query may end with a comment, so the parenthesis is on a line of its own.
            Select::Query(query) => format!("(\n{query}\n) AS mst_source"),
        };
        let filter = wanted.filter.as_ref().map(|filter| {
            let values: Vec<_> = filter.values.iter().map(|value| literal(value)).collect();
            format!("{} IN ({})", self.name(&filter.column), values.join(", "))
        });
        // The condition may end with a comment, so the parenthesis is on a line of its own.
        let condition = wanted.sql().map(|sql| format!("(\n{sql}\n)"));
        let tests: Vec<_> = condition.into_iter().chain(filter).collect();
        let tests = if tests.is_empty() { String::new() } else { format!(" WHERE {}", tests.join(" AND ")) };
        format!("SELECT {columns} FROM {from}{tests}")
    }
}

/// A number bare, everything else in quotes.
fn literal(value: &str) -> String {
    let digits = value.strip_prefix('-').unwrap_or(value);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        value.to_owned()
    } else {
        // Only UUIDs get here, so removing quotes and backslashes loses nothing and makes injection impossible.
        format!("'{}'", value.replace(['\'', '\\'], ""))
    }
}

/// The columns that rows will have; refuses columns that the source lacks or has twice.
pub(super) fn checked(
    name: &str,
    have: Vec<String>,
    wanted: &Wanted,
    is_case_blind: bool,
) -> Result<Vec<String>, SourceError> {
    let Some(columns) = &wanted.columns else { return Ok(have) };
    for column in columns {
        let name = name.to_owned();
        if !have.contains(column) {
            return Err(SourceError::Column { name, column: column.clone(), have });
        }
        // SQLite and MySQL ignore case in names.
        if have.iter().filter(|known| known.eq_ignore_ascii_case(column)).count() > 1
            && (is_case_blind || have.iter().filter(|known| *known == column).count() > 1)
        {
            return Err(SourceError::Columns { name, column: column.clone() });
        }
    }
    Ok(columns.clone())
}

/// The name of a selection in messages: its database, and the table.
pub(super) fn name(address: &str, select: &Select) -> String {
    format!("{address}, {}", select.name())
}

#[cfg(test)]
mod tests {
    use super::Quote;

    #[test]
    fn names_are_split_at_points_outside_quotes() {
        for (name, expected) in [
            ("orders", &["orders"][..]),
            ("public.The Table", &["public", "The Table"]),
            ("\"a.b\".\"c\"\"d\"", &["a.b", "c\"d"]),
            ("a.\"b.c\"", &["a", "b.c"]),
            ("odd\"name", &["odd\"name"]),
            ("\"odd", &["\"odd"]),
            ("\"a\"b.c", &["\"a\"b", "c"]),
        ] {
            assert_eq!(Quote('"').parts(name), expected, "{name}");
        }
        assert_eq!(Quote('"').table("\"a.b\".c"), "\"a.b\".\"c\"");
    }
}
