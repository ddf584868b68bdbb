// Speaks with the emulator: follows the view, sends what the person does. Draws nothing.

/** Follows one person's view of one channel; gives a function that stops. */
export function follow(person, channel, show, lost) {
  const query = new URLSearchParams();
  if (person) query.set("person", person);
  if (channel) query.set("channel", channel);
  const source = new EventSource(`/page/events?${query}`);
  source.onmessage = (event) => show(JSON.parse(event.data));
  // The browser tries again by itself; until then the person should know.
  source.onerror = () => lost();
  return () => source.close();
}

export const use = (body) => send("/page/use", body);
export const say = (body) => send("/page/say", body);
export const comeIn = (name) => send("/page/people", { name });

async function send(path, body) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Error("The emulator does not answer. Is it still running?");
  }
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `The emulator refused this (${response.status}).`);
  return answer;
}
