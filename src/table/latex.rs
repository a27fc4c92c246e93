//! A table for LaTeX in the style of the package booktabs, its notes below the last rule.

use super::sheet::Sheet;
use super::tidy_table::Table;

pub(super) fn write(table: &Table) -> String {
    let sheet = Sheet::new(table);
    let width = sheet.header.len();
    let mut text = String::from("% Needs \\usepackage{booktabs}.\n");
    if !table.title.is_empty() {
        text += &format!("% {}\n", table.title.replace('\n', " "));
    }
    let columns = format!("{}{}", "l".repeat(sheet.labels), "r".repeat(width - sheet.labels));
    text += &format!("\\begin{{tabular}}{{{columns}}}\n\\toprule\n");
    text += &row(sheet.header.iter().map(|header| header.replace('\n', " ")));
    text += "\\midrule\n";
    for (number, block) in sheet.blocks.iter().enumerate() {
        if number > 0 && !block.heading.is_empty() {
            text += "\\addlinespace\n";
        }
        block
            .heading
            .iter()
            .for_each(|line| text += &across(width, &format!("\\textit{{{}}}", escaped(line))));
        block.rows.iter().for_each(|cells| text += &row(cells.iter().cloned()));
        block.caption.iter().for_each(|caption| text += &across(width, &escaped(caption)));
    }
    text += "\\bottomrule\n";
    let note = |note: &String| {
        let note = format!("\\footnotesize {}", escaped(note));
        format!("\\multicolumn{{{width}}}{{@{{}}p{{\\linewidth}}@{{}}}}{{{note}}} \\\\\n")
    };
    text += &table.notes.iter().map(note).collect::<String>();
    text + "\\end{tabular}\n"
}

fn row(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.map(|cell| escaped(&cell)).collect();
    let row = cells.join(" & ");
    // After `\\` and `\toprule` a bracket or a star would be an argument.
    let guard = if row.starts_with(['[', '*']) { "{}" } else { "" };
    format!("{guard}{row} \\\\\n")
}

/// A line over all columns.
fn across(width: usize, text: &str) -> String {
    format!("\\multicolumn{{{width}}}{{l}}{{{text}}} \\\\\n")
}

/// Text without anything that LaTeX would take for a command.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => escaped += "\\textbackslash{}",
            '~' => escaped += "\\textasciitilde{}",
            '^' => escaped += "\\textasciicircum{}",
            '–' => escaped += "--",
            '_' | '%' | '&' | '#' | '$' | '{' | '}' => {
                escaped.push('\\');
                escaped.push(character);
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::tidy_table::tests::example;

    #[test]
    fn headings_span_the_table_and_notes_stand_below_it() {
        insta::assert_snapshot!(write(&example()), @r"
        % Needs \usepackage{booktabs}.
        % Two texts
        \begin{tabular}{lrrrr}
        \toprule
        outcome & mean & 90 \% interval & share & text silent \\
        \midrule
        \multicolumn{5}{l}{\textit{first (left=retained)}} \\
        handed & 12,000 & 9,000 -- 15,000 & 60.0 \% & -- \\
        freed & 8,000 & -- & 40.0 \% & 40 \\
        \addlinespace
        \multicolumn{5}{l}{\textit{second}} \\
        handed & 0 & -- & 0.0 \% & -- \\
        freed & 20,000 & -- & 100.0 \% & -- \\
        \bottomrule
        \multicolumn{5}{@{}p{\linewidth}@{}}{\footnotesize The prisoners are synthetic.} \\
        \end{tabular}
        ");
    }

    #[test]
    fn nothing_is_taken_for_a_command() {
        assert_eq!(
            escaped("a_b 5 % {x} \\y ~ ^ $ – &#"),
            "a\\_b 5 \\% \\{x\\} \\textbackslash{}y \\textasciitilde{} \\textasciicircum{} \\$ -- \\&\\#"
        );
    }

    #[test]
    fn a_row_that_begins_with_a_bracket_is_no_argument() {
        let cells = |first: &str| row([first.to_string(), "1".into()].into_iter());
        assert_eq!(
            [cells("[x]"), cells("*"), cells("x")],
            ["{}[x] & 1 \\\\\n", "{}* & 1 \\\\\n", "x & 1 \\\\\n"]
        );
    }
}
