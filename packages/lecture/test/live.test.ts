import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import { fromCodePoints, toCodePoints } from "../src/browser/live/code-points.js";
import { inTurn } from "../src/browser/live/in-turn.js";
import { LimitedEvents } from "../src/browser/live/limited-events.js";
import { decodeLink, encodeLink } from "../src/browser/live/link.js";
import { errorPlaces } from "../src/browser/live/positions.js";
import { measuringHash, measuringScript } from "../src/site/html-frame.js";
import { chineseLiveWords, englishLiveWords } from "../src/site/live-words.js";

describe("a link with code", () => {
  const link = (text: string): string => `#code=${deflateSync(text).toString("base64url")}`;

  test("gives back what it was made of", async () => {
    const cells = ["const π = '卷积 \u{1f600}';\n", "", `${"x".repeat(50_000)}`];
    const hash = await encodeLink(cells);
    expect(hash).toMatch(/^#code=[\w-]+$/);
    expect(hash.length).toBeLessThan(500);
    expect(await decodeLink(hash)).toEqual(cells);
    expect(await decodeLink(await encodeLink({ 3: "a" }))).toEqual({ 3: "a" });
  });

  test("is deflated JSON, as zlib writes and reads it", async () => {
    expect(await decodeLink(link('["1 + 1"]'))).toEqual(["1 + 1"]);
  });

  test("that was cut off or changed is refused, as its checksum tells; another address carries none", async () => {
    const code = ["const a = 123;", "const b = 456;"];
    const hash = await encodeLink(code);
    const notText = deflateSync(Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d])).toString("base64url");
    const damaged = ["#code=", "#code=AAAA", "#code=%", "#code=卷积", link("not JSON"), `#code=${notText}`];
    for (let at = 6; at < hash.length; at++) damaged.push(hash.slice(0, at));
    for (const each of damaged)
      await expect(decodeLink(each), each).rejects.toMatchObject({ problem: "damaged" });
    // Before the checksum some bits stand for nothing: a letter of those changes no code.
    let same = 0;
    for (let at = 6; at < hash.length; at++) {
      const changed = `${hash.slice(0, at)}${hash[at] === "x" ? "y" : "x"}${hash.slice(at + 1)}`;
      await decodeLink(changed).then(
        (read) => {
          expect(read, changed).toEqual(code);
          same++;
        },
        (error) => expect(error, changed).toMatchObject({ problem: "damaged" }),
      );
    }
    expect(same).toBeLessThan(3);
    expect(await decodeLink("#cell-id=5")).toBeUndefined();
  });

  test("that holds something else, or too much, is refused, and not made; little that stands for much is not unpacked", async () => {
    for (const text of ["[1]", "null", "5", '"code"', '[["a"]]', '{"1":{}}'])
      await expect(decodeLink(link(text)), text).rejects.toMatchObject({ problem: "notCode" });
    const long = ["a".repeat(1_000_000)];
    const many = Array.from({ length: 201 }, () => "");
    for (const [code, problem] of [
      [long, "tooLong"],
      [many, "tooManyCells"],
    ] as const) {
      await expect(decodeLink(link(JSON.stringify(code)))).rejects.toMatchObject({ problem });
      await expect(encodeLink(code)).rejects.toMatchObject({ problem });
    }
    const half = ["a".repeat(999_996)];
    expect(await decodeLink(await encodeLink(half))).toEqual(half);
    expect(await decodeLink(await encodeLink(many.slice(1)))).toHaveLength(200);
    // 200 MB, which a browser would have to hold.
    const bomb = `#code=${deflateSync(Buffer.alloc(200_000_000), { level: 1 }).toString("base64url")}`;
    await expect(decodeLink(bomb)).rejects.toMatchObject({ problem: "tooLong" });
  });
});

