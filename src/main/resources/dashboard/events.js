/** What happens, as it happens: a stream that can be paused and filtered. */
import {h, nothing, put, table} from './dom.js';
import {count, dollars, exact, many, second} from './format.js';

const SHOWN = 200;

export function show(place, session) {
  const {live} = session;
  let params = {};
  let held = null;
  const search = h('input', {type: 'search', placeholder: 'Search the events', 'aria-label': 'Search the events',
    oninput: () => session.change({search: search.value}, {replace: true})});
  const kinds = h('select', {'aria-label': 'Kind', onchange: () => session.change({kind: kinds.value})});
  const pause = h('button', {type: 'button', 'aria-pressed': 'false', onclick: () => {
    held = held ? null : [...live.events];
    pause.textContent = held ? 'Go on' : 'Pause';
    pause.setAttribute('aria-pressed', String(Boolean(held)));
    draw();
  }}, 'Pause');
  const tally = h('p', {class: 'tally', role: 'status'});
  const list = h('div', {class: 'event-list'});
  put(place, h('div', {class: 'screen-head'}, h('h1', {}, 'Events'), h('span', {class: 'grow'}), h('div', {class: 'filters'}, search, kinds, pause)), tally, list);

  let known = '';
  function draw() {
    const all = held ?? live.events;
    const names = [...new Set([...live.events.map(event => event.name), params.kind].filter(Boolean))].sort();
    if (known !== names.join()) {
      known = names.join();
      put(kinds, h('option', {value: ''}, 'all kinds'), names.map(name => h('option', {value: name}, name)));
    }
    kinds.value = params.kind ?? '';
    const wanted = (params.search ?? '').toLowerCase();
    const found = all.filter(event => (!params.kind || event.name === params.kind) && (!wanted || JSON.stringify(event).toLowerCase().includes(wanted)));
    const behind = held ? live.events.length - held.length : 0;
    tally.textContent = held ? `Paused; ${many(behind, 'event')} since.` : found.length > SHOWN ? `The latest ${SHOWN} of ${count(found.length)}.` : '';
    if (found.length === 0) {
      put(list, nothing(all.length === 0 ? 'Nothing happened since this page was opened. Misses, refreshes, invalidations, budget steps and the state of Rentcast show here.'
        : 'No event is like that.'));
      return;
    }
    put(list, table({
      caption: 'Events, the latest first', rows: found.slice(0, SHOWN),
      columns: [
        {label: 'Time', kind: 'kind', cell: event => h('time', {title: exact(event.at ?? event.seen)}, second(event.at ?? event.seen))},
        {label: 'Event', kind: 'kind', cell: event => event.name},
        {label: 'What', cell: event => words(event)},
        {label: 'Node', kind: 'kind wide', cell: event => event.body.node ?? ''},
      ],
    }));
  }

  let due = false;
  const happened = () => {
    if (!due) {
      due = true;
      setTimeout(() => { due = false; if (place.isConnected) { draw(); } }, 250);
    }
  };
  live.addEventListener('happened', happened);
  return {
    update(changed) {
      params = changed;
      if (document.activeElement !== search) {
        search.value = params.search ?? '';
      }
      draw();
    },
    close() {
      live.removeEventListener('happened', happened);
    },
  };
}

/** What happened, in the words of its kind; of a kind that is not known here, all that it says. */
function words({name, body}) {
  const question = () => `${body.endpoint}${body.parameters ? ` ${plain(body.parameters)}` : ''}`;
  switch (name) {
    case 'cache.miss': return `${question()}: ${body.reason ?? 'not kept'}`;
    case 'cache.stored': return `${question()}${body.costMicros ? `, paid ${dollars(body.costMicros)}` : ''}`;
    case 'cache.refreshed': return `${question()}: ${body.reason}${body.background ? ' in the background' : ''}${body.costMicros ? `, paid ${dollars(body.costMicros)}` : ''}`;
    case 'cache.served-stale': return `${question()}: ${body.reason}${body.count > 1 ? `, ${count(body.count)} times` : ''}`;
    case 'cache.invalidated': return `invalidated ${body.scope ?? ''} (number ${body.seq})`;
    case 'upstream.state': return `${body.endpoint}: circuit ${body.state}`;
    case 'budget.step': return `budget ${body.budget ?? body.scope ?? ''} reached ${body.percent} %`;
    case 'key.changed': return `key ${body.keyId} was changed`;
    case 'key.revoked': return `key ${body.keyId} was revoked`;
    default: {
      const {v, at, node, ...rest} = body;
      return plain(rest);
    }
  }
}

const plain = object => Object.entries(object).map(([name, value]) => `${name} ${typeof value === 'object' && value !== null ? JSON.stringify(value) : value}`).join(' · ');
