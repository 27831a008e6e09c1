/** The bill: by day, key and endpoint; invoices; other plans; the budget. */
import {bar, h, nothing, put, svg, table} from './dom.js';
import {ask, failed, notice} from './dialogs.js';
import {count, dollars, exactMoney, many, money, percent, shortDay} from './format.js';

const GROUPS = [['day', 'By day'], ['key', 'By key'], ['endpoint', 'By endpoint']];

export function show(place, session) {
  const {api} = session;
  let params = {};
  let asked = 0;
  const groups = h('div', {class: 'ranges', role: 'group', 'aria-label': 'Group by'});
  const sums = h('dl', {class: 'figures-row'});
  const list = h('div', {});
  const plans = h('section', {class: 'part'}, h('h2', {}, 'The same traffic under other plans'));
  const planList = h('div', {});
  const month = h('select', {id: 'month'}, h('option', {value: 'current'}, 'the present month'));
  const spending = h('div', {});
  plans.append(planList);
  put(place, h('div', {class: 'screen-head'}, h('h1', {}, 'Money'), h('span', {class: 'dim'}, 'this billing month'), h('span', {class: 'grow'}), groups),
    sums, list, plans,
    h('div', {class: 'pair part'},
      h('section', {}, h('h2', {}, 'Invoices'), h('p', {class: 'dim'}, 'What each key costs, for those who recharge it.'),
        h('div', {class: 'filters more'}, h('label', {class: 'unseen', for: 'month'}, 'Billing month'), month,
          h('button', {type: 'button', onclick: download}, 'Download as CSV'))),
      h('section', {}, h('h2', {}, 'Budget'), spending)));

  async function load() {
    const turn = ++asked;
    const by = params.by || 'day';
    try {
      const bill = await api.get('/savings', {groupBy: by});
      if (turn === asked) {
        draw(bill, by);
      }
    } catch (problem) {
      put(list, h('p', {class: 'wrong'}, problem.message));
    }
  }

  function draw({withoutCache, paid, savedMicros, rows, plan}, by) {
    const figure = (name, value, more) => h('div', {}, h('dt', {}, name), h('dd', {title: exactMoney(value)}, dollars(value)), h('dt', {}, more));
    put(sums, figure('Saved', savedMicros, withoutCache.micros ? `${percent(Math.max(0, savedMicros), withoutCache.micros)} of the bill` : ''),
      figure('Paid', paid.micros, many(paid.calls, 'call')),
      figure('Without the cache', withoutCache.micros, many(withoutCache.calls, 'call')),
      plan && figure(`Plan${plan.name ? ` ${plan.name}` : ''}`, plan.feeMicros, `${count(plan.includedCalls)} calls included, then ${price(plan.overagePriceMicros)} each`));
    if (rows.length === 0) {
      put(list, nothing('No question was asked this billing month, so there is nothing to bill but the plan’s fee.'));
      return;
    }
    const most = Math.max(...rows.map(row => row.withoutCache.micros), 1);
    const label = {day: 'Day', key: 'Key', endpoint: 'Endpoint'}[by];
    put(list, by === 'day' && days(rows, most), table({
      caption: `The bill by ${by}`, rows: by === 'day' ? [...rows].reverse() : rows,
      columns: [
        {label, kind: 'lead', cell: row => by === 'day' ? shortDay(row.day) : by === 'key' ? row.keyName ?? `key ${row.key}` : row.endpoint},
        {label: 'Calls without', number: true, cell: row => count(row.withoutCache.calls)},
        {label: 'Calls paid', number: true, cell: row => count(row.paid.calls)},
        {label: 'Without the cache', number: true, cell: row => money(row.withoutCache.micros)},
        {label: 'Paid', number: true, cell: row => money(row.paid.micros)},
        {label: 'Saved', number: true, cell: row => h('div', {}, money(row.savedMicros), bar(row.savedMicros / most))},
      ],
    }));
  }

  async function loadPlans() {
    try {
      const {plans: all} = await api.get('/savings/plans');
      put(planList, all.length === 0 ? nothing('No plan is known.') : table({
        caption: 'Plans', rows: all, rowClass: row => row.inForce ? 'current' : null,
        columns: [
          {label: 'Plan', kind: 'lead', cell: row => [h('b', {}, row.plan.name ?? 'as configured'),
            h('small', {}, [row.inForce && 'in force', row.cheapest && 'the cheapest'].filter(Boolean).join(', '))]},
          {label: 'Fee', number: true, cell: row => money(row.plan.feeMicros)},
          {label: 'Calls included', number: true, cell: row => count(row.plan.includedCalls)},
          {label: 'Each further', number: true, cell: row => price(row.plan.overagePriceMicros)},
          {label: 'Without the cache', number: true, cell: row => money(row.withoutCache.micros)},
          {label: 'With it', number: true, cell: row => h('b', {}, money(row.paid.micros))},
        ],
      }));
    } catch (problem) {
      put(planList, h('p', {class: 'wrong'}, problem.message));
    }
  }

  async function loadMonths() {
    try {
      const {months = []} = await api.get('/budget/history');
      const former = months.map(each => each.period).filter(period => /^\d{4}-\d\d-\d\d$/.test(period ?? '') && period !== session.live.now?.budget?.period);
      month.append(...former.map(period => h('option', {value: period}, `from ${period}`)));
    } catch {
      // Without the former months the present one can still be had.
    }
  }

  function tellBudget() {
    const budget = session.live.now?.budget;
    const limit = budget?.limitMicros;
    put(spending, h('p', {class: 'dim'}, limit !== null && limit !== undefined ? ['A billing month may cost ', money(limit), '.']
      : budget?.callsLimit ? `A billing month may take ${count(budget.callsLimit)} calls.` : 'No budget is set: a billing month may cost anything.'),
    h('div', {class: 'more'}, h('button', {type: 'button', onclick: () => setBudget(limit)}, 'Set the budget')));
  }

  function setBudget(limit) {
    const amount = h('input', {id: 'amount', inputmode: 'decimal', pattern: '[0-9]{1,9}([.][0-9]{1,6})?', placeholder: 'none', autocomplete: 'off',
      value: limit === null || limit === undefined ? '' : String(limit / 1_000_000)});
    ask({title: 'Set the budget', verb: 'Set', fields: h('label', {for: 'amount'}, 'Dollars a billing month, with the plan’s fee', amount),
      sentence: 'At 90 % nothing is refreshed in the background any more; at 100 % only what is kept is answered. Left empty, there is none.',
      act: async () => {
        await api.send('PUT', '/budget/account', {dollars: amount.value.trim() || null});
        notice('The budget is set.', {undo: () => restore(limit)});
      }});
  }

  async function restore(limit) {
    try {
      await api.send('PUT', '/budget/account', {dollars: limit === null || limit === undefined ? null : String(limit / 1_000_000)});
      notice('The budget is what it was.');
    } catch (problem) {
      failed(problem);
    }
  }

  async function download() {
    try {
      const file = await api.raw(`/invoices/${month.value}`, {format: 'csv'});
      const link = h('a', {href: URL.createObjectURL(file), download: `invoices-${month.value}.csv`});
      link.click();
      URL.revokeObjectURL(link.href);
      notice('The invoices are downloaded.');
    } catch (problem) {
      failed(problem);
    }
  }

  loadPlans();
  loadMonths();
  tellBudget();
  session.live.addEventListener('now', tellOnce);
  let told = JSON.stringify(session.live.now?.budget?.limitMicros);
  function tellOnce() {
    const limit = JSON.stringify(session.live.now?.budget?.limitMicros);
    if (limit !== told) {
      told = limit;
      tellBudget();
    }
  }

  return {
    update(changed) {
      params = changed;
      put(groups, GROUPS.map(([id, label]) => h('button', {type: 'button', class: 'choice', 'aria-pressed': String(id === (params.by || 'day')),
        onclick: () => session.change({by: id === 'day' ? '' : id})}, label)));
      load();
    },
    close() {
      asked++;
      session.live.removeEventListener('now', tellOnce);
    },
  };
}

