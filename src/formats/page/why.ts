/** Script of the page: what went wrong, at the top, as data that was found when the page was made. */

export const why = /* js */ String.raw`
/**
 * @typedef {{kind: string, level: string, session?: number, seq?: number, t?: number, title: string, cause: string}} Finding
 */
/** @type {Finding[]} */
const findings = JSON.parse(element('findings').textContent || '[]');

/** @param {Finding} finding */
function findingItem(finding) {
  const item = make('li', finding.level);
  item.append(make('span', 'level', finding.level), ' ');
  const message = byPlace.get(placeOf(finding.session || 0, finding.seq || 0));
  if (message) {
    const link = /** @type {HTMLAnchorElement} */ (make('a', '', finding.title));
    link.href = '#' + placeOf(message.session, message.seq);
    item.append(link);
  } else {
    item.append(make('span', '', finding.title));
  }
  item.append(make('p', 'dim', finding.cause));
  return item;
}

for (const finding of findings) element('why-list').append(findingItem(finding));
element('why').hidden = findings.length === 0;
const counts = ['error', 'warning', 'note'].flatMap((level) => {
  const count = findings.filter((finding) => finding.level === level).length;
  return count === 0 ? [] : [count + ' ' + level + (count === 1 ? '' : 's')];
});
element('why-title').textContent = 'What went wrong: ' + counts.join(', ');
`;
