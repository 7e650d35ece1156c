import type { IKernelClient } from "@jupyterlite/services";

/**
 * Lets an interrupt reach the running cell. JupyterLite's client of kernels only drops the cells that wait,
 * and has no place for a kernel to hear of it, so its method is replaced by one that calls it, and then the
 * kernel's own.
 */
export function passInterruptsOn(
  client: IKernelClient,
  kernels: ReadonlyMap<string, { interrupt(): void }>,
): void {
  const dropWaiting = client.interrupt.bind(client);
  client.interrupt = async (id) => {
    await dropWaiting(id);
    kernels.get(id)?.interrupt();
  };
}
