// Works with the extension in VS Code's workbench as a person would, and writes down what is seen.
// node drive.mjs TASK: a JSON file, which workbench.py writes.
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { chromium } from "playwright-core";
import { startBridge } from "./bridge.mjs";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const PATIENCE = 60_000;
const SQUIGGLES = ".squiggly-error, .squiggly-warning, .squiggly-info";

const task = JSON.parse(await readFile(process.argv[2], "utf8"));
const report = { done: [], console: [] };
const bridge = await startBridge({ ...task, site: "site", modules: "node_modules" });
const context = await chromium.launchPersistentContext("", {
  executablePath: task.browser,
  args: FLAGS,
  viewport: { width: 1120, height: 600 },
});
context.setDefaultTimeout(PATIENCE);
const page = context.pages()[0] ?? (await context.newPage());
page.on("console", (message) => report.console.push(`${message.type()}: ${message.text()}`));
page.on("pageerror", (error) => report.console.push(`uncaught: ${error.stack}`));

const picture = (name) => page.screenshot({ path: join(task.pictures, `${name}.png`) });

/** Wait for something to become true in the page. */
const until = (condition, argument) => page.waitForFunction(condition, argument, { polling: 100 });

/** Wait for something to become true. */
const wait = async (condition) => {
  const end = Date.now() + PATIENCE;
  while (!(await condition())) {
    if (Date.now() > end) {
      throw new Error(`in vain: ${condition}`);
    }
    await page.waitForTimeout(50);
  }
};

/** What tapfix has found, as other extensions see it. */
const findings = () =>
  page.evaluate(() =>
    vscode.languages.getDiagnostics().flatMap(([uri, diagnostics]) =>
      diagnostics
        .filter(({ source }) => source === "tapfix")
        .map(({ code, range, message }) => ({
          path: uri.path,
          code: typeof code === "object" ? code.value : code,
          page: typeof code === "object" ? code.target.toString() : undefined,
          line: range.start.line + 1,
          message,
        })),
    ),
  );

/** The findings when none has come or gone for a second: files are asked about one by one. */
const settled = async () => {
  let last = "";
  let since = Date.now();
  await wait(async () => {
    const now = JSON.stringify(await findings());
    if (now !== last) {
      [last, since] = [now, Date.now()];
    }
    return Date.now() - since > 1000;
  });
  return JSON.parse(last);
};

const hasCode = async (code) => (await findings()).some((finding) => finding.code === code);

const open = (path) =>
  page.evaluate(async (file) => {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    await vscode.window.showTextDocument(document, { preview: false });
  }, path);

/** Put the cursor into the first finding with a code, as a click on its squiggle does. */
const goTo = (code) =>
  page.evaluate((wanted) => {
    const editor = vscode.window.activeTextEditor;
    const { range } = vscode.languages
      .getDiagnostics(editor.document.uri)
      .find((diagnostic) => diagnostic.code.value === wanted);
    editor.selection = new vscode.Selection(range.start, range.start);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenter);
  }, code);

const textOf = (path) =>
  page.evaluate(
    async (file) => (await vscode.workspace.openTextDocument(vscode.Uri.file(file))).getText(),
    path,
  );

/** Whether a fix is on offer in the line above the cursor. */
const offers = (code) =>
  page.evaluate(async (wanted) => {
    const { document, selection } = vscode.window.activeTextEditor;
    const { range } = document.lineAt(selection.active.line - 1);
    const provide = "vscode.executeCodeActionProvider";
    const actions = await vscode.commands.executeCommand(provide, document.uri, range);
    return actions.some(({ title }) => title.startsWith(`${wanted}:`));
  }, code);

/** Change a setting of the user's. */
const configure = (key, value) =>
  page.evaluate(
    ([name, given]) => vscode.workspace.getConfiguration("tapfix").update(name, given, true),
    [key, value],
  );

