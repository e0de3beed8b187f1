//! `screenshot`: a screen of the program as a picture.

use anyhow::Context;

use super::args::ScreenshotArgs;
use super::output::Output;
use super::target::OpenTree;
use super::{Outcome, diff};
use crate::tui::{DriftOffscreen, Offscreen};

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
    if let Some(both) = args.browse.as_diff() {
        let mut screen = DriftOffscreen::open(diff::open_both(&both)?, theme, width, height);
        screen.press(keys);
        return Ok(screen.svg());
    }
    let OpenTree { file, opened } = args.browse.tree.open()?;
    let mut screen = Offscreen::open(&file, &opened, theme, width, height);
    screen.count();
    screen.press(keys);
    Ok(screen.svg())
}
