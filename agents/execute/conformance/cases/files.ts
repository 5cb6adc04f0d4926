import type { CanonicalValue } from "@polyglot/contracts";
import type { Case } from "../case.ts";
import { callee, fork, input, join, library, on, program, py, run, say, set, text, u, v } from "../program.ts";

const bytes = (content: string) => ({ $bytes: Buffer.from(content, "latin1").toString("base64") });

const file = (name: string) => `U.System.File.${name}`;

const directory = (name: string) => `U.System.Directory.${name}`;

/** A file with this text is there before the lines run. */
const given = (path: string, content: string) => u(file("Text.Write"), [path, content], [], { node: "given" });

const raises = (
  title: string,
  name: string,
  values: readonly CanonicalValue[],
  type: string,
  message?: string,
): Case => ({
  title,
  plan: program({ run: [u(name, values, ["r"])] }),
  expect: {
    outcome: "failed",
    error: { type: `pg\\!${type}`, step: name, ...(message === undefined ? {} : { message }) },
  },
});

export const files: readonly Case[] = [
  {
    title: "a text is written, appended to and read",
    plan: program({
      run: [
        u(file("Text.Write"), ["a.txt", "one\n"]),
        u(file("Text.Append"), ["a.txt", "zwei \u{1F600}\n"]),
        u(file("Text.Read"), ["a.txt"], ["t"]),
      ],
      outputs: ["t"],
    }),
    expect: { outputs: { t: "one\nzwei \u{1F600}\n" } },
  },
  {
    title: "append creates the file, and write replaces it in full",
    plan: program({
      run: [
        u(file("Text.Append"), ["b.txt", "a long text"]),
        u(file("Text.Write"), ["b.txt", "short"]),
        u(file("Text.Read"), ["b.txt"], ["t"]),
      ],
      outputs: ["t"],
    }),
    expect: { outputs: { t: "short" } },
  },
  {
    title: "bytes that are no text survive, and reading them as text is an error",
    plan: program({
      run: [
        u(file("Bytes.Write"), ["c.bin", bytes("\x00\xff\xfe")]),
        u(file("Bytes.Append"), ["c.bin", bytes("\x80")]),
        u(file("Bytes.Read"), ["c.bin"], ["b"]),
        u(file("Text.Read"), ["c.bin"], ["t"], { handlers: [on("pg\\!ConversionError", [say("no text")])] }),
      ],
      outputs: ["b"],
    }),
    expect: { outputs: { b: bytes("\x00\xff\xfe\x80") }, said: ["no text"] },
  },
  {
    title: "another encoding is named",
    plan: program({
      run: [
        u(file("Text.Write"), ["d.txt", "stra\u00dfe", "latin1"]),
        u(file("Bytes.Read"), ["d.txt"], ["b"]),
        u(file("Text.Read"), ["d.txt", "latin1"], ["t"]),
      ],
      outputs: ["b", "t"],
    }),
    expect: { outputs: { b: bytes("stra\xdfe"), t: "stra\u00dfe" } },
  },
  {
    title: "a byte order mark is passed over",
    plan: program({
      run: [u(file("Text.Write"), ["bom.txt", "\uFEFFa;b"]), u(file("Text.Read"), ["bom.txt"], ["t"])],
      outputs: ["t"],
    }),
    expect: { outputs: { t: "a;b" } },
  },
  {
    title: "an empty file is an empty text",
    plan: program({ run: [given("empty", ""), u(file("Text.Read"), ["empty"], ["t"])], outputs: ["t"] }),
    expect: { outputs: { t: "" } },
  },
  {
    title: "a text of many bytes passes whole",
    plan: program({
      run: [
        u("U.String.Replace", ["x".repeat(50_000), "x", '\u00e4\n"\\{\u{1F600}'], ["long"]),
        u(file("Text.Write"), ["long.txt", v("long")]),
        u(file("Text.Read"), ["long.txt"], ["t"]),
        u("U.Compare.Equal", [v("long"), v("t")], ["same"]),
        u(file("Hash"), ["long.txt"], ["digest"]),
      ],
      outputs: ["same", "digest"],
    }),
    expect: {
      outputs: { same: true, digest: "b2e4eeef16dc7d7d3cf705510298fae7415eb9a6ed412b6375db3f19e5a8415d" },
    },
  },
  {
    title: "exists, type, copy, move and delete",
    plan: program({
      run: [
        given("e.txt", "e"),
        u(file("Copy"), ["e.txt", "e2.txt"]),
        u(file("Move"), ["e2.txt", "e3.txt"]),
        u(file("Exists"), ["e2.txt"], ["moved"]),
        u(file("Exists"), ["e3.txt"], ["there"]),
        u(file("Exists"), ["e3.txt/below"], ["below"]),
        u(file("Type"), ["e3.txt"], ["kind"]),
        u(file("Extension"), ["a.b/e3.tar.gz"], ["extension"]),
        u(file("Type"), ["."], ["folder"]),
        u(file("Type"), ["/dev/null"], ["device"]),
        u(file("Delete"), ["e3.txt"]),
        u(file("Exists"), ["e3.txt"], ["left"]),
      ],
      outputs: ["moved", "there", "below", "extension", "kind", "folder", "device", "left"],
    }),
    expect: {
      outputs: {
        moved: false,
        there: true,
        below: false,
        extension: ".gz",
        kind: "file",
        folder: "directory",
        device: "other",
        left: false,
      },
    },
  },
  {
    title: "digests",
    plan: program({
      run: [
        given("f.txt", "abc"),
        u(file("Hash"), ["f.txt"], ["sha256"]),
        u(file("Hash"), ["f.txt", "md5"], ["md5"]),
        u(file("Hash"), ["f.txt", "SHA-1"], ["sha1"]),
      ],
      outputs: ["sha256", "md5", "sha1"],
    }),
    expect: {
      outputs: {
        sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        md5: "900150983cd24fb0d6963f7d28e17f72",
        sha1: "a9993e364706816aba3e25717850c26c9cd0d89d",
      },
    },
  },
  {
    title: "an open file is read and written through its handle, and closed once",
    plan: program({
      run: [
        u(file("Open"), ["g.txt", "write"], ["out"]),
        u(file("Text.Write"), [v("out"), "one\n"]),
        u(file("Text.Append"), [v("out"), "two\n"]),
        u(file("Close"), [v("out")]),
        u(file("Open"), ["g.txt"], ["in"], { node: "again" }),
        u(file("Text.Read"), [v("in")], ["t"]),
        u(file("Text.Read"), [v("in")], ["rest"], { node: "rest" }),
        u(file("Close"), [v("in")], [], { node: "close-in" }),
        u(file("Close"), [v("in")], [], {
          node: "twice",
          handlers: [on("pg\\!ResourceError", [say(v("e.message"))], "e")],
        }),
      ],
      outputs: ["t", "rest"],
    }),
    expect: { outputs: { t: "one\ntwo\n", rest: "" }, said: ["the file is closed already"] },
  },
  {
    title: "a handle has no form in another language, and none in text",
    plan: program({
      run: [
        u(file("Open"), ["s.txt", "write"], ["f"]),
        py("echo", [v("f")], ["x"], { handlers: [on("pg\\!ConversionError", [say("language")])] }),
        set("t", text("{f}")),
      ],
    }),
    expect: {
      outcome: "failed",
      error: { type: "pg\\!ConversionError", step: "set-t" },
      said: ["language", "closed 1 file left open: s.txt"],
    },
  },
  {
    title: "what is left open is closed, and the log says so",
    plan: program({
      run: [
        given("h.txt", "h"),
        u(file("Open"), ["h.txt"], ["a"], { node: "one" }),
        u(file("Open"), ["h2.txt", "write"], ["b"], { node: "two" }),
      ],
    }),
    expect: { said: ["closed 2 files left open: h.txt, h2.txt"] },
  },
  {
    title: "what is left open is closed also after an error",
    plan: program({
      run: [u(file("Open"), ["i.txt", "append"], ["a"]), py("fail", ["ValueError", "boom"])],
    }),
    expect: {
      outcome: "failed",
      error: { type: "py\\!ValueError" },
      said: ["closed 1 file left open: i.txt"],
    },
  },
  {
    title: "a handle says what it was opened for",
    plan: program({
      run: [u(file("Open"), ["j.txt", "write"], ["f"]), u(file("Text.Read"), [v("f")], ["t"])],
    }),
    expect: { outcome: "failed", error: { type: "pg\\!FileError", step: file("Text.Read") } },
  },
  {
    title: "branches that write to one open file do not mix their texts",
    plan: program({
      run: [
        u(file("Open"), ["k.txt", "write"], ["f"]),
        fork("a", [u(file("Text.Write"), [v("f"), `${"a".repeat(200_000)}\n`], [], { node: "wa" })]),
        fork("b", [u(file("Text.Write"), [v("f"), `${"b".repeat(200_000)}\n`], [], { node: "wb" })]),
        join("all", ["a", "b"]),
        u(file("Close"), [v("f")]),
        u(file("Text.Read"), ["k.txt"], ["t"]),
        u("U.String.Contains", [v("t"), "ab"], ["ab"]),
        u("U.String.Contains", [v("t"), "ba"], ["ba"], { node: "ba" }),
        u("U.String.Length", [v("t")], ["length"]),
      ],
      outputs: ["ab", "ba", "length"],
    }),
    expect: { outputs: { ab: false, ba: false, length: 400_002 } },
  },
  {
    title: "a wrapper opens a file and closes it at the end, without a warning",
    plan: program({
      wrappers: [library("W.System.File.Text.Write", ["l.txt"], ["f"])],
      run: [u(file("Text.Write"), [v("f"), "wrapped"])],
      outputs: [],
    }),
    expect: { said: [] },
  },
  {
    title: "each text in a log is one line with its time",
    plan: program({
      wrappers: [library("W.System.File.Log.Append", ["m.log"], ["log"])],
      run: [
        u(file("Text.Append"), [v("log"), "one\ntwo"]),
        u(file("Text.Read"), ["m.log"], ["t"]),
        u("U.String.EndsWith", [v("t"), "Z one\\ntwo\n"], ["line"]),
      ],
      outputs: ["line"],
    }),
    expect: { outputs: { line: true } },
  },
  {
    title: "a wrapper that cannot open its file fails the run before its phases",
    plan: program({
      wrappers: [library("W.System.File.Text.Read", ["no/such"], ["f"])],
      setup: [say("setup")],
    }),
    expect: { outcome: "failed", error: { type: "pg\\!FileError", step: "W.System.File.Text.Read" }, said: [] },
  },
  {
    title: "folders are created, listed and deleted",
    plan: program({
      run: [
        u(directory("Create"), ["list/a/b"]),
        u(directory("Create"), ["list/a/b"], [], { node: "again" }),
        u(directory("Create"), ["list/.hidden"], [], { node: "hidden-folder" }),
        given("list/z.csv", ""),
        given("list/a/b/c.csv", ""),
        given("list/.hidden/d.csv", ""),
        u(directory("List"), ["list", ".hidden/*"], ["hidden"], { node: "hidden" }),
        u("U.Collection.Size", [v("hidden")], ["unhidden"], { node: "unhidden" }),
        u(directory("List"), ["list"], ["direct"]),
        u(directory("List"), ["list", "**/*.csv"], ["deep"], { node: "deep" }),
        u(directory("List"), ["list", "*.txt"], ["none"], { node: "none" }),
        u(directory("List"), ["list", "*/*"], ["second"], { node: "second" }),
        u("U.Collection.Size", [v("direct")], ["size"]),
        u("U.Collection.Size", [v("second")], ["below"], { node: "below" }),
        u("U.Collection.First", [v("deep")], ["first"]),
        u("U.Collection.SizeEquals", [v("deep"), 2], ["two"]),
        u("U.String.EndsWith", [v("first"), "/list/a/b/c.csv"], ["ordered"]),
        u(directory("Delete"), ["list", true], [], { node: "gone" }),
        u(file("Exists"), ["list"], ["left"]),
      ],
      outputs: ["size", "none", "below", "two", "unhidden", "ordered", "left"],
    }),
    expect: { outputs: { size: 3, none: [], below: 1, two: true, unhidden: 1, ordered: true, left: false } },
  },
  {
    title: "a folder that is not empty is not deleted unasked",
    plan: program({ run: [u(directory("Create"), ["full/x"]), u(directory("Delete"), ["full"])] }),
    expect: { outcome: "failed", error: { type: "pg\\!FileError", step: directory("Delete") } },
  },
  {
    title: "a file is not moved onto a folder",
    plan: program({
      run: [given("q.txt", "q"), u(directory("Create"), ["q"]), u(file("Move"), ["q.txt", "q"])],
    }),
    expect: { outcome: "failed", error: { type: "pg\\!FileError", step: file("Move") } },
  },
  {
    title: "a called pipeline uses a handle of its caller, and the caller what its callee has opened",
    plan: program({
      run: [
        given("r.txt", "r"),
        u(file("Open"), ["r.txt"], ["f"]),
        run("Reader", [v("f")], ["t", "g"]),
        u(file("Text.Read"), [v("g")], ["again"]),
      ],
      outputs: ["t", "again"],
      callees: {
        Reader: callee({
          inputs: [input("file")],
          run: [u(file("Text.Read"), [v("file")], ["text"]), u(file("Open"), ["r.txt"], ["own"])],
          outputs: ["text", "own"],
        }),
      },
    }),
    expect: { outputs: { t: "r", again: "r" }, said: ["closed 2 files left open: r.txt, r.txt"] },
  },
  raises("a folder to delete that is not there", directory("Delete"), ["no/such", true], "FileError"),
  raises("the data root is not deleted", directory("Delete"), [".", true], "ValidationError"),
  raises("what holds the data root is not deleted", directory("Delete"), ["/", true], "ValidationError"),
  raises("a folder to list that is not there", directory("List"), ["no/such"], "FileError"),
  raises("a file that is not there", file("Text.Read"), ["no/such"], "FileError"),
  raises("a folder is no file", file("Text.Read"), ["."], "FileError"),
  raises("a folder is not deleted as a file", file("Delete"), ["."], "FileError"),
  raises(
    "a device is no file",
    file("Text.Read"),
    ["/dev/zero"],
    "FileError",
    "'/dev/zero': it is a pipe or device and no file",
  ),
  raises("what never ends is not hashed", file("Hash"), ["/dev/zero"], "FileError"),
  raises("a device is not replaced", file("Text.Write"), ["/dev/null", "x"], "FileError"),
  {
    title: "a pipe that nobody writes to holds up nothing",
    plan: program({
      run: [
        u("U.System.Execute.Command", [["mkfifo", "pipe"]], [], { node: "mkfifo" }),
        ...["Text.Read", "Bytes.Read", "Hash", "Open"].map((name) =>
          u(file(name), ["pipe"], [], { handlers: [on("pg\\!FileError", [say(name)])] }),
        ),
        u(file("Text.Append"), ["pipe", "x"], [], { handlers: [on("pg\\!FileError", [say("Append")])] }),
        u(file("Copy"), ["pipe", "copy"], [], { handlers: [on("pg\\!FileError", [say("Copy")])] }),
      ],
    }),
    expect: { said: ["Text.Read", "Bytes.Read", "Hash", "Open", "Append", "Copy"] },
  },
  {
    title: "a file above the limit of a value is not read, and can be hashed",
    plan: program({
      run: [
        u("U.System.Execute.Command", [["truncate", "-s", "67108865", "large"]], [], { node: "truncate" }),
        u(file("Hash"), ["large"], ["digest"]),
        u(file("Bytes.Read"), ["large"], ["b"]),
      ],
    }),
    expect: {
      outcome: "failed",
      error: { type: "pg\\!ResourceError", step: file("Bytes.Read") },
      steps: ["truncate succeeded", `${file("Hash")} succeeded`, `${file("Bytes.Read")} failed`],
    },
  },
  {
    title: "a link is written through, and keeps being one",
    plan: program({
      run: [
        given("target.txt", "old"),
        u("U.System.Execute.Shell", ["chmod 640 target.txt; ln -sf target.txt link.txt"]),
        u(file("Text.Write"), ["link.txt", "new"]),
        u(file("Type"), ["link.txt"], ["kind"]),
        u(file("Text.Read"), ["target.txt"], ["t"]),
        u("U.System.Execute.Shell", ["stat -c %a target.txt; ls -a | grep -c 'target.*tmp'; true"], ["mode"], {
          node: "mode",
        }),
      ],
      outputs: ["kind", "t", "mode"],
    }),
    expect: { outputs: { kind: "link", t: "new", mode: "640\n0\n" } },
  },
  {
    title: "a file that may not be written to is not replaced",
    plan: program({
      run: [
        given("readonly.txt", "old"),
        u("U.System.Execute.Command", [["chmod", "444", "readonly.txt"]]),
        u(file("Text.Write"), ["readonly.txt", "new"]),
      ],
    }),
    expect: { outcome: "failed", error: { type: "pg\\!PermissionError", step: file("Text.Write") } },
  },
  {
    title: "a branch in the background may use what is open until it ends",
    plan: program({
      run: [
        u(file("Open"), ["o.txt", "write"], ["f"]),
        fork(
          "later",
          [
            u("U.Sleep", [{ $duration: { months: 0, seconds: 0.05 } }]),
            u(file("Text.Write"), [v("f"), "x"]),
            say("written"),
          ],
          { background: true },
        ),
      ],
    }),
    expect: { said: ["closed 1 file left open: o.txt"], saidAfter: ["written"] },
  },
  {
    title: "what is left open is closed also after a kill",
    plan: program({
      run: [u(file("Open"), ["p.txt", "write"], ["f"]), u("U.Sleep", [{ $duration: { months: 0, seconds: 600 } }])],
      queue: { kill: { timeout_seconds: 0.05 } },
    }),
    expect: { outcome: "killed", said: ["closed 1 file left open: p.txt"] },
  },
  raises("an empty path", file("Exists"), [""], "ValidationError", "'path' is an empty text, which is no path"),
  raises("a path with a zero byte", file("Text.Read"), ["a\0b"], "ValidationError"),
  raises("an unknown digest", file("Hash"), ["f.txt", "crc"], "ValidationError"),
  raises("an unknown mode", file("Open"), ["f.txt", "rw"], "ValidationError"),
  raises("what is no handle cannot be closed", file("Close"), ["f.txt"], "ConversionError"),
  raises("a handle that nobody opened", file("Close"), [{ $handle: "file:1" }], "ResourceError"),
  {
    title: "a file's text goes into a message",
    plan: program({
      run: [given("n.txt", "n"), u(file("Text.Read"), ["n.txt"], ["t"]), say(text("read {t}"))],
    }),
    expect: { said: ["read n"] },
  },
];
