//! SQL queries, restricted to what is requested.

use super::{Filter, Select, SourceError, Wanted};

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

    /// The query for the requested columns, which must exist, of the rows that fulfil a condition.
    #[cfg(any(feature = "sqlite", feature = "mysql"))]
    pub(super) fn narrowed(self, select: &Select, columns: Option<&[String]>, condition: Option<&str>) -> String {
        let columns = match columns {
            None => "*".to_owned(),
            Some(columns) => columns.iter().map(|column| self.name(column)).collect::<Vec<_>>().join(", "),
        };
        self.query(select, &columns, condition)
    }

    /// The query that selects these expressions of the rows that fulfil a condition.
    pub(super) fn query(self, select: &Select, columns: &str, condition: Option<&str>) -> String {
        let columns = if columns.is_empty() { "1" } else { columns };
        let from = match select {
            Select::Table(table) => self.table(table),
            // The query may end with a comment, so the parenthesis is on a line of its own.
            Select::Query(query) => format!("(\n{query}\n) AS mst_source"),
        };
        let condition = condition.map_or_else(String::new, |condition| format!(" WHERE {condition}"));
        format!("SELECT {columns} FROM {from}{condition}")
    }

    /// The condition on a column that holds whole numbers up to `most` and nothing else; none without a list of numbers.
    pub(super) fn int_condition(self, filter: &Filter, most: i128) -> Option<String> {
        let least = i128::from(i64::MIN);
        let column = self.name(&filter.column);
        let possible = filter.ints.as_ref()?.iter().filter(|number| (least..=most).contains(*number));
        let mut parts = vec![format!("{column} IS NULL")];
        parts.extend(self.one_of(&filter.column, possible.map(ToString::to_string).collect()));
        // A limit that no value of the column can exceed is left out: its type could keep an index from being used.
        if let Some((low, high)) = filter.range {
            parts.extend((low > least).then(|| format!("{column} < {low}")));
            parts.extend((high < most).then(|| format!("{column} > {high}")));
        }
        Some(parts.join(" OR "))
    }

    /// The condition that a column holds one of these literals or nothing.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(super) fn literal_condition(self, column: &str, literals: Vec<String>) -> String {
        let is_null = format!("{} IS NULL", self.name(column));
        self.one_of(column, literals).map_or_else(|| is_null.clone(), |one_of| format!("{is_null} OR {one_of}"))
    }

    /// The condition that a column holds one of these literals; none if there are none.
    pub(super) fn one_of(self, column: &str, literals: Vec<String>) -> Option<String> {
        (!literals.is_empty()).then(|| format!("{} IN ({})", self.name(column), literals.join(", ")))
    }
}

/// The test for the rows that are wanted and fulfil the condition that a filter became.
pub(super) fn conditions(wanted: &Wanted, filter: Option<&str>) -> Option<String> {
    // The condition may end with a comment, so the parenthesis is on a line of its own.
    let condition = wanted.sql().map(|sql| format!("(\n{sql}\n)"));
    let tests: Vec<_> = condition.into_iter().chain(filter.map(|filter| format!("({filter})"))).collect();
    (!tests.is_empty()).then(|| tests.join(" AND "))
}

/// A text as a literal of standard SQL; none if it has a NUL character, which no such literal can have.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(super) fn text_literal(text: &str) -> Option<String> {
    (!text.contains('\0')).then(|| format!("'{}'", text.replace('\'', "''")))
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
