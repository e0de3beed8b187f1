//! `schema`: the types that a file names, or that stand beside it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use file_mst::Options;
use file_mst::open::{OpenOptions, open, schema_bytes};
use file_mst::schema::{Type, escape_text, parse_schema};
use file_mst::storage::{FileStorage, ReadAt};
use file_mst::store::is_ours;
use file_mst::write::{NewFile, TreeWriter};
use serde_json::json;

use super::Outcome;
use super::args::TreeArgs;
use super::infer::source;
use super::output::Output;
use super::target::OpenTree;

#[derive(clap::Args, Debug)]
pub(super) struct SchemaArgs {
    #[command(flatten)]
    tree: TreeArgs,
    /// Note these types, `{key: TYPE, value: TYPE}`, the same as JSON, or a file that holds either: in a new commit with the same root,
    /// or beside a file of another format as NAME.schema
    #[arg(long, value_name = "FILE|TEXT")]
    set: Option<String>,
    /// Print one JSON object: key, value, types (the same in the JSON form of types), source
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &SchemaArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    if let Some(schema) = &args.set {
        return set(args, schema, output);
    }
    let OpenTree { opened, .. } = args.tree.open()?;
    let typing = &opened.typing;
    let text = |ty: Option<&Type>| ty.map(ToString::to_string);
    let (key, value) = (typing.key.as_ref().map(|it| &it.ty), typing.value.as_ref().map(|it| &it.ty));
    if args.json {
        let types = json!({"key": key, "value": value});
        output.json(&json!({"key": text(key), "value": text(value), "types": types, "source": source(typing)}))?;
    } else {
        let (Some(key), Some(value)) = (key, value) else { bail!("the types are unknown: give --key and --value") };
        output.line(&String::from_utf8_lossy(&schema_bytes(key, value)))?;
    }
    Ok(if key.is_some() && value.is_some() { Outcome::Good } else { Outcome::Unknown })
}

fn set(args: &SchemaArgs, schema: &str, output: &mut Output) -> anyhow::Result<Outcome> {
    let path = Path::new(schema);
    let (key, value) = if path.exists() { read_file(path)? } else { parse(schema).context("--set")? };
    let target = args.tree.target()?;
    let (storage, options) = target.source(&args.tree.known)?;
    let own = is_own(&storage)?;
    // Types that do not fit are refused before anything is written.
    let options = OpenOptions { key: Some(key.clone()), value: Some(value.clone()), ..options };
    open(std::sync::Arc::new(storage), &options)
        .with_context(|| format!("cannot note the types of {}", target.name()))?;
    let noted = schema_bytes(&key, &value);
    let place = if own {
        if options.offset.is_some() || options.hash.is_some() || options.commit.is_some() {
            bail!("types are noted of the last commit: name the file alone");
        }
        let mut writer = TreeWriter::open(target.file_path(), Options { schema: Some(noted), ..Options::default() })?;
        let commit = writer.commit("types", None)?;
        format!("commit #{}", commit.sequence)
    } else {
        let beside = sidecar(target.file_path());
        let write = || -> anyhow::Result<()> {
            let mut file = NewFile::replace(&beside)?;
            file.write_all(&[noted.as_slice(), b"\n"].concat())?;
            Ok(file.finish()?)
        };
        write().with_context(|| format!("cannot write {}", escape_text(&beside.to_string_lossy())))?;
        escape_text(&beside.to_string_lossy()).into_owned()
    };
    if args.json {
        output.json(&json!({"key": key.to_string(), "value": value.to_string(), "noted": place}))?;
    } else {
        output.line(&format!("noted in {place}"))?;
    }
    Ok(Outcome::Good)
}

/// Whether the file is of our own format, which notes types in its commits.
fn is_own(storage: &dyn ReadAt) -> anyhow::Result<bool> {
    Ok(is_ours(storage)?)
}

/// The file beside another one that notes its types.
fn sidecar(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".schema");
    name.into()
}

/// The types that are known of a file before it is opened: those given one by one, then those of a schema file, then,
/// where nothing is given, those that stand beside it.
pub(super) fn known(
    (key, value): (Option<&Type>, Option<&Type>),
    schema: Option<&Path>,
    path: &Path,
    storage: &FileStorage,
) -> anyhow::Result<(Option<Type>, Option<Type>)> {
    let noted = match schema {
        Some(path) => Some(read_file(path)?),
        None if key.is_none() && value.is_none() => beside(path, storage)?,
        None => None,
    };
    let noted = noted.unzip();
    Ok((key.cloned().or(noted.0), value.cloned().or(noted.1)))
}

/// The types that stand beside a file of another format; none where there are none.
fn beside(path: &Path, storage: &FileStorage) -> anyhow::Result<Option<(Type, Type)>> {
    let beside = sidecar(path);
    if !beside.is_file() || is_ours(storage).unwrap_or(true) {
        return Ok(None);
    }
    read_file(&beside).map(Some)
}

/// The types that a file of their own names.
fn read_file(path: &Path) -> anyhow::Result<(Type, Type)> {
    let name = path.to_string_lossy();
    let name = escape_text(&name);
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
    parse(&text).with_context(|| format!("{name} names no types"))
}

fn parse(text: &str) -> anyhow::Result<(Type, Type)> {
    Ok(parse_schema(text.trim())?)
}
