// Opens the page as a person would, works with it, and writes down what is seen.
// node drive.mjs TASK: a JSON file, which test_html_browser.py writes.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";

const task = JSON.parse(await readFile(process.argv[2], "utf8"));
const axe = await readFile("node_modules/axe-core/axe.min.js", "utf8");
const report = { console: [], requests: [], dialogs: [], violations: {}, colours: {} };
const browser = await chromium.launch({
  executablePath: task.browser,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});

/** A new page of one colour scheme; what it complains of and asks for is kept. */
const open = async (address, colorScheme) => {
  const page = await browser.newPage({
    colorScheme,
    viewport: { width: 1280, height: 860 },
    reducedMotion: "reduce",
  });
  page.on("console", (message) => report.console.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => report.console.push(`uncaught: ${error.stack}`));
  page.on("request", (request) => report.requests.push(request.url()));
  page.on("dialog", (dialog) => {
    report.dialogs.push(dialog.message());
    return dialog.dismiss();
  });
  await page.goto(address);
  return page;
};

/** What axe finds wrong with the page as it is; the tool itself runs beside the page's policy. */
const violations = async (page, ...rules) => {
  await page.evaluate(axe);
  const found = await page.evaluate(
    (runOnly) => globalThis.axe.run(runOnly.length ? { runOnly } : {}),
    rules,
  );
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
};

const shown = (page) => page.locator("#list > article:not([hidden])").count();
const focused = (page) => page.evaluate(() => document.activeElement.id);
const ground = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const picture = (page, name) => page.screenshot({ path: join(task.pictures, `${name}.png`) });

for (const scheme of ["light", "dark"]) {
  const page = await open(task.page, scheme);
  report.colours[scheme] = await ground(page);
  await picture(page, `${scheme}-summary`);
  await page.locator("#connections").scrollIntoViewIfNeeded();
  await page.evaluate(() => document.querySelector("#connections").scrollIntoView());
  await picture(page, `${scheme}-connections`);
  await page.evaluate(() => document.querySelector("#list > article").scrollIntoView());
  await picture(page, `${scheme}-findings`);
  // A few findings have all that others have; what depends on no colour is looked at once.
  await page.selectOption("#filters [name=severity]", "medium");
  report.violations[scheme] = await violations(page, ...(scheme === "dark" ? ["color-contrast"] : []));
  await page.close();
}

const page = await open(task.page, "light");
await page.selectOption("#theme", "dark");
report.colours.chosen = await ground(page);

// Filters
report.all = await shown(page);
report.narrowed = {};
for (const [name, value] of Object.entries(task.filters)) {
  const field = page.locator(`#filters [name=${name}]`);
  await (name === "search" ? field.fill(value) : field.selectOption(value));
  report.narrowed[name] = [await shown(page), await page.locator("#shown").textContent()];
  await page.getByRole("button", { name: "show all" }).click();
}
report.again = await shown(page);
await page.locator("#filters [name=search]").fill("no such word anywhere");
report.none = [await shown(page), await page.locator("#none").isVisible()];
await page.getByRole("button", { name: "show all" }).click();

// Keys
await page.keyboard.press("Tab");
await page.evaluate(() => document.activeElement.blur());
report.keys = [];
for (const key of ["j", "j", "k"]) {
  await page.keyboard.press(key);
  report.keys.push(await focused(page));
}
const isFolded = () => page.evaluate(() => !document.activeElement.querySelector("details").open);
await page.keyboard.press("o");
report.folded = [await isFolded()];
await page.keyboard.press("o");
report.folded.push(await isFolded());
await page.keyboard.press("/");
await page.keyboard.type("jk/");
report.typed = await page.locator("#filters [name=search]").inputValue();
await page.getByRole("button", { name: "show all" }).click();
await page.locator("#keys").uncheck();
await page.evaluate(() => document.activeElement.blur());
await page.keyboard.press("j");
report.off = await focused(page);
await page.getByRole("button", { name: "fold diffs" }).click();
report.open = await page.locator("#list details[open]").count();

// By keyboard alone: the first stop leads past everything to the findings.
await page.reload();
await page.keyboard.press("Tab");
report.first = await page.evaluate(() => document.activeElement.textContent);

// Paper
await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
await page.emulateMedia({ media: "print", colorScheme: "dark" });
report.paper = {
  colour: await ground(page),
  filters: await page.locator("#filters").isVisible(),
  folded: await page.locator("details:not([open])").count(),
};

// Narrow: nothing but what scrolls by itself is wider than the screen.
await page.emulateMedia({ media: "screen", colorScheme: "light" });
await page.setViewportSize({ width: 420, height: 900 });
report.wide = await page.evaluate(() => document.documentElement.scrollWidth);
await page.close();

const hostile = await open(task.hostile, "light");
report.title = await hostile.title();
await hostile.setViewportSize({ width: 420, height: 900 });
report.hostileWide = await hostile.evaluate(() => document.documentElement.scrollWidth);
report.injected = await hostile.evaluate(() => document.querySelectorAll("script, iframe, img").length);
await hostile.close();

await browser.close();
await writeFile(task.report, JSON.stringify(report));
