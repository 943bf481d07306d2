// Where the extension looks for a server, in which order, and what it says when there is none.
// Run with: node --test finding.test.mjs, and in the environment
// FINDING: the extension's modules for that, bundled; SERVER_PYTHON: an interpreter that has
// tapfix[lsp]; BARE_PYTHON: one that has nothing.
import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";

const { SERVER_PYTHON, BARE_PYTHON, FINDING } = process.env;
const { basePythons, findServer, installServer, places, programsIn } = await import(FINDING);

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "finding-")));
after(() => rmSync(scratch, { recursive: true }));
const run = programsIn(scratch);

const around = {
  platform: "linux",
  environment: { VIRTUAL_ENV: "/active", PATH: "/usr/bin:bin:/project/tools" },
  home: "/home/me",
  exists: () => true,
  folders: ["/project"],
  trusted: true,
  path: "",
  interpreter: "",
  selected: "/selected/bin/python",
  own: "/storage/environment",
};
const paths = (changes) => places({ ...around, ...changes }).map(({ path }) => path);

test("the workspace comes first, then the machine, then the extension's own", () => {
  assert.deepEqual(paths(), [
    "/selected/bin/python",
    "/project/.venv/bin/python",
    "/project/venv/bin/python",
    "/active/bin/python",
    "/usr/bin/tapfix",
    "/project/tools/tapfix",
    "/storage/environment/bin/python",
  ]);
});

test("what is not there is not tried", () => {
  assert.deepEqual(paths({ exists: (path) => path.startsWith("/usr") }), ["/usr/bin/tapfix"]);
});

test("the same place is tried once", () => {
  const selected = "/project/.venv/bin/python";
  assert.equal(paths({ selected }).filter((path) => path === selected).length, 1);
});

test("nothing of a workspace that is not trusted is tried, wherever it is named", () => {
  const environment = { ...around.environment, VIRTUAL_ENV: "/project/.venv" };
  const selected = "/project/odd/python";
  assert.deepEqual(paths({ environment, selected, trusted: false }), [
    "/usr/bin/tapfix",
    "/storage/environment/bin/python",
  ]);
  assert.deepEqual(paths({ path: "${workspaceFolder}/bin/tapfix", trusted: false }), []);
  assert.deepEqual(paths({ interpreter: "venv/bin/python", trusted: false }), []);
  assert.deepEqual(paths({ path: "/opt/tapfix", trusted: false }), ["/opt/tapfix"]);
});

test("a setting is the only place", () => {
  const path = "~/bin/tapfix";
  assert.deepEqual(places({ ...around, path }), [
    { kind: "program", path: "/home/me/bin/tapfix", because: "the setting tapfix.path" },
  ]);
  assert.deepEqual(paths({ interpreter: "${workspaceFolder}/env/bin/python" }), [
    "/project/env/bin/python",
  ]);
  assert.deepEqual(paths({ interpreter: "env/bin/python" }), ["/project/env/bin/python"]);
});

test("Windows keeps programs elsewhere, and does not tell case", () => {
  const environment = { VIRTUAL_ENV: "/PROJECT/env" };
  const untrusted = paths({ platform: "win32", environment, trusted: false });
  assert.ok(!untrusted.includes("/PROJECT/env/Scripts/python.exe"));
  const found = paths({ platform: "win32" });
  assert.ok(found.includes("/project/.venv/Scripts/python.exe"));
  assert.ok(found.includes("/usr/bin/tapfix.exe"));
});

test("an environment with tapfix[lsp] serves", async () => {
  const interpreter = { kind: "interpreter", path: SERVER_PYTHON, because: "the test" };
  const { command, server } = await findServer([interpreter], run);
  assert.deepEqual(command, [SERVER_PYTHON, "-m", "tapfix", "server"]);
  assert.equal(server, `${SERVER_PYTHON} (the test)`);
});

test("so does the program in it", async () => {
  const path = join(dirname(SERVER_PYTHON), "tapfix");
  const program = { kind: "program", path, because: "the test" };
  assert.deepEqual((await findServer([program], run)).command, [path, "server"]);
});

test("a place that cannot serve is passed over", async () => {
  const bare = { kind: "interpreter", path: BARE_PYTHON, because: "bare" };
  const full = { kind: "interpreter", path: SERVER_PYTHON, because: "full" };
  assert.equal((await findServer([bare, full], run)).command[0], SERVER_PYTHON);
});

test("when none can serve, each says what it lacks", async () => {
  const bare = { kind: "interpreter", path: BARE_PYTHON, because: "the workspace's environment" };
  const gone = { kind: "program", path: "/nowhere/tapfix", because: "PATH" };
  const other = { kind: "program", path: "/bin/false", because: "the setting tapfix.path" };
  await assert.rejects(findServer([bare, gone, other], run), ({ message }) => {
    assert.match(message, /\(the workspace's environment\) lacks tapfix, pygls, lsprotocol\./);
    assert.match(message, /\/nowhere\/tapfix \(PATH\) cannot be run: .*ENOENT/);
    assert.match(message, /\/bin\/false \(the setting tapfix\.path\) ended with 1: /);
    assert.match(message, /pip install "tapfix\[lsp\]"/);
    return true;
  });
  await assert.rejects(findServer([], run), /None was found\./);
});

test("programs run outside of the workspace, and end when their time is over", async () => {
  const where = await run([SERVER_PYTHON, "-c", "import os; print(os.getcwd())"], 20);
  assert.deepEqual([where.code, where.stdout.trim()], [0, scratch]);
  const slow = await run([SERVER_PYTHON, "-c", "import time; time.sleep(60)"], 0.2);
  assert.equal(slow.code, null);
});

test("installing makes an environment and has pip fill it", async () => {
  const commands = [];
  const record = async (command) => {
    commands.push(command.join(" "));
    return { code: 0, stdout: "", stderr: "" };
  };
  assert.equal(basePythons(around)[0], "/selected/bin/python");
  assert.equal(basePythons({ ...around, selected: undefined })[0], "/usr/bin/python3");
  await installServer("/usr/bin/python3", "/storage/environment", "1.2.3", "linux", record);
  assert.deepEqual(commands, [
    "/usr/bin/python3 -m venv --clear /storage/environment",
    "/storage/environment/bin/python -m pip install --disable-pip-version-check tapfix[lsp]>=1.2.3",
  ]);
});

test("an installation that fails says what the program said", async () => {
  const python = join(scratch, "no-python");
  await assert.rejects(
    installServer(python, join(scratch, "environment"), "1.2.3", "linux", run),
    /no-python -m venv[^]*ENOENT/,
  );
});
