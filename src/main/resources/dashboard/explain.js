/** What an explanation of a request looks like. */
import {h} from './dom.js';
import {count, dollars, money, span, when} from './format.js';

const fields = pairs => h('dl', {class: 'fields'}, pairs.filter(Boolean).map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));

/** An explanation in a panel: the decision first, then what it rests on. */
export function explanation(told) {
  const decision = told.decision ?? {};
  const question = told.question ?? {};
  const why = [told.why ?? decision.why ?? []].flat();
  return h('section', {class: 'panel explained', 'aria-label': 'Explanation'},
    h('h3', {}, headline(decision)),
    why.map(sentence => h('p', {}, sentence)),
    fields([
      ['costs', decision.calls > 0 || decision.costMicros > 0 ? h('span', {}, money(decision.costMicros), `, ${decision.calls ?? 1} call of Rentcast`) : 'nothing'],
      decision.onFailure && ['if Rentcast fails', decision.onFailure],
      question.endpoint && ['endpoint', question.endpoint],
      question.canonical && ['canonical form', h('code', {}, JSON.stringify(question.canonical))],
      question.cacheKey && ['key', h('code', {}, question.cacheKey)],
      question.problem && ['problem', typeof question.problem === 'string' ? question.problem : question.problem.detail ?? JSON.stringify(question.problem)],
      ...(told.tiers ?? []).map(tier => [`tier ${tier.tier}`, tierWords(tier)]),
      told.limits && ['limits', limitWords(told.limits)],
      told.upstream && ['Rentcast', upstreamWords(told.upstream)],
      ...(told.budgets ?? []).map(budget => [`budget ${budget.scope}`, budgetWords(budget)]),
      told.key?.name && ['asked with', told.key.name],
    ]),
    h('p', {class: 'dim'}, 'Nothing was asked, counted or spent to find this out.'));
}

function headline({answer, tier, status}) {
  return [answer ?? 'answered', tier && `from ${tier}`, status && `status ${status}`].filter(Boolean).join(', ');
}

function tierWords(tier) {
  return [tier.state, tier.why && ` (${tier.why})`, tier.ageSeconds !== undefined && `, ${span(tier.ageSeconds)} old`,
    tier.expiresAt && [', expires ', when(tier.expiresAt)], tier.hits !== undefined && `, ${count(tier.hits)} hits`];
}

function limitWords(limits) {
  const quota = (name, value) => value?.limit ? `; ${count(value.used)} of ${count(value.limit)} ${name}` : '';
  const verdict = limits.admitted ? 'admits it' : `refused by ${limits.refusedBy}`;
  return verdict + quota('today', limits.daily) + quota('this month', limits.monthly);
}

function upstreamWords({circuit, refusedBy, waiting}) {
  return [`circuit ${circuit ?? 'closed'}`, refusedBy && `, would refuse: ${refusedBy}`, waiting > 0 && `, ${count(waiting)} waiting`];
}

function budgetWords({callsLimit, callsUsed, microsLimit, microsUsed, admits}) {
  const used = microsLimit ? `${dollars(microsUsed)} of ${dollars(microsLimit)}`
    : callsLimit ? `${count(callsUsed)} of ${count(callsLimit)} calls` : `${count(callsUsed)} calls, no limit`;
  return `${used}; ${admits === false ? 'would refuse the call' : 'would admit a call'}`;
}
