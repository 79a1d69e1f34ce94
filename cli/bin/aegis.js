#!/usr/bin/env node
/**
 * Starts under whatever Node runs it (18 or newer) and hands over to the Node that the project pins, because the
 * sources are TypeScript that only Node 24 and newer run as they are. What MCP clients start, `wrap` and `mcp`, runs in
 * this process, which stays small. No dependencies, no syntax newer than Node 18.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';

const NEEDED_MAJOR = 24;
const WRONG_USAGE = 2;
const MAIN = new URL('../src/main.ts', import.meta.url);

/** The pinned Node: `node_modules/node/bin/node` in this folder or in one above it. */
function findPinnedNode(folder) {
  const binary = join(
    folder,
    'node_modules',
    'node',
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (existsSync(binary)) return binary;
  const parent = dirname(folder);
  return parent === folder ? undefined : findPinnedNode(parent);
}

function refuse(sentence) {
  process.stderr.write(`aegis: ${sentence}\n`);
  process.exitCode = WRONG_USAGE;
}

/** At a terminal, Ctrl-C reaches the child by itself; passed on, it would arrive twice. */
function passSignalsTo(child) {
  const isTerminal = [0, 1, 2].some((fd) => isatty(fd));
  process.on('SIGINT', () => {
    if (!isTerminal) child.kill('SIGINT');
  });
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) {
    if (process.platform === 'win32' && signal !== 'SIGTERM') continue;
    process.on(signal, () => child.kill(signal));
  }
}

/** Ends as the child ended: with its exit code, or by the signal that ended it. */
function endAs(code, signal) {
  if (signal === null) {
    process.exitCode = code ?? 1;
    return;
  }
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

function handOver(node) {
  const child = spawn(node, [fileURLToPath(MAIN), ...args], { stdio: 'inherit' });
  passSignalsTo(child);
  child.on('error', (error) => {
    refuse(`the project's Node ${node} does not start (${error.message}): run "npm install" again.`);
  });
  child.on('exit', endAs);
}

const args = process.argv.slice(2);
if (args[0] === 'wrap' || args[0] === 'mcp') {
  const { runLightly } = await import('../relay/main.js');
  // Where it runs, this process ends with it.
  await runLightly(args);
}

if (Number.parseInt(process.versions.node, 10) >= NEEDED_MAJOR) {
  await import(MAIN.href);
} else {
  const node = findPinnedNode(dirname(fileURLToPath(import.meta.url)));
  if (node !== undefined) handOver(node);
  else {
    refuse(
      `this is Node ${process.versions.node} and AegisMCP needs Node ${NEEDED_MAJOR} or newer: run "npm install" in its folder, which fetches one for it.`,
    );
  }
}
