//! `screenshot`: a screen of the program as a picture.

use std::io::Write;

use anyhow::Context;
use file_mst::schema::escape_text;
use file_mst::write::NewFile;

use super::args::ScreenshotArgs;
use super::names::Names;
use super::output::Output;
use super::{Outcome, browse, diff};
use crate::screens::{Destination, Offscreen};

pub(super) fn run(args: &ScreenshotArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let picture = picture(args)?;
    match &args.output {
        Some(path) => {
            let write = || -> anyhow::Result<()> {
                let mut file = NewFile::replace(path)?;
                file.write_all(picture.as_bytes())?;
                Ok(file.finish()?)
            };
            write().with_context(|| format!("cannot write {}", escape_text(&path.to_string_lossy())))?;
        }
        None => output.text(&picture)?,
    }
    Ok(Outcome::Good)
}

fn picture(args: &ScreenshotArgs) -> anyhow::Result<String> {
    let (width, height) = args.size;
    let theme = args.browse.theme.resolve();
    let keys = args.keys.0.iter().cloned();
    let on = match args.browse.as_diff() {
        Some(both) => Destination::Pair(Box::new(diff::open_both(&both)?)),
        None => Destination::Tree(Box::new(browse::shown(&args.browse)?)),
    };
    let mut screen = Offscreen::open(on, Names::new(&args.browse.tree.known), theme, width, height);
    screen.count();
    screen.format_values(args.browse.format_value);
    screen.press(keys);
    Ok(screen.svg())
}
