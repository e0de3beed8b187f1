//! `contract check`: whether a contract and its mappings are valid.

use std::path::{Path, PathBuf};

use file_mst::NodeHash;
use mst_sync::contract::Contract;
use mst_sync::mapping::Mapping;
use mst_types::{escape_path, escape_text};
use serde_json::{Value as Json, json};

use crate::commands::Outcome;
use crate::commands::support::output::Output;

#[derive(clap::Args, Debug)]
pub(super) struct ContractCheckArgs {
    /// The contract
    #[arg(value_name = "CONTRACT")]
    contract: PathBuf,
    /// Mappings that should follow this contract
    #[arg(value_name = "MAPPING")]
    mappings: Vec<PathBuf>,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &ContractCheckArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let contract = match Contract::read(&args.contract) {
        Ok(contract) => contract,
        Err(error) => {
            print(&args.contract, Err(error.to_string()), args.json, output)?;
            return Ok(Outcome::Bad);
        }
    };
    let hash = NodeHash::from(contract.hash());
    let types = format!("{} → {}", contract.key_type(), contract.value_type());
    let details = json!({"contract": {
        "name": contract.name,
        "hash": hash.to_string(),
        "key": contract.key_type().to_string(),
        "value": contract.value_type().to_string(),
    }});
    let description = format!("contract {:?}, hash {hash}\n  {types}", contract.name);
    print(&args.contract, Ok(Description { text: description, details }), args.json, output)?;
    let mut outcome = Outcome::Good;
    for path in &args.mappings {
        let found = check_mapping(path, hash);
        if found.is_err() {
            outcome = Outcome::Bad;
        }
        print(path, found, args.json, output)?;
    }
    Ok(outcome)
}

/// Describes a mapping that follows the contract of this hash; otherwise says what is wrong with it.
fn check_mapping(path: &Path, contract: NodeHash) -> Result<Description, String> {
    let mapping = Mapping::read(path).map_err(|error| error.to_string())?;
    let other = NodeHash::from(mapping.contract.hash());
    if other == contract {
        let mut text = format!("a mapping of this contract from {}", mapping.source.name());
        if let Some(rows) = &mapping.rows {
            text += &format!("\n  rows where {}", escape_text(&rows.to_string()));
        }
        for field in &mapping.filled_in {
            let field = escape_text(field);
            text += &format!("\n  {field}: the column {field}");
        }
        let rows = mapping.rows.as_ref().map(ToString::to_string);
        return Ok(Description { text, details: json!({"filled_in": mapping.filled_in, "where": rows}) });
    }
    let name = escape_path(path);
    Err(format!("{name}: a mapping of another contract: {:?}, hash {other}", mapping.contract.name))
}

/// A valid file.
struct Description {
    text: String,
    /// The members that its JSON object has besides those of every file.
    details: Json,
}

/// Prints the result for one file.
fn print(path: &Path, found: Result<Description, String>, json: bool, output: &mut Output) -> anyhow::Result<()> {
    let name = escape_path(path);
    if json {
        let mut object = json!({"file": name, "valid": found.is_ok(), "error": null, "contract": null});
        match found {
            Ok(Description { details: Json::Object(details), .. }) => {
                for (member, value) in details {
                    object[member] = value;
                }
            }
            Ok(_) => {}
            Err(error) => object["error"] = error.into(),
        }
        return output.json(&object);
    }
    // An error already names the file.
    output.text(&found.map_or_else(|error| error + "\n", |found| format!("{name}: {}\n", found.text)))
}
