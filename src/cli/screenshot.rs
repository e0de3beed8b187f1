//! `screenshot`: a screen of the program as a picture.

use anyhow::Context;

use super::args::ScreenshotArgs;
use super::names::Names;
use super::output::Output;
use super::{Outcome, browse, diff};
use crate::tui::{Destination, Offscreen};

pub(super) fn run(args: &ScreenshotArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let picture = picture(args)?;
    match &args.output {
        Some(path) => std::fs::write(path, picture).with_context(|| format!("cannot write {}", path.display()))?,
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
