//! The rules of fetching, each against a listener that must see no connection.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use stand_ins::names::Names;
use stand_ins::pages::{Page as Served, PageBody, Pages};
use tokio::time::Instant;

use super::*;
use crate::engines::corpus::Domain;

/// Pages that count as public, and a machine beside them that does not.
struct World {
    pages: Pages,
    names: Names,
    private: TcpListener,
    fetcher: Fetcher,
}

impl World {
    async fn new() -> Self {
        let pages = Pages::start().await.unwrap();
        let names = Names::new();
        names.all_at(pages.address());
        let looked_up = names.clone();
        let reach = Reach::pretended(move |name| looked_up.look_up(name), vec![pages.address()]);
        let private = TcpListener::bind("127.0.0.1:0").unwrap();
        private.set_nonblocking(true).unwrap();
        Self {
            pages,
            names,
            private,
            fetcher: Fetcher::new(reach).unwrap(),
        }
    }

    fn private(&self) -> SocketAddr {
        self.private.local_addr().unwrap()
    }

    async fn fetch(&self, address: &str) -> Result<Page, Refused> {
        self.fetch_within(&[], address).await
    }

    async fn fetch_within(&self, domains: &[&str], address: &str) -> Result<Page, Refused> {
        let read = |entry: &&str| Domain::read(entry).unwrap();
        let filters = Filters {
            domains: domains.iter().map(read).collect(),
            ..Filters::default()
        };
        let address = Url::parse(address).unwrap();
        self.fetcher.page(&address, &filters).await
    }

    async fn refused(&self, address: &str) -> Refused {
        self.fetch(address).await.unwrap_err()
    }

    /// A connection on loopback is there as soon as it is asked for, whether or not anybody takes it.
    fn nobody_came(&self) {
        let came = self.private.accept().map_err(|error| error.kind());
        assert!(
            matches!(came, Err(std::io::ErrorKind::WouldBlock)),
            "{came:?}"
        );
    }

    fn fetched(&self) -> Vec<String> {
        let fetched = self.pages.fetched().into_iter();
        fetched.map(|fetched| fetched.address).collect()
    }
}

#[tokio::test]
async fn a_page_comes_with_the_address_where_it_was_found() {
    let world = World::new().await;
    let tea = "<title>Tea</title><p>Hot.";
    world
        .pages
        .serves("http://tea.example/green?x=y", Served::html(tea));
    let page = world
        .fetch("http://tea.example/green?x=y#steeping")
        .await
        .unwrap();
    assert_eq!(page.address.as_str(), "http://tea.example/green?x=y");
    assert_eq!((page.is_html, page.text.as_str()), (true, tea));
}

#[tokio::test]
async fn a_request_says_who_asks_and_nothing_else() {
    let world = World::new().await;
    let cookie = Served::redirect(302, "/b").header("set-cookie", "a=b; Path=/");
    world.pages.serves("http://tea.example/a?secret=1", cookie);
    world
        .pages
        .serves("http://tea.example/b", Served::html("Hot."));
    world.fetch("http://tea.example/a?secret=1").await.unwrap();
    let fetched = world.pages.fetched();
    assert_eq!(fetched.len(), 2);
    for request in fetched {
        let mut names: Vec<&str> = request
            .headers
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        names.sort_unstable();
        assert_eq!(names, ["accept", "accept-encoding", "host", "user-agent"]);
        let agent = request
            .headers
            .iter()
            .find(|(name, _)| name == "user-agent");
        assert!(agent.unwrap().1.starts_with("Footnote/"));
    }
}

#[tokio::test]
async fn no_redirect_is_followed_to_where_the_filters_let_nobody() {
    let world = World::new().await;
    let to = |target| Served::redirect(302, target);
    let pages = [
        ("http://tea.example/out", to("http://shop.example/green")),
        ("http://tea.example/through", to("http://shop.example/back")),
        ("http://shop.example/back", to("http://tea.example/green")),
        ("http://tea.example/within", to("http://www.tea.example/b")),
        ("http://www.tea.example/b", to("http://tea.example/green")),
        ("http://tea.example/green", Served::html("Hot.")),
        ("http://shop.example/green", Served::html("Hot.")),
    ];
    for (address, page) in pages {
        world.pages.serves(address, page);
    }
    for domains in [["tea.example"], ["-shop.example"]] {
        for leaves in ["out", "through"] {
            let address = format!("http://tea.example/{leaves}");
            let page = world.fetch_within(&domains, &address).await;
            assert_eq!(page.unwrap_err(), Refused::Filtered, "{domains:?} {leaves}");
        }
        let page = world.fetch_within(&domains, "http://tea.example/within");
        let page = page.await.unwrap();
        assert_eq!(page.address.as_str(), "http://tea.example/green");
    }
    let came = world.fetched();
    let elsewhere = came.iter().find(|url| url.contains("shop.example"));
    assert_eq!(elsewhere, None, "{came:?}");
    let page = world.fetch("http://tea.example/through").await.unwrap();
    assert_eq!(page.address.as_str(), "http://tea.example/green");
}

