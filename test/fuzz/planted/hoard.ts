import type { Target } from '../target.js';
import { planted } from './defects.js';

export const target: Target = {
  holds: 'nothing happens',
  run: (input) => {
    planted(input, 'hoard');
  },
};
