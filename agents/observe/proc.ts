/** Parsers of the files of Linux that tell the host's load. Formats: proc(5). */

/** Sums over all cores, in ticks. */
export interface CpuTimes {
  readonly idle: number;
  readonly total: number;
}

/** Bytes since the start of the host. */
export interface NetworkTotals {
  readonly received: number;
  readonly sent: number;
}

/** Bytes since the start of the host. */
export interface DiskTotals {
  readonly read: number;
  readonly written: number;
}

/** The first line of `/proc/stat`: user nice system idle iowait irq softirq steal, then guests, which user and nice hold. */
export function parseCpuTimes(stat: string): CpuTimes {
  const fields = stat.slice(0, stat.indexOf("\n")).split(/\s+/).slice(1, 9).map(Number);
  const [, , , idle = 0, iowait = 0] = fields;
  return { idle: idle + iowait, total: fields.reduce((sum, ticks) => sum + ticks, 0) };
}

/** `/proc/meminfo` in bytes; undefined where it lacks what kernels before 3.14 lacked. */
export function parseMemory(info: string): { total: number; available: number } | undefined {
  const total = /^MemTotal:\s+(\d+) kB/m.exec(info)?.[1];
  const available = /^MemAvailable:\s+(\d+) kB/m.exec(info)?.[1];
  if (total === undefined || available === undefined) return undefined;
  return { total: Number(total) * 1024, available: Number(available) * 1024 };
}

/** `/proc/net/dev`: all interfaces but the loopback one. */
export function parseNetwork(table: string): NetworkTotals {
  let received = 0;
  let sent = 0;
  for (const line of table.split("\n").slice(2)) {
    const [name, rest] = line.split(":");
    if (rest === undefined || name?.trim() === "lo") continue;
    const fields = rest.trim().split(/\s+/).map(Number);
    received += fields[0] ?? 0;
    sent += fields[8] ?? 0;
  }
  return { received, sent };
}

/** What `/proc/diskstats` counts in, whatever the disk's own sectors are. */
const sectorBytes = 512;

/** Layers over disks, whose traffic is counted at the disks themselves. */
const layered = /^(?:loop|ram|zram|dm-|md|sr|fd|nbd)\d/;

/** `/proc/diskstats`: all whole disks. */
export function parseDisks(table: string): DiskTotals {
  const rows = table.split("\n").map((line) => line.trim().split(/\s+/));
  const disks = rows.filter(([, , name = "loop0"]) => !layered.test(name));
  const names = new Set(disks.map(([, , name = ""]) => name));
  let read = 0;
  let written = 0;
  for (const fields of disks) {
    if (names.has(diskOf(fields[2] ?? ""))) continue;
    read += Number(fields[5] ?? 0) * sectorBytes;
    written += Number(fields[9] ?? 0) * sectorBytes;
  }
  return { read, written };
}

/** `sda` of `sda1`, `nvme0n1` of `nvme0n1p1`; of a name without a number at its end nothing. */
const diskOf = (name: string): string => (/^(.*\d)p\d+$/.exec(name) ?? /^(.*\D)\d+$/.exec(name))?.[1] ?? "";
