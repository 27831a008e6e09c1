/** The consumers' keys: usage against quota, creating, rotating, revoking. */
import {bar, copyText, h, nothing, put, table} from './dom.js';
import {ask, failed, notice, open} from './dialogs.js';
import {count, many, when} from './format.js';
import {later} from './questions.js';

const PERMISSIONS = [['read', 'ask questions'], ['refresh', 'have answers fetched anew'], ['admin', 'administer RentCache']];
const GRACES = [['24h', '24 hours'], ['1h', '1 hour'], ['0s', 'not at all']];
const PAGE = 200;

export function show(place, session) {
  const {api} = session;
  let params = {};
  let asked = 0;
  const search = h('input', {type: 'search', placeholder: 'Search by name', 'aria-label': 'Search the keys', maxlength: 100,
    oninput: later(() => session.change({search: search.value}, {replace: true}))});
  const status = h('select', {'aria-label': 'Status', onchange: () => session.change({status: status.value === 'active' ? '' : status.value})},
    h('option', {value: 'active'}, 'not revoked'), h('option', {value: 'all'}, 'all'));
  const list = h('div', {});
  put(place, h('div', {class: 'screen-head'}, h('h1', {}, 'Keys'), h('span', {class: 'grow'}),
    h('div', {class: 'filters'}, search, status, h('button', {type: 'button', class: 'primary', onclick: create}, 'Create a key'))), list);

  async function load() {
    const turn = ++asked;
    try {
      const found = await api.get('/keys', {search: params.search, status: params.status, limit: PAGE});
      if (turn === asked) {
        draw(found);
      }
    } catch (problem) {
      failed(problem);
    }
  }

  function draw({items, total}) {
    if (items.length === 0) {
      put(list, nothing(params.search ? 'No key has such a name.' : 'There is no key. Create one for each consumer, so that you see who asks what.'));
      return;
    }
    put(list, table({
      caption: 'Keys', rows: items, key: row => row.id, rowClass: row => row.status === 'active' ? null : 'off',
      columns: [
        {label: 'Name', kind: 'lead', cell: row => [h('b', {}, row.name), h('small', {}, h('code', {}, `${row.hint}…`), ` · ${row.permissions.join(', ')}${row.rate ? ` · ${row.rate}` : ''}`)]},
        {label: 'Today', number: true, cell: row => used(row.usedToday, row.dailyLimit)},
        {label: 'This month', number: true, cell: row => used(row.usedThisMonth, row.monthlyLimit)},
        {label: 'Last used', number: true, cell: row => when(row.lastUsed)},
        {label: 'Expires', number: true, cell: row => row.status === 'revoked' ? 'revoked'
          : [row.status === 'expired' && h('span', {class: 'warned'}, 'expired '), when(row.expiresAt)]},
        {label: '', kind: 'acts', cell: acts},
      ],
    }), total > items.length && h('p', {class: 'tally'}, `${count(items.length)} of ${many(total, 'key')}; search to see others.`));
  }

  function acts(row) {
    const button = (label, onclick) => h('button', {type: 'button', class: 'quiet', 'aria-label': `${label} ${row.name}`, onclick: () => onclick(row)}, label);
    return row.status === 'revoked' ? button('Activate', activate) : [button('Change', change), button('Rotate', rotate), button('Revoke', revoke)];
  }

  function create() {
    ask({title: 'Create a key', sentence: 'Its value is shown once, and cannot be shown again.', verb: 'Create', fields: keyFields({permissions: ['read']}),
      act: async form => {
        const {key, value} = await api.send('POST', '/keys', {...read(form, {}), permissions: permissions(form)});
        load();
        reveal(key, value);
      }});
  }

  function change(row) {
    ask({title: `Change ${row.name}`, sentence: 'What is left empty has no limit of its own.', verb: 'Change', fields: keyFields(row),
      act: async form => {
        await api.send('PATCH', `/keys/${row.id}`, {...read(form, row), permissions: permissions(form)});
        notice(`${form.elements.name.value.trim()} is changed.`);
        load();
      }});
  }

  function rotate(row) {
    const grace = h('select', {id: 'grace'}, GRACES.map(([id, label]) => h('option', {value: id}, label)));
    ask({title: `Rotate ${row.name}`, sentence: 'It is given a new value, which is shown once. This cannot be taken back.', verb: 'Rotate', name: row.name,
      fields: h('label', {for: 'grace'}, 'The present value is still accepted for', grace),
      act: async () => {
        const {key, value} = await api.send('POST', `/keys/${row.id}/rotate`, {grace: grace.value});
        load();
        reveal(key, value);
      }});
  }

  function revoke(row) {
    ask({title: `Revoke ${row.name}`, danger: true, verb: 'Revoke', name: row.name,
      sentence: 'From then on no node accepts it, and whoever uses it is refused. What it used stays in the reports.',
      act: async () => {
        await api.send('DELETE', `/keys/${row.id}`);
        notice(`${row.name} is revoked.`, {undo: () => activate(row)});
        load();
      }});
  }

  async function activate(row) {
    try {
      await api.send('PATCH', `/keys/${row.id}`, {active: true});
      notice(`${row.name} is accepted again.`);
      load();
    } catch (problem) {
      failed(problem);
    }
  }

  function reveal(key, value) {
    const code = h('code', {class: 'secret', tabindex: 0}, value ?? '');
    const close = open(`The value of ${key.name}`,
      h('p', {}, 'Copy it now: it is not kept, and cannot be shown again.'), code,
      h('div', {class: 'acts'}, h('button', {type: 'button', class: 'primary', onclick: () => copyText(value, code, session.say)}, 'Copy'),
        h('button', {type: 'button', class: 'quiet', onclick: () => close()}, 'Done')));
    session.say(`The value of ${key.name} is shown.`);
  }

  return {
    update(changed) {
      params = changed;
      if (document.activeElement !== search) {
        search.value = params.search ?? '';
      }
      status.value = params.status || 'active';
      load();
    },
    close() {
      asked++;
    },
  };
}

