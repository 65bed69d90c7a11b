/** All that is not about confinement. */
import { attachChecks } from './attach-checks.js';
import { lossChecks } from './loss-checks.js';
import { endChecks, exposure, installChecks, storeChecks } from './service-checks.js';

export const unconfinedGroups = {
  install: [...installChecks, exposure],
  store: storeChecks,
  loss: lossChecks,
  end: endChecks,
  attach: attachChecks,
};