/** Choose a command in the palette, by its whole title. */
const command = async (title) => {
  await page.keyboard.press("F1");
  await page.locator(".quick-input-widget input").waitFor();
  await page.keyboard.type(title);
  const row = page.locator(".quick-input-list-row", { hasText: title }).first();
  await row.click();
};

const STATUS = "tapfix.tapfix.tapfix.status";
const status = () => page.locator(`[id="${STATUS}"]`);
const statusSays = (words) =>
  until(
    ([id, pattern]) => new RegExp(pattern).test(document.getElementById(id)?.innerText),
    [STATUS, words],
  );

/** Save all, as often as it takes: files that no editor shows yet are left out. */
const saveAll = () =>
  wait(() =>
    page.evaluate(async () => {
      await vscode.workspace.saveAll();
      return vscode.workspace.textDocuments.every(({ isDirty }) => !isDirty);
    }),
  );

/** The texts of the files in a folder on the disk, by relative path. */
const treeOf = async (folder) => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !path.startsWith(".venv"));
  const texts = paths.map(async (path) => [path, await readFile(join(folder, path), "utf8")]);
  return Object.fromEntries(await Promise.all(texts));
};

/** The servers that are running. */
const living = () =>
  bridge.children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);

const stack = join(task.folder, task.stack);

/** Open the workbench, and the stack in it. */
const load = async () => {
  await page.goto(bridge.url);
  await until(() => globalThis.vscode);
  await open(stack);
};

