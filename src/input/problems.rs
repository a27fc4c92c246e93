//! Where everything that is wrong with the inputs is collected, so that all of it is reported at once.

use std::{cell::RefCell, collections::BTreeMap};

use crate::domain::{Place, Problem, suggestion};

/// Everything that is wrong with the inputs, in the order in which it was found.
#[derive(Debug, Default)]
pub(super) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    pub(super) fn add(&self, problem: Problem) {
        self.0.borrow_mut().push(problem);
    }

    pub(super) fn extend(&self, problems: impl IntoIterator<Item = Problem>) {
        self.0.borrow_mut().extend(problems);
    }

    pub(super) fn len(&self) -> usize {
        self.0.borrow().len()
    }

    /// What to write instead of a name, for a problem that will be shown. The search takes time in proportion to
    /// the names, and thousands of problems may want one.
    pub(super) fn suggestion<'k>(&self, written: &str, known: impl Iterator<Item = &'k str>) -> String {
        if self.len() < Problem::SHOWN {
            suggestion(written, known)
        } else {
            "see the problems before".into()
        }
    }

    pub(super) fn into_list(self) -> Vec<Problem> {
        self.0.into_inner()
    }

    /// Reports ids that two things of a kind have; `kind` is a plural.
    pub(super) fn refuse_repeated_ids<'i>(
        &self,
        kind: &str,
        ids: impl Iterator<Item = (&'i str, &'i Place)>,
    ) {
        let mut seen: BTreeMap<&str, &Place> = BTreeMap::new();
        for (id, place) in ids {
            match seen.get(id) {
                Some(first) => self.add(
                    Problem::at(place, format!("two {kind} have the id `{id}`"))
                        .label("used again here")
                        .also(first, "first used here")
                        .help("give one of them another id"),
                ),
                None => drop(seen.insert(id, place)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::SourceFile;

    #[test]
    fn an_id_used_three_times_is_reported_twice_with_its_first_place() {
        let text = "one two one one".to_string();
        let file = Arc::new(SourceFile { name: "toy.toml".into(), text, built_in: false });
        let place = |start: usize| Place { file: file.clone(), span: start..start + 3 };
        let places = [0, 4, 8, 12].map(place);
        let problems = Problems::default();
        problems.refuse_repeated_ids("rules", ["one", "two", "one", "one"].into_iter().zip(&places));
        let problems = problems.into_list();
        assert_eq!(
            problems.iter().map(|p| &*p.message).collect::<Vec<_>>(),
            ["two rules have the id `one`"; 2]
        );
        assert!(problems.iter().all(|problem| problem.also[0].0.span == (0..3)), "{problems:?}");
    }
}
