// A forum: its posts, newest first, filtered by tag, and the form for a new one. Sends through what it is given.

import { button, element, redrawn } from "./dom.js";
import { LONGEST_MESSAGE } from "./lengths.js";
import { field, openDialog } from "./dialog.js";

const MOST_TAGS = 5;

/** Takes over a place on the page; gives a function that takes the next view, and shows nothing when it is no forum. */
export function forum(place, open, post) {
  let view = null;
  let only = null;
  const draw = redrawn(place, () => [head(), posts()]);
  const again = () => draw([view.here.id, view.here.posts, view.here.tags, view.here.may, only]);

  function head() {
    const tags = view.here.tags.map((tag) => button({ className: "chip", "aria-pressed": String(only === tag.id), onclick: () => {
      only = only === tag.id ? null : tag.id;
      again();
    } }, tag.name));
    return element("div", { className: "forum-head" },
      element("div", { className: "reactions" }, tags),
      view.here.may.write ? button({ className: "primary", onclick: write }, "New post") : null);
  }

  function posts() {
    const list = (view.here.posts ?? []).filter((one) => !only || one.tags.includes(only));
    if (list.length === 0) return element("p", { className: "faint" }, only ? "No post has this tag." : "Nothing here yet.");
    const named = (id) => view.here.tags.find((tag) => tag.id === id)?.name ?? "tag";
    return element("ul", { className: "posts" }, list.map((one) => element("li", {}, button({ className: "post", onclick: () => open(one.id) },
      element("span", { className: "title" }, one.name),
      element("span", { className: "small" }, `${one.author} · ${one.messages} ${one.messages === 1 ? "message" : "messages"}${one.archived ? " · archived" : ""}`),
      one.text ? element("span", { className: "excerpt" }, one.text) : null,
      one.tags.length > 0 ? element("span", { className: "small" }, one.tags.map(named).join(" · ")) : null))));
  }

  function write() {
    const title = element("input", { name: "title", required: true });
    const text = element("textarea", { name: "text", required: true, rows: 5 });
    const tags = view.here.tags.map((tag) => element("label", { className: "check" }, element("input", { type: "checkbox", name: "tags", value: tag.name }), tag.name));
    openDialog({
      title: `New post in ${view.here.name}`,
      submit: "Post",
      parts: [field("Title", title, null, { most: 100 }), field("Message", text, null, { most: LONGEST_MESSAGE }), tags.length > 0 ? element("fieldset", { className: "field" }, element("legend", {}, view.here.needs_tag ? "Tags (at least one)" : "Tags"), tags) : null],
      send: (form) => {
        const chosen = new FormData(form).getAll("tags");
        if (chosen.length > MOST_TAGS) return `A post has at most ${MOST_TAGS} tags.`;
        return post({ title: title.value, text: text.value, tags: chosen });
      },
    });
  }

  return (next) => {
    view = next;
    const isForum = view.here?.type === 15;
    place.hidden = !isForum;
    if (isForum) again();
  };
}
