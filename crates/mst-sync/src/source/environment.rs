//! The environment in which the settings of connections are looked up.

use std::ffi::OsString;
use std::path::PathBuf;

use super::connection_error::{ConnectionError, Origin};

/// The environment of the process, or one of a test.
#[derive(Clone, Debug, Default)]
pub(super) struct Environment {
    #[cfg(test)]
    variables: Option<std::collections::BTreeMap<&'static str, String>>,
}

impl Environment {
    #[cfg(test)]
    pub(super) fn of(variables: &[(&'static str, &str)]) -> Self {
        Self { variables: Some(variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()) }
    }

    /// The value of a variable that is set and not empty.
    fn raw(&self, name: &str) -> Option<OsString> {
        #[cfg(test)]
        if let Some(variables) = &self.variables {
            return variables.get(name).filter(|value| !value.is_empty()).map(OsString::from);
        }
        std::env::var_os(name).filter(|value| !value.is_empty())
    }

    /// The text of a variable that is set and not empty.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, ConnectionError> {
        let Some(value) = self.raw(name) else { return Ok(None) };
        value.into_string().map(Some).map_err(|value| ConnectionError::Value {
            origin: Origin::Variable(name.to_owned()),
            name: name.to_owned(),
            value: value.to_string_lossy().into_owned(),
            expected: "this is not UTF-8".to_owned(),
        })
    }

    /// The path in a variable that is set and not empty.
    pub(super) fn path(&self, name: &str) -> Option<PathBuf> {
        self.raw(name).map(PathBuf::from)
    }

    /// The user's home folder.
    pub(super) fn home(&self) -> Option<PathBuf> {
        self.path("HOME")
    }
}

/// The name of the user in the operating system, which servers take if no other is given.
pub(super) fn system_user() -> Option<String> {
    whoami::username().ok()
}
