//! Ways in which a file in this project's format can be damaged so that its last commit is lost.

use crate::own::header;

const PAGE: usize = 4096;

/// A damaged copy of a file, and what was done to it.
pub type Damaged = (String, Vec<u8>);

/// Page 0 with each of its parts damaged, zeroed, and overwritten.
pub fn of_page_0(file: &[u8]) -> Vec<Damaged> {
    let mut damaged = Vec::new();
    let mut add = |name: &str, change: &dyn Fn(&mut [u8])| {
        let mut bytes = file.to_vec();
        change(&mut bytes);
        damaged.push((name.to_owned(), bytes));
    };
    let parts = [("magic", 3), ("version", 8), ("page size", 13), ("file id", 20), ("check", 36), ("hint", 41)];
    for (part, at) in parts.into_iter().chain([("check of the hint", 50)]) {
        add(&format!("{part} flipped"), &|bytes| bytes[at] ^= 4);
    }
    add("page 0 zeroed", &|bytes| bytes[..PAGE].fill(0));
    add("page 0 of ones", &|bytes| bytes[..PAGE].fill(0xff));
    add("page 0 of text", &|bytes| {
        bytes[..PAGE].iter_mut().zip(b"This is a text.\n".iter().cycle()).for_each(|(to, from)| *to = *from);
    });
    add("page 0 of noise", &|bytes| {
        blake3::Hasher::new().update(b"noise").finalize_xof().fill(&mut bytes[..PAGE]);
    });
    add("the used bytes of page 0 zeroed", &|bytes| bytes[..56].fill(0));
    add("page 0 and page 1 zeroed", &|bytes| bytes[..2 * PAGE].fill(0));
    // A hint whose check holds, but that leads to no commit.
    let id: [u8; 16] = file[16..32].try_into().unwrap();
    let far = (file.len() as u64).next_multiple_of(PAGE as u64);
    for hint in [4096, 4097, far, far + 4096, 1 << 40, u64::MAX] {
        add(&format!("a hint to {hint}"), &|bytes| bytes[..56].copy_from_slice(&header(&id, hint)));
    }
    damaged
}

/// Files cut off at each page and a byte on either side, and within page 0.
pub fn cuts(file: &[u8]) -> Vec<Damaged> {
    let pages = (PAGE..=file.len()).step_by(PAGE).flat_map(|page| [page - 1, page, page + 1]);
    let within = [1, 7, 8, 9, 39, 40, 55, 56, 57, 1000];
    let lengths = within.into_iter().chain(pages).filter(|length| *length < file.len());
    lengths.map(|length| (format!("cut at {length}"), file[..length].to_vec())).collect()
}

/// Each byte of the frame of the last commit, which begins at `offset`, changed, and the frame zeroed.
pub fn of_last_commit(file: &[u8], offset: u64) -> Vec<Damaged> {
    let start = offset as usize;
    let length = u32::from_le_bytes(file[start + 8..start + 12].try_into().unwrap()) as usize;
    let mut damaged: Vec<_> = (start..start + length)
        .map(|at| {
            let mut bytes = file.to_vec();
            bytes[at] ^= 1 << (at % 8);
            (format!("byte {} of the last commit flipped", at - start), bytes)
        })
        .collect();
    let mut zeroed = file.to_vec();
    zeroed[start..start + PAGE].fill(0);
    damaged.push(("the last commit zeroed".to_owned(), zeroed));
    damaged
}
