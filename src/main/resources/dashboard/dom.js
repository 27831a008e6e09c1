/** Small tools to make elements. Texts are only ever set as text, so that nothing that is shown can be markup. */

const SVG = 'http://www.w3.org/2000/svg';

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else if (name === 'value' || name === 'checked' || name === 'disabled' || name === 'open') {
      element[name] = value;
    } else {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** An element: its properties are attributes, "on" and an event's name are listeners, and children follow. */
export function h(name, properties, ...children) {
  return fill(document.createElement(name), properties, children);
}

/** An element of SVG. */
export function svg(name, properties, ...children) {
  return fill(document.createElementNS(SVG, name), properties, children);
}

/** Puts new children in place of all that an element has. */
export function put(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** Sets a text where it is another one, so that what did not change is left alone. */
export function text(element, value) {
  if (element.textContent !== value) {
    element.textContent = value;
  }
}

/**
 * A table that is a list on a narrow screen. A column has a label, a cell(row) of text or elements, and says whether its
 * cells are numbers. The roles are written out because a table that is laid out as blocks loses its own.
 */
export function table({caption, columns, rows, key, detail, rowClass}) {
  const head = h('tr', {role: 'row'}, columns.map(column =>
    h('th', {role: 'columnheader', scope: 'col', class: column.number ? 'number' : column.kind}, column.label || h('span', {class: 'unseen'}, 'Acts'))));
  const body = rows.flatMap(row => {
    const cells = columns.map(column => h('td', {
      role: 'cell', class: column.number ? 'number' : column.kind, 'data-label': column.label || null,
    }, column.cell(row)));
    const line = h('tr', {role: 'row', 'data-key': key ? key(row) : null, class: rowClass?.(row)}, cells);
    const more = detail?.(row);
    return more ? [line, h('tr', {role: 'row', class: 'detail'},
      h('td', {role: 'cell', colspan: columns.length}, more))] : [line];
  });
  return h('table', {role: 'table'}, h('caption', {class: 'unseen'}, caption),
    h('thead', {role: 'rowgroup'}, head), h('tbody', {role: 'rowgroup'}, body));
}

/** A thin bar of a share from 0 to 1, for the eye only: the numbers stand beside it. */
export function bar(share, kind = '') {
  const width = Math.max(0, Math.min(1, share || 0)) * 100;
  return svg('svg', {class: `bar ${kind}`, 'aria-hidden': 'true', height: 4, width: '100%'},
    svg('rect', {class: 'bar-all', width: '100%', height: 4}),
    svg('rect', {class: 'bar-part', width: `${width}%`, height: 4}));
}

/** What there is to see where there is nothing: a sentence, and what can be done. */
export function nothing(sentence, ...more) {
  return h('div', {class: 'nothing'}, h('p', {}, sentence), more);
}

/** A line to run in a terminal, with a button that copies it. */
export function command(line, say) {
  const code = h('code', {tabindex: 0}, line);
  const copy = h('button', {type: 'button', class: 'quiet', onclick: () => copyText(line, code, say)}, 'Copy');
  return h('div', {class: 'command'}, h('pre', {}, code), copy);
}

/** Copies a text, or marks it where the browser does not let us: a page without TLS has no clipboard. */
export async function copyText(value, shown, say) {
  try {
    await navigator.clipboard.writeText(value);
    say('Copied.');
  } catch {
    getSelection().selectAllChildren(shown);
    say('Marked. Press Ctrl+C to copy it.');
  }
}
