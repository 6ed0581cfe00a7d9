//! Which cipher suites keep a secret.

/// Forward secrecy and authenticated encryption: the suites of TLS 1.3, and those with ECDHE before it.
pub(crate) fn is_strong(suite: &str) -> bool {
    let ephemeral = ["TLS_AES_", "TLS_CHACHA20_", "TLS_ECDHE_"].iter().any(|start| suite.starts_with(start));
    ephemeral && (suite.contains("_GCM_") || suite.contains("_CHACHA20_"))
}
