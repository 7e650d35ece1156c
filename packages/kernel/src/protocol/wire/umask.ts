/** Runs an action whose files, among them the sockets of `ipc`, are to be open to their owner alone. */
export async function withPrivateFiles(action: () => Promise<void>): Promise<void> {
  const before = process.umask(0o077);
  try {
    await action();
  } finally {
    process.umask(before);
  }
}