#[tokio::test]
async fn a_name_of_a_private_machine_is_not_connected_to() {
    let world = World::new().await;
    let (public, private) = (world.pages.address(), world.private());
    world.names.says("private.example", &[private]);
    world.names.says("mixed.example", &[public, private]);
    world.names.says("mixed-too.example", &[private, public]);
    for name in ["private.example", "mixed.example", "mixed-too.example"] {
        let refused = world.refused(&format!("http://{name}/")).await;
        assert_eq!(refused, Refused::NotPublic, "{name}");
    }
    assert_eq!(
        world.refused("http://localhost/").await,
        Refused::Status(404)
    );
    world.nobody_came();
    assert_eq!(
        world.fetched(),
        ["http://localhost/"],
        "the stand-in's names know no localhost"
    );
}

#[tokio::test]
async fn every_kind_of_private_address_is_refused_by_its_name() {
    let world = World::new().await;
    for address in [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "198.18.0.1",
        "::1",
        "::",
        "fd00::1",
        "fe80::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:db8::1",
    ] {
        let name = format!("n{}.example", address.replace([':', '.'], "-"));
        let port = world.private().port();
        world
            .names
            .says(&name, &[SocketAddr::new(address.parse().unwrap(), port)]);
        assert_eq!(
            world.refused(&format!("http://{name}/")).await,
            Refused::NotPublic,
            "{address}"
        );
    }
    world.nobody_came();
}

#[tokio::test]
async fn a_number_is_no_way_around() {
    let world = World::new().await;
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "0",
    ] {
        assert_eq!(
            world.refused(&format!("http://{host}/")).await,
            Refused::NotPublic,
            "{host}"
        );
    }
    let private = world.private();
    for (address, why) in [
        (format!("http://{private}/"), Refused::Port),
        (
            format!("http://tea.example:{}/", private.port()),
            Refused::Port,
        ),
        (format!("http://tea.example@{private}/"), Refused::User),
        (
            "http://user:password@tea.example/".to_owned(),
            Refused::User,
        ),
        ("ftp://tea.example/".to_owned(), Refused::Scheme),
        ("file:///etc/passwd".to_owned(), Refused::Scheme),
    ] {
        assert_eq!(world.refused(&address).await, why, "{address}");
    }
    world.nobody_came();
    assert!(world.fetched().is_empty() && world.names.asked().is_empty());
}

/// At each hop: the first, the second, and the last one that is followed.
#[tokio::test]
async fn no_redirect_leads_inside() {
    let world = World::new().await;
    let private = world.private();
    world.names.says("private.example", &[private]);
    for (number, (to, why)) in [
        ("http://private.example/".to_owned(), Refused::NotPublic),
        (format!("http://{private}/"), Refused::Port),
        ("http://127.0.0.1/".to_owned(), Refused::NotPublic),
        ("//169.254.169.254/latest/".to_owned(), Refused::NotPublic),
        ("http://[::ffff:127.0.0.1]/".to_owned(), Refused::NotPublic),
        ("http://0x7f000001/".to_owned(), Refused::NotPublic),
        ("http://user@tea.example/".to_owned(), Refused::User),
        ("file:///etc/passwd".to_owned(), Refused::Scheme),
        ("gopher://tea.example/".to_owned(), Refused::Scheme),
    ]
    .into_iter()
    .enumerate()
    {
        for hops in 0..MOST_REDIRECTS {
            for hop in 0..hops {
                let (from, next) = (
                    format!("http://hop{hop}.example/{number}"),
                    format!("http://hop{}.example/{number}", hop + 1),
                );
                world.pages.serves(&from, Served::redirect(302, &next));
            }
            let last = format!("http://hop{hops}.example/{number}");
            world.pages.serves(&last, Served::redirect(302, &to));
            let refused = world
                .refused(&format!("http://hop0.example/{number}"))
                .await;
            assert_eq!(refused, why, "{to} after {hops}");
        }
    }
    world.nobody_came();
}

