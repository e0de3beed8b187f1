//! `contract draft`: a contract between two tables and the mappings to it, proposed by evidence.

use std::path::PathBuf;

use mst_types::escape_path;

use crate::commands::Outcome;
use crate::commands::compare;
use crate::commands::support::ingest::IngestArgs;
use crate::commands::support::named::Named;
use crate::commands::support::output::Output;
use crate::commands::support::stdin_table;
use crate::commands::support::table_args::TableArgs;
use crate::commands::support::target::Target;
use crate::commands::support::tree_args::OpenArgs;
use crate::model::text::quoted;
use crate::tables::Tables;

#[derive(clap::Args, Debug)]
pub(super) struct ContractDraftArgs {
    /// The left table: orders.csv, shop.sqlite#orders, postgres://user@host/db#orders, or a mapping or tree
    #[arg(value_name = "LEFT")]
    left: Target,
    /// The right table
    #[arg(value_name = "RIGHT")]
    right: Target,
    /// The columns of the key, as in id, or id=order_ref where the right side calls it otherwise
    #[arg(long, value_name = "COLUMNS")]
    key: Option<String>,
    #[command(flatten)]
    tables: TableArgs,
    /// Write contract.toml, left.toml and right.toml into this folder; by default they are printed
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    ingest: IngestArgs,
}

pub(super) fn run(args: &ContractDraftArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let names = [args.left.text(), args.right.text()];
    stdin_table::refuse([&names[0], &names[1]], "a mapping")?;
    let [left, right] = [&args.left, &args.right].map(|name| Named::parse(name)?.side(&OpenArgs::plain()));
    let options = args.tables.options(args.key.clone(), &args.ingest);
    let tables = Tables::new(names, [left?, right?], options)?;
    let draft = compare::draft(&tables)?;
    let Some(folder) = &args.output else {
        let texts = tables.rendered(&draft, "".as_ref())?;
        for (file, text) in [("contract.toml", texts.contract), ("left.toml", texts.left), ("right.toml", texts.right)]
        {
            output.text(&format!("# {file}\n{text}\n"))?;
        }
        return Ok(Outcome::Good);
    };
    let [contract, left, right] = tables.write(&draft, folder)?;
    for path in [&contract, &left, &right] {
        output.line(&escape_path(path))?;
    }
    let named = |path: &PathBuf| quoted(&escape_path(path));
    output.line(&format!("compare with them:  mst-tui {} {}", named(&left), named(&right)))?;
    Ok(Outcome::Good)
}
