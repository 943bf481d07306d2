// VS Code's workbench with the app's folder open and the extension installed.
import { initialize, LogLevel } from "@codingame/monaco-vscode-api";
import { ExtensionHostKind, registerExtension } from "@codingame/monaco-vscode-api/extensions";
import { URI } from "@codingame/monaco-vscode-api/vscode/vs/base/common/uri";
import bulkEdit from "@codingame/monaco-vscode-bulk-edit-service-override";
import configuration, {
  initUserConfiguration,
} from "@codingame/monaco-vscode-configuration-service-override";
import dialogs from "@codingame/monaco-vscode-dialogs-service-override";
import environment from "@codingame/monaco-vscode-environment-service-override";
import explorer from "@codingame/monaco-vscode-explorer-service-override";
import "@codingame/monaco-vscode-extension-api/localExtensionHost";
import extensions from "@codingame/monaco-vscode-extensions-service-override";
import { registerFileSystemOverlay } from "@codingame/monaco-vscode-files-service-override";
import keybindings from "@codingame/monaco-vscode-keybindings-service-override";
import languages from "@codingame/monaco-vscode-languages-service-override";
import markers from "@codingame/monaco-vscode-markers-service-override";
import model from "@codingame/monaco-vscode-model-service-override";
import multiDiffEditor from "@codingame/monaco-vscode-multi-diff-editor-service-override";
import notifications from "@codingame/monaco-vscode-notifications-service-override";
import output from "@codingame/monaco-vscode-output-service-override";
import { whenReady as python } from "@codingame/monaco-vscode-python-default-extension";
import quickAccess from "@codingame/monaco-vscode-quickaccess-service-override";
import storage from "@codingame/monaco-vscode-storage-service-override";
import textmate from "@codingame/monaco-vscode-textmate-service-override";
import { whenReady as themes } from "@codingame/monaco-vscode-theme-defaults-default-extension";
import theme from "@codingame/monaco-vscode-theme-service-override";
import statusBar from "@codingame/monaco-vscode-view-status-bar-service-override";
import workbench from "@codingame/monaco-vscode-workbench-service-override";
import workspaceTrust from "@codingame/monaco-vscode-workspace-trust-service-override";
import workingCopy from "@codingame/monaco-vscode-working-copy-service-override";
import { createDisk } from "./disk.mjs";
import { createNode } from "./node.mjs";

const setup = await (await fetch("/setup")).json();

const WORKERS = {
  editorWorkerService: "/editor.js",
  OutputLinkDetectionWorker: "/links.js",
  TextMateWorker: "/textmate.js",
};
globalThis.MonacoEnvironment = {
  getWorkerUrl: (_, label) => WORKERS[label],
  getWorkerOptions: () => ({ type: "module" }),
};
// The extension's bundle asks for Node's modules: see the bridge's `/extension.js`.
globalThis.nodeForExtension = createNode(setup);

registerFileSystemOverlay(1, createDisk(setup.folder));
await initUserConfiguration(JSON.stringify(setup.settings));
await initialize(
  {
    ...bulkEdit(),
    ...configuration(),
    ...dialogs(),
    ...environment(),
    ...explorer(),
    ...extensions(),
    ...keybindings(),
    ...languages(),
    ...markers(),
    ...model(),
    ...multiDiffEditor(),
    ...notifications(),
    ...output(),
    ...statusBar(),
    ...storage(),
    ...textmate(),
    ...theme(),
    ...workingCopy(),
    ...workspaceTrust(),
    ...workbench(),
    ...quickAccess({
      isKeybindingConfigurationVisible: () => true,
      shouldUseGlobalPicker: () => true,
    }),
  },
  document.body,
  {
    // Without that, every workspace is trusted.
    enableWorkspaceTrust: setup.asksForTrust,
    workspaceProvider: {
      workspace: { folderUri: URI.file(setup.folder) },
      open: async () => false,
    },
    developmentOptions: { logLevel: LogLevel.Info },
    productConfiguration: { nameShort: "VS Code", nameLong: "VS Code" },
  },
  { userHome: URI.file("/") },
);
await Promise.all([python(), themes()]);

// Where Node is, `main` would be loaded; the extension hosts of browsers load `browser`.
const extension = registerExtension(
  { ...setup.manifest, browser: setup.manifest.main },
  ExtensionHostKind.LocalProcess,
);
const bundle = new URL("/extension.js", location.href).href;
extension.registerFileUrl(setup.manifest.main, bundle, { mimeType: "text/javascript" });

// Another extension, through which the test looks at what extensions see.
const probe = registerExtension(
  { name: "probe", publisher: "tests", version: "1.0.0", engines: { vscode: "*" } },
  ExtensionHostKind.LocalProcess,
);
globalThis.vscode = await probe.getApi();
