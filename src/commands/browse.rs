//! Without a subcommand, shows a tree or a table on a screen, or two of them side by side. Without a terminal it prints
//! the opening view or the diff as text.

use std::path::{Path, PathBuf};

use anyhow::bail;
use file_mst::NodeHash;
use mst_types::escape_path;

use super::diff::{self, DiffArgs, ListArgs, RecheckArgs};
use super::support::ingest::IngestArgs;
use super::support::named::Named;
use super::support::open_tree::{OpenTree, TryOpen};
use super::support::output::{Output, stdout_is_terminal, warn};
use super::support::stdin_table;
use super::support::table_args::TableArgs;
use super::support::target::Target;
use super::support::tolerance::ToleranceArgs;
use super::support::tree_args::{OpenArgs, TreeArgs};
use super::support::tree_opener::TreeOpener;
use super::{Outcome, build, compare};
use crate::config::{Config, ConfigFile, is_first_run};
use crate::model::damage;
use crate::model::item::ValueFormat;
use crate::model::rows::fetch::check;
use crate::runtime::looks::{AsciiChoice, Looks, ThemeChoice};
use crate::runtime::terminal::charset::{Charset, of_process};
use crate::runtime::terminal::depth::Depth;
use crate::screens::{Beginning, Destination, Offscreen, Shown, run as run_screen};
use crate::tables::{OneTable, Tables};

/// The size of the printed opening view, in columns and lines.
const PRINTED: (u16, u16) = (120, 36);

#[derive(clap::Args, Clone, Debug)]
pub(super) struct BrowseArgs {
    #[command(flatten)]
    pub(super) tree: TreeArgs,
    /// A second tree, table or mapping to compare with the first one, side by side
    #[arg(value_name = "RIGHT")]
    right: Option<Target>,
    /// The offset of the root of RIGHT in its file, in bytes; --offset and --hash apply to the first one
    #[arg(long, value_name = "N", requires = "right")]
    right_offset: Option<u64>,
    /// The hash of the root of RIGHT, 64 hex digits
    #[arg(long, value_name = "H", requires = "right")]
    right_hash: Option<NodeHash>,
    /// Compare the bytes of two trees, whatever their types and contracts say that they mean
    #[arg(long, requires = "right")]
    bytes: bool,
    #[command(flatten)]
    tolerance: ToleranceArgs,
    #[command(flatten)]
    recheck: RecheckArgs,
    #[command(flatten, next_help_heading = "Tables")]
    tables: TableArgs,
    #[command(flatten, next_help_heading = "Tables")]
    ingest: IngestArgs,
    /// The file of settings, in place of that in the platform's place [env: MST_TUI_CONFIG]
    #[arg(long, value_name = "FILE", help_heading = "Screen")]
    pub(super) config: Option<PathBuf>,
    /// The colours; by default as the settings say, or else auto
    #[arg(long, value_name = "THEME", help_heading = "Screen")]
    pub(super) theme: Option<ThemeChoice>,
    /// Draw in ASCII only; by default as the settings say, or else auto
    #[arg(
        long,
        value_name = "WHEN",
        default_missing_value = "always",
        num_args = 0..=1,
        require_equals = true,
        help_heading = "Screen"
    )]
    pub(super) ascii: Option<AsciiChoice>,
    /// How to show values; keys are not affected
    #[arg(long, value_name = "FORMAT", default_value = "auto", help_heading = "Screen")]
    pub(super) format_value: ValueFormat,
    /// Show each new commit as it comes, and the drift since the start; of two trees, keep their drift current
    #[arg(long, help_heading = "Screen")]
    follow: bool,
}

/// The subject that the command line names.
pub(super) enum Browsed {
    Tree,
    Trees(Box<DiffArgs>),
    Table(Box<OneTable>),
    Tables(Box<Tables>),
}

