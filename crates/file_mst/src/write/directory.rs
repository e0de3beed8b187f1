//! Makes the names of files durable.

use std::io::ErrorKind;
use std::path::Path;

use crate::error::Error;

/// Makes a new file's name survive a loss of power.
pub(super) fn sync_directory(path: &Path) -> Result<(), Error> {
    if !cfg!(unix) {
        return Ok(());
    }
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match std::fs::File::open(directory).and_then(|file| file.sync_all()) {
        // A directory with write but no read permission cannot be opened to be synced.
        Err(error) if error.kind() != ErrorKind::PermissionDenied => Err(Error::io("sync the directory")(error)),
        _ => Ok(()),
    }
}
