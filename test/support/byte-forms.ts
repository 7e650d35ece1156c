/**
 * The same bytes in every form in which programs have a file: for tables of tests over functions that take bytes. What lies around a view
 * is not zero, so that whoever reads foreign memory gets other values.
 */
export function byteForms(bytes: Uint8Array): ReadonlyMap<string, Uint8Array | ArrayBuffer> {
  const alone = Uint8Array.from(bytes);
  const around = (before: number, Kind: Uint8ArrayConstructor = Uint8Array): Uint8Array => {
    const whole = new Uint8Array(before + alone.length + 5).fill(0xa5);
    whole.set(alone, before);
    return new Kind(whole.buffer, before, alone.length);
  };
  const shared = new Uint8Array(new SharedArrayBuffer(alone.length));
  shared.set(alone);
  const unpooled = Buffer.allocUnsafeSlow(alone.length);
  unpooled.set(alone);
  const buffer = around(7);
  return new Map<string, Uint8Array | ArrayBuffer>([
    ["Uint8Array", alone],
    ["Buffer, in Node's pool if small", Buffer.from(alone)],
    ["Buffer of its own", unpooled],
    ["Buffer at an odd offset", Buffer.from(buffer.buffer, buffer.byteOffset, buffer.length)],
    ["view at an odd offset", around(3)],
    ["view at an even offset", around(8)],
    ["ArrayBuffer", alone.buffer],
    ["Uint8Array on shared memory", shared],
    [
      "Uint8Array of a subclass",
      around(1, class Mine extends Uint8Array {} as unknown as Uint8ArrayConstructor),
    ],
  ]);
}
