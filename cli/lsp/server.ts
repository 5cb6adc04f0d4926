/**
 * The language server: an editor's questions, answered by the compiler's own session. Every change of a document counts at
 * once for the next question; findings are told when the editor has nothing more to say.
 */
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Compiler, type Diagnostic, format } from "@polyglot/compiler";
import {
  type Connection,
  ErrorCodes,
  type InitializeParams,
  type InitializeResult,
  type Location,
  type Position,
  ResponseError,
  TextDocumentSyncKind,
  TextEdit,
  TextDocuments,
  type WorkspaceEdit,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { EditedProject } from "./project.ts";
import {
  completionItem,
  documentOf,
  documentSymbol,
  fixesOf,
  hoverOf,
  protocolDiagnostic,
  rangeOf,
} from "./to-protocol.ts";

/** A document's place in its project. */
interface Place {
  readonly project: EditedProject;
  readonly path: string;
  readonly document: TextDocument;
}

export class LanguageServer {
  readonly #connection: Connection;
  readonly #compiler: Compiler;
  readonly #version: string;
  readonly #documents = new TextDocuments(TextDocument);
  readonly #projects: EditedProject[] = [];
  #isLooking = false;

  constructor(connection: Connection, compiler: Compiler, version: string) {
    this.#connection = connection;
    this.#compiler = compiler;
    this.#version = version;
  }

  listen(): void {
    const connection = this.#connection;
    connection.onInitialize((params) => this.#initialize(params));
    connection.onInitialized(() => {
      for (const project of this.#projects) this.#readAll(project);
    });
    this.#documents.onDidChangeContent(({ document }) => this.#edit(document));
    this.#documents.onDidClose(({ document }) => this.#close(document));
    connection.onDidChangeWatchedFiles(({ changes }) => this.#reread(changes.map(({ uri }) => uri)));
    connection.onCompletion(({ textDocument, position }) =>
      this.#at(textDocument, position, [], ({ project, path, document }, offset) =>
        project.editor.complete(path, offset).map((item) => completionItem(item, document, offset)),
      ),
    );
    connection.onHover(({ textDocument, position }) =>
      this.#at(textDocument, position, undefined, ({ project, path, document }, offset) => {
        const found = project.editor.describe(path, offset);
        return found && hoverOf(found, document);
      }),
    );
    connection.onDefinition(({ textDocument, position }) =>
      this.#at(textDocument, position, undefined, ({ project, path }, offset) => {
        const found = project.editor.define(path, offset);
        return found && location(project, found);
      }),
    );
    connection.onReferences(({ textDocument, position }) =>
      this.#at(textDocument, position, [], ({ project, path }, offset) =>
        project.editor.references(path, offset).map((place) => location(project, place)),
      ),
    );
    connection.onPrepareRename(({ textDocument, position }) =>
      this.#at(textDocument, position, undefined, ({ project, path, document }, offset) => {
        const found = project.editor.renamable(path, offset);
        return found && { range: rangeOf(document, found), placeholder: found.text };
      }),
    );
    connection.onRenameRequest(({ textDocument, position, newName }) =>
      this.#at(textDocument, position, undefined, ({ project, path }, offset) => {
        const renaming = project.rename(path, offset, newName);
        if (renaming.kind === "problem") return new ResponseError(ErrorCodes.InvalidRequest, renaming.message);
        return renameEdit(project, renaming.places, newName);
      }),
    );
    connection.onDocumentSymbol(({ textDocument }) => {
      const place = this.#placeOf(textDocument.uri);
      if (place === undefined) return [];
      return place.project.editor.outline(place.path).map((item) => documentSymbol(item, place.document));
    });
    connection.onDocumentFormatting(({ textDocument }) => this.#format(textDocument.uri));
    connection.onCodeAction(({ textDocument, context }) => {
      const document = this.#documents.get(textDocument.uri);
      if (document === undefined) return [];
      return context.diagnostics
        .filter(({ source }) => source === "polyglot")
        .flatMap((found) => fixesOf(document, found));
    });
    this.#documents.listen(connection);
    connection.listen();
  }

  #initialize({ workspaceFolders, rootUri }: InitializeParams): InitializeResult {
    const uris = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri == null ? [] : [rootUri]);
    for (const uri of uris) this.#projects.push(new EditedProject(fileURLToPath(uri), this.#compiler));
    return {
      serverInfo: { name: "polyglot", version: this.#version },
      capabilities: {
        textDocumentSync: TextDocumentSyncKind.Incremental,
        completionProvider: { triggerCharacters: ["[", "|", "@", "#", ".", "\\", "!", "<", "{"] },
        hoverProvider: true,
        definitionProvider: true,
        referencesProvider: true,
        renameProvider: { prepareProvider: true },
        documentSymbolProvider: true,
        documentFormattingProvider: true,
        codeActionProvider: { codeActionKinds: ["quickfix"] },
      },
    };
  }

  #readAll(project: EditedProject): void {
    try {
      this.#tell(project, project.readAll());
    } catch (error) {
      this.#connection.window.showWarningMessage(`polyglot: ${(error as Error).message}; only open files are checked`);
    }
  }

  #edit(document: TextDocument): void {
    const place = this.#placeOf(document.uri) ?? this.#openAlone(document);
    if (place === undefined) return;
    place.project.edit(place.path, document);
    if (this.#isLooking) return;
    this.#isLooking = true;
    // What has been typed meanwhile is read first, and looked at together.
    setImmediate(() => {
      this.#isLooking = false;
      this.#look();
    });
  }

  #look(): void {
    for (const project of this.#projects) this.#tell(project, project.analyse());
  }

  /** A file without a workspace is checked with what stands beside it. */
  #openAlone(document: TextDocument): Place | undefined {
    const file = filePath(document.uri);
    if (file === undefined || !file.endsWith(".pg")) return undefined;
    const project = new EditedProject(dirname(file), this.#compiler);
    this.#projects.push(project);
    this.#readAll(project);
    return this.#placeOf(document.uri);
  }

  #close({ uri }: TextDocument): void {
    const place = this.#projectOf(uri);
    if (place !== undefined) this.#tell(place.project, place.project.close(place.path));
  }

  #reread(uris: readonly string[]): void {
    for (const project of this.#projects) {
      const paths = uris.flatMap((uri) => {
        const found = this.#projectOf(uri);
        return found?.project === project ? [found.path] : [];
      });
      if (paths.length > 0) this.#tell(project, project.reread(paths));
    }
  }

  #tell(project: EditedProject, found: ReadonlyMap<string, readonly Diagnostic[]>): void {
    for (const [path, findings] of found) {
      const lines = findings.length === 0 ? [] : project.textOf(path).split(/\r?\n/);
      const diagnostics = findings.map((finding) => protocolDiagnostic(finding, lines));
      void this.#connection.sendDiagnostics({ uri: uriOf(project, path), diagnostics });
    }
  }

  #format(uri: string): TextEdit[] {
    const place = this.#placeOf(uri);
    if (place === undefined || !place.path.endsWith(".pg")) return [];
    const text = place.document.getText();
    const canonical = format(text);
    if (canonical === text) return [];
    return [TextEdit.replace(rangeOf(place.document, { start: 0, end: text.length }), canonical)];
  }

  /** What was edited up to now counts for every answer. */
  #at<Result>(
    { uri }: { readonly uri: string },
    position: Position,
    nothing: Result,
    answer: (place: Place, offset: number) => Result,
  ): Result {
    const place = this.#placeOf(uri);
    if (place === undefined) return nothing;
    this.#look();
    return answer(place, place.document.offsetAt(position));
  }

  #placeOf(uri: string): Place | undefined {
    const document = this.#documents.get(uri);
    const found = this.#projectOf(uri);
    return document && found && { ...found, document };
  }

  #projectOf(uri: string): Pick<Place, "project" | "path"> | undefined {
    const file = filePath(uri);
    if (file === undefined) return undefined;
    for (const project of this.#projects) {
      const path = project.pathOf(file);
      if (path !== undefined && isSource(path)) return { project, path };
    }
    return undefined;
  }
}

const filePath = (uri: string): string | undefined => (uri.startsWith("file:") ? fileURLToPath(uri) : undefined);

const uriOf = (project: EditedProject, path: string): string => pathToFileURL(project.fileOf(path)).href;

const isSource = (path: string): boolean =>
  !/(?:^|\/)(?:\.git|\.polyglot|node_modules|__pycache__|\.venv)\//.test(path);

interface FilePlace {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

const location = (project: EditedProject, place: FilePlace): Location => ({
  uri: uriOf(project, place.file),
  range: rangeOf(documentOf(project.textOf(place.file)), place),
});

function renameEdit(project: EditedProject, places: readonly FilePlace[], name: string): WorkspaceEdit {
  const changes: Record<string, TextEdit[]> = {};
  for (const place of places) {
    const { uri, range } = location(project, place);
    (changes[uri] ??= []).push(TextEdit.replace(range, name));
  }
  return { changes };
}