#[tokio::test]
async fn three_redirects_are_followed_and_no_more() {
    let world = World::new().await;
    for (status, hop) in [(301, 0), (307, 1), (308, 2), (303, 3)] {
        let next = format!("/{}", hop + 1);
        world.pages.serves(
            &format!("http://tea.example/{hop}"),
            Served::redirect(status, &next),
        );
    }
    world
        .pages
        .serves("http://tea.example/4", Served::html("Hot."));
    world.pages.serves(
        "http://tea.example/circle",
        Served::redirect(302, "/circle"),
    );
    world.pages.serves(
        "http://tea.example/nowhere",
        Served::redirect(302, "http://"),
    );
    let page = world.fetch("http://tea.example/1").await.unwrap();
    assert_eq!(page.address.as_str(), "http://tea.example/4");
    assert_eq!(
        world.refused("http://tea.example/0").await,
        Refused::Redirects
    );
    assert_eq!(
        world.refused("http://tea.example/nowhere").await,
        Refused::Redirects
    );
    let before = world.fetched().len();
    assert_eq!(
        world.refused("http://tea.example/circle").await,
        Refused::Redirects
    );
    assert_eq!(world.fetched().len() - before, MOST_REDIRECTS + 1);
}

/// A name that is public when it is checked and private when it is connected to: there is one look for both.
#[tokio::test]
async fn a_name_that_changes_its_address_gains_nothing() {
    let world = World::new().await;
    let (public, private) = (world.pages.address(), world.private());
    world
        .names
        .says("rebinding.example", &[public])
        .says("rebinding.example", &[private]);
    world
        .pages
        .serves("http://rebinding.example/", Served::html("Hot."));
    let page = world.fetch("http://rebinding.example/").await;
    assert_eq!(page.unwrap().text, "Hot.");
    assert_eq!(world.names.asked(), ["rebinding.example"], "looked up once");
    // The next page is looked up anew, on a connection of its own, and refused.
    assert_eq!(
        world.refused("http://rebinding.example/").await,
        Refused::NotPublic
    );
    // So is the next hop of the same name.
    world
        .names
        .says("turning.example", &[public])
        .says("turning.example", &[private]);
    world
        .pages
        .serves("http://turning.example/", Served::redirect(302, "/inside"));
    assert_eq!(
        world.refused("http://turning.example/").await,
        Refused::NotPublic
    );
    world.nobody_came();
}

#[tokio::test]
async fn a_page_is_no_larger_than_two_mebibytes_however_it_comes() {
    let world = World::new().await;
    let full = "a".repeat(MAX_BYTES);
    let html = || Served::html("");
    let bytes = |text: &str| text.as_bytes().to_vec();
    let over = format!("{full}b");
    let pieces = |text: &str| PageBody::Slow {
        pieces: text
            .as_bytes()
            .chunks(64 * 1024)
            .map(<[u8]>::to_vec)
            .collect(),
        pause: Duration::ZERO,
    };
    for (name, page, fits) in [
        ("full", html().with(PageBody::Whole(bytes(&full))), true),
        ("over", html().with(PageBody::Whole(bytes(&over))), false),
        ("pieces", html().with(pieces(&full)), true),
        ("more-pieces", html().with(pieces(&over)), false),
        (
            "endless",
            html().with(PageBody::Endless(vec![b'a'; 16 * 1024])),
            false,
        ),
        ("packed", html().packed(full.as_bytes()), true),
        ("bomb", html().packed(&vec![b'a'; 200 * 1024 * 1024]), false),
    ] {
        world.pages.serves(&format!("http://{name}.example/"), page);
        let page = world.fetch(&format!("http://{name}.example/")).await;
        match fits {
            true => assert_eq!(page.unwrap().text.len(), MAX_BYTES, "{name}"),
            false => assert_eq!(page.unwrap_err(), Refused::TooLarge, "{name}"),
        }
    }
}

