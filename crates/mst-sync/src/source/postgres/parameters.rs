//! The parameters of a connection, from the URL, a service and the environment.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::keywords::{KEYWORDS, Keyword, Support, keyword_named, known};
use super::{conninfo, service};
use crate::source::connection_error::{ConnectionError, Origin};
use crate::source::environment::Environment;

/// The parameters, each with the place where it was given. As in libpq, the URL counts before the service, and the
/// service before the environment.
#[derive(Debug)]
pub(super) struct Parameters {
    values: BTreeMap<&'static str, (Origin, String)>,
}

impl Parameters {
    /// Collects the parameters.
    ///
    /// # Errors
    /// One of them is unknown, not supported, or given twice in one place.
    pub(super) fn of(url: &str, env: &Environment) -> Result<Self, ConnectionError> {
        let mut parameters = Self { values: BTreeMap::new() };
        for (name, value) in conninfo::parse(url)? {
            if parameters.values.contains_key(name.as_str()) {
                return Err(ConnectionError::Twice { origin: Origin::Url, name });
            }
            parameters.add(&name, value, Origin::Url)?;
        }
        let service = match parameters.get("service") {
            Some(service) => Some(service.to_owned()),
            None => env.text("PGSERVICE")?,
        };
        if let Some(name) = service {
            let (path, pairs) = service::find(&name, env)?;
            for (line, name, value) in pairs {
                parameters.add(&name, value, Origin::File(path.clone(), line))?;
            }
        }
        for keyword in KEYWORDS {
            let Some(variable) = keyword.variable else { continue };
            if !parameters.values.contains_key(keyword.name)
                && let Some(value) = env.text(variable)?
            {
                parameters.insert(keyword, value, Origin::Variable(variable.to_owned()))?;
            }
        }
        Ok(parameters)
    }

    fn add(&mut self, name: &str, value: String, origin: Origin) -> Result<(), ConnectionError> {
        match keyword_named(name) {
            Some(keyword) => self.insert(keyword, value, origin),
            None => Err(ConnectionError::UnknownParameter { origin, name: name.to_owned(), known: known() }),
        }
    }

    /// Adds a parameter unless it is there.
    fn insert(&mut self, keyword: &Keyword, value: String, origin: Origin) -> Result<(), ConnectionError> {
        if let Support::Only(values, why) = keyword.support
            && !value.is_empty()
            && !values.contains(&value.as_str())
        {
            return Err(ConnectionError::Unsupported { origin, name: keyword.name.to_owned(), why });
        }
        self.values.entry(keyword.name).or_insert((origin, value));
        Ok(())
    }

    /// The value of a parameter. An empty value is the same as none, as in libpq.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The error for a parameter with a value that makes no sense.
    pub(super) fn wrong(&self, name: &str, expected: &str) -> ConnectionError {
        let (origin, value) = self.values.get(name).cloned().unwrap_or((Origin::Url, String::new()));
        ConnectionError::Value { origin, name: name.to_owned(), value, expected: expected.to_owned() }
    }

    /// A number.
    pub(super) fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, ConnectionError> {
        self.get(name)
            .map(|value| value.trim().parse().map_err(|_| self.wrong(name, "this is not a number that is allowed")))
            .transpose()
    }

    /// One of several words.
    pub(super) fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>, ConnectionError> {
        let Some((_, value)) = self.values.get(name) else { return Ok(None) };
        match choices.iter().find(|(word, _)| word == value) {
            Some((_, choice)) => Ok(Some(*choice)),
            None => {
                let words = choices.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
                Err(self.wrong(name, &format!("the values are {words}")))
            }
        }
    }
}
