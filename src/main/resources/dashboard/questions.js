/** The questions that are kept: the most asked and the most paid; explain, refresh, invalidate, undo. */
import {h, nothing, put, table, command} from './dom.js';
import {ask, failed, notice} from './dialogs.js';
import {explanation} from './explain.js';
import {bytes, count, dollars, exact, many, money, now, short, span, when} from './format.js';

const ORDERS = [['hits', 'Most asked'], ['saved', 'Most saved'], ['fetched', 'Last paid'], ['recent', 'Last asked']];
const STATES = [['kept', 'all that are kept'], ['fresh', 'fresh'], ['stale', 'stale'], ['cleared', 'invalidated']];
const PAGE = 50;

export function show(place, session) {
  const {api} = session;
  let params = {};
  let asked = 0;
  let opened = null;
  let answer = null;

  const request = h('input', {id: 'request', placeholder: '/v1/properties?zipCode=78244', spellcheck: 'false', autocomplete: 'off', required: true});
  const explained = h('div', {role: 'status'});
  const form = h('form', {class: 'explain-form', onsubmit: event => {
    event.preventDefault();
    explain(request.value.trim(), explained);
  }}, h('label', {for: 'request'}, 'What would happen to a request?', request), h('button', {type: 'submit'}, 'Explain'));
  const orders = h('div', {class: 'ranges', role: 'group', 'aria-label': 'Order'});
  const search = h('input', {type: 'search', id: 'search', placeholder: 'Search: zip code, city, key', 'aria-label': 'Search the questions', maxlength: 200,
    oninput: later(() => session.change({search: search.value, page: ''}, {replace: true}))});
  const state = h('select', {'aria-label': 'State', onchange: () => session.change({state: state.value === 'kept' ? '' : state.value, page: ''})},
    STATES.map(([id, label]) => h('option', {value: id}, label)));
  const list = h('div', {});
  put(place, h('div', {class: 'screen-head'}, h('h1', {}, 'Questions'), orders, h('span', {class: 'grow'}), h('div', {class: 'filters'}, search, state)),
    form, explained, list);

  async function explain(target, into) {
    try {
      put(into, explanation(await api.get('/explain', {request: target})));
      session.say('Explained.');
    } catch (problem) {
      put(into, h('p', {class: 'wrong'}, problem.message));
    }
  }

  async function load() {
    const turn = ++asked;
    const page = Number(params.page) || 0;
    try {
      const found = await api.get('/cache/entries', {
        search: params.search, state: params.state, sort: params.sort || 'hits', limit: PAGE, offset: page * PAGE,
      });
      if (turn === asked) {
        answer = found;
        draw();
      }
    } catch (problem) {
      if (turn === asked) {
        failed(problem);
      }
    }
  }

  function draw() {
    const {items, total, offset = 0} = answer;
    if (items.length === 0) {
      put(list, params.search || params.state ? nothing('No question is like that.')
        : nothing('Nothing is kept yet. Ask something, and it shows here:',
          command(`curl -H "X-Api-Key: YOUR_KEY" "${location.origin}/v1/properties?zipCode=78244"`, session.say)));
      return;
    }
    put(list, table({
      caption: 'Questions that are kept', rows: items, key: row => row.key,
      rowClass: row => row.state === 'cleared' ? 'off' : null,
      columns: [
        {label: 'Question', kind: 'lead question', cell: row => h('button', {
          type: 'button', class: 'link', 'aria-expanded': String(opened === row.key),
          onclick: () => { opened = opened === row.key ? null : row.key; draw(); focusRow(row.key, 'button.link'); },
        }, ...words(row.target))},
        {label: 'State', cell: row => row.state === 'cleared' ? h('span', {}, 'invalidated ', when(row.clearedAt)) : row.state},
        {label: 'Age', number: true, cell: row => h('span', {title: exact(row.fetchedAt)}, age(row.fetchedAt))},
        {label: 'Expires', number: true, cell: row => when(row.expiresAt)},
        {label: 'Hits', number: true, cell: row => count(row.hits)},
        {label: 'Saved', number: true, cell: row => money(row.savedMicros ?? 0)},
        {label: '', kind: 'acts', cell: acts},
      ],
      detail: row => opened === row.key && detail(row),
    }),
    h('div', {class: 'filters more'}, h('span', {class: 'tally'}, `${offset + 1}–${offset + items.length} of ${many(total, 'question')}`),
      offset > 0 && h('button', {type: 'button', onclick: () => session.change({page: offset / PAGE - 1 || ''})}, 'Previous'),
      offset + items.length < total && h('button', {type: 'button', onclick: () => session.change({page: offset / PAGE + 1})}, 'Next')));
  }

  function acts(row) {
    const button = (label, onclick) => h('button', {type: 'button', class: 'quiet', 'aria-label': `${label}: ${row.target}`, onclick}, label);
    return row.state === 'cleared' ? null : [
      button('Explain', () => { request.value = row.target; explain(row.target, explained); form.scrollIntoView({block: 'nearest'}); }),
      button('Refresh', () => refresh(row)),
      button('Invalidate', () => invalidate(row)),
    ];
  }

  function refresh(row) {
    ask({
      title: 'Refresh an answer', sentence: h('span', {}, 'This makes one call of Rentcast, which is billed, for ', h('code', {}, row.target), '.'),
      verb: 'Refresh', act: async () => {
        const came = await api.send('POST', `/cache/entries/${row.key}/refresh`);
        notice(`Refreshed: ${came.result ?? `status ${came.status}`}, for ${dollars(came.costMicros)}.`);
        load();
      },
    });
  }

  async function invalidate(row) {
    try {
      const {seq} = await api.send('POST', '/cache/invalidate', {key: row.key});
      notice('Invalidated. It is fetched, and paid for, when it is asked for again.', {undo: () => undo(seq)});
      load();
    } catch (problem) {
      failed(problem);
    }
  }

  async function undo(seq) {
    try {
      const {count: valid} = await api.send('POST', '/cache/undo', {seq});
      notice(`Undone: ${many(valid, 'answer')} valid again.`);
      load();
    } catch (problem) {
      failed(problem);
    }
  }

  function detail(row) {
    const body = h('div', {});
    const more = h('div', {class: 'panel'}, h('dl', {class: 'fields'},
      [['key', h('code', {}, row.key)], ['endpoint', row.endpoint], ['request', h('code', {}, row.target)], ['status', String(row.status)],
        ['fetched', exact(row.fetchedAt)], ['expires', exact(row.expiresAt)], ['last asked', when(row.lastHit)], ['size', bytes(row.bytes)]]
        .map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
    h('p', {}, h('button', {type: 'button', class: 'quiet', onclick: async () => {
      try {
        const whole = await api.get(`/cache/entries/${row.key}`, {body: true});
        const text = JSON.stringify(whole.body ?? whole, null, 2);
        put(body, h('pre', {class: 'scroll', tabindex: 0}, text.length > 20_000 ? `${text.slice(0, 20_000)}\n…` : text));
      } catch (problem) {
        failed(problem);
      }
    }}, 'Show the answer')), body);
    return more;
  }

  function focusRow(key, selector) {
    list.querySelector(`tr[data-key="${CSS.escape(key)}"] ${selector}`)?.focus();
  }

  return {
    update(changed) {
      params = changed;
      put(orders, ORDERS.map(([id, label]) => h('button', {
        type: 'button', class: 'choice', 'aria-pressed': String(id === (params.sort || 'hits')),
        onclick: () => session.change({sort: id === 'hits' ? '' : id, page: ''}),
      }, label)));
      if (document.activeElement !== search) {
        search.value = params.search ?? '';
      }
      state.value = params.state || 'kept';
      load();
    },
    close() {
      asked++;
    },
  };
}

const age = fetched => short(span((now() - Date.parse(fetched)) / 1000));

/** A request in words: the path, and its parameters beneath. */
function words(target) {
  const [path, query] = target.split('?');
  const told = [...new URLSearchParams(query ?? '')].map(([name, value]) => `${name} ${value}`).join(' · ');
  return [path.replace(/^\/v1\//, ''), told && h('small', {}, told)].filter(Boolean);
}

/** Does something a little after the last of many calls. */
export function later(what, delay = 250) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(what, delay);
  };
}
