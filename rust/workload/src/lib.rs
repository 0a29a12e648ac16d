//! Times the core, and a bare price ladder that marks the limit, on recorded order flow.
//!
//! In:  a workload file (file.rs; benchmarks/workload writes it).
//! Out: one JSON object: speed, latencies, and the end state that any correct book must reach.

mod checksum;
mod command;
mod file;
mod ladder;
mod machine;
mod report;

/// Run a file through the core, or (`bare_ladder`) through the ladder. The error says what is wrong with the file.
pub fn run(path: &str, bare_ladder: bool) -> Result<String, String> {
    let workload = read(path)?;
    let report = if bare_ladder { ladder::run(&workload) } else { machine::run(&workload)? };
    Ok(report.json())
}

/// A file as command frames: those that set up and fill the book, and those that are timed.
pub fn commands(path: &str) -> Result<(Vec<u8>, Vec<u8>), String> {
    Ok(machine::commands(&read(path)?))
}

fn read(path: &str) -> Result<file::Workload, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    file::Workload::parse(&bytes)
}
