/** Bytes that one round takes. */
const stride = 8;

/**
 * Remainders by the polynomial 0x04C11DB7, all with their bits in reverse: `remainders[256 * k + byte]` of a
 * byte that k others follow, so that eight bytes are looked up at once and do not wait for each other.
 */
const remainders = new Int32Array(256 * stride);
for (let byte = 0; byte < 256; byte++) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
  remainders[byte] = remainder;
}
for (let i = 256; i < remainders.length; i++) {
  const before = remainders[i - 256] as number;
  remainders[i] = (before >>> 8) ^ (remainders[before & 255] as number);
}

/**
 * CRC-32 as zip archives have it.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, section 4.4.7
 */
export function crc32(bytes: Uint8Array): number {
  const of = (byte: number, following: number): number =>
    remainders[256 * following + (byte & 255)] as number;
  const at = (i: number): number => bytes[i] as number;
  let crc = -1;
  let i = 0;
  for (; i + stride <= bytes.length; i += stride) {
    const mixed = crc ^ (at(i) | (at(i + 1) << 8) | (at(i + 2) << 16) | (at(i + 3) << 24));
    crc =
      of(mixed, 7) ^
      of(mixed >>> 8, 6) ^
      of(mixed >>> 16, 5) ^
      of(mixed >>> 24, 4) ^
      of(at(i + 4), 3) ^
      of(at(i + 5), 2) ^
      of(at(i + 6), 1) ^
      of(at(i + 7), 0);
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ of(crc ^ at(i), 0);
  return ~crc >>> 0;
}
