//! Code that several subcommands share.

pub(crate) mod colour;
pub(crate) mod commit;
pub(crate) mod field_choice;
pub(crate) mod file_editor;
pub(crate) mod ingest;
pub(crate) mod input;
pub(crate) mod interrupt;
pub(crate) mod keys;
pub(crate) mod lenient;
pub(crate) mod missing_root;
pub(crate) mod named;
pub(crate) mod open_tree;
pub(crate) mod output;
mod pager;
pub(crate) mod progress;
pub(crate) mod proof_text;
pub(crate) mod record;
pub(crate) mod record_line;
pub(crate) mod schema_file;
pub(crate) mod stdin_table;
pub(crate) mod table_args;
pub(crate) mod target;
pub(crate) mod tolerance;
pub(crate) mod tree_args;
pub(crate) mod tree_opener;
pub(crate) mod undelimited;
mod value_text;
