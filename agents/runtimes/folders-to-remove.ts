/** Which of the folders that a host keeps go first: a pure decision. */
export interface KeptFolder<Digest extends string> {
  readonly digest: Digest;
  readonly bytes: number;
  /** Order of the last uses: the lowest was used the longest ago. */
  readonly lastUse: number;
  /** A worker, a call or a registered pipeline needs it. */
  readonly isNeeded: boolean;
}

export interface FolderLimits {
  readonly maxFolders: number;
  readonly maxBytes: number;
}

/** The least recently used ones beyond the limits, and never one that is needed: those may be more than the limits say. */
export function foldersToRemove<Digest extends string>(
  folders: readonly KeptFolder<Digest>[],
  limits: FolderLimits,
): Digest[] {
  let count = folders.length;
  let bytes = folders.reduce((sum, folder) => sum + folder.bytes, 0);
  const removed: Digest[] = [];
  for (const folder of folders.filter(({ isNeeded }) => !isNeeded).sort((a, b) => a.lastUse - b.lastUse)) {
    if (count <= limits.maxFolders && bytes <= limits.maxBytes) break;
    count -= 1;
    bytes -= folder.bytes;
    removed.push(folder.digest);
  }
  return removed;
}
