import { type Kernel, KernelMessage } from "@jupyterlab/services";

type Future = Kernel.IShellFuture<KernelMessage.IExecuteRequestMsg, KernelMessage.IExecuteReplyMsg>;

/** An output as a notebook stores it. */
export type Output = { readonly output_type: string } & { readonly [key: string]: unknown };

/** A cell's outputs, as a client that draws a notebook gathers them; what comes later changes them too. */
export function outputsOf(future: Future): readonly Output[] {
  const outputs: Output[] = [];
  const displays = new Map<string, number>();
  let clearNext = false;
  const clear = (): void => {
    outputs.length = 0;
    clearNext = false;
  };
  const add = (output: Output): void => {
    if (clearNext) clear();
    outputs.push(output);
  };
  future.onIOPub = (message) => {
    if (KernelMessage.isStreamMsg(message)) {
      const { name, text } = message.content;
      const last = clearNext ? undefined : outputs.at(-1);
      if (last?.output_type === "stream" && last.name === name)
        outputs[outputs.length - 1] = { ...last, text: `${last.text}${text}` };
      else add({ output_type: "stream", name, text });
    } else if (KernelMessage.isDisplayDataMsg(message)) {
      const { data, metadata, transient } = message.content;
      add({ output_type: "display_data", data, metadata });
      if (transient?.display_id) displays.set(transient.display_id, outputs.length - 1);
    } else if (KernelMessage.isUpdateDisplayDataMsg(message)) {
      const { data, metadata, transient } = message.content;
      const at = displays.get(transient.display_id as string);
      if (at !== undefined) outputs[at] = { output_type: "display_data", data, metadata };
    } else if (KernelMessage.isExecuteResultMsg(message)) {
      const { data, metadata, execution_count } = message.content;
      add({ output_type: "execute_result", data, metadata, execution_count });
    } else if (KernelMessage.isErrorMsg(message)) {
      const { ename, evalue, traceback } = message.content;
      add({ output_type: "error", ename, evalue, traceback });
    } else if (KernelMessage.isClearOutputMsg(message)) {
      if (message.content.wait) clearNext = true;
      else clear();
    }
  };
  return outputs;
}
