//! What reading promises, case by case. The properties over generated texts are in `properties`.

use super::*;
use crate::conversation::answer::Source;
use crate::conversation::language::Language;
use crate::render::words::words;

pub(super) fn source(number: u32, url: &str) -> Source {
    Source {
        number,
        title: format!("Title {number}"),
        url: url.to_owned(),
        date: None,
        last_updated: None,
        snippet: String::new(),
    }
}

fn sources() -> Vec<Source> {
    vec![
        source(1, "https://a.example/one"),
        source(2, "https://b.example/two"),
        source(3, "javascript:alert(1)"),
        source(4, "https://a.example/one"),
    ]
}

fn rendered(text: &str) -> Body {
    let sources = sources();
    let bibliography = Bibliography::of(&sources);
    read(text, &bibliography, words(Language::English))
}

/// That a text is shown like this, and that what is shown is read as itself.
#[track_caller]
fn check(text: &str, expected: &str) {
    let shown = rendered(text).markdown();
    assert_eq!(shown, expected);
    assert_eq!(rendered(&shown).markdown(), shown, "rendered twice");
}

#[test]
fn markers_become_links_to_their_sources() {
    check("Paris.[1]", "Paris. [1](<https://a.example/one>)");
    check(
        "Both. [1][2]",
        "Both. [1](<https://a.example/one>) [2](<https://b.example/two>)",
    );
    check(
        "[2](https://evil.example) says",
        "[2](<https://b.example/two>) says",
    );
    check(
        "See [[1]](https://evil.example/x).",
        "See [1](<https://a.example/one>).",
    );
    for text in [
        "A [1, 2].",
        "A [1-2].",
        "A 【1†source】【2†x】.",
        "A [^1][^2].",
        "A [[1]][[2]].",
    ] {
        check(
            text,
            "A [1](<https://a.example/one>) [2](<https://b.example/two>).",
        );
    }
    check(
        "**Bold [1]** ([2])",
        "**Bold [1](<https://a.example/one>)** ([2](<https://b.example/two>))",
    );
}

#[test]
fn the_same_source_twice_is_cited_once_and_under_one_number() {
    check("A [1][4] [1].", "A [1](<https://a.example/one>).");
    check("A [4].", "A [1](<https://a.example/one>).");
}

#[test]
fn markers_without_a_source_are_taken_out_and_counted() {
    let body = rendered("So.[7] It is.[0]");
    assert_eq!((body.markdown().as_str(), body.removed), ("So. It is.", 2));
    check("A [0]. B [99999999999999999999].", "A. B.");
    check("A[9]b, [9] and [9]c", "A b, and c");
}

#[test]
fn a_source_that_cannot_be_linked_keeps_its_number() {
    check("Unsafe.[3]", "Unsafe. [3]");
    check("[3]: unsafe [3](x)", "[3]\\: unsafe [3]");
}

#[test]
fn brackets_that_cite_nothing_stay() {
    check(
        "In [2024] `a[1]` and a[1], rows_of[2]",
        "In [2024] `a[1]` and a[1], rows_of[2]",
    );
    check("\\[note] [x](y) [z]\\(w)", "\\[note] x [z]\\(w)");
}

#[test]
fn code_is_left_alone() {
    check(
        "`a[1]` and\n```\nb[1] @everyone\n```",
        "`a[1]` and\n```\nb[1] @everyone\n```",
    );
    check("``a ` b`` and `` ` ``", "``a ` b`` and `` ` ``");
    check(
        "~~~rust,ignore\nlet a = \"```\";\n~~~",
        "```rust\nlet a = \"``\u{200b}`\";\n```",
    );
    check("    indented\n\ntext", "```\nindented\n```\n\ntext");
}

