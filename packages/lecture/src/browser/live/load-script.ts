const loads = new Map<string, Promise<void>>();

/**
 * Runs a script of the site once. A page that was opened from a file may load a script, but fetch nothing.
 * @throws {Error} if the script cannot be loaded; the next call tries again
 */
export function loadScript(url: string): Promise<void> {
  const known = loads.get(url);
  if (known !== undefined) return known;
  const load = new Promise<void>((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve();
    script.onerror = () => {
      script.remove();
      loads.delete(url);
      reject(new Error(url.slice(url.lastIndexOf("/") + 1)));
    };
    document.head.append(script);
  });
  loads.set(url, load);
  return load;
}
