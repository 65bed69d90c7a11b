/** What is on the screen, without a terminal: a scene, and its lines as plain text. */
import type { RecordingReader } from '../../src/recording/ports.js';
import { Scene, type SceneOptions } from '../../src/tui/scene.js';
import type { Line } from '../../src/tui/screen/line.js';

export interface TestScene {
  readonly scene: Scene;
  /** What the scene asked of its surroundings: `copy TEXT`, `quit`, `changed`. */
  readonly asked: string[];
}

export function sceneOf(reader: RecordingReader, options: Partial<SceneOptions> = {}): TestScene {
  const asked: string[] = [];
  const scene = new Scene(
    { reader, ...options },
    {
      copy: (bytes) => asked.push(`copy ${new TextDecoder().decode(bytes)}`) > 0,
      quit: () => asked.push('quit'),
      changed: () => asked.push('changed'),
    },
  );
  scene.view.setHeight(10);
  return { scene, asked };
}

/** A line's text, without styles and without blanks at its end. */
export function textOf({ spans }: Line): string {
  return spans
    .map(({ text }) => text)
    .join('')
    .trimEnd();
}
