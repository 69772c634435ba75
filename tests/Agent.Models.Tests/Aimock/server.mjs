// Starts aimock on a free port with the fixtures of the wire tests, and prints its address. The package's folder is the first argument.
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const { LLMock } = await import(pathToFileURL(join(process.argv[2], "node_modules/@copilotkit/aimock/dist/index.js")).href);
const mock = new LLMock({ port: 0, logLevel: "silent", chunkSize: 4 });
const usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };

mock.addFixture({ match: { userMessage: "say hello" }, response: { content: "Hello from the mock.", usage } });
mock.addFixture({ match: { userMessage: "call it", hasToolResult: false }, response: { toolCalls: [
  { id: "call_1", name: "sql__query", arguments: JSON.stringify({ statement: "SELECT 1" }) },
  { id: "call_2", name: "sql__query", arguments: JSON.stringify({ statement: "SELECT 2" }) },
] } });
mock.addFixture({ match: { userMessage: "call it", hasToolResult: true }, response: { content: "Both ran." } });
mock.addFixture({ match: { userMessage: "limited", sequenceIndex: 0 }, response: { error: { message: "Rate limited", type: "rate_limit_error" }, status: 429, retryAfter: 1 } });
mock.addFixture({ match: { userMessage: "limited" }, response: { content: "After the wait." } });
mock.addFixture({ match: { userMessage: "always broken" }, response: { error: { message: "Internal", type: "server_error" }, status: 500 } });
mock.addFixture({ match: { userMessage: "cut off", sequenceIndex: 0 }, response: { content: "This answer is cut in the middle of it." }, latency: 5, truncateAfterChunks: 3 });
mock.addFixture({ match: { userMessage: "cut off" }, response: { content: "This answer is whole." } });
mock.addFixture({ match: { userMessage: "garbage" }, response: { content: "never" }, chaos: { malformedRate: 1 } });
mock.addFixture({ match: { userMessage: "slow" }, response: { content: "late" }, streamingProfile: { ttft: 60000, tps: 10 } });

await mock.start();
console.log(mock.url);
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
