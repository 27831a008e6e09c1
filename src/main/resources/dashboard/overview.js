/** The first screen: what the cache has saved, and whether everything is all right. */
import {command, h, put, svg} from './dom.js';
import {count, day, dollars, exact, exactMoney, few, hour, many, micros, money, now, percent, shortDay, when} from './format.js';
import {formats, Plot} from './plots.js';
import {byTier, TIERS} from './tiers.js';

const HOUR = 3_600;
const DAY = 24 * HOUR;
export const RANGES = [
  {id: '1h', label: '1 h', seconds: HOUR}, {id: '24h', label: '24 h', seconds: DAY},
  {id: '7d', label: '7 d', seconds: 7 * DAY}, {id: '30d', label: '30 d', seconds: 30 * DAY},
  {id: 'month', label: 'billing month'},
];
const STEPS = {minute: 60, hour: HOUR, day: DAY};
const PAGE = 1_000;
const PARTS = {database: 'database', cache: 'cache', upstream: 'upstream', disk: 'disk'};

export function show(place, session) {
  const {live} = session;
  const sentence = h('h1', {class: 'sentence'});
  const beneath = h('p', {});
  const state = h('p', {class: 'state', role: 'status'});
  const budget = h('section', {class: 'budget', 'aria-labelledby': 'budget-title'});
  const ranges = h('div', {class: 'ranges', role: 'group', 'aria-label': 'Range of the plots'});
  const plotArea = h('div', {class: 'plots'});
  const health = h('section', {class: 'health', 'aria-label': 'Health'});
  const nodes = h('section', {class: 'nodes', 'aria-label': 'Nodes'});
  put(place, h('div', {class: 'saving'}, sentence, h('div', {class: 'beneath'}, state, beneath)), budget, plotArea, health, nodes);

  let params = {};
  let timer = null;
  let report = null;
  let empty = null;
  let closed = false;

  const pick = (from, to) => session.change({range: '', from: iso(from), to: iso(to)});
  const make = options => new Plot({sync: 'overview', pick, ...options});
  const questions = make({height: 120, stacked: true});
  const times = make({height: 96, log: true});
  const calls = make({height: 96, stepped: true, showTimes: true});
  const plots = [questions, times, calls];
  const figures = h('details', {class: 'figures', ontoggle: () => figuresTable()}, h('summary', {}, 'The plots’ figures as a table'));
  const wrong = h('p', {class: 'wrong', role: 'alert'});

  function figuresNow() {
    const told = live.now;
    tellSaved(told, sentence, beneath);
    tellState(told, state);
    tellBudget(told, budget);
    tellHealth(told, health);
    tellNodes(told, nodes);
    const quiet = told.requests.total === 0 && !(told.money?.month?.questions > 0);
    if (quiet !== empty) {
      empty = quiet;
      arrange();
    }
  }

  function arrange() {
    if (empty) {
      figures.remove();
      put(plotArea, h('div', {class: 'teach'}, h('h2', {}, 'Send the first question'),
        h('p', {}, 'Ask RentCache as you would ask Rentcast; only the host is another. The same question, asked again, costs nothing.'),
        command(`curl -H "X-Api-Key: YOUR_KEY" "${location.origin}/v1/properties?zipCode=78244"`, session.say),
        h('p', {class: 'dim'}, 'A key for a consumer is made under Keys. What is asked shows here within a second.')));
    } else {
      put(plotArea, h('div', {class: 'plots-head'}, h('h2', {}, 'Traffic'), ranges), wrong, plots.map(plot => plot.element));
      place.append(figures);
      load();
    }
  }

  function rangePicker() {
    const custom = params.from && !params.range;
    put(ranges, RANGES.map(range => h('button', {
      type: 'button', class: 'choice', 'aria-pressed': String(!custom && range.id === (params.range || '1h')),
      onclick: () => session.change({range: range.id, from: '', to: ''}),
    }, range.label)), custom && h('button', {
      type: 'button', class: 'choice', 'aria-pressed': 'true', title: 'Back to the last hour',
      onclick: () => session.change({range: '1h', from: '', to: ''}),
    }, `${told(params.from)} – ${told(params.to)} ×`));
  }

  async function load() {
    clearTimeout(timer);
    if (closed || empty) {
      return;
    }
    const asked = spanOf(params, live.now);
    try {
      const rows = await pages(session.api, asked);
      if (!closed && asked.id === spanOf(params, live.now).id) {
        report = {...asked, rows};
        put(wrong, '');
        draw();
      }
    } catch (problem) {
      // What was drawn stays: it is still true of its time.
      put(wrong, `The plots are not up to date: ${problem.message}`);
    }
    if (!closed) {
      clearTimeout(timer);
      timer = setTimeout(load, asked.step === 60 ? 10_000 : 60_000);
    }
  }

  function draw() {
    if (!report) {
      return;
    }
    const {at, rows} = filled(report);
    const span = {from: report.from, to: report.to};
    const whole = rows.map(row => byTier(row?.byResult));
    const lengths = at.map((start, index) => Math.max(1, Math.min(report.step, report.to - start)));
    const fastest = Math.max(0, ...whole.map((tiers, index) => tiers.reduce((a, b) => a + b, 0) / lengths[index]));
    const unit = fastest >= 0.5 || fastest === 0 ? {name: 'second', seconds: 1} : fastest >= 0.01 ? {name: 'minute', seconds: 60} : {name: 'hour', seconds: HOUR};
    const last = rows.findLastIndex(row => row !== null);
    const seen = TIERS.map((tier, index) => ({tier, index})).filter(({tier, index}) =>
      tier.id !== 'failed' || whole.some(tiers => tiers[index] > 0));
    questions.draw({
      title: `Questions a ${unit.name}`, times: at, span, last, format: few,
      series: seen.map(({tier, index}) => ({
        id: tier.id, label: tier.label, tier, stroke: `--tier-${tier.id}`,
        values: whole.map((tiers, moment) => tiers[index] * unit.seconds / lengths[moment]),
      })),
      summary: `Questions a ${unit.name} by where the answer came from, ${told(iso(span.from))} to ${told(iso(span.to))}: ${few(fastest * unit.seconds)} at the most.`,
    });
    const time = (field, label, stroke, kind, dash) => ({label, stroke, kind, dash, values: rows.map(row => row?.[field] ?? null)});
    times.draw({
      title: 'Answer time', times: at, span, last, format: formats.time,
      series: [
        time('hitP50Micros', 'hit p50', '--tier-near', 'near'), time('hitP99Micros', 'hit p99', '--tier-near', 'near', [6, 4]),
        time('missP50Micros', 'miss p50', '--tier-rentcast', 'rentcast'), time('missP99Micros', 'miss p99', '--tier-rentcast', 'rentcast', [6, 4]),
      ],
      summary: 'Answer time of hits and misses, median and 99th percentile, on a logarithmic scale.',
    });
    const paid = rows.map((row, index) => (row?.paidCalls ?? 0) / lengths[index]);
    const limit = live.now.upstream.limitPerSecond;
    const busy = Math.max(...paid, 0) > (limit ?? 0) / 20;
    const callUnit = busy ? {name: 'second', seconds: 1} : unit;
    calls.draw({
      title: `Calls of Rentcast a ${callUnit.name}`, times: at, span, last, format: few,
      series: [{label: 'paid calls', stroke: '--tier-rentcast', kind: 'rentcast', values: paid.map(value => value * callUnit.seconds)}],
      line: busy && limit ? {at: limit, label: `${few(limit)}/s allowed`} : null,
      summary: `Calls of Rentcast a ${callUnit.name}${limit ? `; ${few(limit)} a second are allowed` : ''}.`,
    });
    figuresTable();
  }

  function figuresTable() {
    if (!figures.open || !report) {
      return;
    }
    const rows = report.rows.slice(-60).reverse();
    const head = ['Time', ...TIERS.map(tier => tier.label), 'hit p50', 'hit p99', 'miss p50', 'miss p99', 'paid calls'];
    const body = rows.map(row => h('tr', {}, h('td', {}, told(row.at)),
      byTier(row.byResult).map(value => h('td', {class: 'number'}, count(value))),
      ['hitP50Micros', 'hitP99Micros', 'missP50Micros', 'missP99Micros'].map(field => h('td', {class: 'number'}, micros(row[field]))),
      h('td', {class: 'number'}, count(row.paidCalls))));
    figures.querySelector('.scroll')?.remove();
    figures.append(h('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Figures of the plots'}, h('table', {class: 'plain'},
      h('thead', {}, h('tr', {}, head.map((name, index) => h('th', {scope: 'col', class: index ? 'number' : null}, name)))), h('tbody', {}, body))));
  }

  const tick = () => live.now && figuresNow();
  live.addEventListener('now', tick);
  return {
    update(changed) {
      params = changed;
      rangePicker();
      if (empty === null) {
        tick();
      } else {
        load();
      }
    },
    redraw: draw,
    close() {
      closed = true;
      clearTimeout(timer);
      live.removeEventListener('now', tick);
      plots.forEach(plot => plot.close());
    },
  };
}

