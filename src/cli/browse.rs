//! No subcommand: the tree on a screen, or its opening view as text where there is no terminal; two trees side by side, or
//! their diff.

use anyhow::Context;

use super::args::{BrowseArgs, DiffArgs};
use super::names::Names;
use super::output::{Output, complain, stdout_is_terminal};
use super::target::{OpenTree, TryOpen};
use super::{Outcome, diff};
use crate::model::damage;
use crate::screens::{Destination, Offscreen, Shown, Theme, run as run_screen};

/// The size of the opening view where there is no terminal, in columns and lines.
const PRINTED: (u16, u16) = (120, 36);

pub(super) fn run(args: &BrowseArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let screen = stdout_is_terminal() && !dumb;
    if let Some(both) = args.as_diff() {
        return compare(&both, args.theme.resolve(), screen, output);
    }
    let (shown, opener) = (if screen { shown_or_likely(args)? } else { shown(args)? }, Names::new(&args.tree.known));
    let typing = shown.opened.typing.clone();
    let on = Destination::Tree(Box::new(shown));
    if screen {
        run_screen(on, opener, args.theme.resolve(), args.format_value)?;
        return Ok(Outcome::Good);
    }
    if stdout_is_terminal() {
        complain("this terminal (TERM=dumb) cannot show screens; here is the opening view");
    }
    let (width, height) = PRINTED;
    let mut screen = Offscreen::open(on, opener, Theme::Mono, width, height);
    screen.format_values(args.format_value);
    let damage = screen.count();
    output.text(&screen.text())?;
    // Damage stands in its place in the view; only what is no tree at all makes the view worthless.
    let worst = damage.iter().find(|found| Outcome::Good.with(&found.error) == Outcome::Unknown);
    Ok(worst.map_or(Outcome::Good, |found| {
        complain(&damage::describe(found, &typing));
        Outcome::Unknown
    }))
}

/// The tree that is named, or the likely one, if the file does not say where its root is: a screen says so, and offers the
/// others.
fn shown_or_likely(args: &BrowseArgs) -> anyhow::Result<Shown> {
    let target = args.tree.tree.as_ref().context("no tree is named")?;
    let (file, opened) = match args.tree.try_open_to_look()? {
        TryOpen::Opened(tree) => (tree.file, tree.opened),
        TryOpen::Refused(refused) => match refused.likely() {
            Some(opened) => (target.file(), opened),
            None => return Err((*refused).into()),
        },
    };
    Ok(Shown { file, path: target.path(), opened })
}

/// The tree that is named, to be shown.
pub(super) fn shown(args: &BrowseArgs) -> anyhow::Result<Shown> {
    let OpenTree { file, opened, .. } = args.tree.try_open_to_look()?.or_refused()?;
    let path = args.tree.tree.as_ref().map(|target| target.path()).unwrap_or_default();
    Ok(Shown { file, path, opened })
}

/// Two trees: side by side on a screen, or what `diff` prints.
fn compare(args: &DiffArgs, theme: Theme, screen: bool, output: &mut Output) -> anyhow::Result<Outcome> {
    if !screen {
        return diff::run(args, output);
    }
    run_screen(Destination::Pair(Box::new(diff::open_both(args)?)), Names::new(&args.known), theme, args.format_value)?;
    Ok(Outcome::Good)
}