#[test]
fn no_code_is_altered_and_no_text_behind_it_lost() {
    check(
        "Use this:\n\n    <a href=\"https://evil.example\">y</a>\n    <img src=\"a.png\" alt=\"x\">\n    <think>\n    tail[1]\n\nAfter.",
        "Use this:\n\n```\n<a href=\"https://evil.example\">y</a>\n<img src=\"a.png\" alt=\"x\">\n<think>\ntail[1]\n```\n\nAfter.",
    );
    check(
        "```md\n> ```\n<a href=\"https://evil.example\">y</a>\n<think>\nmore\n```\nAfter[1]",
        "```md\n> ``\u{200b}`\n<a href=\"https://evil.example\">y</a>\n<think>\nmore\n```\nAfter [1](<https://a.example/one>)",
    );
    check(
        "> - a\n>\n>       [1]: https://evil.example\n>       $x$\n> - b $x$",
        "> - a\n> \n> ```\n> [1]: https://evil.example\n> $x$\n> ```\n> - b x",
    );
    // What comes before code does not end in it, nor does what was thought.
    check(
        "Open `<!-- and <script>.\n\n~~~\n--> </script>`\n~~~\nEnd.",
        "Open \\`\\<!-- and \\<script>.\n\n```\n--> </script>`\n```\nEnd.",
    );
    check(
        "<think>\n```\nhm\n</think>\nSo:\n\n    <img src=\"a.png\">\n\nEnd.",
        "So:\n\n```\n<img src=\"a.png\">\n```\n\nEnd.",
    );
    for begun in [
        "<!-- note",
        "- <!-- note",
        "<?php echo",
        "<!DOCTYPE x",
        "<pre x",
    ] {
        let shown = rendered(&format!(
            "{begun}\n\n```html\n<p>x</p> -->\n```\n\nAfter[1]"
        ))
        .markdown();
        let end = "```html\n<p>x</p> -->\n```\n\nAfter [1](<https://a.example/one>)";
        assert!(shown.ends_with(end), "{begun}: {shown}");
    }
}

#[test]
fn a_masked_link_keeps_its_mask_only_to_a_source() {
    check(
        "[here](https://a.example/other)",
        "[here](<https://a.example/other>)",
    );
    check("[here](https://evil.example/)", "here (evil.example)");
    check("[a.example](https://b.example/)", "a.example (b.example)");
    check("[here](javascript:alert(1))", "here");
    check(
        "[docs [x]](https://evil.example)",
        "docs (x) (evil.example)",
    );
    check("[a\nb](https://evil.example)", "a b (evil.example)");
    check(
        "![a cat](https://evil.example/cat.png)",
        "a cat (evil.example)",
    );
    check(
        "[https://c.example/x](https://c.example/x)",
        "<https://c.example/x>",
    );
    check("[write](mailto:a@b.c) <a@b.c>", "write (a@b.c) a@b.c");
}

#[test]
fn nothing_in_prose_pings_or_poses() {
    check(
        "@everyone <@123> <@&4> <#5> <t:1:R> </ask:1> <id:guide>",
        "@\u{200b}everyone <\u{200b}@123> <\u{200b}@&4> <\u{200b}#5> <\u{200b}t:1:R> <\u{200b}/ask:1> <\u{200b}id:guide>",
    );
    // Nor does the name of a column with the colon behind it.
    let cell = "long enough that no phone shows it in a table";
    let table = format!("| Name | Sign < |\n| --- | --- |\n| First | {cell} |\n| Other | {cell} |");
    let listed = rendered(&table).markdown();
    assert!(
        listed.contains(&format!("Sign <\u{200b}: {cell}")),
        "{listed}"
    );
    check("a\u{202e}b", "ab");
    check(
        "Join discord.gg/x or https://discord.gg/x",
        "Join discord.\u{200b}gg/x or (an address that is not shown)",
    );
    check("steam://run/1", "steam:\u{200b}//run/1");
}

#[test]
fn bare_addresses_unfurl_nothing() {
    check("See https://c.example/x.", "See <https://c.example/x>.");
    check("See <https://c.example/x>", "See <https://c.example/x>");
    check(
        "(https://c.example/a_(b))",
        "(<https://c.example/a_%28b%29>)",
    );
}