/** A call's price, which may be less than a cent. */
const price = micros => micros % 10_000 === 0 ? dollars(micros) : `$${Number((micros / 1_000_000).toFixed(6))}`;

/** The days as columns: what was paid, and above it what was saved. The table beneath says the same in numbers. */
function days(rows, most) {
  const height = 120;
  // A billing month has room for all its days from the start, so that a few are not broader than many.
  const slot = 100 / Math.max(rows.length, 31);
  const [first, last] = [shortDay(rows[0].day), shortDay(rows.at(-1).day)];
  const few = rows.length < 10;
  const tall = micros => Math.max(0, micros) / most * height;
  return h('div', {class: 'days', 'aria-hidden': 'true'},
    h('ul', {class: 'legend'}, h('li', {}, h('span', {class: 'box paid'}), 'paid'), h('li', {}, h('span', {class: 'box saved'}), 'saved'),
      h('li', {}, `up to ${dollars(most)} a day`)),
    svg('svg', {width: '100%', height: height + 24},
      rows.map((row, index) => svg('g', {}, svg('title', {}, `${shortDay(row.day)}: paid ${dollars(row.paid.micros)}, saved ${dollars(row.savedMicros)}`),
        svg('rect', {class: 'saved', x: `${index * slot + slot * 0.1}%`, width: `${slot * 0.8}%`, y: height - tall(row.paid.micros) - tall(row.savedMicros), height: tall(row.savedMicros)}),
        svg('rect', {class: 'paid', x: `${index * slot + slot * 0.1}%`, width: `${slot * 0.8}%`, y: height - tall(row.paid.micros), height: tall(row.paid.micros)}))),
      svg('line', {class: 'budget-mark', x1: 0, x2: '100%', y1: height + 0.5, y2: height + 0.5}),
      svg('text', {class: 'budget-label', x: 0, y: height + 16}, few && rows.length > 1 ? `${first} – ${last}` : first),
      !few && svg('text', {class: 'budget-label', x: `${rows.length * slot}%`, y: height + 16, 'text-anchor': 'end'}, last)));
}
