//! The columns of an NDJSON file: the members of all its objects.

#![cfg(feature = "ndjson")]

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::ops::ControlFlow;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::Description;
use crate::draft::Column;
use crate::source::{Settings, SourceError, Wanted, open};

/// The maximum number of columns. Objects with more different members are no rows of one table.
const MAX_COLUMNS: usize = 10_000;

/// Reads all lines for the names of their members, in the order in which they first occur. Lines that are no objects
/// are skipped; whoever reads the rows gets them as broken rows.
pub(super) fn ndjson(settings: &Settings) -> Result<Description, SourceError> {
    let mut source = open(settings, &Wanted::default())?;
    let mut names = Names::default();
    let mut rows = 0;
    source.each(&mut |row| {
        if let Some(text) = row.ok().and_then(|row| row.raw) {
            rows += 1;
            // The source has parsed the line, so this does not fail.
            let _ = (&mut names).deserialize(&mut serde_json::Deserializer::from_str(text));
        }
        if names.order.len() > MAX_COLUMNS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if names.order.len() > MAX_COLUMNS {
        let message = format!("its objects have more than {MAX_COLUMNS} different members, so they are no rows");
        return Err(SourceError::Database { name: source.name().to_owned(), message });
    }
    let columns = names.order.into_iter().map(Column::named).collect();
    Ok(Description { columns, rows: Some(rows), ..Description::default() })
}

/// The names seen so far.
#[derive(Default)]
struct Names {
    order: Vec<String>,
    known: HashSet<String>,
}

impl<'de> DeserializeSeed<'de> for &mut Names {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Names {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            if !self.known.contains(&*name) && self.order.len() <= MAX_COLUMNS {
                self.known.insert(name.clone().into_owned());
                self.order.push(name.into_owned());
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

/// A member's name, borrowed if it has no escapes.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