#[test]
fn an_address_holds_no_names_of_characters() {
    check(
        "See https://c.example/?q=a&copy;=1 &copy; and [x](https://c.example/?a&lt;=1).",
        "See <https://c.example/?q=a&copy%3B=1> © and x (c.example).",
    );
    check(
        "<https://c.example/?q=a&copy;=1> https://c.example/?a&amp;b",
        "<https://c.example/?q=a&copy%3B=1> <https://c.example/?a&b>",
    );
    check(
        "[x](https://a.example/?q=a&copy;=1) [y](<https://a.example/?q=a&copy;=1>)",
        "[x](<https://a.example/?q=a&copy%3B=1>) [y](<https://a.example/?q=a&copy%3B=1>)",
    );
    // What stands beside one is no part of it.
    check(
        "[one](https://a.example/one)&nbsp;&middot;x&copy;y &quot;https://c.example/&quot; &lt;https://c.example/x&gt;",
        "[one](<https://a.example/one>) ·x©y \"<https://c.example/>\" <<https://c.example/x>>",
    );
    check(
        "https://c.example/<br>&eacute;t&eacute; https://c.example/x&gt;",
        "<https://c.example/>\nété <https://c.example/x>>",
    );
}

#[test]
fn text_shows_what_was_meant() {
    check(
        "2 \\* 3 * 4 and \\_a\\_ snake_case",
        "2 \\* 3 \\* 4 and \\_a\\_ snake_case",
    );
    check(
        "a\n\\# b\n1\\. c\n\\- d\n\\> e\n\\-# f",
        "a\n\\# b\n1\\. c\n\\- d\n\\> e\n\\-# f",
    );
    check(
        "C:\\Users ||x|| &amp;amp; Vec\\<T>",
        "C:\\\\Users \\|\\|x\\|\\| \\&amp; Vec\\<T>",
    );
    check("It costs $5 to $10, 5$.", "It costs $5 to $10, 5\\$.");
    check(
        "__bold__ _it_ ***both*** ~~no~~ ~5",
        "**bold** *it **both*** ~~no~~ ~5",
    );
    check("**「名前」**は", "**「名前」**は");
    check("**注意：**これ *「強」*は", "**注意：**これ *「強」*は");
}

#[test]
fn blocks_are_kept_apart_as_they_were() {
    check(
        "# A\n\ntext\n## B\n#### C\ntext",
        "# A\ntext\n\n## B\n**C**\ntext",
    );
    check("a\n- b\n- c\n\nd", "a\n- b\n- c\n\nd");
    check("a\n\n2. b\n3. c\n\n   d", "a\n\n2. b\n3. c\n   d");
    check("- a\n\n  - b\n    1. c\n- d", "- a\n  - b\n    1. c\n- d");
    check("> a\n>> b\n\nc", "> a\n> \n> b\n\nc");
    check("a\n\n---\n\nb", "a\n\n──────────\n\nb");
    check(
        "1. a\n   ```sh\n   x\n   ```\n2. b",
        "1. a\n```sh\nx\n```\n2. b",
    );
    // What the text calls 2 stays 2, though the code ends the list that it is in.
    check(
        "1. a\n   1. b\n      ```\n      x\n      ```\n   2. c\n2. d\n   - e\n3. f",
        "1. a\n   1. b\n```\nx\n```\n2. c\n\n2\\. d\n- e\n\n3. f",
    );
    check("- a\n\n3. b", "- a\n\n3. b");
    check("- [x] done\n- [ ] open", "- ☑ done\n- ☐ open");
}

#[test]
fn formulas_become_text_that_reads_well() {
    check(
        "$E = mc^2$ and \\(\\alpha_1 \\leq \\frac{a+b}{2}\\)",
        "E = mc² and α₁ ≤ (a+b)/2",
    );
    check(
        "$$\\sum_{i=1}^{n} x_i = \\sqrt{x^2 + 1}$$",
        "∑ᵢ₌₁ⁿ xᵢ = √(x² + 1)",
    );
    check("so \\[\\mathbb{R} \\ni x\\] it is", "so\nℝ ∋ x\nit is");
    check(
        "$\\begin{matrix}a\\end{matrix}$",
        "`\\begin{matrix}a\\end{matrix}`",
    );
    check(
        "$5 and $10, $HOME/bin:$PATH, `$x$`, \\[1\\]",
        "$5 and $10, $HOME/bin:$PATH, `$x$`, [1](<https://a.example/one>)",
    );
    check(
        "$x_{max}$, $90^\\circ$, $\\text{if } x$, $\\sin x$",
        "xₘₐₓ, 90°, if x, sin x",
    );
    check("$\\Delta = x_{1,2}$, $\\int_0^\\infty$", "Δ = x₁,₂, ∫₀^∞");
    check(
        "$\\frac{-b}{2a}$, $\\frac{1}{2}$, $\\frac{df}{dx}$",
        "−b/(2a), 1/2, df/dx",
    );
    check("US$5 or 5$", "US$5 or 5\\$");
}