impl BrowseArgs {
    /// Finds out what the command line names: one tree or table, or two.
    pub(super) fn browsed(&self) -> anyhow::Result<Browsed> {
        let left_name = self.tree.target()?;
        let left = Named::parse(left_name)?;
        let right =
            self.right.as_ref().map(|right| Ok::<_, anyhow::Error>((right, Named::parse(right)?))).transpose()?;
        let has_table = |named: &Named| !matches!(named, Named::Tree(_));
        if !has_table(&left) && !right.as_ref().is_some_and(|(_, right)| has_table(right)) {
            if let Some(given) = self.tables.given() {
                bail!("{given} applies to tables, and {} is a tree", left_name.name());
            }
            return Ok(self.as_diff().map_or(Browsed::Tree, |diff| Browsed::Trees(Box::new(diff))));
        }
        let key = self.tree.options.key.as_ref().map(|key| key.columns().to_owned());
        let mut options = self.tables.options(key, &self.ingest);
        options.tolerance.clone_from(&self.tolerance.tolerance);
        options.bytes = self.bytes;
        let Some((right_name, right)) = right else {
            if self.tables.multiset {
                bail!("--multiset compares two tables: name the other one too");
            }
            return Ok(Browsed::Table(Box::new(OneTable::new(
                left_name.text(),
                left.side(&OpenArgs::plain())?,
                options,
            )?)));
        };
        let sides = [
            left.side(&self.side_options(None, None))?,
            right.side(&self.side_options(self.right_offset, self.right_hash))?,
        ];
        let names = [left_name.text(), right_name.text()];
        if options.keep.is_some() {
            stdin_table::refuse([&names[0], &names[1]], "a kept comparison")?;
        }
        Ok(Browsed::Tables(Box::new(Tables::new(names, sides, options)?)))
    }

    /// The options that open a tree beside a table: `--key` then names columns.
    fn side_options(&self, offset: Option<u64>, hash: Option<NodeHash>) -> OpenArgs {
        OpenArgs { offset, hash, key: None, ..self.tree.options.clone() }
    }

    /// The same arguments; what they leave open is as the settings say.
    pub(super) fn with(&self, config: &Config) -> Self {
        let mut args = self.clone();
        args.theme.get_or_insert(config.theme);
        args.ascii.get_or_insert(config.ascii);
        args.tree.options.cache_mb.get_or_insert(config.cache_mb);
        args
    }

    /// The characters to draw with; none where the environment decides.
    fn charset(&self) -> Option<Charset> {
        self.ascii.and_then(AsciiChoice::charset)
    }

    /// The looks of a screen on this terminal.
    fn looks(&self) -> Looks {
        Looks::detect(self.theme.unwrap_or(ThemeChoice::Auto), self.charset(), &of_process)
    }

    /// The looks of a picture: the environment decides on the theme, but a picture has all colours and characters.
    pub(super) fn picture_looks(&self) -> Looks {
        Looks { depth: Depth::True, charset: self.charset().unwrap_or(Charset::Unicode), ..self.looks() }
    }

    /// The looks of the printed opening view: text without colours.
    fn printed_looks(&self) -> Looks {
        Looks { choice: ThemeChoice::Mono, ..self.looks() }
    }

    /// The arguments of `diff` for the same two trees, if two are named.
    fn as_diff(&self) -> Option<DiffArgs> {
        Some(DiffArgs {
            left: self.tree.tree.clone()?,
            right: self.right.clone()?,
            options: self.tree.options.clone(),
            right_offset: self.right_offset,
            right_hash: self.right_hash,
            list: self.list(),
            recheck: self.recheck.clone(),
        })
    }

    /// How a diff is printed where there is no screen.
    fn list(&self) -> ListArgs {
        ListArgs {
            bytes: self.bytes,
            format_value: self.format_value,
            tolerance: self.tolerance.clone(),
            ..ListArgs::default()
        }
    }
}

pub(super) fn run(args: &BrowseArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let screen = stdout_is_terminal() && !dumb;
    if screen {
        return show(args);
    }
    let browsed = args.browsed()?;
    match &browsed {
        Browsed::Tree => print(args, shown(args)?, output),
        Browsed::Table(table) => print(args, build::for_screen(table)?, output),
        Browsed::Trees(diff) => diff::run(diff, output),
        Browsed::Tables(tables) => compare::run_tables(tables, &args.list(), false, output),
    }
}