/* ---- The sentence. ---- */

function tellSaved({money: {month}, budget}, sentence, beneath) {
  const {questions = 0, free = 0, savedMicros = 0, withoutMicros = 0, paidMicros = 0} = month ?? {};
  const share = questions >= 100 ? `${percent(free, questions)} of ${count(questions)}` : `${count(free)} of ${count(questions)}`;
  const told = questions === 0 ? ['Nothing asked yet this billing month.']
    : [h('b', {title: exactMoney(savedMicros)}, savedMicros < 0 ? `Spent ${dollars(-savedMicros)} more` : `Saved ${dollars(savedMicros)}`),
      ` this billing month. ${share} ${questions === 1 ? 'question' : 'questions'} cost nothing.`];
  const words = told.map(part => part.textContent ?? part).join('');
  if (sentence.textContent !== words) {
    put(sentence, told);
  }
  const left = budget?.renewsAt ? Math.max(0, Math.ceil((Date.parse(budget.renewsAt) - now()) / (DAY * 1000))) : null;
  put(beneath, questions > 0 && ['Without the cache ', money(withoutMicros), ' · paid ', money(paidMicros), ' · '],
    left !== null && h('span', {title: exact(budget.renewsAt)}, `${many(left, 'day')} left, renews on ${day(budget.renewsAt)}`));
}

