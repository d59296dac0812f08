// Reads a portal with the generated types: it does not compile if the document does not name what it uses.
// Argument: the address of the API, such as http://127.0.0.1:5000/api/3/action
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

const client = createClient<paths>({ baseUrl: process.argv[2] });

const changes = await client.GET("/governance_changes", { params: { query: { limit: 5 } } });
if (!changes.data) throw new Error(JSON.stringify(changes.error));
for (const event of changes.data.result.events ?? [])
  for (const change of event.changes ?? []) console.log(event.subject?.id, event.action_label, change.label);

const shown = await client.GET("/governance_show", { params: { query: { id: "shared-bike-trips" } } });
if (!shown.data) throw new Error(JSON.stringify(shown.error));
const level: "silent" | "started" | "answered" | "current" = shown.data.result.level;
console.log(level);

const receipt = await client.POST("/governance_receipt_show", { body: { code: "aaaa-aaaa-aaaa-aaaa" } });
for (const written of receipt.data?.result.contributions ?? []) console.log(written.kind, written.answer ?? written.title);
if (typeof receipt.error !== "object" || receipt.error.success) throw new Error("An unknown code was not refused.");