#[tokio::test]
async fn what_cannot_be_unpacked_is_refused() {
    let world = World::new().await;
    let lies = Served::html("not packed").header("content-encoding", "gzip");
    let other = Served::html("?").header("content-encoding", "br");
    let twice = Served::html("")
        .packed(b"Hot.")
        .header("content-encoding", "gzip");
    let mut half = Served::html("").packed(&b"Hot water. ".repeat(1_000));
    if let PageBody::Whole(body) = &mut half.body {
        body.truncate(30);
    }
    for (name, page) in [
        ("lies", lies),
        ("other", other),
        ("twice", twice),
        ("half", half),
    ] {
        world.pages.serves(&format!("http://{name}.example/"), page);
        assert_eq!(
            world.refused(&format!("http://{name}.example/")).await,
            Refused::Packing,
            "{name}"
        );
    }
}

#[tokio::test]
async fn only_html_and_plain_text_are_read() {
    let world = World::new().await;
    for (kind, expected) in [
        ("text/html", Ok(true)),
        ("TEXT/HTML;charset=UTF-8", Ok(true)),
        ("application/xhtml+xml", Ok(true)),
        ("text/plain; charset=us-ascii", Ok(false)),
        ("application/pdf", Err(Refused::Kind)),
        ("application/json", Err(Refused::Kind)),
        ("text/html-not", Err(Refused::Kind)),
        ("image/svg+xml", Err(Refused::Kind)),
        ("", Err(Refused::Kind)),
    ] {
        world
            .pages
            .serves("http://tea.example/", Served::new(kind, "Hot."));
        let page = world.fetch("http://tea.example/").await;
        assert_eq!(page.map(|page| page.is_html), expected, "{kind}");
    }
    let mut silent = Served::html("Hot.");
    silent.headers.clear();
    world.pages.serves("http://tea.example/", silent);
    assert_eq!(world.refused("http://tea.example/").await, Refused::Kind);
    for status in [204, 206, 304, 400, 403, 404, 429, 500, 503] {
        let page = Served {
            status,
            ..Served::html("Hot.")
        };
        world.pages.serves("http://tea.example/", page);
        assert_eq!(
            world.refused("http://tea.example/").await,
            Refused::Status(status)
        );
    }
}

#[tokio::test]
async fn a_page_in_another_character_set_is_read() {
    let world = World::new().await;
    let latin = Served::new("text/html; charset=ISO-8859-1", *b"hei\xdf");
    world.pages.serves("http://tea.example/latin", latin);
    let nameless = Served::new("text/html", *b"hei\xdf");
    world.pages.serves("http://tea.example/nameless", nameless);
    for address in ["http://tea.example/latin", "http://tea.example/nameless"] {
        assert_eq!(world.fetch(address).await.unwrap().text, "heiß");
    }
}

/// Time stands still but where it is waited for, so these take none.
#[tokio::test(start_paused = true)]
async fn a_page_that_takes_too_long_is_given_up() {
    let world = World::new().await;
    let dripping = PageBody::Slow {
        pieces: vec![b"drop ".to_vec(); 1_000],
        pause: Duration::from_secs(1),
    };
    world
        .pages
        .serves("http://slow.example/", Served::html("").with(dripping));
    world.pages.serves(
        "http://never.example/",
        Served::html("").with(PageBody::Never),
    );
    for address in ["http://slow.example/", "http://never.example/"] {
        let started = Instant::now();
        assert_eq!(world.refused(address).await, Refused::TooSlow, "{address}");
        let took = started.elapsed();
        assert!(
            (TOTAL..TOTAL + CONNECT).contains(&took),
            "{address}: {took:?}"
        );
    }
}

#[tokio::test]
async fn eight_pages_are_fetched_at_once_and_no_more() {
    let world = World::new().await;
    world.pages.serves(
        "http://tea.example/",
        Served::html("").with(PageBody::Never),
    );
    let address = Url::parse("http://tea.example/").unwrap();
    let filters = Filters::default();
    let mut fetching: Vec<_> = (0..AT_ONCE + 4)
        .map(|_| Box::pin(world.fetcher.page(&address, &filters)))
        .collect();
    let mut all = futures_util::future::join_all(fetching.iter_mut());
    let eight = async {
        while world.pages.most_at_once() < AT_ONCE {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = &mut all => panic!("a page that never comes came"),
        () = eight => {}
    }
    assert_eq!(world.fetcher.room.available_permits(), 0);
    assert_eq!(world.fetched().len(), AT_ONCE);
}
