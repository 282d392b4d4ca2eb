// The stream of events. Gradio's server ends it as soon as nothing is left to answer, and Gradio's client opens
// another one only when it has read of that end. What is sent in between is answered into no stream: the click
// that was sent stays without an effect. So the end is kept from the client while an event is on its way, and
// the stream goes on over a new connection.
(() => {
  const request = window.fetch;
  const waiting = new Set(); // ids of events that were taken and are not completed
  const early = new Set(); // and of those that were completed before we heard that they were taken
  const sending = new Set(); // promises of events that are being sent
  const bodies = []; // of the last events
  let refused = false; // the last event, by the server itself: a connection that was lost refuses nothing
  let before = Promise.resolve(); // fulfilled when all answers outside the queue are shown

  function completed(id) {
    if (!waiting.delete(id)) early.add(id);
  }

  async function taken(reply) {
    refused = !reply.ok;
    const { event_id: id } = reply.ok ? await reply.clone().json().catch(() => ({})) : {};
    if (id && !early.delete(id)) waiting.add(id);
  }

  // A question asked while the page is still being filled goes out after that: what fills the page would
  // overwrite the answer.
  function join(asked) {
    bodies.push(String(asked[1]?.body ?? ""));
    if (bodies.length > 20) bodies.shift();
    const replied = before.then(() => request(...asked)).then(async (reply) => (await taken(reply), reply));
    const sent = replied.catch(() => null).finally(() => sending.delete(sent));
    sending.add(sent);
    return replied;
  }

  async function isOver() {
    while (sending.size) await Promise.all(sending);
    return !waiting.size;
  }

  // The messages of one connection, each with the empty line that ends it.
  async function* messages(reply) {
    const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const whole = (text + part.value).split("\n\n");
      text = whole.pop();
      for (const message of whole) yield message + "\n\n";
    }
  }

  async function* endless(address) {
    const reply = await request(address.clone());
    if (!reply.ok) throw reply;
    for await (const message of messages(reply)) {
      const { msg, event_id: id, success } = JSON.parse(message.slice("data:".length));
      if (success === false) refused = true;
      if (msg === "process_completed") completed(id);
      if (msg === "close_stream" && !(await isOver())) return yield* endless(address);
      yield message;
    }
  }

  function stream(asked) {
    const parts = endless(new Request(...asked)), encoder = new TextEncoder();
    const body = new ReadableStream({
      async pull(into) {
        const { done, value } = await parts.next();
        done ? into.close() : into.enqueue(encoder.encode(value));
      },
    });
    return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
  }

  // Answers outside the queue come in the order of their questions: of two footnotes the last one stays open.
  function inTurn(asked) {
    const whole = request(...asked).then(async (reply) => (await reply.clone().arrayBuffer(), reply));
    const turn = before.then(() => whole);
    before = turn.catch(() => null).then(() => new Promise((done) => setTimeout(done)));
    return turn;
  }

  window.fetch = (...asked) => {
    const { pathname } = new URL(asked[0]?.url ?? asked[0], location.href);
    if (pathname.endsWith("/queue/join")) return join(asked);
    if (pathname.endsWith("/run/predict")) return inTurn(asked);
    return pathname.endsWith("/queue/data") ? Promise.resolve(stream(asked)) : request(...asked);
  };
  // Forget what was sent, and tell afterwards whether something with this text has gone out.
  const listen = () => {
    bodies.length = 0;
    return (text) => bodies.some((body) => body.includes(JSON.stringify(text)));
  };
  Object.assign(snoska, { listen, wasRefused: () => refused });
})();
