import type { SessionEvent } from "@convfuse/kernel";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LimitedOutput } from "../../src/session/browser/limited-output.js";
import type { LeftOut } from "../../src/session/browser/protocol.js";

// The clock is taken before any cell runs, so before this test's own clock stands in its place.
vi.mock("../../src/session/now.js", () => ({ now: () => performance.now() }));

let events: SessionEvent[];
let leftOut: LeftOut[];
let output: LimitedOutput;

beforeEach(() => {
  vi.useFakeTimers();
  events = [];
  leftOut = [];
  output = new LimitedOutput(
    { characters: 1000, outputs: 10 },
    (event) => events.push(event),
    (counts) => leftOut.push(counts),
  );
});
afterEach(() => {
  vi.useRealTimers();
});

const parent = "1";
const text = (content: string): SessionEvent => ({ type: "stream", parent, name: "stdout", text: content });
const clear = (wait = false): SessionEvent => ({ type: "clear_output", parent, wait });
const display = (content: string, display_id?: string): SessionEvent => ({
  type: "display_data",
  parent,
  data: { "text/plain": content },
  metadata: {},
  transient: display_id === undefined ? {} : { display_id },
});
const update = (content: string, display_id: string): SessionEvent => ({
  ...(display(content, display_id) as SessionEvent & { type: "display_data" }),
  type: "update_display_data",
});
const message = (data: number): SessionEvent => ({
  type: "comm_msg",
  parent,
  commId: "c",
  data,
  metadata: {},
  buffers: [],
});
const error: SessionEvent = { type: "error", parent, ename: "E", evalue: "", traceback: [] };

/** What a page shows after these events. */
function shown(): readonly string[] {
  const outputs: { text: string; id?: string }[] = [];
  let isClearing = false;
  for (const event of events) {
    if (event.type === "clear_output") {
      if (event.wait) isClearing = true;
      else outputs.length = 0;
    } else if (event.type === "update_display_data") {
      for (const each of outputs)
        if (each.id === event.transient.display_id) each.text = String(event.data["text/plain"]);
    } else if (event.type === "stream" || event.type === "display_data" || event.type === "error") {
      if (isClearing) outputs.length = 0;
      isClearing = false;
      const id = event.type === "display_data" ? event.transient.display_id : undefined;
      const content =
        event.type === "stream"
          ? event.text
          : event.type === "error"
            ? event.ename
            : String(event.data["text/plain"]);
      outputs.push(id === undefined ? { text: content } : { text: content, id });
    }
  }
  return outputs.map((each) => each.text);
}

describe("a page is sent no more than it can follow", () => {
  test("little is sent at once, as it came", () => {
    const all = [text("a"), display("b", "b"), clear(true), text("c"), update("d", "b"), message(1), error];
    for (const event of all) output.pass(event);
    expect(events).toEqual(all);
  });

  test.each([false, true])(
    "pictures that each clear the last: those in time, and the last (wait: %s)",
    (wait) => {
      for (let n = 0; n < 100_000; n++) {
        output.pass(clear(wait));
        output.pass(text(`${n}`));
        output.pass(display(`picture ${n}`));
      }
      output.pass(error);
      const before = events.length;
      expect(before).toBeLessThan(1000);
      vi.advanceTimersByTime(100);
      expect(events.length - before).toBeLessThanOrEqual(20);
      output.end(parent);
      expect(shown()).toEqual(["99999", "picture 99999", "E"]);
      expect(leftOut).toEqual([]);
    },
  );

  test("updates: each display has its last", () => {
    output.pass(display("", "a"));
    output.pass(display("", "b"));
    for (let n = 0; n < 10_000; n++) for (const id of ["a", "b"]) output.pass(update(`${id}${n}`, id));
    output.end(parent);
    expect(events.length).toBeLessThan(500);
    expect(shown()).toEqual(["a9999", "b9999"]);
  });

  test("messages of comms, in order, until there are too many: then they are counted, and the error is not lost", () => {
    for (let n = 0; n < 50_000; n++) output.pass(message(n));
    output.pass(error);
    output.end(parent);
    const sent = events.flatMap((event) => (event.type === "comm_msg" ? [event.data] : []));
    expect(sent).toEqual(Array.from(sent, (_, n) => n));
    expect(sent.length).toBeGreaterThan(10_000);
    expect(events.at(-1)).toEqual(error);
    expect(leftOut.reduce((sum, { outputs }) => sum + outputs, 0)).toBe(50_000 - sent.length);
  });

  test("what waits comes in time without another event, and a large output waits for longer", () => {
    for (let n = 0; n < 300; n++) output.pass(message(n));
    expect(events.length).toBe(200);
    vi.advanceTimersByTime(2000);
    expect(events.length).toBe(300);
    output.pass(display("x".repeat(30_000_000)));
    output.pass(clear());
    output.pass(text("behind"));
    vi.advanceTimersByTime(500);
    expect(events.length).toBe(301);
    vi.advanceTimersByTime(3000);
    expect(shown()).toEqual(["behind"]);
  });

  test("text and outputs beyond the limits are counted; what is cleared makes room", () => {
    output.pass(text("x".repeat(1500)));
    for (let n = 0; n < 12; n++) output.pass(display(`${n}`));
    output.end(parent);
    expect(shown().map(({ length }) => length)).toEqual([1000, ...Array(10).fill(1)]);
    expect(leftOut.reduce((sum, { characters }) => sum + characters, 0)).toBe(500);
    expect(leftOut.reduce((sum, { outputs }) => sum + outputs, 0)).toBe(2);
    output.pass(clear());
    output.pass(text("again"));
    output.end(parent);
    expect(shown()).toEqual(["again"]);
  });
});