#[test]
fn html_becomes_what_it_means() {
    check("a<br>b<br/>c", "a\nb\nc");
    check(
        "<b>x</b> <em>y</em> <del>z</del> <u>u</u>",
        "**x** *y* ~~z~~ u",
    );
    check(
        "H<sub>2</sub>O, x<sup>2</sup>, it.<sup>[1]</sup>",
        "H₂O, x², it. [1](<https://a.example/one>)",
    );
    check("<kbd>Ctrl</kbd>+<code>a &lt; b</code>", "`Ctrl`+`a < b`");
    check(
        "<table><tr><th>Key</th> <th>Value</th></tr><tr><td>a</td><td>b</td></tr></table>",
        "**Key** · **Value**\na · b",
    );
    check("<ul><li>one</li><li>two</li></ul>", "• one\n• two");
    check(
        "<details><summary>More</summary>\n\ntext\n</details>",
        "**More**\n\ntext",
    );
    check(
        "<a href=\"https://a.example/x\">doc</a> <img src='https://e.example/p' alt=\"cat\">",
        "[doc](<https://a.example/x>) cat (e.example)",
    );
    check(
        "Vec<T> and `Vec<T>` <!-- gone --> <!doctype html>",
        "Vec\\<T> and `Vec<T>` \\<!doctype html>",
    );
    check("a<script>alert(1)</script>b", "ab");
    check("```html\n<b>x</b> $y$\n```", "```html\n<b>x</b> $y$\n```");
}

#[test]
fn reasoning_never_shows() {
    check("<think>so `a\n\n```\nhm</think>\nAnswer", "Answer");
    check("<think>not done yet", "");
    check("thought\n</think>\n\nAnswer", "Answer");
    check("`<think>` stays", "`<think>` stays");
    check(
        "It says </think> and goes on.",
        "It says \\</think> and goes on.",
    );
    check("See <think> there. More.", "See \\<think> there. More.");
}

#[test]
fn footnotes_of_the_text_itself_stand_at_its_end() {
    check(
        "One[^a] two[^b].[1]\n\n[^a]: First.\n[^b]: Second\n    line.\n\nEnd.",
        "One¹ two². [1](<https://a.example/one>)\n\nEnd.\n\n¹ First.\n² Second\nline.",
    );
    check("[^6]: Alone.", "¹ Alone.");
}

#[test]
fn tables_that_a_phone_can_show_are_aligned() {
    check(
        "| Land | People | Since |\n|:--|--:|:-:|\n| **日本** | 125 [1] | 660 |\n| Österreich | 9 | `1` |\n| 👩‍💻 | 1 [2] [1] |\n\nend",
        "```\nLand        People  Since\n─────────────────────────\n日本           125   660\nÖsterreich       9    1\n👩\u{200d}💻               1\n```\n日本 [1](<https://a.example/one>) · 👩\u{200d}💻 [2](<https://b.example/two>) [1](<https://a.example/one>)\n\nend",
    );
}

#[test]
fn wider_tables_and_those_with_links_are_lists() {
    check(
        "| Name | What it does for those who have it every day |\n|---|---|\n| Tea | keeps one awake for long evenings [1] |\n| Salt | |",
        "**Name**:\n- **Tea** · What it does for those who have it every day: keeps one awake for long evenings [1](<https://a.example/one>)\n- **Salt**",
    );
    check(
        "| A | B |\n|---|---|\n| x | [y](https://a.example/y) |",
        "**A**:\n- **x** · B: [y](<https://a.example/y>)",
    );
    check(
        "> | A | B |\n> |---|---|\n> | x | y |",
        "> ```\n> A  B\n> ────\n> x  y\n> ```",
    );
}

