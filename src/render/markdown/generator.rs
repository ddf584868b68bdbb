//! Texts as models write them, and worse, for the properties of what reads and parts them. Every word of theirs is `wNNN`, numbered in order.

use proptest::prelude::*;

/// How wild a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum Wildness {
    /// Markdown that is closed where it is opened: no word of it is lost.
    Tame,
    /// With stray signs that may read as anything.
    Wild,
}

/// A text and how many words are in it.
#[derive(Clone, Debug)]
pub(in crate::render) struct Generated {
    pub(in crate::render) text: String,
    pub(in crate::render) words: usize,
}

/// Texts of any length up to some thousand characters. They cite sources 1 to 6, of which [`sources`](super::properties) has four.
pub(in crate::render) fn texts(wildness: Wildness) -> impl Strategy<Value = Generated> {
    proptest::collection::vec(any::<u16>(), 0..120).prop_map(move |choices| {
        let mut builder = Builder {
            choices: &choices,
            words: 0,
            wildness,
        };
        let text = builder.blocks("", 0);
        Generated {
            text,
            words: builder.words,
        }
    })
}

/// Makes a text of a row of choices; where they run out, the simplest is chosen.
struct Builder<'c> {
    choices: &'c [u16],
    words: usize,
    wildness: Wildness,
}

