import { PageConfig, URLExt } from "@jupyterlab/coreutils";
import { type Contents, IContentsManager, type ServiceManagerPlugin } from "@jupyterlab/services";
import { ILocalForage } from "@jupyterlite/localforage";
import { IKernelClient, IKernelSpecs } from "@jupyterlite/services";
import { workerFile } from "./constants.generated.js";
import { readDriveFiles } from "./drive-files.js";
import { passInterruptsOn } from "./interrupts.js";
import { LiteKernel } from "./kernel.js";
import { kernelNames, kernelSpec } from "./kernel-spec.js";
import { type Store, setChangedLessonsAside } from "./lessons.js";

const extension = "@convfuse/jupyterlite";

const kernel: ServiceManagerPlugin<void> = {
  id: `${extension}:kernel`,
  description: "A TypeScript kernel in a worker of the page.",
  autoStart: true,
  requires: [IKernelSpecs, IKernelClient, IContentsManager],
  activate: (_: null, specs: IKernelSpecs, client: IKernelClient, contents: Contents.IManager) => {
    // By its address, which only the page knows: a bundler would write the worker's five megabytes into this
    // script.
    const staticUrl = URLExt.join(PageConfig.getOption("fullLabextensionsUrl"), extension, "static");
    const kernels = new Map<string, LiteKernel>();
    for (const name of kernelNames)
      specs.register({
        spec: kernelSpec(name, staticUrl),
        create: async (options) => {
          const files = await readDriveFiles(contents, options.location);
          const worker = new Worker(`${staticUrl}/${workerFile}`);
          const created = new LiteKernel({ ...options, worker, files });
          kernels.set(created.id, created);
          created.disposed.connect(() => {
            if (kernels.get(created.id) === created) kernels.delete(created.id);
          });
          return created;
        },
      });
    passInterruptsOn(client, kernels);
  },
};

const lessons: ServiceManagerPlugin<void> = {
  id: `${extension}:lessons`,
  description: "Shows lessons that have changed since this browser stored them.",
  autoStart: true,
  requires: [ILocalForage],
  activate: async (_: null, { localforage }: ILocalForage) => {
    const settings = JSON.parse(PageConfig.getOption("litePluginSettings") || "{}");
    const digests: Readonly<Record<string, string>> | undefined = settings[lessons.id]?.digests;
    if (digests === undefined) return;
    // The store of JupyterLite's drive, by the name that it gives it.
    const name =
      PageConfig.getOption("contentsStorageName") ||
      `JupyterLite Storage - ${PageConfig.getOption("baseUrl")}`;
    const store = (storeName: string): Store => localforage.createInstance({ name, storeName, version: 1 });
    await setChangedLessonsAside(digests, store("files"), store("convfuse-lessons"));
  },
};

// biome-ignore lint/style/noDefaultExport: JupyterLab takes an extension's plugins from there
export default [kernel, lessons] as readonly ServiceManagerPlugin<void>[];