#[test]
fn cells_beyond_the_header_are_not_lost() {
    check(
        "| Day | To |\n|---|---|\n| Mon | 17 | and `a | b` later [1] |\n| Tue | \\| x | |\n| Wed | 9 ||",
        "```\nDay  To\n───────────────────────────\nMon  17 · and `a · b` later\nTue  | x\nWed  9\n```\nMon [1](<https://a.example/one>)",
    );
    // A bar behind any backslash divides nothing.
    check(
        "| Folder | Is |\n|---|---|\n| C:\\\\| root | top |",
        "```\nFolder    Is\n─────────────\nC:| root  top\n```",
    );
}

#[test]
fn no_inline_code_begins_a_code_block() {
    check("```` a ``` b ````", "``a `\u{200b}`\u{200b}` b``");
    check("``a ` b``", "``a ` b``");
    check("`a `` b`", "`a `` b`");
    check("``` a ` b `` c ``` d", "``a ` b `\u{200b}` c`` d");
}

#[test]
fn a_column_of_markers_stands_below_its_table() {
    check(
        "| Planet | km/s | Source |\n|---|---|---|\n| Venus | 35 | [1] |\n| | | |\n| Mars | 24 | [2] |",
        "```\nPlanet  km/s\n────────────\nVenus   35\nMars    24\n```\nSource: Venus [1](<https://a.example/one>) · Mars [2](<https://b.example/two>)",
    );
}

#[test]
fn a_long_row_of_a_list_has_a_line_for_each_cell() {
    check(
        "| Name | Runs as | Keeps |\n|---|---|---|\n| SQLite | a library within the program that uses it | one file on the same disk |\n\nend",
        "**Name**:\n- **SQLite**\n  - Runs as: a library within the program that uses it\n  - Keeps: one file on the same disk\n\nend",
    );
}

#[test]
fn a_number_leads_to_its_source_wherever_the_text_defines_it_to_lead() {
    check(
        "So.[1] And [[1]](https://evil.example/two).\n\n[1]: https://evil.example/defined\n[2]: https://evil.example \"t\"",
        "So. [1](<https://a.example/one>) And [1](<https://a.example/one>).",
    );
    check("[1]: see there", "[1](<https://a.example/one>): see there");
}

#[test]
fn the_header_of_the_first_column_is_not_lost() {
    let body = rendered("| Tea[1] | B |\n|---|---|\n| x | y |");
    assert_eq!(body.cites().into_iter().collect::<Vec<_>>(), [1]);
    check(
        "| Name [1] | What it does for those who have it every day | Notes [2] |\n|---|---|---|\n| Tea | keeps one awake | |",
        "**Name [1](<https://a.example/one>)** · Notes [2](<https://b.example/two>):\n- **Tea** · What it does for those who have it every day: keeps one awake",
    );
}

#[test]
fn a_marker_in_the_label_of_a_link_stands_behind_it() {
    check(
        "[Tea [2]](https://a.example/x)",
        "[Tea](<https://a.example/x>) [2](<https://b.example/two>)",
    );
    check(
        "![chart [1]](https://evil.example/x.png)!",
        "chart (evil.example) [1](<https://a.example/one>)!",
    );
    let body = rendered("[Tea [99]](https://evil.example/x)");
    assert_eq!(
        (body.markdown().as_str(), body.removed),
        ("Tea (evil.example)", 1)
    );
    check(
        "[`x_y[1]`](https://a.example/x)",
        "[x_y(1)](<https://a.example/x>)",
    );
}

#[test]
fn names_in_angle_brackets_are_text_unless_their_end_follows() {
    check(
        "SELECT x FROM <table> at <address> in <body>, Vec<i> and Map<b> and <code> or <u>.",
        "SELECT x FROM \\<table> at \\<address> in \\<body>, Vec\\<i> and Map\\<b> and \\<code> or \\<u>.",
    );
    check("Vec<b>\n\nand a </b> later", "Vec\\<b>\n\nand a later");
    check("<details>\n<summary>More</summary>\ntext", "**More**\ntext");
}

#[test]
fn a_mention_of_the_tags_of_reasoning_takes_nothing_away() {
    check(
        "It ends its thinking with </think> and then answers.[1]",
        "It ends its thinking with \\</think> and then answers. [1](<https://a.example/one>)",
    );
    check(
        "See <think> in the docs. Next.",
        "See \\<think> in the docs. Next.",
    );
}

