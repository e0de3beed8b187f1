//! `screenshot`: a screen of the program as an SVG picture.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use file_mst::write::NewFile;
use mst_types::escape_path;

use super::Outcome;
use super::browse::{self, BrowseArgs};
use super::support::output::Output;
use super::support::tree_opener::TreeOpener;
use crate::config::ConfigFile;
use crate::screens::{Offscreen, key_names};

#[derive(clap::Args, Debug)]
pub(super) struct ScreenshotArgs {
    #[command(flatten)]
    browse: BrowseArgs,
    /// The size of the screen in columns and lines
    #[arg(long, value_name = "WxH", default_value = "120x36", value_parser = size)]
    size: (u16, u16),
    /// Keys to press first, such as `jjl<Tab><Enter>`
    #[arg(long, value_name = "KEYS", default_value = "", value_parser = keys, allow_hyphen_values = true)]
    keys: Keys,
    /// The file to write the picture to; by default standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The names of keys. Clap would take a bare `Vec` for an argument that may be repeated.
#[derive(Clone, Debug)]
struct Keys(Vec<String>);

fn keys(text: &str) -> Result<Keys, String> {
    key_names(text).map(Keys)
}

fn size(text: &str) -> Result<(u16, u16), String> {
    let parsed = text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    parsed
        .filter(|(width, height)| (1..=500).contains(width) && (1..=500).contains(height))
        .ok_or_else(|| "a size is WIDTHxHEIGHT, each from 1 to 500, such as 120x36".to_owned())
}

pub(super) fn run(args: &ScreenshotArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let picture = picture(args)?;
    match &args.output {
        Some(path) => {
            let write = || -> anyhow::Result<()> {
                let mut file = NewFile::replace(path)?;
                file.write_all(picture.as_bytes())?;
                Ok(file.finish()?)
            };
            write().with_context(|| format!("cannot write {}", escape_path(path)))?;
        }
        None => output.text(&picture)?,
    }
    Ok(Outcome::Good)
}

fn picture(args: &ScreenshotArgs) -> anyhow::Result<String> {
    let browse = match &args.browse.config {
        // A picture is the same for everybody, unless settings are named.
        None => args.browse.clone(),
        Some(path) => {
            let file = ConfigFile { path: path.clone(), is_named: true };
            let config = file.load().map_err(|problems| {
                let first = problems.first().map(ToString::to_string).unwrap_or_default();
                anyhow::anyhow!("{}:{first}", escape_path(path))
            })?;
            let browse = args.browse.with(&config);
            config.take_effect();
            browse
        }
    };
    let (width, height) = args.size;
    let looks = browse.picture_looks();
    let keys = args.keys.0.iter().cloned();
    let browsed = browse.browsed()?;
    let on = browse::destination(&browse, &browsed, false)?;
    let mut screen = Offscreen::open(on, TreeOpener::new(&browse.tree.options), looks, width, height);
    screen.count();
    screen.format_values(browse.format_value);
    screen.press(keys);
    Ok(screen.svg())
}
