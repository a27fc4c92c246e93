//! What an interrupted sweep says: how far it came, and the command that goes on with it.

use crate::table::grouped;

/// How far an interrupted sweep came, and the command that goes on with it.
pub(super) fn interrupted(done: u64, total: u64) -> String {
    let command = resuming(std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()));
    format!("interrupted at {} of {} points; {command} goes on\n", grouped(done), grouped(total))
}

/// A command as it was typed, but to be resumed: quoted where a shell would split it.
fn resuming(arguments: impl Iterator<Item = String>) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    let kept = arguments.filter(|argument| argument != "--force" && argument != "--resume");
    let quoted = kept.map(|argument| match !argument.is_empty() && argument.chars().all(is_plain) {
        true => argument,
        false => format!("'{}'", argument.replace('\'', "'\\''")),
    });
    quoted.chain(["--resume".to_string()]).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_that_resumes_is_the_one_typed() {
        let resumed = |typed: &[&str]| resuming(typed.iter().map(ToString::to_string));
        let typed = ["repat", "sweep", "my sweep.toml", "--out", "it's", "--force"];
        assert_eq!(resumed(&typed), r"repat sweep 'my sweep.toml' --out 'it'\''s' --resume");
        let typed = ["repat", "sweep", "july-south", "--resume", "--out", "a/b", "--shard", "1/3"];
        assert_eq!(resumed(&typed), "repat sweep july-south --out a/b --shard 1/3 --resume");
    }
}
