// What OpenAI's client for JavaScript makes of a Сноска, as one line of JSON: node ask.mjs ADDRESS QUESTION
import OpenAI from "openai";

const [address, question] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${address}/v1`, apiKey: "-", maxRetries: 0 });
const messages = [{ role: "user", content: question }];

const streamed = { content: "", annotations: [], usage: null };
const chunks = await client.chat.completions.create({
  model: "snoska", messages, stream: true, stream_options: { include_usage: true },
});
for await (const chunk of chunks) {
  const delta = chunk.choices[0]?.delta ?? {};
  streamed.content += delta.content ?? "";
  streamed.annotations.push(...(delta.annotations ?? []));
  streamed.usage = chunk.usage ?? streamed.usage;
}

const events = [];
let final;
const stream = await client.responses.create({ model: "snoska", input: question, stream: true });
for await (const event of stream) {
  events.push(event.type);
  if (event.type === "response.completed") final = event.response;
}

let refused;
try {
  await client.chat.completions.create({ model: "gpt-none", messages });
} catch (error) {
  refused = { kind: error.constructor.name, status: error.status, message: error.message };
}

const models = [];
for await (const model of client.models.list()) models.push(model.id);

console.log(JSON.stringify({
  models,
  whole: (await client.chat.completions.create({ model: "snoska", messages })).choices[0].message,
  streamed,
  response: await client.responses.create({ model: "snoska", input: question }),
  final,
  events,
  vector: (await client.embeddings.create({ model: "snoska", input: ["канал"] })).data[0].embedding,
  refused,
}));
