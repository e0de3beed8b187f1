//! A proof of the record under the cursor, written to a new file.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use file_mst::Error;
use file_mst::NodeKey;
use file_mst::proof::{KeyOrder, Question, note_of, prove, verify};
use file_mst::write::NewFile;
use mst_types::escape_path;
use ratatui::text::Span;

use crate::model::item;
use crate::model::text::{count, cut, quoted, thousands};
use crate::runtime::input::keymap;
use crate::runtime::report::{Computed, RenderContext, Report, ReportFeed, ReportRow, Request, Words};
use crate::runtime::theme::Role;

/// How many names are tried where files of these names are there already.
const NAMES: u32 = 100;
/// The longest name that is made of a key, in columns.
const NAME: usize = 40;

pub(crate) const ROW: ReportRow = ReportRow {
    name: "prove",
    argument: "FILE",
    binding: keymap::proof(&["p"], "write a proof of the record to a new file, for someone who has the root hash"),
    compute,
};

fn compute(request: &Request, _: &ReportFeed<'_>) -> Computed {
    let opened = &request.opened;
    let record = request.key.as_ref().and_then(NodeKey::record).ok_or("no record is under the cursor: go to one")?;
    let order = KeyOrder::of(opened).ok_or("the type of the keys is unknown: give --key when opening")?;
    let key = item::key(record.bytes().stored_key, opened.typing.key.as_ref());
    let proof = prove(&opened.tree, &order, &Question::key(record.bytes().key), &note_of(opened))
        .map_err(|error| error.to_string())?;
    let root = opened.tree.root_link().hash;
    let nodes = verify(&root, &order, &proof).map_err(|refusal| refusal.to_string())?.nodes;
    let folder = std::env::current_dir().map_err(|error| error.to_string())?;
    let path = write(&folder, &request.argument, &key, &proof)?;
    let ordered_by = match &order {
        KeyOrder::Bytes => String::new(),
        KeyOrder::Typed(ty) => format!(" --ordered-by {}", quoted(&ty.to_string())),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let lines = vec![
        ("proves", format!("that the tree holds {key} with its value")),
        ("root", root.to_string()),
        ("bytes", format!("{} ({} on the way to it)", thousands(proof.len() as u64), count(nodes, "node"))),
        ("written", escape_path(&path)),
        ("check", format!("mst-tui check-proof {root} {}{ordered_by}", quoted(&name))),
    ];
    Ok(Box::new(ProofReport { lines }))
}

/// Writes to a new file of this name, or of one that the key gives.
fn write(folder: &Path, name: &str, key: &str, proof: &[u8]) -> Result<PathBuf, String> {
    let failed = |path: &Path, error: Error| format!("cannot write {}: {error}", escape_path(path));
    if !name.is_empty() {
        let path = folder.join(name);
        return whole(&path, proof).map(|()| path.clone()).map_err(|error| failed(&path, error));
    }
    for name in names(key) {
        let path = folder.join(name);
        match whole(&path, proof) {
            Ok(()) => return Ok(path),
            Err(Error::Exists { .. }) => {}
            Err(error) => return Err(failed(&path, error)),
        }
    }
    Err(format!("there are {NAMES} proofs of this key here already: name another file with :prove FILE"))
}

/// The names that a proof of a key may have, the best one first.
fn names(key: &str) -> impl Iterator<Item = String> {
    let safe = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let key: String = cut(key, NAME).trim_end_matches('…').chars().map(safe).collect();
    let key = key.trim_start_matches('.').to_owned();
    (1..=NAMES).map(move |number| {
        let number = if number == 1 { String::new() } else { format!("-{number}") };
        format!("{key}{number}.proof")
    })
}

/// A name for a proof of this key that no file in the working folder has.
pub(crate) fn proposed_name(key: &str) -> String {
    let is_free = |name: &String| !Path::new(name).exists();
    names(key).find(is_free).or_else(|| names(key).next()).unwrap_or_default()
}

/// Writes a new file of these bytes.
fn whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut file = NewFile::create(path)?;
    file.write_all(bytes).map_err(|source| Error::Io { doing: "write the file", source: Arc::new(source) })?;
    file.finish()
}

#[derive(Debug)]
struct ProofReport {
    lines: Vec<(&'static str, String)>,
}

impl Report for ProofReport {
    fn title(&self) -> String {
        "Proof".to_owned()
    }

    fn len(&self) -> usize {
        self.lines.len()
    }

    fn line(&self, at: usize, context: RenderContext<'_>) -> Words {
        let Some((name, text)) = self.lines.get(at) else { return Default::default() };
        (
            vec![Span::styled(format!(" {name:8} "), context.theme.style(Role::Title)), Span::raw(text.clone())],
            Vec::new(),
        )
    }
}