/// The destination of a screen. If `likely`, it may be the likely tree of a file that does not record its root.
pub(super) fn destination(args: &BrowseArgs, browsed: &Browsed, likely: bool) -> anyhow::Result<Destination> {
    Ok(match browsed {
        Browsed::Tree if likely => Destination::Tree(Box::new(shown_or_likely(args)?)),
        Browsed::Tree => Destination::Tree(Box::new(shown(args)?)),
        Browsed::Table(table) => Destination::Tree(Box::new(build::for_screen(table)?)),
        Browsed::Tables(tables) => Destination::Tables(Box::new((**tables).clone())),
        Browsed::Trees(diff) => {
            let mut pair = diff.list.tolerance.apply(diff::open_both(diff)?)?;
            pair.mappings = diff.recheck.read()?;
            if let Some(mappings) = &pair.mappings {
                check(&pair, mappings).map_err(anyhow::Error::msg)?;
            }
            Destination::Pair(Box::new(pair))
        }
    })
}

/// Shows what the command line names on the screen, under the user's settings, until the user leaves.
fn show(args: &BrowseArgs) -> anyhow::Result<Outcome> {
    let (config, notice) = settings(args.config.as_deref());
    let args = args.with(&config);
    let on = destination(&args, &args.browsed()?, true)?;
    let beginning = Beginning {
        looks: args.looks(),
        values: args.format_value,
        mouse: config.mouse,
        follow: args.follow,
        notice,
        is_first_run: is_first_run(),
    };
    config.take_effect();
    run_screen(on, TreeOpener::new(&args.tree.options), beginning)?;
    Ok(Outcome::Good)
}

/// The user's settings. If something is wrong with them, the default ones, and what to tell the user.
pub(super) fn settings(named: Option<&Path>) -> (Config, Option<String>) {
    let Some(file) = ConfigFile::find(named) else { return (Config::default(), None) };
    match file.load() {
        Ok(config) => (config, None),
        Err(problems) => {
            let name = file.path.file_name().map(|name| escape_path(Path::new(name)).to_string()).unwrap_or_default();
            let first = problems.first().map(ToString::to_string).unwrap_or_default();
            let notice = format!("settings ignored, {name}:{first} (mst-tui config --check)");
            (Config::default(), Some(notice))
        }
    }
}

/// Prints the opening view of a tree.
fn print(args: &BrowseArgs, shown: Shown, output: &mut Output) -> anyhow::Result<Outcome> {
    let typing = shown.opened.typing.clone();
    let on = Destination::Tree(Box::new(shown));
    if stdout_is_terminal() {
        warn("this terminal (TERM=dumb) cannot show screens; here is the opening view");
    }
    let (width, height) = PRINTED;
    let mut screen = Offscreen::open(on, TreeOpener::new(&args.tree.options), args.printed_looks(), width, height);
    screen.format_values(args.format_value);
    let damage = screen.count();
    output.text(&screen.text())?;
    // The view itself shows damage in its place. Only what leaves the tree unread makes the outcome unknown.
    let worst = damage.iter().find(|found| Outcome::Good.worsened_by(&found.error) == Outcome::Unknown);
    Ok(worst.map_or(Outcome::Good, |found| {
        warn(&damage::describe(found, &typing));
        Outcome::Unknown
    }))
}

/// The named tree, or the likely one if the file does not record its root: the screen then says so, and offers the
/// others.
fn shown_or_likely(args: &BrowseArgs) -> anyhow::Result<Shown> {
    let target = args.tree.target()?;
    let (file, opened) = match args.tree.try_open_for_screen()? {
        TryOpen::Opened(tree) => (tree.file, tree.opened),
        TryOpen::Refused(refused) => match refused.open_likely() {
            Some(opened) => (target.file(), opened),
            None => return Err((*refused).into()),
        },
    };
    Ok(Shown { file, path: target.path(), opened })
}

/// The named tree, opened for a screen.
fn shown(args: &BrowseArgs) -> anyhow::Result<Shown> {
    let OpenTree { file, opened, .. } = args.tree.try_open_for_screen()?.or_refused()?;
    let path = args.tree.tree.as_ref().map(Target::path).unwrap_or_default();
    Ok(Shown { file, path, opened })
}
