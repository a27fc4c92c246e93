//! Names that tables use for columns of their own, so that no attribute, parameter or axis may have them: a
//! table would have two columns of one name.

/// Names of columns beside which a table may have columns named after attributes, parameters or axes, sorted.
const RESERVED: [&str; 34] = [
    "against_wish",
    "axis",
    "conditions",
    "from",
    "from_proposal",
    "from_reading",
    "imputed",
    "interval",
    "mean",
    "measure",
    "message",
    "outcome",
    "people",
    "point",
    "profiles",
    "proposal",
    "q05",
    "q50",
    "q95",
    "reading",
    "replicate",
    "rules_from",
    "rules_to",
    "scenario",
    "sd",
    "share",
    "status",
    "stratum",
    "text_silent",
    "to",
    "to_proposal",
    "to_reading",
    "unit",
    "value",
];

/// Whether tables have a column of this name of their own.
pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_names_are_sorted_so_that_they_are_found() {
        assert!(RESERVED.is_sorted());
        assert!(is_reserved("mean") && is_reserved("value") && !is_reserved("wish"));
    }
}
