/** Takes the recording out of an exported page: the JSON lines in it. */
import type { Importer, ImportTarget } from '../import.js';
import { JsonlImporter } from '../jsonl/jsonl-import.js';

export class HtmlImporter implements Importer {
  readonly #lines: JsonlImporter;
  #inside = false;

  constructor(target: ImportTarget) {
    this.#lines = new JsonlImporter(target);
  }

  line(text: string, number: number): void {
    if (text.startsWith('<script id="recording"')) this.#inside = true;
    else if (text.startsWith('</script>')) this.#inside = false;
    else if (this.#inside) this.#lines.line(text, number);
  }

  end(): void {
    this.#lines.end();
  }
}