/** What is wrong, in order of weight; empty where all is well. */
export function troubles({health, budget, upstream}) {
  const wrong = Object.entries(health ?? {}).filter(([, check]) => check.status !== 'up')
    .map(([part, check]) => `${PARTS[part] ?? part} ${check.status}${check.since ? ` since ${clockTime(check.since)}` : ''}${check.detail ? ` (${check.detail})` : ''}`);
  const open = (upstream?.circuits ?? []).filter(circuit => circuit.state !== 'closed');
  if (open.length > 0) {
    wrong.push(`not asking Rentcast for ${open.map(circuit => circuit.endpoint).join(', ')}`);
  }
  if (budget?.step === 'spent') {
    wrong.push('the budget is spent: only what is kept is answered');
  }
  return wrong;
}

function clockTime(at) {
  return now() - Date.parse(at) < DAY * 1000 ? hour(at) : `${shortDay(at)}, ${hour(at)}`;
}

function tellState(told, state) {
  const wrong = troubles(told);
  state.classList.toggle('wrong', wrong.length > 0);
  const words = wrong.length === 0 ? 'Everything is all right.' : `Not all right: ${wrong.join('; ')}.`;
  if (state.textContent !== words) {
    put(state, wrong.length === 0 ? words : [h('b', {}, 'Not all right: '), words.slice('Not all right: '.length)]);
  }
}

