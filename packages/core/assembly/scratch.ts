/** Memory for what lives no longer than a unit of work; each thread has its own instance, and so its own. */
export let scratch: usize = 1024;

/** A word of zeros, eight of ones, a word of zeros: masks for the ends of a row. */
export let masks: usize = 1024;

export function setScratch(at: usize): void {
  masks = at;
  store<i32>(at, 0);
  for (let i = 1; i < 9; i++) store<i32>(at + (i << 2), -1);
  store<i32>(at, 0, 36);
  scratch = at + 64;
}
