//! A file whose first page is written after everything else is on the disk.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::node::dialect::PAGE;
use crate::storage::{FileStorage, ReadAt, WriteAt};

/// Holds the first page of a file in memory until [`FirstPageLast::release`]. Until then that page is zeros on the
/// disk, so no program takes the file for a tree, whenever its writer dies.
#[derive(Debug)]
pub(super) struct FirstPageLast {
    file: FileStorage,
    /// The content of the page; `None` once it is on the disk.
    held: Mutex<Option<Vec<u8>>>,
}

impl FirstPageLast {
    /// Starts with an empty file.
    pub(super) fn new(file: FileStorage) -> Self {
        Self { file, held: Mutex::new(Some(Vec::new())) }
    }

    fn held(&self) -> MutexGuard<'_, Option<Vec<u8>>> {
        // The page is changed by copies that cannot panic halfway, so a poisoned lock is ignored.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the first page, after everything else is on the disk.
    pub(super) fn release(&self) -> io::Result<()> {
        let mut held = self.held();
        if let Some(page) = held.take() {
            self.file.sync()?;
            self.file.write_all_at(0, &page)?;
            self.file.sync()?;
        }
        Ok(())
    }
}

impl ReadAt for FirstPageLast {
    fn len(&self) -> io::Result<u64> {
        let held = self.held().as_ref().map_or(0, |page| page.len() as u64);
        Ok(self.file.len()?.max(held))
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        if offset < PAGE
            && let Some(page) = &*self.held()
        {
            // Reads stop at the end of the page; the caller asks again for the rest.
            let whole = if self.file.len()? > PAGE { PAGE as usize } else { page.len() };
            let start = offset as usize;
            let count = buf.len().min(whole.saturating_sub(start));
            let bytes = page.iter().copied().chain(std::iter::repeat(0)).skip(start);
            buf.iter_mut().take(count).zip(bytes).for_each(|(to, from)| *to = from);
            return Ok(count);
        }
        self.file.read_at(offset, buf)
    }
}

impl WriteAt for FirstPageLast {
    fn write_all_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut rest = (offset, bytes);
        if offset < PAGE
            && let Some(page) = &mut *self.held()
        {
            let start = offset as usize;
            let (now, after) = bytes.split_at(bytes.len().min(PAGE as usize - start));
            if page.len() < start + now.len() {
                page.resize(start + now.len(), 0);
            }
            page.iter_mut().skip(start).zip(now).for_each(|(to, from)| *to = *from);
            rest = (PAGE, after);
        }
        if rest.1.is_empty() { Ok(()) } else { self.file.write_all_at(rest.0, rest.1) }
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        if len < PAGE
            && let Some(page) = &mut *self.held()
        {
            page.truncate(len as usize);
            return self.file.set_len(0);
        }
        self.file.set_len(len)
    }

    fn sync(&self) -> io::Result<()> {
        self.file.sync()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_see_all_writes_before_and_after_the_release() {
        let file = FileStorage::temporary().unwrap();
        let (held, below) = (FirstPageLast::new(FileStorage::of(file.file().try_clone().unwrap())), file);
        assert_eq!(held.len().unwrap(), 0);
        held.write_all_at(10, b"head").unwrap();
        assert_eq!(held.len().unwrap(), 14);
        held.write_all_at(PAGE - 2, b"across").unwrap();
        assert_eq!(held.len().unwrap(), PAGE + 4);
        let mut expected = vec![0; PAGE as usize + 4];
        expected[10..14].copy_from_slice(b"head");
        expected[PAGE as usize - 2..].copy_from_slice(b"across");
        let whole = |storage: &dyn ReadAt| {
            let mut bytes = vec![1; PAGE as usize + 4];
            assert_eq!(storage.read_up_to(0, &mut bytes).unwrap(), bytes.len());
            bytes
        };
        assert_eq!(whole(&held), expected);
        assert_eq!(whole(&below)[..PAGE as usize], [0; PAGE as usize]);
        held.release().unwrap();
        assert_eq!(whole(&held), expected);
        assert_eq!(whole(&below), expected);
        held.write_all_at(0, b"x").unwrap();
        assert_eq!(whole(&below)[0], b'x');
    }
}