/** Answer a question that has to be answered; what it says. */
const answer = async (choice) => {
  const dialog = page.locator(".monaco-dialog-box");
  await dialog.waitFor();
  await picture("question");
  const asked = await dialog.innerText();
  await dialog.getByText(choice, { exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  return asked;
};

// One after the other; each builds on those before it.
const steps = {
  async start() {
    await load();
    // Those of each file come at once: of the stack, and of the handler, which is not open.
    await wait(async () => new Set((await findings()).map(({ path }) => path)).size === 2);
    await statusSays("tapfix \\d");
    await goTo(task.code);
    await page.locator(SQUIGGLES).first().waitFor();
    return {
      findings: await findings(),
      status: await status().innerText(),
      tooltip: await status().getAttribute("aria-label"),
      commands: await page.evaluate(() => vscode.commands.getCommands(true)),
    };
  },

  async menu() {
    await page.locator(".lightBulbWidget").waitFor();
    await page.keyboard.press("Control+.");
    const titles = page.locator(".action-widget .monaco-list-row.action .title");
    await titles.first().waitFor();
    await picture("quick-fixes");
    return titles.allInnerTexts();
  },

  async fix() {
    const before = await textOf(stack);
    await page.keyboard.press("Enter");
    await wait(async () => !(await hasCode(task.code)));
    const after = await textOf(stack);
    await page.keyboard.press("Control+z");
    await wait(() => hasCode(task.code));
    return { before, after, undone: await textOf(stack) };
  },

  async diff() {
    await command("tapfix: Show diff of this app");
    const entries = page.locator(".multiDiffEntry");
    await entries.first().locator(".line-insert").first().waitFor();
    await picture("diff");
    const title = await page.evaluate(() => vscode.window.tabGroups.activeTabGroup.activeTab.label);
    const texts = await entries.first().allInnerTexts();
    await page.evaluate(() => vscode.commands.executeCommand("workbench.action.closeActiveEditor"));
    return { title, first: texts.join("\n") };
  },

  async ask() {
    await open(stack);
    await goTo("TAP001");
    await page.keyboard.press("Control+.");
    await page.locator(".action-widget .monaco-list-row.action").first().waitFor();
    await page.keyboard.press("Enter");
    const asked = await answer("Cancel");
    return { asked, text: await textOf(stack) };
  },

  async review() {
    await open(stack);
    await command("tapfix: Fix all in this app");
    const asked = await answer("Review changes");
    const box = page.locator(".bulk-edit-panel input[type=checkbox]").first();
    await box.waitFor();
    await picture("review");
    const ticked = await box.isChecked();
    await page.locator(".bulk-edit-panel").getByText("Discard", { exact: true }).click();
    return { asked, ticked, text: await textOf(stack) };
  },

  async fixAll() {
    await command("tapfix: Fix all in this app");
    const asked = await answer("Apply");
    // All files are changed and created, one after the other, when only this one is left.
    await wait(async () => (await findings()).map(({ code }) => code).join() === "TAP018");
    await saveAll();
    return { asked, tree: await treeOf(task.folder) };
  },

  async unsaved() {
    await open(join(task.folder, task.requirements));
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await wait(() => hasCode("TAP014"));
    const without = await findings();
    await page.keyboard.press("Control+z");
    await wait(async () => !(await hasCode("TAP014")));
    await saveAll();
    return { without };
  },

  async onSave() {
    const before = living()[0];
    await configure("run", "onSave");
    await wait(() => living().length === 1 && living()[0] !== before);
    await open(stack);
    await wait(() => hasCode("TAP018"));
    const old = await settled();
    await page.keyboard.press("Control+End");
    await page.keyboard.type('\ns3.Bucket(None, "B", removal_policy=RemovalPolicy.RETAIN)\n');
    // The server knows of it as soon as it offers to mend it.
    await wait(() => offers("TAP002"));
    const unsaved = await findings();
    await saveAll();
    await wait(() => hasCode("TAP002"));
    return { old, unsaved };
  },

  async restart() {
    const [before] = living();
    await command("tapfix: Restart server");
    await wait(() => living().length === 1 && living()[0] !== before);
    await statusSays("tapfix");
    return { number: living().length };
  },

  async output() {
    await command("tapfix: Show output");
    await page.locator(".output-view .view-line").first().waitFor();
    await picture("output");
    return page.evaluate(() =>
      vscode.workspace.textDocuments
        .filter(({ uri }) => uri.scheme === "output")
        .map((document) => document.getText())
        .join("\n"),
    );
  },

  async missing() {
    await open(stack);
    await configure("path", "/nowhere/tapfix");
    const toast = page.locator(".notification-toast", { hasText: "/nowhere/tapfix" });
    await toast.waitFor();
    await picture("missing");
    await wait(() => living().length === 0);
    const shown = {
      text: await toast.innerText(),
      findings: await findings(),
      status: await status().getAttribute("aria-label"),
    };
    await configure("path", undefined);
    await wait(() => living().length === 1);
    await wait(() => hasCode("TAP018"));
    return shown;
  },

  async untrusted() {
    await page.goto("about:blank");
    for (const child of living()) {
      child.kill();
    }
    await wait(() => living().length === 0);
    bridge.setup.asksForTrust = true;
    bridge.setup.settings = { ...task.settings, "tapfix.interpreter": undefined };
    await load();
    const toast = page.locator(".notification-toast", { hasText: "No tapfix" });
    await toast.waitFor();
    await picture("untrusted");
    const shown = {
      trusted: await page.evaluate(() => vscode.workspace.isTrusted),
      text: await toast.innerText(),
      servers: living().length,
      interpreterWasRun: existsSync(task.marker),
    };
    await page.evaluate(() => vscode.commands.executeCommand("workbench.trust.manage"));
    await page.locator(".workspace-trust-editor").getByText("Trust", { exact: true }).click();
    await wait(() => living().length === 1);
    await wait(() => hasCode("TAP018"));
    await open(stack);
    return { ...shown, after: await status().getAttribute("aria-label") };
  },
};

try {
  for (const [name, step] of Object.entries(steps)) {
    const start = Date.now();
    report.at = name;
    report[name] = await step();
    report.done.push([name, Date.now() - start]);
  }
} catch (error) {
  report.error = `${report.at}: ${error.stack}`;
  await picture(`failed-${report.at}`).catch(() => undefined);
} finally {
  await context.close();
  bridge.close();
  await writeFile(task.report, JSON.stringify(report, undefined, 1));
}
