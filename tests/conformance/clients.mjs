// The official TypeScript client against `agent mcp`, over stdio and HTTP: list, call, cancel, approve, refuse.
// usage: node clients.mjs AGENT.DLL ROOT STATE HTTP-URL
import fs from 'node:fs';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const [dll, root, state, url] = process.argv.slice(2);
let decision = 'allow';
let shown = '';

async function check(group, name, body) {
  try {
    await body();
    console.log(`ok ${group} ${name}`);
  } catch (error) {
    console.log(`bad ${group} ${name}: ${error?.message ?? error}`);
  }
}

function expect(condition, message) {
  if (!condition) throw new Error(message);
}

const text = (result) => (result.content ?? []).map((block) => block.text ?? '').join('\n');

async function run(group, transport) {
  const client = new Client({ name: 'typescript', version: '1' }, { capabilities: { elicitation: {} } });
  client.setRequestHandler(ElicitRequestSchema, async (request) => {
    // As long as a person takes to read, for an answer in an instant counts as the client's own.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    shown = request.params.message;
    return { action: 'accept', content: { decision } };
  });
  await client.connect(transport);
  const file = path.join(root, `${group}.txt`);

  await check(group, 'list', async () => {
    const { tools } = await client.listTools();
    expect(tools.some((tool) => tool.name === 'files__read_file'), `files__read_file is missing among ${tools.map((tool) => tool.name)}`);
    expect(JSON.stringify(tools) === JSON.stringify((await client.listTools()).tools), 'the order changed');
  });
  await check(group, 'call', async () => {
    const result = await client.callTool({ name: 'files__read_file', arguments: { path: 'hello.txt' } });
    expect(!result.isError && text(result).includes('hello from the root'), text(result));
  });
  await check(group, 'refuse', async () => {
    decision = 'deny';
    const result = await client.callTool({ name: 'files__write_file', arguments: { path: path.basename(file), content: 'no' } });
    expect(result.isError && !fs.existsSync(file), `it was written, or no error: ${text(result)}`);
    expect(shown.includes('files.write_file') && shown.includes('"no"'), `the question did not show the whole call: ${shown}`);
  });
  await check(group, 'approve', async () => {
    decision = 'allow';
    const result = await client.callTool({ name: 'files__write_file', arguments: { path: path.basename(file), content: 'yes' } });
    expect(!result.isError && fs.readFileSync(file, 'utf8').trimEnd() === 'yes', text(result));
  });
  await check(group, 'cancel', async () => {
    const stop = new AbortController();
    const call = client.callTool({ name: 'files__write_file', arguments: { path: 'cancelled.txt', content: 'x' } }, undefined, { signal: stop.signal });
    setTimeout(() => stop.abort(), 200);
    let cancelled = false;
    try { await call; } catch { cancelled = true; }
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(cancelled && !fs.existsSync(path.join(root, 'cancelled.txt')), 'a cancelled call went on');
    expect(text(await client.callTool({ name: 'files__read_file', arguments: { path: 'hello.txt' } })).includes('hello'), 'the next call failed');
  });
  await client.close();
}

await run('typescript-stdio', new StdioClientTransport({ command: 'dotnet', args: [dll, 'mcp', '--root', root, '--state', state], stderr: 'ignore' }));
const headers = { Authorization: `Bearer ${fs.readFileSync(path.join(state, 'gateway.token'), 'utf8').trim()}` };
await run('typescript-http', new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
process.exit(0);
