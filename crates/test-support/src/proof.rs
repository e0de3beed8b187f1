//! A second check of proofs, written from `docs/PROOFS.md` alone: for keys in the order of their bytes.

/// The statement that a proof proves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proved {
    /// The records that are asked for, in order.
    pub records: Vec<(Vec<u8>, Vec<u8>)>,
    /// The nearest keys around them that the proof shows.
    pub around: (Option<Vec<u8>>, Option<Vec<u8>>),
    /// The bytes of the question.
    pub question: Vec<u8>,
}

/// A start or an end: the key, and whether it belongs to the range.
type Edge = Option<(Vec<u8>, bool)>;

struct Bytes<'a> {
    all: &'a [u8],
    at: usize,
}

impl Bytes<'_> {
    fn take(&mut self, length: usize) -> Option<Vec<u8>> {
        let end = self.at.checked_add(length)?;
        let taken = self.all.get(self.at..end)?.to_vec();
        self.at = end;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|byte| byte[0])
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0u128;
        for place in 0.. {
            let byte = self.byte()?;
            number |= u128::from(byte & 127) << (7 * place);
            if byte < 128 {
                // The shortest form has no zeros at the top.
                let padded = place > 0 && byte == 0;
                return u64::try_from(number).ok().filter(|_| !padded);
            }
            if place == 10 {
                return None;
            }
        }
        None
    }

    fn item(&mut self) -> Option<Vec<u8>> {
        let length = self.varint()?;
        self.take(usize::try_from(length).ok()?)
    }
}

/// The proved records if the proof holds for this root, none if it is refused.
pub fn check(root: [u8; 32], proof: &[u8]) -> Option<Proved> {
    let (content, check) = proof.split_at_checked(proof.len().checked_sub(8)?)?;
    if blake3::hash(content).as_bytes()[..8] != *check {
        return None;
    }
    let mut bytes = Bytes { all: content, at: 0 };
    if bytes.take(10)? != b"\x89MSP\r\n\x1a\n\x01\x00" {
        return None;
    }
    bytes.item()?;
    let question_at = bytes.at;
    let (start, end) = match bytes.byte()? {
        1 => {
            let key = bytes.item()?;
            (Some((key.clone(), true)), Some((key, true)))
        }
        2 => (edge(&mut bytes)?, edge(&mut bytes)?),
        _ => return None,
    };
    if let (Some((from, from_included)), Some((to, to_included))) = (&start, &end)
        && (from > to || from == to && !(*from_included && *to_included))
    {
        return None;
    }
    let question = content[question_at..bytes.at].to_vec();
    let mut seen = Vec::new();
    let found = child(&mut bytes, &start, &end, (None, None), 65, &mut seen)?;
    if found != root || bytes.at != content.len() {
        return None;
    }
    let low = |key: &Vec<u8>| start.as_ref().is_some_and(|(start, included)| key < start || key == start && !included);
    let high = |key: &Vec<u8>| end.as_ref().is_some_and(|(end, included)| key > end || key == end && !included);
    let before = seen.iter().map(|(key, _)| key).filter(|key| low(key)).max().cloned();
    let behind = seen.iter().map(|(key, _)| key).filter(|key| high(key)).min().cloned();
    let mut records: Vec<_> = seen.into_iter().filter(|(key, _)| !low(key) && !high(key)).collect();
    records.sort();
    Some(Proved { records, around: (before, behind), question })
}

fn edge(bytes: &mut Bytes<'_>) -> Option<Edge> {
    match bytes.byte()? {
        0 => Some(None),
        1 => Some(Some((bytes.item()?, true))),
        2 => Some(Some((bytes.item()?, false))),
        _ => None,
    }
}

fn child(
    bytes: &mut Bytes<'_>,
    start: &Edge,
    end: &Edge,
    (low, high): (Option<&Vec<u8>>, Option<&Vec<u8>>),
    above: u8,
    seen: &mut Vec<(Vec<u8>, Vec<u8>)>,
) -> Option<[u8; 32]> {
    let beyond_start = start.as_ref().zip(high).is_none_or(|((start, _), high)| high > start);
    let before_end = end.as_ref().zip(low).is_none_or(|((end, _), low)| low < end);
    let reached = beyond_start && before_end;
    match bytes.byte()? {
        0 => return Some([0; 32]),
        1 if !reached && above > 0 => {
            let hash: [u8; 32] = bytes.take(32)?.try_into().ok()?;
            return Some(hash).filter(|hash| *hash != [0; 32]);
        }
        2 if reached => {}
        _ => return None,
    }
    let level = bytes.byte().filter(|level| *level < above)?;
    let count = bytes.varint()?;
    let mut records = Vec::new();
    for _ in 0..count {
        let (key, value) = (bytes.item()?, bytes.item()?);
        let digits = blake3::hash(&key).to_hex();
        let zeros = digits.len() - digits.trim_start_matches('0').len();
        let last = records.last().map(|(key, _)| key).or(low);
        if zeros != usize::from(level) || last.is_some_and(|last| *last >= key) || high.is_some_and(|high| key >= *high)
        {
            return None;
        }
        records.push((key, value));
    }
    let mut hashed = blake3::Hasher::new();
    hashed.update(&u32::from(level).to_le_bytes());
    hashed.update(&count.to_le_bytes());
    for index in 0..=records.len() {
        let from = if index == 0 { low } else { Some(&records[index - 1].0) };
        let to = records.get(index).map(|(key, _)| key).or(high);
        hashed.update(&child(bytes, start, end, (from, to), level, seen)?);
        if let Some((key, value)) = records.get(index) {
            for item in [key, value] {
                hashed.update(&(item.len() as u64).to_le_bytes());
                hashed.update(item);
            }
        }
    }
    seen.extend(records);
    Some(*hashed.finalize().as_bytes())
}
