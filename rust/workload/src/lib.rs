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
    let bytes = std::fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    let workload = file::Workload::parse(&bytes)?;
    let report = if bare_ladder { ladder::run(&workload) } else { machine::run(&workload)? };
    Ok(report.json())
}
