// The MCP Inspector's command line against `agent mcp`, over stdio and HTTP: list, call, cancel, approve, refuse. It cannot be
// asked in the middle of a call, so a call that needs a person waits for `agent approvals`, as it does for any such client.
// usage: node inspector.mjs AGENT.DLL ROOT STATE HTTP-URL
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const [dll, root, state, url] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const inspector = path.join(here, 'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js');
const run = promisify(execFile);

const target = {
  'inspector-stdio': [['--protocol-era', 'modern'], ['dotnet', dll, 'mcp', '--root', root, '--state', state]],
  'inspector-http': [['--protocol-era', 'legacy', '--transport', 'http', '--server-url', url,
    '--header', `Authorization: Bearer ${fs.readFileSync(path.join(state, 'gateway.token'), 'utf8').trim()}`], []],
};

const commandLine = (group, method, more) => [inspector, '--cli', ...target[group][1], '--format', 'json', '--quiet', '--connect-timeout', '60000', ...target[group][0], '--method', method, ...more];

async function inspect(group, method, ...more) {
  const { stdout } = await run(process.execPath, commandLine(group, method, more), { timeout: 120000, maxBuffer: 1 << 24 }).catch((error) => error);
  return stdout ?? '';
}

const agent = async (...args) => (await run('dotnet', [dll, ...args, '--state', state], { timeout: 60000 }).catch((error) => error)).stdout ?? '';

function expect(condition, message) {
  if (!condition) throw new Error(message);
}

// The inspector and whatever it started, as when a terminal is closed.
function end(child) {
  try { process.kill(-child.pid, 'SIGKILL'); } catch { /* it ended by itself */ }
}

// Starts a write, waits until its question can be seen in a terminal, and gives both.
async function ask(group, file) {
  const child = spawn(process.execPath, commandLine(group, 'tools/call', ['--tool-name', 'files__write_file', '--tool-args-json', JSON.stringify({ path: file, content: 'by the inspector' })]), { detached: true });
  let output = '';
  child.stdout.on('data', (data) => { output += data; });
  child.stderr.on('data', (data) => { output += data; });
  const ended = new Promise((resolve) => child.on('close', () => resolve(output)));
  for (let i = 0; i < 120; i++) {
    const questions = [...(await agent('approvals', 'list')).matchAll(/([\s\S]*?)agent approvals approve (\S+)/g)];
    const id = questions.find(([, card]) => card.includes(file))?.[2];
    if (id) return { child, ended, id };
    if (child.exitCode !== null) break;
  }
  end(child);
  throw new Error(`no question came: ${output}`);
}

async function check(group, name, body) {
  try {
    await body();
    console.log(`ok ${group} ${name}`);
  } catch (error) {
    console.log(`bad ${group} ${name}: ${(error?.message ?? String(error)).replaceAll('\n', ' ').slice(0, 500)}`);
  }
}

for (const group of Object.keys(target)) {
  const file = (name) => path.join(root, `${group}-${name}.txt`);
  await check(group, 'list', async () => {
    const listed = await inspect(group, 'tools/list');
    expect(listed.includes('files__read_file') && listed.includes('ask_agent'), listed);
  });
  await check(group, 'call', async () => {
    const result = await inspect(group, 'tools/call', '--tool-name', 'files__read_file', '--tool-arg', 'path=hello.txt');
    expect(result.includes('hello from the root'), result);
  });
  await check(group, 'refuse', async () => {
    const { ended, id } = await ask(group, `${group}-refuse.txt`);
    await agent('approvals', 'deny', id, '--reason', 'not on my watch');
    const result = await ended;
    expect(result.includes('not on my watch') && !fs.existsSync(file('refuse')), result);
  });
  await check(group, 'approve', async () => {
    const { ended, id } = await ask(group, `${group}-approve.txt`);
    await agent('approvals', 'approve', id);
    const result = await ended;
    expect(fs.existsSync(file('approve')) && fs.readFileSync(file('approve'), 'utf8').trimEnd() === 'by the inspector', result);
  });
  await check(group, 'cancel', async () => {
    const { child, ended, id } = await ask(group, `${group}-cancel.txt`);
    end(child);
    await ended;
    // Even a late yes must not wake a call whose client has gone.
    await agent('approvals', 'approve', id);
    const result = await inspect(group, 'tools/call', '--tool-name', 'files__read_file', '--tool-arg', 'path=hello.txt');
    expect(result.includes('hello from the root') && !fs.existsSync(file('cancel')), result);
  });
}
