//! `screenshot`: a screen of the program as a picture.

use anyhow::Context;

use super::Outcome;
use super::args::ScreenshotArgs;
use super::output::Output;
use super::target::OpenTree;
use crate::tui::Offscreen;

pub(super) fn run(args: &ScreenshotArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let OpenTree { file, opened } = args.browse.tree.open()?;
    let (width, height) = args.size;
    let mut screen = Offscreen::open(&file, &opened, args.browse.theme.resolve(), width, height);
    screen.count();
    screen.press(args.keys.0.iter().cloned());
    match &args.output {
        Some(path) => std::fs::write(path, screen.svg()).with_context(|| format!("cannot write {}", path.display()))?,
        None => output.text(&screen.svg())?,
    }
    Ok(Outcome::Good)
}
