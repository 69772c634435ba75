// The official TypeScript client against `agent mcp`, over stdio and HTTP: list, call, cancel, approve, refuse.
// usage: node clients.mjs AGENT.DLL ROOT STATE HTTP-URL
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const [dll, root, state, url] = process.argv.slice(2);
let decision = 'allow';
let shown = '';
let questions = 0;
let asked = () => {};
const terminal = (...args) => promisify(execFile)('dotnet', [dll, ...args, '--state', state], { timeout: 60000 });

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
    questions++;
    shown = request.params.message;
    asked();
    // As long as a person takes to read, for an answer in an instant counts as the client's own.
    await new Promise((resolve) => { if (decision !== 'never') setTimeout(resolve, 1000); });
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
    decision = 'never';
    const stop = new AbortController();
    const question = new Promise((resolve) => { asked = resolve; });
    const cancelled = path.join(root, `${group}-cancelled.txt`);
    const write = { name: 'files__write_file', arguments: { path: path.basename(cancelled), content: 'x' } };
    const call = client.callTool(write, undefined, { signal: stop.signal }).then(() => false, () => true);
    await question;
    stop.abort();
    expect(await call, 'it was not cancelled');
    // Even a late yes must not wake a call whose client has gone; the same call made again goes on with it.
    await terminal('approvals', 'approve', /Approval (\S+);/.exec(shown)[1]);
    expect(text(await client.callTool({ name: 'files__read_file', arguments: { path: 'hello.txt' } })).includes('hello'), 'the next call failed');
    expect(!fs.existsSync(cancelled), 'a cancelled call went on');
    const before = questions;
    const again = await client.callTool(write);
    expect(!again.isError && fs.existsSync(cancelled) && questions === before, `not made, or asked again: ${text(again)}`);
  });
  await client.close();
}

await run('typescript-stdio', new StdioClientTransport({ command: 'dotnet', args: [dll, 'mcp', '--root', root, '--state', state], stderr: 'ignore' }));
const headers = { Authorization: `Bearer ${fs.readFileSync(path.join(state, 'gateway.token'), 'utf8').trim()}` };
await run('typescript-http', new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
process.exit(0);