impl Builder<'_> {
    fn pick(&mut self, among: usize) -> usize {
        let Some((first, rest)) = self.choices.split_first() else {
            return 0;
        };
        self.choices = rest;
        usize::from(*first) % among
    }

    fn is_done(&self) -> bool {
        self.choices.is_empty()
    }

    fn word(&mut self) -> String {
        self.words += 1;
        format!("w{}", self.words)
    }

    /// Blocks one below the other; `lead` is what their lines begin with.
    fn blocks(&mut self, lead: &str, depth: usize) -> String {
        let mut out = String::new();
        for place in 0.. {
            if self.is_done() || (depth > 0 && place > 2) {
                break;
            }
            let block = self.block(lead, depth);
            if place > 0 {
                // Without an empty line, what follows may join what is before; rows that join another table may lose their cells.
                let apart = self.pick(4) > 0 || block.contains("| Head");
                out.push_str(&if apart {
                    format!("\n{}\n{lead}", lead.trim_end())
                } else {
                    format!("\n{lead}")
                });
            }
            out.push_str(&block);
        }
        out
    }

    fn block(&mut self, lead: &str, depth: usize) -> String {
        match self.pick(if depth > 2 { 8 } else { 14 }) {
            0..=2 => self.lines(lead),
            3 => format!("{} {}", "#".repeat(self.pick(6) + 1), self.inline()),
            4 => {
                let fence = ["```", "~~~", "````"][self.pick(3)];
                let language = ["", "rust", "c++", "js {1}", "a`b"][self.pick(5)];
                let language = if fence == "~~~" {
                    language
                } else {
                    language.trim_matches(['a', '`', 'b'])
                };
                let code = [
                    "f()[1]",
                    "`x`",
                    "  indented @everyone",
                    "# [x](y)",
                    "$a$ <b>",
                    "``",
                ][self.pick(6)];
                let word = self.word();
                format!("{fence}{language}\n{lead}{code} {word}\n{lead}{fence}")
            }
            5 => "---".to_owned(),
            6 => self.table(lead),
            7 => format!("{}\n{lead}---", self.inline()),
            8 | 9 => self.list(lead, depth, "- ", 2),
            10 => {
                let first = [1, 1, 2, 7, 10][self.pick(5)];
                let bullet = format!("{first}. ");
                self.list(lead, depth, &bullet, bullet.len())
            }
            11 | 12 => {
                let inner = format!("{lead}> ");
                format!("> {}", self.blocks(&inner, depth + 1))
            }
            _ => format!("    {}", self.word()),
        }
    }

    fn lines(&mut self, lead: &str) -> String {
        let mut out = self.inline();
        for _ in 0..self.pick(3) {
            let ending = ["", "  ", "\\"][self.pick(3)];
            out.push_str(&format!("{ending}\n{lead}{}", self.inline()));
        }
        out
    }

    fn list(&mut self, lead: &str, depth: usize, bullet: &str, width: usize) -> String {
        let inner = format!("{lead}{}", " ".repeat(width));
        let mut items = Vec::new();
        for _ in 0..=self.pick(3) {
            let task = ["", "", "", "[x] ", "[ ] "][self.pick(5)];
            items.push(format!("{bullet}{task}{}", self.blocks(&inner, depth + 1)));
        }
        let between = if self.pick(3) == 0 {
            format!("\n{}\n{lead}", lead.trim_end())
        } else {
            format!("\n{lead}")
        };
        items.join(&between)
    }

    fn table(&mut self, lead: &str) -> String {
        let columns = self.pick(3) + 1;
        let header = vec!["Head"; columns].join(" | ");
        let signs = ["---", ":-:", "--:", ":--"];
        let rule: Vec<&str> = (0..columns).map(|_| signs[self.pick(4)]).collect();
        let mut out = format!("| {header} |\n{lead}| {} |", rule.join(" | "));
        for _ in 0..self.pick(4) {
            let cells: Vec<String> = (0..columns)
                .map(|_| self.inline().replace('|', "\\|"))
                .collect();
            out.push_str(&format!("\n{lead}| {} |", cells.join(" | ")));
        }
        out
    }

    fn inline(&mut self) -> String {
        let mut out = self.word();
        for _ in 0..self.pick(6) {
            let space = ["", " ", " ", " "][self.pick(4)];
            let piece = self.piece();
            // Two words side by side would be one.
            let parted =
                piece.starts_with(|c: char| c.is_ascii_alphanumeric()) || piece.contains("](");
            out.push_str(if parted { " " } else { space });
            out.push_str(&piece);
        }
        out
    }

    fn piece(&mut self) -> String {
        let number = self.pick(7);
        match self.pick(if self.wildness == Wildness::Wild {
            26
        } else {
            22
        }) {
            0 => self.word(),
            1 => format!("[{number}]"),
            2 => format!(". [{number}][{}]", self.pick(7)),
            3 => format!("[{number}, {}]", self.pick(7)),
            4 => format!("**{}**", self.word()),
            5 => format!("*{}*", self.word()),
            6 => format!("~~{}~~", self.word()),
            7 => format!("***{} `[1]`***", self.word()),
            8 => format!("`{}`", self.word()),
            9 => format!("``` `` {} ```", self.word()),
            10 => format!("[{}](https://a.example/x_(y))", self.word()),
            11 => format!("[{}](<https://evil.example/a>)", self.word()),
            12 => format!("![{}](https://b.example/p.png \"t\")", self.word()),
            13 => "https://c.example/a_b?c=[1]&d=1;e;".to_owned(),
            14 => format!("**「{}」**は。", self.word()),
            15 => format!(
                "@everyone <@1> {} <#2> <:e:3> <t:4:R> discord.gg/xy",
                self.word()
            ),
            16 => format!("👩‍💻 e\u{301} {} \u{202e}xy\u{200b}", self.word()),
            17 => format!("&lt;b&gt;{} &amp;amp; &#42;x&#42;", self.word()),
            18 => format!("$\\frac{{a}}{{b}}$ {} \\(x^2\\) $5 US$", self.word()),
            19 => format!(
                "<b>{}</b><br>{} <kbd>x</kbd> Vec<T>",
                self.word(),
                self.word()
            ),
            20 => "1. - # + > - [ ] =".to_owned(),
            21 => format!("{} e.g. “{}.” [1]", self.word(), self.word()),
            _ => {
                const STRAY: [&str; 31] = [
                    "*",
                    "**",
                    "***",
                    "_",
                    "__",
                    "~",
                    "~~",
                    "`",
                    "``",
                    "[",
                    "]",
                    "](",
                    "(",
                    ")",
                    "<",
                    ">",
                    "|",
                    "$",
                    "$$",
                    "\\",
                    "#",
                    "!",
                    "&",
                    ":",
                    "-",
                    "\n",
                    "<b>",
                    "</i>",
                    "[^1]",
                    "[x]: yz",
                    "\n\n[^1]: ",
                ];
                STRAY[self.pick(STRAY.len())].to_owned()
            }
        }
    }
}
