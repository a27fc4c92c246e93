//! What `repat` prints when it is asked nothing: what it is for, and where to begin.

/// The lines printed.
pub(super) const GREETING: &str = "\
repat: what would each proposal have done with the people whom it is about?

Begin with
  repat run                               the prisoners of Korea, July 1952, under each text on the table
  repat list                              the settings, scenarios, proposals and sources that are built in
  repat explain 1952-07-03-nam-il captor=unc force=kpa nationality=korean residence=south wish=home
                                          the rule that decides about one kind of person, and why

repat --help names every command, and repat COMMAND --help its options, with examples.
The pages are in the project's folder docs/: files.md on writing texts and scenarios, glossary.md on words.
";