function used(value, limit) {
  if (limit === null || limit === undefined) {
    return count(value);
  }
  const share = limit ? value / limit : 1;
  return h('div', {}, `${count(value)} of ${count(limit)}`, bar(share, share >= 1 ? 'wrong' : share >= 0.9 ? 'warned' : ''));
}

function keyFields(key) {
  const field = (id, label, value, more) => h('label', {for: `key-${id}`}, label, h('input', {id: `key-${id}`, name: id, value: value ?? '', autocomplete: 'off', ...more}));
  return [
    field('name', 'Name', key.name, {required: true, maxlength: 100}),
    h('fieldset', {}, h('legend', {}, 'It may'), PERMISSIONS.map(([id, label]) => h('label', {class: 'check'},
      h('input', {type: 'checkbox', name: 'permission', value: id, checked: key.permissions.includes(id)}), label))),
    field('dailyLimit', 'Questions a day', key.dailyLimit, {type: 'number', min: 1, placeholder: 'no limit'}),
    field('monthlyLimit', 'Questions a month', key.monthlyLimit, {type: 'number', min: 1, placeholder: 'no limit'}),
    field('rate', 'Rate', key.rate, {placeholder: 'the configured one, or such as 100/minute'}),
    field('expiresAt', 'Expires', key.expiresAt?.slice(0, 10), {type: 'date'}),
  ];
}

const permissions = form => [...form.querySelectorAll('[name=permission]:checked')].map(box => box.value);

/** What a form says; of a key that is there, only what is another than it was. */
function read(form, key) {
  const value = name => form.elements[name].value.trim();
  const number = name => value(name) === '' ? null : Number(value(name));
  const all = {name: value('name'), dailyLimit: number('dailyLimit'), monthlyLimit: number('monthlyLimit'), rate: value('rate') || null,
    expiresAt: value('expiresAt') || null};
  const was = {...key, expiresAt: key.expiresAt?.slice(0, 10) ?? null};
  return Object.fromEntries(Object.entries(all).filter(([name, told]) => told !== (was[name] ?? null)));
}
