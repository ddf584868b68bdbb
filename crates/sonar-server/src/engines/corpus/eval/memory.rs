//! How much memory this process holds, where the system tells. Measures nothing else.

/// Megabytes held now, and the most that were held.
pub(super) fn megabytes() -> (Option<u64>, Option<u64>) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    (field(&status, "VmRSS:"), field(&status, "VmHWM:"))
}

fn field(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes / 1024)
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn a_field_is_read_in_megabytes() {
        let status = "VmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\n";
        assert_eq!(field(status, "VmRSS:"), Some(100));
        assert_eq!(field(status, "VmSwap:"), None);
    }
}