/* ---- The budget. ---- */

/** The budget's state in words. */
function budgetWords(budget) {
  const {step, percent: used, projectedMicros, limitMicros, renewsAt} = budget;
  const renews = renewsAt ? `, renews on ${day(renewsAt)}` : '';
  const since = budget.since ? ` since ${clockTime(budget.since)}` : '';
  if (step === 'spent') {
    return `cache only${since}${renews}`;
  }
  if (step === 'no-refresh') {
    return `refresh paused at 90 %${renews}`;
  }
  const over = limitMicros !== null && projectedMicros !== null && projectedMicros !== undefined && projectedMicros > limitMicros;
  if (step === 'warn') {
    return over ? 'over 80 %, and likely to be spent before the month ends' : 'over 80 %, but likely to last';
  }
  return over ? 'likely to be spent before the month ends' : `on course${used === undefined ? '' : `, ${used} % used`}`;
}

function tellBudget({budget}, place) {
  if (!budget) {
    place.hidden = true;
    return;
  }
  place.hidden = false;
  const inMoney = budget.limitMicros !== null && budget.limitMicros !== undefined;
  const inCalls = !inMoney && budget.callsLimit !== null && budget.callsLimit !== undefined;
  const title = h('h2', {id: 'budget-title'}, 'Budget');
  if (!inMoney && !inCalls) {
    put(place, h('div', {class: 'budget-head'}, title, h('span', {class: 'budget-figures'},
      money(budget.spentMicros), ` spent · ${many(budget.calls ?? 0, 'call')} · no budget is set`)));
    return;
  }
  const limit = inMoney ? budget.limitMicros : budget.callsLimit;
  const spent = inMoney ? budget.spentMicros : budget.calls;
  const reserved = inMoney ? budget.reservedMicros ?? 0 : 0;
  const projected = inMoney ? budget.projectedMicros : null;
  const amount = value => inMoney ? money(value) : count(value);
  // A projection past the budget is drawn up to a quarter past it.
  const full = Math.max(limit, Math.min(projected ?? 0, limit * 1.25)) || 1;
  const x = value => `${Math.min(100, 100 * value / full)}%`;
  const kind = {warn: 'warned', 'no-refresh': 'warned', spent: 'wrong'}[budget.step] ?? '';
  const marks = [80, 90, 100];
  put(place,
    h('div', {class: 'budget-head'}, title,
      h('span', {class: 'budget-figures'}, amount(spent), ' spent · ', reserved > 0 && [amount(reserved), ' reserved · '],
        amount(Math.max(0, limit - spent - reserved)), ' left of ', amount(limit), !inMoney && ' calls',
        projected && [h('span', {class: 'projection'}, ' · '), money(projected), ' expected by the month’s end']),
      h('span', {class: `budget-state ${kind}`}, budgetWords(budget))),
    svg('svg', {class: `budget-bar ${kind}`, width: '100%', height: 40, role: 'img',
      'aria-label': `${Math.round(100 * spent / (limit || 1))} % of the budget is spent${projected ? `; by the end of the month about ${dollars(projected)}` : ''}`},
    svg('rect', {class: 'budget-all', y: 4, width: x(limit), height: 16}),
    svg('rect', {class: 'budget-spent', y: 4, width: x(spent), height: 16}),
    svg('rect', {class: 'budget-reserved', x: x(spent), y: 4, width: x(Math.min(reserved, full - spent)), height: 16}),
    marks.map(mark => svg('line', {class: 'budget-mark', x1: x(limit * mark / 100), x2: x(limit * mark / 100), y1: 0, y2: 24})),
    marks.map(mark => svg('text', {class: `budget-label at-${mark}`, x: x(limit * mark / 100), y: 36, 'text-anchor': mark === 100 && full === limit ? 'end' : 'middle'}, mark === 90 ? '90' : `${mark}${mark === 100 ? ' %' : ''}`)),
    projected && svg('line', {class: 'budget-projected', x1: x(projected), x2: x(projected), y1: 0, y2: 24})));
}

