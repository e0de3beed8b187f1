//! `completions`: what a shell needs to complete commands, options and their values.

use clap::CommandFactory;
use clap_complete::Shell;

use super::support::output::Output;
use super::{Args, Outcome};

#[derive(clap::Args, Debug)]
#[command(after_help = "\
    bash:        mst-tui completions bash > ~/.local/share/bash-completion/completions/mst-tui\n\
    zsh:         mst-tui completions zsh > DIR/_mst-tui, where DIR is in $fpath\n\
    fish:        mst-tui completions fish > ~/.config/fish/completions/mst-tui.fish\n\
    powershell:  mst-tui completions powershell >> $PROFILE\n\
    elvish:      mst-tui completions elvish >> ~/.config/elvish/rc.elv")]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(super) fn run(args: &CompletionsArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "mst-tui", &mut script);
    // The script is the program's own text, and tabs mean something in it.
    output.bytes(&script)?;
    Ok(Outcome::Good)
}
