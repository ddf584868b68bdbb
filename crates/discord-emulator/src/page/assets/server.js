// Speaks with the emulator: follows the view, sends what the person does. Draws nothing.

const GONE = "The emulator does not answer. Is it still running?";

/** Follows one person's view of one channel; gives a function that stops. */
export function follow(person, channel, show, lost) {
  const query = new URLSearchParams();
  if (person) query.set("person", person);
  if (channel) query.set("channel", channel);
  const source = new EventSource(`/page/events?${query}`);
  source.onmessage = (event) => show(JSON.parse(event.data));
  // The browser tries again by itself; until then the person should know.
  source.onerror = () => lost(GONE);
  return () => source.close();
}

/** Does one deed of a person: `POST /page/{deed}`; with `files`, as a form in which they follow the JSON. */
export function deed(name, body, files = []) {
  if (files.length === 0) return ask("POST", `/page/${name}`, body);
  const form = new FormData();
  form.set("payload_json", JSON.stringify(body));
  files.forEach((file, index) => form.set(`files[${index}]`, file, file.name));
  return ask("POST", `/page/${name}`, form);
}

/** Asks the emulator's own controls: `METHOD /_emu/{what}`. */
export function control(method, what, body) {
  return ask(method, `/_emu/${what}`, body);
}

/** What the controls show. */
export const panelView = () => ask("GET", "/page/panel");

/** The answer, or null when there is none; a refusal is an error with its sentence. */
async function ask(method, path, body) {
  const isForm = body instanceof FormData;
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: isForm || body === undefined ? {} : { "content-type": "application/json" },
      body: isForm || body === undefined ? body : JSON.stringify(body),
    });
  } catch {
    throw new Error(GONE);
  }
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? answer.message ?? `The emulator refused this (${response.status}).`);
  return answer;
}