#[test]
fn a_marker_behind_a_unit_or_a_short_word_is_a_marker() {
    let one = "[1](<https://a.example/one>)";
    let two = "[2](<https://b.example/two>)";
    check(
        "It weighs 5 g[1] and is 10 m[2] long; il y en a[2] deux. vitamin c[1].",
        &format!(
            "It weighs 5 g {one} and is 10 m {two} long; il y en a {two} deux. vitamin c {one}."
        ),
    );
    check("a[9] and a[1] = 2", "a[9] and a[1] = 2");
    check(
        "`x = y` and x[1], 5 g[1]",
        &format!("`x = y` and x[1], 5 g {one}"),
    );
}

#[test]
fn a_marker_stands_close_to_any_sign_that_opens() {
    let one = "[1](<https://a.example/one>)";
    check(
        "Use ‘[1]’, ‹[1]›, 《[1]》, 〈[1]〉 or 〔[1]〕.",
        &format!("Use ‘{one}’, ‹{one}›, 《{one}》, 〈{one}〉 or 〔{one}〕."),
    );
}

#[test]
fn a_footnote_with_the_number_of_a_source_is_a_marker() {
    let one = "[1](<https://a.example/one>)";
    check(
        "A note.[^1]\n\n[^1]: What it says.",
        &format!("A note. {one}\n\n{one}: What it says."),
    );
}

#[test]
fn what_defines_no_address_is_text() {
    check(
        "Tea.\n\n- [1]: Wikipedia\n- [1]: https://evil.example/x",
        "Tea.\n\n- [1](<https://a.example/one>): Wikipedia\n- [1](<https://a.example/one>): <https://evil.example/x>",
    );
    check("[Note]: important\n\nSo.", "\\[Note]\\: important\n\nSo.");
    check(
        "[b][x] [c][1]\n\n[x]: https://a.example/x\n[1]: https://evil.example/",
        "[b](<https://a.example/x>) [c] [1](<https://a.example/one>)",
    );
}

#[test]
fn a_list_behind_another_keeps_its_numbers() {
    check(
        "1. a\n2. b\n\n10) x\n11) y",
        "1. a\n2. b\n\n10\\. x\n\n11. y",
    );
    check("1. a\n2. b\n\n3) x\n4) y", "1. a\n2. b\n3. x\n4. y");
    // What is nested in such an item is nested in no list.
    check(
        "- a\n  1. b\n\n  1) c\n     1. d",
        "- a\n  1. b\n\n1\\. c\n1. d",
    );
}

#[test]
fn an_invite_as_a_label_is_broken_and_whole() {
    check(
        "[discord.gg/x](https://a.example/x)",
        "discord.\u{200b}gg/x (a.example)",
    );
}

#[test]
fn what_is_long_is_read_in_linear_time() {
    // Each of these takes seconds where anything is looked at once for every other.
    for piece in [
        "> ",
        "[",
        "`",
        "*a ",
        "<b>",
        "$x",
        "\\(",
        "- a\n",
        "|a",
        "<!--",
        "[^1]",
        "~~",
        "\\\\*",
        "&lt;",
        "<think",
        "1. a\n",
        "***a**",
        "> \n\n",
        "> -\n-\n",
        "</",
        "<i>a\n\n",
        "://&lt;",
        "<think>\n\n```\n</think>\n\n",
    ] {
        let text = piece.repeat(40_000 / piece.len());
        let _body = rendered(&text);
    }
    let _body = rendered(&format!("{}\n\n```\n-->\n```", "<!-- ".repeat(8_000)));
    let _body = rendered(&format!("https://a.example/{}", ")".repeat(40_000)));
    let _body = rendered(&format!("$ {}", "- `a` b\n".repeat(5_000)));
}

#[test]
fn a_marker_without_a_source_leaves_no_other_one() {
    check("a [[9]2] b", "a [[9]2] b");
    check("a [1 [9]] b [ [9][9] 2 ]", "a [1 [9]] b [[9] 2 ]");
    check("a [[1]2] b [9]", "a [[1](<https://a.example/one>)2] b");
}
