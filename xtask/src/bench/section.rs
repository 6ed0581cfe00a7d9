//! Sections of a page that others write: each between two marks.

fn marks(name: &str) -> (String, String) {
    (format!("<!-- {name}: written by `cargo xtask bench {name}` -->\n"), format!("<!-- {name}: end -->\n"))
}

/// The page with this section in it, in the place of an older one.
pub fn replaced(page: &str, name: &str, text: &str) -> String {
    let (start, end) = marks(name);
    let section = format!("{start}{}\n{end}", text.trim_end());
    match page.split_once(&start) {
        Some((before, rest)) => format!("{before}{section}{}", rest.split_once(&end).map_or("", |(_, after)| after)),
        None => format!("{}\n\n{section}", page.trim_end()),
    }
}

/// Everything from the first section on, to stand below a page that is written anew.
pub fn all(page: &str) -> String {
    page.find("<!-- ").and_then(|at| page.get(at..)).map(|sections| format!("\n{sections}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{all, replaced};

    #[test]
    fn sections_outlive_the_page_above_them() {
        let page = replaced("# Benchmarks\n\nfast\n", "minimize", "one");
        let again = replaced(&page, "minimize", "two");
        assert!(again.starts_with("# Benchmarks\n\nfast\n\n<!-- minimize") && !again.contains("one"));
        let anew = format!("# Benchmarks\n\nfaster\n{}", all(&again));
        assert!(anew.contains("faster\n\n<!-- minimize") && anew.ends_with("two\n<!-- minimize: end -->\n"));
        assert_eq!(all("# Benchmarks\n"), "");
    }
}
