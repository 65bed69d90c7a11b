/** What `src/index.ts` exports, as TypeScript's compiler sees it. */
import ts from 'typescript';

/** A group of exports, by the comment above it: `// Title: what it is.` */
export interface Chapter {
  readonly title: string;
  readonly about: string;
  readonly exports: readonly Export[];
}

/** One export: the name that it has outside, and what declares it. */
export interface Export {
  readonly name: string;
  readonly symbol: ts.Symbol;
  readonly declaration: ts.Declaration;
}

/** Reads a configuration, and tells what is wrong with it. */
function hostOf(): ts.ParseConfigFileHost {
  return {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
    },
  };
}

export class Surface {
  readonly #program: ts.Program;
  readonly #checker: ts.TypeChecker;
  readonly chapters: readonly Chapter[];

  constructor(path: string) {
    const options = ts.getParsedCommandLineOfConfigFile('tsconfig.json', {}, hostOf())?.options ?? {};
    this.#program = ts.createProgram([path], { ...options, incremental: false, noEmit: false });
    this.#checker = this.#program.getTypeChecker();
    const file = this.#program.getSourceFile(path);
    if (file === undefined) throw new Error(`${path}: no such module`);
    this.chapters = this.#read(file);
  }

  get exports(): readonly Export[] {
    return this.chapters.flatMap((chapter) => chapter.exports);
  }

  #read(file: ts.SourceFile): Chapter[] {
    const chapters: { title: string; about: string; exports: Export[] }[] = [];
    for (const statement of file.statements) {
      if (!ts.isExportDeclaration(statement)) continue;
      const comments = ts.getLeadingCommentRanges(file.text, statement.getFullStart()) ?? [];
      const heading = comments.map(({ pos, end }) => file.text.slice(pos, end)).at(-1);
      const [, title, about] = /^\/\/ ([^:]+): (.+)$/.exec(heading ?? '') ?? [];
      if (title !== undefined && about !== undefined) chapters.push({ title, about, exports: [] });
      const { exportClause } = statement;
      if (exportClause === undefined || !ts.isNamedExports(exportClause))
        throw new Error('name what is exported');
      chapters.at(-1)?.exports.push(...exportClause.elements.map((element) => this.#export(element)));
    }
    return chapters;
  }

  #export(element: ts.ExportSpecifier): Export {
    const found = this.#checker.getSymbolAtLocation(element.name);
    const symbol = found === undefined ? undefined : this.#resolved(found);
    const declaration = symbol?.declarations?.[0];
    if (symbol === undefined || declaration === undefined)
      throw new Error(`${element.name.text}: no such thing`);
    return { name: element.name.text, symbol, declaration };
  }

  #resolved(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }

  /** The declaration as a user of the package sees it: without bodies, private parts and `export`. */
  text({ name, symbol, declaration }: Export): string {
    const type = ts.isTypeAliasDeclaration(declaration) ? declaration.type : undefined;
    // `keyof typeof table` says nothing to who does not see the table.
    if (type !== undefined && (ts.isTypeOperatorNode(type) || ts.isIndexedAccessTypeNode(type))) {
      const meant = this.#checker.getTypeAtLocation(type);
      const members = meant.isUnion() ? meant.types : [meant];
      return `type ${name} = ${members.map((one) => this.#checker.typeToString(one)).join(' | ')};`;
    }
    let declarations = '';
    const write: ts.WriteFileCallback = (_, text) => (declarations = text);
    this.#program.emit(declaration.getSourceFile(), write, undefined, true);
    const file = ts.createSourceFile('module.d.ts', declarations, ts.ScriptTarget.Latest, true);
    const found = file.statements.find(
      (node) => (node as { name?: ts.Identifier }).name?.text === symbol.name,
    );
    if (found === undefined) throw new Error(`${symbol.name} is not in its module's declarations`);
    return found
      .getText()
      .replace(/^export (?:declare )?/, '')
      .replace(/^ *(?:#private|private .*);\n/gm, '')
      .replace(symbol.name, name);
  }

  /** What its comment says; `tags` are those of one kind (`throws`, `example`). */
  comment({ symbol }: Export): { readonly text: string; readonly tags: (name: string) => string[] } {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(this.#checker));
    const tags = symbol.getJsDocTags(this.#checker);
    return {
      text,
      tags: (name) => tags.filter((tag) => tag.name === name).map((tag) => ts.displayPartsToString(tag.text)),
    };
  }

  /** The members of an export that a user sees and that no comment is about. */
  uncommented({ symbol }: Export): string[] {
    const members = [...(symbol.members?.values() ?? [])];
    return members
      .filter(
        ({ flags }) => flags & (ts.SymbolFlags.Property | ts.SymbolFlags.Method | ts.SymbolFlags.Accessor),
      )
      .filter((member) => (member.declarations ?? []).every(isVisible))
      .filter((member) => member.getDocumentationComment(this.#checker).length === 0)
      .map((member) => member.name);
  }

  /** The types of ours that an export shows to its user, and that have no name outside. */
  unnamed({ declaration }: Export): string[] {
    const known = new Set(this.exports.map(({ symbol }) => symbol));
    const found = new Set<string>();
    const visit = (node: ts.Node): void => {
      if (!isVisible(node) || ts.isBlock(node)) return;
      const name = ts.isTypeReferenceNode(node)
        ? node.typeName
        : ts.isExpressionWithTypeArguments(node)
          ? node.expression
          : undefined;
      const symbol = name === undefined ? undefined : this.#checker.getSymbolAtLocation(name);
      if (symbol !== undefined) {
        const target = this.#resolved(symbol);
        const source = target.declarations?.[0]?.getSourceFile().fileName ?? '';
        const isOurs = source.includes('src/') && !source.includes('node_modules');
        if (isOurs && !(target.flags & ts.SymbolFlags.TypeParameter) && !known.has(target))
          found.add(target.name);
      }
      // What a member begins with is nobody's business.
      if (ts.isPropertyDeclaration(node)) {
        if (node.type !== undefined) visit(node.type);
      } else ts.forEachChild(node, visit);
    };
    visit(declaration);
    return [...found];
  }
}

/** Whether a user sees a member: neither `private` nor `#`. */
function isVisible(node: ts.Node): boolean {
  const { name } = node as { name?: ts.Node };
  if (name !== undefined && ts.isPrivateIdentifier(name)) return false;
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  return modifiers.every(({ kind }) => kind !== ts.SyntaxKind.PrivateKeyword);
}