/* ---- Health and nodes. ---- */

function tellHealth({health}, place) {
  const checks = Object.entries(PARTS).map(([id, name]) => ({name, ...(health?.[id] ?? {status: 'unknown'})}));
  const told = checks.map(check => `${check.name} ${check.status} ${check.detail ?? ''}`).join();
  if (place.dataset.told === told) {
    return;
  }
  place.dataset.told = told;
  put(place, h('h2', {}, 'Health'), h('ul', {}, checks.map(check => {
    const kind = check.status === 'up' ? 'up' : check.status === 'unknown' ? 'unknown' : check.status === 'degraded' ? 'warned' : 'wrong';
    return h('li', {class: kind, title: [check.detail, check.since && `since ${exact(check.since)}`].filter(Boolean).join(', ') || null},
      h('span', {class: 'dot', 'aria-hidden': 'true'}), check.name, kind === 'up' ? h('span', {class: 'unseen'}, ' works') : ` ${check.status}`);
  })));
}

function tellNodes({nodes, node}, place) {
  const all = nodes?.length ? nodes : [{name: node, self: true}];
  const told = JSON.stringify(all.map(each => [each.id, each.state, each.version]));
  if (place.dataset.told === told) {
    return;
  }
  place.dataset.told = told;
  put(place, h('h2', {}, all.length === 1 ? 'Node' : `${all.length} nodes`), h('ul', {}, all.map(each => {
    const gone = each.state && each.state !== 'up';
    return h('li', {class: gone ? 'wrong' : 'dim', title: [each.host, each.roles?.join(', ')].filter(Boolean).join(' · ') || null},
      h('span', {class: 'node-name'}, each.name ?? each.id ?? 'this node'), each.version && ` ${each.version}`,
      gone ? [` ${each.state}, last seen `, when(each.lastSeen)] : each.startedAt && [', started ', when(each.startedAt)]);
  })));
}

/* ---- The report behind the plots. ---- */

const iso = seconds => new Date(seconds * 1000).toISOString();
const told = at => `${shortDay(at)} ${hour(at)}`;

/** Which time is asked for, in seconds, and by which step. */
function spanOf(params, figures) {
  let from;
  let to = now() / 1000;
  if (params.from && !params.range) {
    from = Date.parse(params.from) / 1000;
    to = Math.min(to, Date.parse(params.to) / 1000 || to);
  } else if (params.range === 'month') {
    from = Date.parse(figures.budget?.begins ?? iso(to - 30 * DAY)) / 1000;
  } else {
    from = to - (RANGES.find(range => range.id === params.range)?.seconds ?? HOUR);
  }
  if (!(from < to)) {
    from = to - HOUR;
  }
  const name = to - from <= 1.1 * DAY ? 'minute' : to - from <= 62 * DAY ? 'hour' : 'day';
  const step = STEPS[name];
  return {from: Math.floor(from / step) * step, to, name, step, id: JSON.stringify([params.range, params.from, params.to])};
}

async function pages(api, {from, to, name}) {
  const rows = [];
  for (;;) {
    const page = await api.get('/usage', {from: iso(from), to: iso(Math.ceil(to)), groupBy: name, limit: PAGE, offset: rows.length});
    rows.push(...page.rows);
    if (page.rows.length < PAGE) {
      return rows;
    }
  }
}

/** The rows in order, with null at the times of which nothing was reported. */
function filled({from, to, step, rows}) {
  const known = new Map(rows.map(row => [Math.floor(Date.parse(row.at) / 1000 / step) * step, row]));
  const at = [];
  for (let time = from; time < to; time += step) {
    at.push(time);
  }
  // A step that has only begun says little of its rate.
  if (at.length > 1 && to - at.at(-1) < step / 4) {
    at.pop();
  }
  return {at, rows: at.map(time => known.get(time) ?? null)};
}
