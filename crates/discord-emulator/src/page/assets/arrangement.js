// Says which messages stand together and where a new day begins. Pure: draws nothing.

/** Messages of one author that follow each other within this time need their name only once. */
const TOGETHER = 7 * 60 * 1000;

/** The entries with `follows`, and `day` on the first of each day, as the reader's clock counts days. */
export function arranged(entries) {
  let last = null;
  let today = null;
  return entries.map((entry) => {
    const message = entry.message ?? null;
    const day = message && dayOf(message.timestamp) !== today ? dayOf(message.timestamp) : null;
    today = day ?? today;
    const follows = last !== null && message !== null && day === null && plain(entry) && last.author.id === message.author.id
      && new Date(message.timestamp) - new Date(last.timestamp) < TOGETHER;
    last = message;
    return { entry, follows, day };
  });
}

/** Replies, answers to commands and notices begin anew. */
function plain(entry) {
  return !entry.use && !entry.message.message_reference && entry.message.type === 0;
}

function dayOf(timestamp) {
  return new Date(timestamp).toDateString();
}
