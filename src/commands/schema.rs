//! `schema`: shows the types that a file or the schema file beside it names, or records them there.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use file_mst::Options;
use file_mst::TreeWriter;
use file_mst::inspect::store::is_ours;
use file_mst::open::{OpenOptions, open, schema_bytes};
use file_mst::write::NewFile;
use mst_types::{Type, escape_path};
use serde_json::json;

use super::Outcome;
use super::infer::source_name;
use super::support::open_tree::OpenTree;
use super::support::output::Output;
use super::support::schema_file;
use super::support::tree_args::TreeArgs;

#[derive(clap::Args, Debug)]
pub(super) struct SchemaArgs {
    #[command(flatten)]
    tree: TreeArgs,
    /// Record these types: `{key: TYPE, value: TYPE}`, the same as JSON, or a file that contains either. They go into a
    /// new commit with the same root, or for a file of another format into NAME.schema beside it
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
        let source = source_name(typing);
        output.json(&json!({"key": text(key), "value": text(value), "types": types, "source": source}))?;
    } else {
        let (Some(key), Some(value)) = (key, value) else { bail!("the types are unknown: give --key and --value") };
        output.line(&String::from_utf8_lossy(&schema_bytes(key, value)))?;
    }
    Ok(if key.is_some() && value.is_some() { Outcome::Good } else { Outcome::Unknown })
}

/// Records the types, if they fit the records of the tree.
fn set(args: &SchemaArgs, schema: &str, output: &mut Output) -> anyhow::Result<Outcome> {
    let path = Path::new(schema);
    let (key, value) =
        if path.exists() { schema_file::read(path)? } else { schema_file::parse(schema).context("--set")? };
    let target = args.tree.target()?;
    let (storage, options) = target.source(&args.tree.options)?;
    let is_own_format = is_ours(&storage)?;
    // Types that do not fit are refused before anything is written.
    let options = OpenOptions { key: Some(key.clone()), value: Some(value.clone()), ..options };
    open(Arc::new(storage), &options).with_context(|| format!("cannot record the types of {}", target.name()))?;
    let types = schema_bytes(&key, &value);
    let place = if is_own_format {
        if options.offset.is_some() || options.hash.is_some() || options.commit.is_some() {
            bail!("types can be recorded only for the last commit: name the file without a commit or root");
        }
        let mut writer = TreeWriter::open(target.file_path(), Options { schema: Some(types), ..Options::default() })?;
        let commit = writer.commit("types", None)?;
        format!("commit #{}", commit.sequence)
    } else {
        let beside = schema_file::beside(target.file_path());
        let write = || -> anyhow::Result<()> {
            let mut file = NewFile::replace(&beside)?;
            file.write_all(&[types.as_slice(), b"\n"].concat())?;
            Ok(file.finish()?)
        };
        write().with_context(|| format!("cannot write {}", escape_path(&beside)))?;
        escape_path(&beside)
    };
    if args.json {
        output.json(&json!({"key": key.to_string(), "value": value.to_string(), "noted": place}))?;
    } else {
        output.line(&format!("recorded in {place}"))?;
    }
    Ok(Outcome::Good)
}
