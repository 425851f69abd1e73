//! Running other programs: echoed, in the root of the checkout, failing loudly.

use std::{
    path::Path,
    process::{Command as Process, Stdio},
};

use anyhow::{Context, Result, bail};

/// One program call.
pub(crate) struct Command {
    line: String,
    process: Process,
}

impl Command {
    /// `program` with `arguments`, in the root of the checkout.
    pub(crate) fn new(program: &str, arguments: &[&str]) -> Self {
        let mut process = Process::new(program);
        process.args(arguments).current_dir(crate::root()).stdin(Stdio::null());
        Self { line: format!("{program} {}", arguments.join(" ")), process }
    }

    /// The cargo that runs this program, without data for incremental builds: they take more disk than all else.
    pub(crate) fn cargo(arguments: &[&str]) -> Self {
        let mut command = Self::new(env!("CARGO"), arguments).env("CARGO_INCREMENTAL", "0");
        command.line = format!("cargo {}", arguments.join(" "));
        command
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.process.env(name, value);
        self
    }

    /// Runs in another folder.
    pub(crate) fn within(mut self, folder: &Path) -> Self {
        self.process.current_dir(folder);
        self
    }

    /// Runs with our output; an exit code other than 0 is an error.
    pub(crate) fn run(mut self) -> Result<()> {
        eprintln!("$ {}", self.line);
        let status = self.process.status().with_context(|| format!("cannot start {}", self.line))?;
        if !status.success() {
            bail!("{} ended with {status}", self.line);
        }
        Ok(())
    }

    /// Runs silently; true if it could be started and exited with 0.
    pub(crate) fn succeeds(mut self) -> bool {
        self.process.stdout(Stdio::null()).stderr(Stdio::null());
        self.process.status().is_ok_and(|status| status.success())
    }

    /// Runs and gives its standard output.
    pub(crate) fn output(mut self) -> Result<Vec<u8>> {
        let output =
            self.process.stderr(Stdio::inherit()).output().with_context(|| format!("cannot start {}", self.line))?;
        if !output.status.success() {
            bail!("{} ended with {}", self.line, output.status);
        }
        Ok(output.stdout)
    }
}
