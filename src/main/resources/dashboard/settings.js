/** The settings in force, and where each came from. */
import {h, nothing, put, table} from './dom.js';

export function show(place, session) {
  let params = {};
  let all = null;
  const search = h('input', {type: 'search', placeholder: 'Search the settings', 'aria-label': 'Search the settings',
    oninput: () => session.change({search: search.value}, {replace: true})});
  const changed = h('input', {type: 'checkbox', id: 'changed', onchange: () => session.change({changed: changed.checked ? '1' : ''})});
  const list = h('div', {});
  put(place, h('div', {class: 'screen-head'}, h('h1', {}, 'Settings'), h('span', {class: 'grow'}),
    h('div', {class: 'filters'}, h('label', {class: 'check'}, changed, 'only what is no default'), search)),
  h('p', {class: 'dim'}, 'As they are in force on this node. They are set by file, .env, environment or flag, and read at start.'), list);

  async function load() {
    try {
      all = (await session.api.get('/settings')).settings;
      draw();
    } catch (problem) {
      session.failed(problem);
    }
  }

  function draw() {
    const wanted = (params.search ?? '').toLowerCase();
    const found = all.filter(setting => (!params.changed || setting.source !== 'default')
      && (!wanted || `${setting.name} ${setting.description} ${setting.value ?? ''}`.toLowerCase().includes(wanted)));
    const sections = [...new Set(found.map(setting => setting.section))];
    put(list, found.length === 0 ? nothing('No setting is like that.') : sections.map(section => h('section', {class: 'part'}, h('h2', {}, section), table({
      caption: section, rows: found.filter(setting => setting.section === section),
      columns: [
        {label: 'Setting', kind: 'lead setting', cell: setting => [h('code', {}, setting.name), h('small', {}, setting.description)]},
        {label: 'Value', kind: 'value', cell: setting => setting.value === null ? h('span', {class: 'dim'}, 'not set') : h('code', {title: `Allowed: ${setting.allowed}`}, setting.value)},
        {label: 'From', kind: 'source', cell: setting => setting.source === 'default' ? h('span', {class: 'dim'}, 'default') : setting.source},
      ],
    }))));
  }

  return {
    update(next) {
      params = next;
      if (document.activeElement !== search) {
        search.value = params.search ?? '';
      }
      changed.checked = Boolean(params.changed);
      if (all) {
        draw();
      } else {
        load();
      }
    },
    close() {},
  };
}