test("work of which much comes at once is done in order, and lets the page's events in between", () => {
  vi.useFakeTimers();
  let clock = 0;
  const now = vi.spyOn(performance, "now").mockImplementation(() => clock);
  const done: number[] = [];
  const work = (id: number) => () => {
    if (id === 0) for (const later of [1, 2, 3]) inTurn(work(later));
    done.push(id);
    clock += 20;
  };
  inTurn(work(0));
  expect(done).toEqual([0, 1]);
  vi.advanceTimersToNextTimer();
  expect(done).toEqual([0, 1, 2, 3]);
  vi.advanceTimersToNextTimer();
  inTurn(work(4));
  expect(done).toEqual([0, 1, 2, 3, 4]);
  now.mockRestore();
  vi.useRealTimers();
});

describe("what one run may show", () => {
  const limits = () => new LimitedEvents((characters) => `too large: ${characters}`);
  const stream = (text: string) => ({ type: "stream", parent: "1", name: "stdout", text }) as const;
  const display = (data: Record<string, string>) =>
    ({ type: "display_data", parent: "1", data, metadata: {}, transient: {} }) as const;

  test("is 100,000 characters of text, wherever they are cut; the rest is counted", () => {
    const own = limits();
    expect(own.limited(stream("a".repeat(99_999)))).toEqual(stream("a".repeat(99_999)));
    expect(own.limited(stream("bcd"))).toEqual(stream("b"));
    expect(own.limited(stream("e"))).toBeUndefined();
    expect(own.leftOut).toEqual({ characters: 3, outputs: 0 });
    own.limited({ type: "clear_output", parent: "1", wait: false });
    expect(own.limited(stream("again"))).toEqual(stream("again"));
    expect(own.leftOut).toEqual({ characters: 0, outputs: 0 });
  });

  test("is 100 outputs, none of which is too large", () => {
    const own = limits();
    const large = own.limited(display({ "text/html": "x".repeat(9_000_000) }));
    expect(large).toEqual(display({ "text/plain": "too large: 9000011" }));
    for (let i = 1; i < 100; i++) expect(own.limited(display({ "text/plain": "1" }))).toBeDefined();
    expect(own.limited(display({ "text/plain": "1" }))).toBeUndefined();
    expect(own.leftOut.outputs).toBe(1);
  });

  test("is 32 million characters of outputs together", () => {
    const own = limits();
    const page = display({ "text/html": "x".repeat(7_000_000) });
    for (let i = 0; i < 4; i++) expect(own.limited(page)).toBe(page);
    expect(own.limited(page)).toEqual(display({ "text/plain": "too large: 7000011" }));
  });
});

test("places of errors: each that the checker names, or the topmost that was thrown, in this run's cell", () => {
  const checked = {
    ename: "TS2322",
    evalue: "",
    traceback: ["In [3]:2:5 - error TS2322: no string", "  1", "In [3]:4:1 - error TS2304: no name"],
  };
  expect(errorPlaces(checked, 3).map(({ line, column, message }) => [line, column, message])).toEqual([
    [2, 5, "error TS2322: no string"],
    [4, 1, "error TS2304: no name"],
  ]);
  const thrown = {
    ename: "Error",
    evalue: "no",
    traceback: ["Error: no", "    at f (In [2]:1:7)", "    at In [3]:9:2", "    at In [3]:12:1"],
  };
  expect(errorPlaces(thrown, 3).map(({ line, message }) => [line, message])).toEqual([[9, "Error: no"]]);
  expect(errorPlaces(thrown, 4)).toEqual([]);
});

test("offsets in code points, as the protocol counts, and in JavaScript's units", () => {
  const text = "a\u{1f600}b卷\u{1f600}";
  for (const units of [0, 1, 3, 4, 5, 7]) expect(fromCodePoints(text, toCodePoints(text, units))).toBe(units);
  expect(toCodePoints(text, 4)).toBe(3);
});

test("the frame's policy names the one script that runs in it", () => {
  expect(createHash("sha256").update(measuringScript).digest("base64")).toBe(measuringHash);
});

test("both languages say the same, with the same values in it", () => {
  const values = (words: object): unknown =>
    Object.entries(words).map(([key, text]) => [key, String(text).match(/\{\w+\}/g)]);
  expect(values(chineseLiveWords)).toEqual(values(englishLiveWords));
});
