//! Times the core on recorded order flow.

/// Placeholder signature while the file reader is written below.
pub fn run(path: &str, ladder: bool) -> Result<String, String> {
    Err(format!("{path} {ladder}"))
}
